//! Bodies as a whole: what is no JSON, no object, or odd JSON.

use super::row::{
    Expected::{self, Accepted, Invalid, Refused, Says},
    Row, run,
};

const BODY: Expected = Invalid(&["body"]);
const NO_OBJECT: Expected = Says(&[("body", "The body must be a JSON object.")]);
const NOTHING_GIVEN: Expected = Says(&[
    ("receiver", "The receiver field is required."),
    ("receiverType", "The receiverType field is required."),
    ("type", "The type field is required."),
]);
const NO_USER: Expected = Refused(404, "ERR_UID_NOT_FOUND");
const NO_RECEIVER: Expected = Says(&[("receiver", "The receiver field is required.")]);
const NO_TEXT: Expected = Says(&[("receiver", "The receiver must be a string.")]);

/// What a body that rings begins with; its receiver comes last.
const RINGS: &str = r#"{"receiverType":"user","type":"audio","#;

#[tokio::test]
async fn bodies_that_are_no_proper_json() {
    run(rows()).await;
}

#[tokio::test]
async fn every_route_with_a_body_refuses_a_broken_one() {
    run(every_route()).await;
}

pub fn rows() -> Vec<Row> {
    let wholes = wholes().into_iter().map(|(name, body, expected)| (name, body.into(), expected));
    let bytes = bytes().into_iter().map(|(name, body, expected)| (name, body.to_vec(), expected));
    let deep = deep().into_iter();
    let numbers = numbers().into_iter().map(|(name, number, expected)| {
        (name, format!(r#"{RINGS}"receiver":"cometchat-uid-2","x":{number}}}"#).into(), expected)
    });
    let receivers = receivers().into_iter().map(|(name, receiver, expected)| {
        (name, format!(r#"{RINGS}"receiver":"{receiver}"}}"#).into(), expected)
    });
    let all = wholes.chain(bytes).chain(deep).chain(numbers).chain(receivers);
    all.map(|(name, body, expected): (&str, Vec<u8>, Expected)| {
        Row::new(name, "POST /calls", expected).body("application/json", body)
    })
    .collect()
}

#[rustfmt::skip]
fn wholes() -> Vec<(&'static str, &'static str, Expected)> {
    vec![
        ("nothing",                    "",                                          NOTHING_GIVEN),
        ("an empty object",            "{}",                                        NOTHING_GIVEN),
        ("blanks",                     " \r\n\t ",                                  BODY),
        ("an opening brace",           "{",                                         BODY),
        ("a closing brace",            "}",                                         BODY),
        ("a key alone",                r#"{"receiver""#,                            BODY),
        ("a key without a value",      r#"{"receiver":}"#,                          BODY),
        ("an open string",             r#"{"receiver":"b"#,                         BODY),
        ("an open object",             r#"{"receiver":"b""#,                        BODY),
        ("an open array",              r#"{"receiver":["b"}"#,                      BODY),
        ("a comma at the end",         r#"{"receiver":"b",}"#,                      BODY),
        ("two commas",                 r#"{"receiver":"b",,"type":"audio"}"#,       BODY),
        ("no comma",                   r#"{"receiver":"b" "type":"audio"}"#,        BODY),
        ("no colon",                   r#"{"receiver" "b"}"#,                       BODY),
        ("a semicolon",                r#"{"receiver":"b";"type":"audio"}"#,        BODY),
        ("single quotes",              "{'receiver':'b'}",                          BODY),
        ("no quotes",                  "{receiver:b}",                              BODY),
        ("a number for a key",         r#"{1:"b"}"#,                                BODY),
        ("a comment",                  "{\"receiver\":\"b\" /* who */}",            BODY),
        ("two objects",                "{}{}",                                      BODY),
        ("something after the object", "{} x",                                      BODY),
        ("a null byte after it",       "{}\0",                                      BODY),
        ("a line break in a string",   "{\"receiver\":\"a\nb\"}",                   BODY),
        ("a null byte in a string",    "{\"receiver\":\"a\0b\"}",                   BODY),
        ("an unknown escape",          r#"{"receiver":"\x41"}"#,                    BODY),
        ("a short escape",             r#"{"receiver":"\u12"}"#,                    BODY),
        ("a high surrogate alone",     r#"{"receiver":"\ud800"}"#,                  BODY),
        ("a low surrogate alone",      r#"{"receiver":"\udc00"}"#,                  BODY),
        ("surrogates the wrong way",   r#"{"receiver":"\ude00\ud83d"}"#,            BODY),
        ("a surrogate in a key",       r#"{"\ud800":1}"#,                           BODY),
        ("a literal in capitals",      r#"{"receiver":True}"#,                      BODY),
        ("undefined",                  r#"{"receiver":undefined}"#,                 BODY),
        ("a form as JSON",             "receiver=b&type=audio",                     BODY),
        ("XML as JSON",                "<call><receiver>b</receiver></call>",       BODY),
        ("a byte order mark",          "\u{feff}{}",                                BODY),
        ("an empty array",             "[]",                                        NO_OBJECT),
        ("an array of objects",        r#"[{"receiver":"b"}]"#,                     NO_OBJECT),
        ("a string",                   r#""receiver""#,                             NO_OBJECT),
        ("an object in a string",      r#""{\"receiver\":\"b\"}""#,                 NO_OBJECT),
        ("a number",                   "5",                                         NO_OBJECT),
        ("true",                       "true",                                      NO_OBJECT),
        ("null",                       "null",                                      NO_OBJECT),
        ("keys in another case",       r#"{"Receiver":"b","RECEIVERTYPE":"user"}"#, NOTHING_GIVEN),
        ("keys with blanks",           r#"{" receiver":"b","type ":"audio"}"#,      NOTHING_GIVEN),
        ("an empty key",               r#"{"":"b"}"#,                               NOTHING_GIVEN),
    ]
}

#[rustfmt::skip]
fn bytes() -> Vec<(&'static str, &'static [u8], Expected)> {
    vec![
        ("a byte that is no UTF-8",       b"{\"receiver\":\"\xff\"}",         BODY),
        ("Latin-1",                       b"{\"receiver\":\"Ren\xe9\"}",      BODY),
        ("UTF-8 that ends early",         b"{\"receiver\":\"\xf0\x9f\x98\"}", BODY),
        ("UTF-8 that is too long",        b"{\"receiver\":\"\xc0\x80\"}",     BODY),
        ("a surrogate in UTF-8",          b"{\"receiver\":\"\xed\xa0\x80\"}", BODY),
        ("beyond Unicode",                b"{\"receiver\":\"\xf5\x80\x80\x80\"}", BODY),
        ("a key that is no UTF-8",        b"{\"\xff\":1}",                    BODY),
        ("UTF-16",                        b"\xff\xfe{\0}\0",                  BODY),
        ("null bytes",                    &[0; 64],                           BODY),
        ("random bytes",                  b"\x8a\x91\x03\xde\xad\xbe\xef\x7f", BODY),
    ]
}

fn deep() -> Vec<(&'static str, Vec<u8>, Expected)> {
    let arrays = |depth| ["[".repeat(depth), "]".repeat(depth)].concat();
    let inside = |depth| format!(r#"{RINGS}"receiver":{}}}"#, arrays(depth)).into_bytes();
    let aside = |depth| {
        let tree = arrays(depth);
        format!(r#"{RINGS}"receiver":"cometchat-uid-2","x":{tree}}}"#).into_bytes()
    };
    vec![
        ("200 arrays in each other", arrays(200).into(), BODY),
        ("200 objects in each other", r#"{"a":"#.repeat(200).into(), BODY),
        ("a receiver of 200 arrays", inside(200), BODY),
        ("an unknown field of 200 arrays", aside(200), BODY),
        ("half a million opening brackets", "[".repeat(500_000).into(), BODY),
        ("a receiver of 99 arrays", inside(99), NO_TEXT),
        ("an unknown field of 99 arrays", aside(99), Accepted),
        ("an unknown field of 100 arrays", aside(100), BODY),
    ]
}

#[rustfmt::skip]
fn numbers() -> Vec<(&'static str, String, Expected)> {
    vec![
        ("1e400",                     "1e400".into(),                    BODY),
        ("-1e400",                    "-1e400".into(),                   BODY),
        ("a number of 400 digits",    "9".repeat(400),                   BODY),
        ("a number too exponential",  "1e99999999999999999999".into(),   BODY),
        ("NaN",                       "NaN".into(),                      BODY),
        ("Infinity",                  "Infinity".into(),                 BODY),
        ("a minus",                   "-".into(),                        BODY),
        ("a plus",                    "+1".into(),                       BODY),
        ("a leading zero",            "01".into(),                       BODY),
        ("a point at the end",        "1.".into(),                       BODY),
        ("a point at the start",      ".5".into(),                       BODY),
        ("hexadecimal",               "0x10".into(),                     BODY),
        ("a decimal comma",           "1,5".into(),                      BODY),
        ("the largest double",        "1.7976931348623157e308".into(),   Accepted),
        ("2^64",                      "18446744073709551616".into(),     Accepted),
        ("a number of 300 decimals",  format!("0.{}", "3".repeat(300)),  Accepted),
    ]
}

/// Well-formed texts that name nobody.
#[rustfmt::skip]
fn receivers() -> Vec<(&'static str, String, Expected)> {
    vec![
        ("an emoji",                  "💥".into(),                        NO_USER),
        ("an escaped emoji",          r"\ud83d\ude00".into(),             NO_USER),
        ("right to left",             "\u{202e}مرحبا".into(),             NO_USER),
        ("an escaped null byte",      r"cometchat-uid-2\u0000".into(),    NO_USER),
        ("control characters",        r"\u0001\u001b[31m\u007f".into(),   NO_USER),
        ("a header in it",            r"b\r\nx-injected: 1".into(),       NO_USER),
        ("a zero-width space",        "cometchat\u{200b}-uid-2".into(),   NO_USER),
        ("full-width letters",        "ｃometchat-uid-2".into(),          NO_USER),
        ("a combining accent",        "e\u{301}".into(),                  NO_USER),
        ("a non-character",           "\u{ffff}\u{10ffff}".into(),        NO_USER),
        ("blanks around",             " cometchat-uid-2 ".into(),         NO_USER),
        ("a quote",                   r#"b\" OR 1=1 --"#.into(),          NO_USER),
        ("a slash",                   "cometchat-uid-2/x".into(),         NO_USER),
        ("101 characters",            "b".repeat(101),                    NO_USER),
        ("100 000 characters",        "b".repeat(100_000),                NO_USER),
        ("blanks only",               "   ".into(),                       NO_RECEIVER),
        ("a no-break space only",     "\u{a0}\u{3000}".into(),            NO_RECEIVER),
        ("the key again, wrong",      r#"cometchat-uid-2","receiver":5,"x":""#.into(), NO_TEXT),
        ("the key again, right",      r#"","receiver":"cometchat-uid-2"#.into(),       Accepted),
        ("a letter escaped",          r"\u0063ometchat-uid-2".into(),     Accepted),
        ("another case",              "CometChat-UID-2".into(),           Accepted),
    ]
}

/// Every route that reads a body.
const ROUTES: [&str; 20] = [
    "POST /calls",
    "PUT /calls/v1.us.none",
    "PATCH /calls/v1.us.none/type",
    "POST /users",
    "PUT /users",
    "DELETE /users",
    "PUT /users/cometchat-uid-1",
    "DELETE /users/cometchat-uid-1",
    "POST /users/cometchat-uid-1/auth_tokens",
    "PUT /users/cometchat-uid-1/auth_tokens/none",
    "POST /users/cometchat-uid-1/blockedusers",
    "DELETE /users/cometchat-uid-1/blockedusers",
    "POST /blockedusers",
    "DELETE /blockedusers",
    "POST /groups",
    "PUT /groups/cometchat-guid-1",
    "POST /groups/cometchat-guid-1/members",
    "PUT /groups/cometchat-guid-1/members/cometchat-uid-2",
    "POST /v3/calls",
    "PUT /v3.0/users/cometchat-uid-1",
];

fn every_route() -> Vec<Row> {
    let broken: [(&str, &str, &[u8], Expected); 5] = [
        ("broken JSON", "application/json", b"{\"", BODY),
        ("an array", "application/json", b"[{}]", NO_OBJECT),
        ("no UTF-8", "application/json", b"{\"a\":\"\xff\"}", BODY),
        ("JSON as text", "text/plain", b"{}", Invalid(&["content-type"])),
        ("a form", "application/x-www-form-urlencoded", b"a=b", Invalid(&["content-type"])),
    ];
    let rows = ROUTES.iter().flat_map(|route| {
        broken.iter().map(move |(name, content_type, body, expected)| {
            Row::new(format!("{route}: {name}"), route, *expected).body(content_type, *body)
        })
    });
    rows.collect()
}
