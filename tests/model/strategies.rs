//! Which walks there are, and how likely each step is. Most are what clients do when all goes
//! well, for only such walks get anywhere; the rest is anything at all.

use proptest::{
    collection::vec,
    option,
    prelude::*,
    sample::{select, subsequence},
};

use crate::{
    commands::{Callee, Case, From, Joined, Step, Which, Who},
    reference::{Command, Filter, G, Kind, Status, U, Via},
};

const LONGEST: usize = 80;
const USERS: usize = 6;
/// As many as [`cases`] makes.
const GROUPS: usize = 3;
/// More than a group call holds.
const CROWD: usize = 54;

const RING_TIMEOUTS: [i64; 6] = [45, 45, 45, 20, 5, 0];

#[rustfmt::skip] // live, final
const STATUSES: [Status; 7] = [
    Status::Initiated, Status::Ongoing,
    Status::Busy, Status::Rejected, Status::Cancelled, Status::Unanswered, Status::Ended,
];

/// A few users who do all kinds of things.
pub fn cases() -> impl Strategy<Value = Case> {
    let members = || subsequence((0..USERS).collect::<Vec<U>>(), 3..=USERS).prop_shuffle();
    let steps = (vec(initiate(USERS), 2), vec(step(USERS), 20..=LONGEST));
    (select(&RING_TIMEOUTS), [members(), members(), members()], steps).prop_map(
        |(ring_timeout, groups, (first, then))| Case {
            ring_timeout,
            users: USERS,
            groups: groups.to_vec(),
            steps: first.into_iter().chain(then).collect(),
        },
    )
}

/// A call of one group that is full, or nearly.
pub fn crowds() -> impl Strategy<Value = Case> {
    let (first, group) = (Who::Number(0), Callee::Group(0));
    let ring = move |via| Step::Initiate { by: first, via, to: group, kind: Kind::Video };
    let join = |n, via| to_group(Who::Number(n), via, Status::Ongoing);
    let more = prop_oneof![
        6 => (n(), via()).prop_map(|(n, via)| to_group(Who::Idle(n), via, Status::Ongoing)),
        2 => (n(), via()).prop_map(|(n, via)| to_group(Who::Inside(n), via, Status::Ended)),
        1 => step(CROWD),
    ];
    (via(), 47..=50_usize, vec(more, 10..=30)).prop_map(move |(via, full, more)| Case {
        ring_timeout: 45,
        users: CROWD,
        groups: vec![(0..CROWD).collect()],
        steps: std::iter::once(ring(via))
            .chain((1..full).map(|n| join(n, via)))
            .chain(more)
            .collect(),
    })
}

fn to_group(by: Who, via: Via, status: Status) -> Step {
    Step::Change { call: Which::LiveOfGroup(0), by, via, status, joined: Joined::At(0) }
}

#[rustfmt::skip] // a table
fn step(users: usize) -> BoxedStrategy<Step> {
    prop_oneof![
        250 => initiate(users),
        490 => change(users),
         20 => change_kind(users),
         80 => wait().prop_map(|seconds| Step::Plain(Command::Advance { seconds })),
         24 => outwait(),
         30 => remove(),
        120 => manage(users).prop_map(Step::Plain),
         80 => filter(users).prop_map(Step::List),
    ]
    .boxed()
}

#[rustfmt::skip] // a table
fn initiate(users: usize) -> impl Strategy<Value = Step> {
    let by = prop_oneof![6 => n().prop_map(Who::Idle), 1 => user(users).prop_map(Who::Number)];
    let to = prop_oneof![
        4 => n().prop_map(Callee::Idle),
        2 => user(users).prop_map(Callee::User),
        6 => group().prop_map(Callee::Group),
    ];
    (by, via(), to, kind()).prop_map(|(by, via, to, kind)| Step::Initiate { by, via, to, kind })
}

#[rustfmt::skip] // a table
fn change(users: usize) -> impl Strategy<Value = Step> {
    use Status::{Busy, Cancelled, Ended, Ongoing, Rejected, Unanswered};
    let usual = |which: fn(usize) -> Which, who: fn(U) -> Who, status| {
        (n(), n()).prop_map(move |(w, n)| (which(w), who(n), status))
    };
    let caller = |_| Who::Caller;
    let any = (n().prop_map(Which::Any), user(users).prop_map(Who::Number), select(&STATUSES));
    let of_live = (
        prop_oneof![n().prop_map(Which::Ringing), n().prop_map(Which::Ongoing), n().prop_map(Which::LiveOfGroup)],
        prop_oneof![Just(Who::Caller), n().prop_map(Who::Called), n().prop_map(Who::Inside), n().prop_map(Who::Gone), n().prop_map(Who::Idle)],
        select(&STATUSES),
    );
    let of_gone = (n().prop_map(Which::LiveOfGroup), n().prop_map(Who::Gone), select(&STATUSES));
    let of_none = (Just(Which::Unknown), n().prop_map(Who::Number), select(&STATUSES));
    let ask = prop_oneof![
        14 => usual(Which::Ringing,     Who::Called, Ongoing),
         4 => usual(Which::Ringing,     Who::Called, Rejected),
         2 => usual(Which::Ringing,     Who::Called, Busy),
         3 => usual(Which::Ringing,     caller,      Cancelled),
         2 => usual(Which::Ringing,     caller,      Unanswered),
         7 => usual(Which::Ongoing,     Who::Inside, Ended),
        11 => usual(Which::LiveOfGroup, Who::Called, Ongoing),
        10 => usual(Which::LiveOfGroup, Who::Gone,   Ongoing),
         9 => usual(Which::LiveOfGroup, Who::Inside, Ended),
         4 => usual(Which::LiveOfGroup, Who::Called, Rejected),
        18 => of_live,
        12 => of_gone,
         5 => any,
         1 => of_none,
    ];
    (ask, via(), joined()).prop_map(|((call, by, status), via, joined)| {
        Step::Change { call, by, via, status, joined }
    })
}

