//! Commands, run by the rules and by the reference model: both say the same all the way, and so
//! does the world that is made from what the first writes down of itself.

use crate::{
    choices::Choices,
    commands::{Callee, Case, From, Joined, Step, Which, Who},
    depth::Seen,
    domain::Domain,
    reference::{Command, Filter, Kind, Status, Via},
    twins::Twins,
    walk::walk,
};

const USERS: usize = 6;
const GROUPS: usize = 3;
/// More than a group call holds.
const CROWD: usize = 54;
const MOST: usize = 80;

#[rustfmt::skip] // live, final
const STATUSES: [Status; 7] = [
    Status::Ongoing, Status::Ended,
    Status::Rejected, Status::Busy, Status::Cancelled, Status::Unanswered, Status::Initiated,
];

pub fn run(bytes: &[u8]) {
    let mut choices = Choices::of(bytes);
    let part = choices.below(MOST);
    let case = case(&mut choices);
    let mut twins = Twins::new(Domain::new(&case), part, Domain::rewritten);
    if let Err(difference) = walk(&mut twins, &case, 4, &mut Seen::default()) {
        panic!("{difference}");
    }
}

fn case(choices: &mut Choices<'_>) -> Case {
    let ring_timeout = *choices.pick(&[45, 20, 5, 0]);
    let is_crowd = choices.now_and_then(24);
    let (users, groups) = if is_crowd {
        (CROWD, vec![(0..CROWD).collect()])
    } else {
        let members = |_| {
            let left_out = choices.byte();
            (0..USERS).filter(|user| left_out & 1 << user == 0).collect()
        };
        (USERS, (0..GROUPS).map(members).collect())
    };
    let mut steps = Vec::new();
    if is_crowd {
        steps.extend(full_call());
    }
    while !choices.is_empty() && steps.len() < MOST {
        steps.push(step(choices, users, groups.len()));
    }
    Case { ring_timeout, users, groups, steps }
}

/// Almost as many join as can.
fn full_call() -> impl Iterator<Item = Step> {
    let (by, to) = (Who::Number(0), Callee::Group(0));
    let ring = Step::Initiate { by, via: Via::Key, to, kind: Kind::Video };
    let join = |n| Step::Change {
        call: Which::LiveOfGroup(0),
        by: Who::Number(n),
        via: Via::Key,
        status: Status::Ongoing,
        joined: Joined::At(0),
    };
    std::iter::once(ring).chain((1..48).map(join))
}

fn step(choices: &mut Choices<'_>, users: usize, groups: usize) -> Step {
    // One that there is, or one that there never was.
    let user = |choices: &mut Choices<'_>| choices.below(users + 1);
    let group = |choices: &mut Choices<'_>| choices.below(groups + 1);
    let choice = choices.byte();
    let via = if choice & 0x80 == 0 { Via::Key } else { Via::Token };
    let kind = if choice & 0x40 == 0 { Kind::Audio } else { Kind::Video };
    match choice & 0x3f {
        0..=11 => Step::Initiate {
            by: who(choices, users),
            via,
            to: match choice % 3 {
                0 => Callee::Idle(choices.below(users)),
                1 => Callee::Group(group(choices)),
                _ => Callee::User(user(choices)),
            },
            kind,
        },
        12..=33 => Step::Change {
            call: which(choices),
            by: who(choices, users),
            via,
            status: *choices.pick(&STATUSES),
            joined: joined(choices),
        },
        34 | 35 => Step::ChangeKind { call: which(choices), by: who(choices, users), kind },
        36..=38 => {
            Step::OutWait { call: which(choices), longer: i64::from(choices.byte() % 8) - 1 }
        }
        39 | 40 => {
            let from = *choices.pick(&[From::TheGroup, From::Everywhere, From::Existence]);
            Step::Remove { call: which(choices), who: who(choices, users), from }
        }
        41..=45 => Step::Plain(Command::Advance { seconds: choices.byte().into() }),
        46 | 47 => {
            let (by, whom) = (user(choices), user(choices));
            Step::Plain(Command::Block { by, whom })
        }
        48 => {
            let (by, whom) = (user(choices), user(choices));
            Step::Plain(Command::Unblock { by, whom })
        }
        49 | 50 => {
            let (group, user) = (group(choices), user(choices));
            Step::Plain(Command::AddMember { group, user })
        }
        51 => {
            let (group, user) = (group(choices), user(choices));
            Step::Plain(Command::RemoveMember { group, user })
        }
        52 => Step::Plain(Command::Deactivate { user: user(choices) }),
        // Only a user that there is can come back.
        53..=55 => Step::Plain(Command::Reactivate { user: choices.below(users) }),
        56 => Step::Plain(Command::DeleteGroup { group: group(choices) }),
        _ => Step::List(filter(choices, users, groups)),
    }
}

fn who(choices: &mut Choices<'_>, users: usize) -> Who {
    let choice = usize::from(choices.byte());
    let n = choice / 8;
    match choice % 8 {
        0 | 1 => Who::Idle(n),
        2 => Who::Caller,
        3 | 4 => Who::Called(n),
        5 => Who::Inside(n),
        6 => Who::Gone(n),
        _ => Who::Number(n % (users + 1)),
    }
}

fn which(choices: &mut Choices<'_>) -> Which {
    let choice = usize::from(choices.byte());
    let n = choice / 8;
    match choice % 8 {
        0 | 1 => Which::Ringing(n),
        2 | 3 => Which::Ongoing(n),
        4 | 5 => Which::LiveOfGroup(n),
        6 => Which::Any(n),
        _ => Which::Unknown,
    }
}

fn joined(choices: &mut Choices<'_>) -> Joined {
    match choices.byte() {
        0..=127 => Joined::At(0),
        ago @ 128..=191 => Joined::At(i64::from(ago) - 160),
        192..=239 => Joined::Unsaid,
        240..=255 => Joined::BeforeTheEpoch,
    }
}

fn filter(choices: &mut Choices<'_>, users: usize, groups: usize) -> Filter {
    // A bit for each that is given.
    let (given, more) = (choices.byte(), choices.byte());
    let mut when = |bit: u8, most: usize| (given & bit != 0).then(|| choices.below(most));
    let kind = |n| if n == 0 { Kind::Audio } else { Kind::Video };
    Filter {
        as_user: when(1, users),
        uid: when(2, users + 1),
        guid: when(4, groups + 1),
        kind: when(8, 2).map(kind),
        status: when(16, STATUSES.len()).map(|n| STATUSES[n]),
        to_group: when(32, 2).map(|n| n == 0),
        participants: when(64, 5),
        started_at: when(128, 256).map(|ago| ago as i64 * 4),
        ended_at: (more & 1 != 0).then(|| i64::from(more)),
        incoming: (more & 2 != 0).then_some(more & 4 == 0),
    }
}
