//! Who asks and for which app, said wrongly, and headers that are too much.

use super::{
    raw,
    raw::Then::Waits,
    row::{
        Expected::{self, Accepted, Invalid, NoHttp, Refused, Says},
        Row, run,
    },
};

const NO_KEY: Expected = Refused(401, "AUTH_ERR_EMPTY_APIKEY");
const WRONG_KEY: Expected = Refused(401, "AUTH_ERR_APIKEY_NOT_FOUND");
const WRONG_TOKEN: Expected = Refused(401, "AUTH_ERR_AUTH_TOKEN_NOT_FOUND");
const WRONG_APP: Expected = Refused(401, "AUTH_ERR_INVALID_APPID");
const NO_ACCESS: Expected = Refused(403, "AUTH_ERR_NO_ACCESS");
const NO_USER: Expected = Refused(404, "ERR_UID_NOT_FOUND");
const NO_ROUTE: Expected = Refused(404, "ERR_API_NOT_FOUND");
const NOBODY: Expected = Says(&[("onBehalfOf", "The onBehalfOf header is required.")]);
const TOO_MUCH: Expected = Refused(431, "ERR_HEADERS_TOO_LARGE");

const KEY: &str = "apikey: mock-rest-api-key";
const AUTH_KEY: &str = "apikey: mock-auth-key";
const USER: &str = "onBehalfOf: cometchat-uid-1";
const TOKEN: &str = "authToken: cometchat-uid-1_1700000000abc";

#[tokio::test]
async fn credentials_that_open_nothing() {
    run(credentials()).await;
}

#[tokio::test]
async fn headers_that_are_wrong_or_too_much() {
    run(rows()).await;
}

