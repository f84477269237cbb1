//! Paths, as they stand in the first line: a client would tidy them up.

use super::{
    raw,
    raw::Then::Waits,
    row::{
        Expected::{self, Accepted, Invalid, NoHttp, Refused, Says},
        Row, run,
    },
};

const PATH: Expected = Says(&[("path", "The path must be percent-encoded UTF-8.")]);
const QUERY: Expected = Says(&[("query", "The query must be percent-encoded UTF-8.")]);
const NO_ROUTE: Expected = Refused(404, "ERR_API_NOT_FOUND");
const NO_CALL: Expected = Refused(404, "ERR_CALL_SESSION_NOT_FOUND");
const NO_USER: Expected = Refused(404, "ERR_UID_NOT_FOUND");
const NO_MEMBER: Expected = Refused(404, "ERR_NOT_A_MEMBER");
const NO_GROUP: Expected = Refused(404, "ERR_GUID_NOT_FOUND");
const NO_SESSION: Expected = Refused(400, "ERR_EMPTY_CALL_SESSION_ID");

#[tokio::test]
async fn paths_that_lead_nowhere() {
    run(rows()).await;
}

pub fn rows() -> Vec<Row> {
    let short =
        short().into_iter().map(|(path, expected)| (path.to_owned(), path.into(), expected));
    let long = long().into_iter().map(|(name, path, expected)| (name.to_owned(), path, expected));
    let paths = short.chain(long).map(|(name, path, expected): (String, String, Expected)| {
        let bytes = raw::request(&format!("GET {path} HTTP/1.1"), &[], b"");
        Row::bytes(name, bytes, Waits, expected)
    });
    let user = ["onBehalfOf: cometchat-uid-1"];
    let writes = [
        ("PUT /calls/", NO_SESSION),
        ("PUT /calls/%20", NO_SESSION),
        ("PUT /v3/calls/%E3%80%80", NO_SESSION),
        ("PATCH /calls//type", NO_SESSION),
        ("PATCH /v3.0/calls/%09/type", NO_SESSION),
        ("PUT /calls/%zz", PATH),
        ("POST /calls?x=%", QUERY),
        ("DELETE /users/%ff", PATH),
        ("POST /calls/", NO_ROUTE),
        ("PATCH /calls/type", NO_ROUTE),
        ("POST /groups/cometchat-guid-1/bannedusers/a%20b", NO_MEMBER),
        ("DELETE /groups/none/bannedusers/none", NO_GROUP),
    ];
    let writes = writes.into_iter().map(|(route, expected)| {
        let bytes = raw::request(&format!("{route} HTTP/1.1"), &user, b"");
        Row::bytes(route, bytes, Waits, expected)
    });
    let latin = b"GET /users/ren\xe9 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    let not_text = Row::bytes("a path in Latin-1", *latin, Waits, NoHttp);
    paths.chain(writes).chain([not_text]).collect()
}

