//! What requests and documents are filled with: names of what is there, and texts and numbers on
//! which readers stumble.

use serde_json::{Value, json};

use crate::choices::Choices;

#[rustfmt::skip] // by kind
pub const USERS: [&str; 10] = [
    "a", "b", "c", "cometchat-uid-1", "cometchat-uid-2", "cometchat-uid-3", "cometchat-uid-4",
    "A", "gone", "nobody",
];
pub const GROUPS: [&str; 6] = ["g", "p", "v", "cometchat-guid-1", "G", "none"];
pub const SESSIONS: [&str; 7] =
    ["ring", "talk", "past", "missed", "v1.us.mock-app.room", "room", "new"];
const STATUSES: [&str; 9] = [
    "ongoing",
    "ended",
    "rejected",
    "busy",
    "cancelled",
    "canceled",
    "unanswered",
    "initiated",
    "online",
];
#[rustfmt::skip] // by what they are
const WORDS: [&str; 56] = [
    "", " ", "0", "1", "-1", "2", "1.5", "1e400", "true", "null", "1700000000", "9223372036854775807",
    "18446744073709551616", "a,b", "a,,", ",", "user", "group", "anyone", "audio", "video", "incoming",
    "outgoing", "admin", "moderator", "participant", "public", "private", "password", "asc", "desc", "name",
    "mock-app", "other", "45s", "1h 30m", "500ms", "100000000y", "http://127.0.0.1:9/x", "https://[::1]/",
    "http://", "ftp://x", "call_initiated", "meeting_started", "ERR_CALL_BUSY_USER", "/calls/**", "*",
    "\u{0}", "é", "\u{feff}x", "👩‍👩‍👧", "a\nb", "../..", "{\"k\":1}", "[]", "t",
];
const URLS: [&str; 14] = [
    "http://127.0.0.1:9/",
    "https://127.0.0.1:9/x?y#z",
    "http://[::1]:9",
    "http://[::1",
    "http://u:p@x/",
    "http://x:99999/",
    "http://x/%zz",
    "http:///x",
    "HTTP://X",
    "http://a b/",
    "http://xn--/",
    "x",
    "http://é.test/",
    "http://127.1",
];
const LONG: [usize; 5] = [26, 51, 101, 256, 5_000];

/// Some word, mostly one that is known.
pub fn word(choices: &mut Choices<'_>) -> String {
    match choices.below(12) {
        0 | 1 => choices.word(&USERS).to_owned(),
        2 => choices.word(&GROUPS).to_owned(),
        3 => choices.word(&SESSIONS).to_owned(),
        4 => choices.word(&STATUSES).to_owned(),
        5..=9 => choices.word(&WORDS).to_owned(),
        10 => "x".repeat(*choices.pick(&LONG)),
        _ => choices.text(),
    }
}

/// A word for a field or parameter of this name.
pub fn word_for(name: &str, choices: &mut Choices<'_>) -> String {
    if choices.now_and_then(40) {
        return word(choices);
    }
    let is_one_of = |names: &[&str]| names.contains(&name);
    let known: &[&str] = if is_one_of(&["guid", "guids"]) {
        &GROUPS
    } else if is_one_of(&["sessionId", "sessionid"]) {
        &SESSIONS
    } else if is_one_of(&["appId"]) {
        &["mock-app", "other"]
    } else if is_one_of(&["authToken"]) {
        &["ta", "tb", "t2", "none"]
    } else if is_one_of(&["webhookId"]) {
        &["w", "none"]
    } else if is_one_of(&["number", "id", "delivery"]) {
        &["1", "2", "0", "none"]
    } else if is_one_of(&["webhookURL", "avatar", "icon", "link"]) {
        &URLS
    } else if is_one_of(&["status", "action"]) {
        &STATUSES
    } else if is_one_of(&["receiver"]) {
        &["b", "g", "a", "c", "cometchat-uid-4", "cometchat-uid-5", "cometchat-guid-1", "room"]
    } else if name.ends_with("id") || name.ends_with("ids") || is_one_of(&["caller", "owner"]) {
        &USERS
    } else {
        return word(choices);
    };
    choices.word(known).to_owned()
}

/// A whole number, mostly one at an edge or at a moment of the world.
pub fn integer(choices: &mut Choices<'_>) -> Value {
    const SOME: [i64; 14] = [
        1,
        0,
        -1,
        2,
        50,
        1_000,
        1_699_999_990,
        1_700_000_000,
        1_700_000_060,
        253_402_300_800,
        9_007_199_254_740_993,
        i64::MAX / 1_000,
        i64::MAX,
        i64::MIN,
    ];
    match choices.below(8) {
        0..=5 => json!(choices.pick(&SOME)),
        6 => json!(choices.byte()),
        _ => json!(choices.number()),
    }
}

pub fn number(choices: &mut Choices<'_>) -> Value {
    const SOME: [f64; 10] =
        [0.5, 1_700_000_000.25, 0.1, -0.5, 1e-9, 1e15, 1e18, 1e300, -1e300, f64::MIN_POSITIVE];
    if choices.now_and_then(128) { json!(choices.pick(&SOME)) } else { integer(choices) }
}

/// Anything that JSON can say.
pub fn anything(choices: &mut Choices<'_>, depth: u8) -> Value {
    let kinds = if depth == 0 { 5 } else { 8 };
    match choices.below(kinds) {
        0 => Value::Null,
        1 => json!(choices.now_and_then(128)),
        2 => integer(choices),
        3 => number(choices),
        4 => json!(word(choices)),
        5 => {
            let many = choices.below(4);
            (0..many).map(|_| anything(choices, depth - 1)).collect()
        }
        6 => {
            let many = choices.below(4);
            let field = |_| (word(choices), anything(choices, depth - 1));
            Value::Object((0..many).map(field).collect())
        }
        _ => (0..choices.below(130)).fold(json!(1), |inner, _| json!([inner])),
    }
}