fn change_kind(users: usize) -> impl Strategy<Value = Step> {
    let call = prop_oneof![n().prop_map(Which::Ongoing), n().prop_map(Which::Any)];
    let by = prop_oneof![n().prop_map(Who::Inside), user(users).prop_map(Who::Number)];
    (call, by, kind()).prop_map(|(call, by, kind)| Step::ChangeKind { call, by, kind })
}

/// In seconds. Often none at all: what happens within one second has an order too.
fn wait() -> impl Strategy<Value = i64> {
    prop_oneof![6 => 1..=3_i64, 3 => 4..=30_i64, 1 => 44..=51_i64, 1 => 52..=4_000_i64]
}

/// On either side of both deadlines, that of a key and that of a token.
fn outwait() -> impl Strategy<Value = Step> {
    (n(), -1..=6_i64).prop_map(|(n, longer)| Step::OutWait { call: Which::Ringing(n), longer })
}

#[rustfmt::skip] // a table
fn manage(users: usize) -> impl Strategy<Value = Command> {
    let pair = || (user(users), user(users));
    let place = || (group(), user(users));
    prop_oneof![
        45 => pair().prop_map(|(by, whom)| Command::Block { by, whom }),
        20 => pair().prop_map(|(by, whom)| Command::Unblock { by, whom }),
        30 => place().prop_map(|(group, user)| Command::AddMember { group, user }),
         8 => place().prop_map(|(group, user)| Command::RemoveMember { group, user }),
         6 => user(users).prop_map(|user| Command::Deactivate { user }),
        // Only a user that there is can come back.
        60 => (0..users).prop_map(|user| Command::Reactivate { user }),
         2 => group().prop_map(|group| Command::DeleteGroup { group }),
    ]
}

#[rustfmt::skip] // a table
fn remove() -> impl Strategy<Value = Step> {
    let who = prop_oneof![2 => n().prop_map(Who::Inside), 1 => n().prop_map(Who::Called)];
    prop_oneof![
        5 => (n().prop_map(Which::LiveOfGroup), who.clone(), Just(From::TheGroup)),
        4 => (n().prop_map(Which::Ringing),     who.clone(), Just(From::Everywhere)),
        4 => (n().prop_map(Which::Ongoing),     who.clone(), Just(From::Everywhere)),
        2 => (n().prop_map(Which::LiveOfGroup), who,         Just(From::Existence)),
    ]
    .prop_map(|(call, who, from)| Step::Remove { call, who, from })
}

/// Few filters at a time, or there would be little to list.
fn filter(users: usize) -> impl Strategy<Value = Filter> {
    (
        (option::weighted(0.4, 0..users), option::weighted(0.2, user(users))),
        option::weighted(0.15, group()),
        option::weighted(0.2, kind()),
        option::weighted(0.2, select(&STATUSES)),
        option::weighted(0.2, any::<bool>()),
        option::weighted(0.15, 0..=4_usize),
        (option::weighted(0.2, ago()), option::weighted(0.2, ago())),
        option::weighted(0.3, any::<bool>()),
    )
        .prop_map(
            |((as_user, uid), guid, kind, status, to_group, participants, times, incoming)| {
                let (started_at, ended_at) = times;
                #[rustfmt::skip] // as it is declared
            let filter = Filter {
                as_user, uid, guid, kind, status, to_group, participants, started_at, ended_at,
                incoming,
            };
                filter
            },
        )
}

fn ago() -> impl Strategy<Value = i64> {
    prop_oneof![0..=60_i64, 0..=2_000_i64]
}

#[rustfmt::skip] // a table
fn joined() -> impl Strategy<Value = Joined> {
    prop_oneof![
        24 => Just(Joined::At(0)),
         6 => (-90..=90_i64).prop_map(Joined::At),
         6 => Just(Joined::Unsaid),
         1 => Just(Joined::BeforeTheEpoch),
    ]
}

fn n() -> impl Strategy<Value = usize> {
    0..12_usize
}

/// Now and then one that there never was.
fn user(users: usize) -> impl Strategy<Value = U> {
    prop_oneof![24 => 0..users, 1 => Just(users)]
}

/// Likewise.
fn group() -> impl Strategy<Value = G> {
    prop_oneof![24 => 0..GROUPS, 1 => Just(GROUPS)]
}

fn via() -> impl Strategy<Value = Via> {
    select(&[Via::Key, Via::Token])
}

fn kind() -> impl Strategy<Value = Kind> {
    select(&[Kind::Audio, Kind::Video])
}