/// The checks come in an order, so some rows break several at once.
#[rustfmt::skip]
pub fn credentials() -> Vec<Row> {
    let rows: Vec<(&str, &str, &[&str], Expected)> = vec![
        ("nothing",                   "GET /calls",  &[],                                    NO_KEY),
        ("an empty key",              "GET /calls",  &["apikey:"],                           NO_KEY),
        ("a blank key",               "GET /calls",  &["apikey: \t "],                       NO_KEY),
        ("another header",            "GET /calls",  &["Authorization: Bearer mock-rest-api-key"], NO_KEY),
        ("the header with a dash",    "GET /calls",  &["api-key: mock-rest-api-key"],        NO_KEY),
        ("a key in the query",        "GET /calls?apikey=mock-rest-api-key", &[],            NO_KEY),
        ("a user alone",              "GET /calls",  &[USER],                                NO_KEY),
        ("an unknown key",            "GET /calls",  &["apikey: x"],                         WRONG_KEY),
        ("half a key",                "GET /calls",  &["apikey: mock-rest-api"],             WRONG_KEY),
        ("a key and more",            "GET /calls",  &["apikey: mock-rest-api-key-2"],       WRONG_KEY),
        ("a key in capitals",         "GET /calls",  &["apikey: MOCK-REST-API-KEY"],         WRONG_KEY),
        ("a key in quotes",           "GET /calls",  &["apikey: \"mock-rest-api-key\""],     WRONG_KEY),
        ("a bearer's key",            "GET /calls",  &["apikey: Bearer mock-rest-api-key"],  WRONG_KEY),
        ("two keys in one",           "GET /calls",  &["apikey: mock-rest-api-key, mock-auth-key"], WRONG_KEY),
        ("an accented key",           "GET /calls",  &["apikey: clé"],                       WRONG_KEY),
        ("an emoji for a key",        "GET /calls",  &["apikey: 🔑"],                        WRONG_KEY),
        ("a key with a tab",          "GET /calls",  &["apikey: mock\trest"],                WRONG_KEY),
        ("an unknown token",          "GET /calls",  &["authToken: x"],                      WRONG_TOKEN),
        ("a token that ran out",      "GET /calls",  &[TOKEN],                               WRONG_TOKEN),
        ("an accented token",         "GET /calls",  &["authToken: é"],                      WRONG_TOKEN),
        ("a key and a wrong token",   "GET /calls",  &[KEY, TOKEN],                          WRONG_TOKEN),
        ("a wrong key and token",     "GET /calls",  &["apikey: x", TOKEN],                  WRONG_KEY),
        ("a limited key",             "GET /calls",  &[AUTH_KEY],                            NO_ACCESS),
        ("a limited key to groups",   "POST /groups", &[AUTH_KEY],                           NO_ACCESS),
        ("a limited key, no user",    "GET /calls",  &[AUTH_KEY, "onBehalfOf: nobody"],      NO_ACCESS),
        ("a limited key, no route",   "GET /nowhere", &[AUTH_KEY],                           NO_ROUTE),
        ("no key, no route",          "GET /nowhere", &[],                                   NO_ROUTE),
        ("no key, wrong method",      "PATCH /calls", &[],                                   NO_ROUTE),
        ("no key, wrong page",        "GET /calls?page=x", &[],                              NO_KEY),
        ("no key, no session",        "PUT /calls/", &[],                                    NO_KEY),
        ("a wrong app, no key",       "GET /calls",  &["appId: a b"],                        WRONG_APP),
        ("a wrong app, no route",     "GET /nowhere", &["appId: a b"],                       NO_ROUTE),
        ("no user to call as",        "POST /calls", &[KEY],                                 NOBODY),
        ("an empty user",             "POST /calls", &[KEY, "onBehalfOf:"],                  NOBODY),
        ("an empty token",            "GET /blockedusers", &[KEY, "authToken: "],            NOBODY),
        ("an unknown user",           "GET /calls",  &[KEY, "onBehalfOf: nobody"],           NO_USER),
        ("a user with a blank",       "GET /calls",  &[KEY, "onBehalfOf: a b"],              NO_USER),
        ("two users in one",          "GET /calls",  &[KEY, "onBehalfOf: cometchat-uid-1,cometchat-uid-2"], NO_USER),
        ("an accented user",          "GET /calls",  &[KEY, "onBehalfOf: renée"],            NO_USER),
        ("an escaped user",           "GET /calls",  &[KEY, "onBehalfOf: %63ometchat-uid-1"], NO_USER),
        ("no user, wrong page",       "GET /calls?page=x", &[KEY, "onBehalfOf: nobody"],     NO_USER),
        ("an app with a blank",       "GET /calls",  &[KEY, "appId: a b"],                   WRONG_APP),
        ("an app with a slash",       "GET /calls",  &[KEY, "appId: a/b"],                   WRONG_APP),
        ("an app with a tab",         "GET /calls",  &[KEY, "appId: a\tb"],                  WRONG_APP),
        ("an app with a comma",       "GET /calls",  &[KEY, "appId: a,b"],                   WRONG_APP),
        ("an app with a percent",     "GET /calls",  &[KEY, "appId: %41"],                   WRONG_APP),
        ("an app in quotes",          "GET /calls",  &[KEY, "appId: \"a\""],                 WRONG_APP),
        ("an accented app",           "GET /calls",  &[KEY, "appId: é"],                     WRONG_APP),
        ("an emoji for an app",       "GET /calls",  &[KEY, "appId: 📞"],                    WRONG_APP),
        ("a target with a percent",   "GET http://a%41.localhost/calls", &[KEY],             NoHttp),
        ("an empty app",              "GET /calls",  &[KEY, "appId: "],                      Accepted),
        ("a user in capitals",        "GET /calls",  &[KEY, "onBehalfOf: COMETCHAT-UID-1"],  Accepted),
        ("keys twice, apart",         "GET /calls",  &[KEY, "APIKEY: mock-auth-key"],        Invalid(&["apikey"])),
        ("keys twice, one empty",     "GET /calls",  &[KEY, "apikey:"],                      Invalid(&["apikey"])),
        ("tokens twice, apart",       "GET /calls",  &["authToken: a", "authToken: b"],      Invalid(&["authToken"])),
        ("apps twice, apart",         "GET /calls",  &[KEY, "appId: a", "appId: b"],         Invalid(&["appId"])),
        ("users twice, apart",        "GET /calls",  &[KEY, USER, "onBehalfOf: cometchat-uid-2"], Invalid(&["onBehalfOf"])),
        ("hosts twice, apart",        "GET /calls",  &[KEY, "Host: other.localhost"],        Invalid(&["host"])),
        ("everything twice, alike",   "GET /calls",  &[KEY, KEY, USER, USER, "appId: mock-app", "appId: mock-app"], Accepted),
    ];
    rows.into_iter()
        .map(|(name, route, headers, expected)| {
            let bytes = raw::bare(&format!("{route} HTTP/1.1"), headers, b"");
            Row::bytes(name, bytes, Waits, expected)
        })
        .collect()
}