#[rustfmt::skip]
fn short() -> Vec<(&'static str, Expected)> {
    vec![
        ("/calls/%zz",                 PATH),
        ("/calls/%",                   PATH),
        ("/calls/a%2",                 PATH),
        ("/calls/%ff",                 PATH),
        ("/calls/%c3%28",              PATH),
        ("/calls/%c3",                 PATH),
        ("/calls/%c0%af",              PATH),
        ("/calls/%ed%a0%80",           PATH),
        ("/calls/%00",                 PATH),
        ("/users/a%00b",               PATH),
        ("/users/%u0041",              PATH),
        ("/%%",                        PATH),
        ("/calls?uid=%zz",             QUERY),
        ("/calls?uid=%",               QUERY),
        ("/calls?uid=%ff",             QUERY),
        ("/calls?uid=a%00",            QUERY),
        ("/calls?%zz=1",               QUERY),
        ("/users/nobody?%",            QUERY),

        ("/calls/",                    NO_SESSION),
        ("/v3/calls/",                 NO_SESSION),
        ("/calls/%20",                 NO_SESSION),
        ("/calls/%c2%a0%0a",           NO_SESSION),
        ("/calls/%20/transcriptions",  NO_SESSION),
        ("/calls//transcriptions",     NO_SESSION),
        ("/calls/.",                   NO_CALL),
        ("/calls/..",                  NO_CALL),
        ("/calls/%2e%2e%2fusers",      NO_CALL),
        ("/calls/a%2fb",               NO_CALL),
        ("/calls/%25zz",               NO_CALL),
        ("/calls/%f0%9f%92%a5",        NO_CALL),
        ("/calls/{sessionId}",         NO_CALL),
        ("/calls/v1.us.mock-app.1",    NO_CALL),
        ("/calls/%1b%5b31m",           NO_CALL),
        ("/calls/none/transcriptions", NO_CALL),
        ("/users/a%20b",               NO_USER),
        ("/users/%20",                 NO_USER),
        ("/users/a%2fb",               NO_USER),
        ("/users/%e2%80%ae",           NO_USER),
        ("/users/é",                   NO_USER),
        ("/users/undefined",           NO_USER),
        ("/users/../calls",            NO_ROUTE),
        ("/users/a%0d%0ax:%201",       NO_USER),
        ("/users/%00%ff",              PATH),
        ("/groups/%f0%9f%98%80",       NO_GROUP),
        ("/groups/a.b",                NO_GROUP),

        ("/",                          NO_ROUTE),
        ("/v3",                        NO_ROUTE),
        ("/v3/",                       NO_ROUTE),
        ("/v3.0/",                     NO_ROUTE),
        ("/v2/calls",                  NO_ROUTE),
        ("/v4/calls",                  NO_ROUTE),
        ("/v3.1/calls",                NO_ROUTE),
        ("/V3/calls",                  NO_ROUTE),
        ("/v3/v3/calls",               NO_ROUTE),
        ("/api/v3/calls",              NO_ROUTE),
        ("//calls",                    NO_ROUTE),
        ("/v3//calls",                 NO_ROUTE),
        ("/calls//",                   NO_ROUTE),
        ("///",                        NO_ROUTE),
        ("/./calls",                   NO_ROUTE),
        ("/../calls",                  NO_ROUTE),
        ("/calls/../users",            NO_ROUTE),
        ("/calls/x/..",                NO_ROUTE),
        ("/Calls",                     NO_ROUTE),
        ("/call",                      NO_ROUTE),
        ("/calls.json",                NO_ROUTE),
        ("/calls;a=b",                 NO_ROUTE),
        ("/calls%2f",                  NO_ROUTE),
        ("/calls%20",                  NO_ROUTE),
        ("/calls/x/type/y",            NO_ROUTE),
        ("/calls/x/recordings",        NO_ROUTE),
        ("/users/",                    NO_ROUTE),
        ("/users//auth_tokens",        NO_USER),
        ("/groups/",                   NO_ROUTE),
        ("/groups//members",           NO_GROUP),
        ("/groups/x/members/",         NO_ROUTE),
        ("/é",                         NO_ROUTE),
        ("/%f0%9f%92%a9",              NO_ROUTE),
        ("/wp-login.php",              NO_ROUTE),
        ("/.env",                      NO_ROUTE),
        ("*",                          NO_ROUTE),

        ("/calls?",                    Accepted),
        ("/calls#part",                Accepted),
        ("/users/COMETCHAT-UID-1",     Accepted),
        ("/users/%63ometchat-uid-1",   Accepted),
        ("http://127.0.0.1/calls",     Accepted),
    ]
}

fn long() -> Vec<(&'static str, String, Expected)> {
    let letters = |count| "a".repeat(count);
    vec![
        ("a uid of 101 characters", format!("/users/{}", letters(101)), NO_USER),
        ("a uid of 10 000", format!("/users/{}", letters(10_000)), NO_USER),
        ("a session of 10 000", format!("/calls/{}", letters(10_000)), NO_CALL),
        ("a session of 60 000", format!("/calls/{}", letters(60_000)), NO_CALL),
        ("a route of 60 000", format!("/{}", letters(60_000)), NO_ROUTE),
        ("a path of 70 000", format!("/calls/{}", letters(70_000)), NoHttp),
        ("a path of half a million", format!("/{}", letters(500_000)), NoHttp),
        ("a thousand segments", "/a".repeat(1000), NO_ROUTE),
        ("a thousand slashes", "/".repeat(1000), NO_ROUTE),
        ("a query of 60 000", format!("/calls?page={}", letters(60_000)), Invalid(&["page"])),
        ("ten thousand parameters", format!("/calls?{}", "a&".repeat(10_000)), Accepted),
    ]
}
