//! `/groups/{guid}/members` and `/groups/{guid}/bannedusers`

mod bans;
mod calls;
mod join;
mod manage;