pub fn rows() -> Vec<Row> {
    let row = |name: &str, headers: Vec<String>, expected| {
        let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
        Row::bytes(name, raw::request("GET /calls HTTP/1.1", &headers, b""), Waits, expected)
    };
    // Three more are there in any case: the host, the key, and what becomes of the connection.
    let many = |count: usize, size: usize| -> Vec<String> {
        (0..count).map(|at| format!("x-{at}: {}", "v".repeat(size))).collect()
    };
    let value = |name: &str, size: usize| format!("{name}: {}", "v".repeat(size));
    let key = |size: usize| {
        let key = value("apikey", size);
        raw::bare("GET /calls HTTP/1.1", &[&key], b"")
    };
    vec![
        row("90 headers", many(87, 1), Accepted),
        row("91 headers", many(88, 1), TOO_MUCH),
        row("100 headers", many(97, 1), TOO_MUCH),
        row("101 headers", many(98, 1), NoHttp),
        row("91 times the same header", vec!["x: y".to_owned(); 88], TOO_MUCH),
        row("a header of 60 000 bytes", vec![value("x", 60_000)], Accepted),
        row("a header of 64 KiB", vec![value("x", 64 * 1024)], TOO_MUCH),
        row("64 KiB in 50 headers", many(50, 1400), TOO_MUCH),
        row("half a million bytes", vec![value("x", 500_000)], NoHttp),
        row("a name of 60 000 bytes", vec![format!("{}: y", "x".repeat(60_000))], Accepted),
        Row::bytes("a key of 8 KiB", key(8 * 1024), Waits, WRONG_KEY),
        Row::bytes("a key of 60 000 bytes", key(60_000), Waits, WRONG_KEY),
        Row::bytes("a key of 70 000 bytes", key(70_000), Waits, TOO_MUCH),
        row("a token of 60 000 bytes", vec![value("authToken", 60_000)], WRONG_TOKEN),
        row("a user of 101 characters", vec![value("onBehalfOf", 101)], NO_USER),
        row("a user of 60 000", vec![value("onBehalfOf", 60_000)], NO_USER),
        row("an app of 64 characters", vec![value("appId", 64)], Accepted),
        row("an app of 65 characters", vec![value("appId", 65)], WRONG_APP),
        row("an app of 60 000", vec![value("appId", 60_000)], WRONG_APP),
        of_host("a host with a percent", "/calls", "a%b.localhost", WRONG_APP),
        of_host(
            "a host of a long label",
            "/calls",
            &format!("{}.localhost", "a".repeat(65)),
            WRONG_APP,
        ),
        of_host("a host of an empty label", "/calls", ".localhost", WRONG_APP),
        of_host("no host", "/calls", "", Accepted),
        // Where the target names a host, the header does not count (RFC 9112, 3.2.2).
        of_host(
            "a wrong host, a right target",
            "http://a.localhost/calls",
            "a%b.localhost",
            Accepted,
        ),
    ]
}

fn of_host(name: &str, target: &str, host: &str, expected: Expected) -> Row {
    let head = format!("GET {target} HTTP/1.1\r\nHost: {host}\r\n{KEY}\r\n");
    Row::bytes(name, head + "Connection: close\r\n\r\n", Waits, expected)
}
