//! Every shape of the wire as it is sent. The order of the fields is part of what is promised, so
//! these look at the text; a line break was put where a line would grow too long.

mod call_logs;
mod client_logs;
mod errors;
mod group_calls;
mod groups;
mod media;
mod odd_calls;
mod user_calls;
mod users;
