//! Query parameters, of every route that has some.

use super::row::{
    Expected::{self, Accepted, Invalid, Refused, Says},
    Row, run,
};

const PAGE: Expected = Says(&[("page", "The page must be an integer.")]);
const NO_PAGE: Expected = Says(&[("page", "The page must be at least 1.")]);
const PER_PAGE: Expected = Says(&[("perPage", "The perPage must be an integer.")]);
const NO_PER_PAGE: Expected = Says(&[("perPage", "The perPage must be at least 1.")]);
const RECORDED: Expected =
    Says(&[("hasRecording", "The hasRecording field must be true or false.")]);
const COUNT: Expected = Says(&[("participantsCount", "The participantsCount must be an integer.")]);

/// Every route that answers with pages.
const LISTS: [&str; 9] = [
    "/calls",
    "/calls/none/transcriptions",
    "/users",
    "/users/cometchat-uid-1/auth_tokens",
    "/users/cometchat-uid-1/blockedusers",
    "/blockedusers",
    "/groups",
    "/groups/cometchat-guid-1/members",
    "/groups/cometchat-guid-1/bannedusers",
];

#[tokio::test]
async fn query_parameters() {
    run(rows()).await;
}

pub fn rows() -> Vec<Row> {
    let get = |path: &str, expected| Row::new(path, &format!("GET {path}"), expected);
    let pages = LISTS.iter().flat_map(|list| {
        [
            get(&format!("{list}?page=0"), NO_PAGE),
            get(&format!("{list}?perPage=x"), PER_PAGE),
            get(&format!("{list}?page=-1&perPage=0"), Invalid(&["page", "perPage"])),
        ]
    });
    let rest = filters().into_iter().map(|(path, expected)| get(path, expected));
    pages.chain(rest).collect()
}

#[rustfmt::skip]
fn filters() -> Vec<(&'static str, Expected)> {
    vec![
        ("/calls?page=-1",                      NO_PAGE),
        ("/calls?page=x",                       PAGE),
        ("/calls?page=1.5",                     PAGE),
        ("/calls?page=1e3",                     PAGE),
        ("/calls?page=0x1",                     PAGE),
        ("/calls?page=1,2",                     PAGE),
        ("/calls?page=true",                    PAGE),
        ("/calls?page=null",                    PAGE),
        ("/calls?page=%00",                     Invalid(&["query"])),
        ("/calls?page=%EF%BC%91",               PAGE),
        ("/calls?page=9223372036854775808",     PAGE),
        ("/calls?page=1&page=x",                PAGE),
        ("/calls?page=%20",                     PAGE),
        ("/calls?perPage=0",                    NO_PER_PAGE),
        ("/calls?perPage=-9223372036854775808", NO_PER_PAGE),
        ("/calls?perPage=9223372036854775808",  PER_PAGE),
        ("/calls?perPage=25.0",                 PER_PAGE),
        ("/calls?perPage=all",                  PER_PAGE),
        ("/calls?hasRecording=maybe",           RECORDED),
        ("/calls?hasRecording=2",               RECORDED),
        ("/calls?hasRecording=TRUE",            RECORDED),
        ("/calls?hasRecording=yes",             RECORDED),
        ("/calls?hasRecording=null",            RECORDED),
        ("/calls?hasTranscription=x",           Says(&[("hasTranscription", "The hasTranscription field must be true or false.")])),
        ("/calls?participantsCount=1.5",        COUNT),
        ("/calls?participantsCount=two",        COUNT),
        ("/calls?participantsCount=99999999999999999999", COUNT),
        ("/calls?startedAt=abc",                Says(&[("startedAt", "The startedAt must be an integer.")])),
        ("/calls?startedAt=2023-11-14",         Says(&[("startedAt", "The startedAt must be an integer.")])),
        ("/calls?startedAt=1700000000.5",       Says(&[("startedAt", "The startedAt must be an integer.")])),
        ("/calls?endedAt=now",                  Says(&[("endedAt", "The endedAt must be an integer.")])),
        ("/calls?endedAt=1e10",                 Says(&[("endedAt", "The endedAt must be an integer.")])),
        ("/calls?page=x&perPage=x&hasRecording=x&hasTranscription=x&participantsCount=x&startedAt=x&endedAt=x",
            Invalid(&["page", "perPage", "hasRecording", "hasTranscription", "participantsCount", "startedAt", "endedAt"])),
        ("/users?withTags=maybe",               Says(&[("withTags", "The withTags field must be true or false.")])),
        ("/users?withTags=x&onlyDeactivated=x&withDeactivated=x", Invalid(&["withTags", "onlyDeactivated", "withDeactivated"])),
        ("/groups?withTags=x&hasJoined=5",      Invalid(&["withTags", "hasJoined"])),
        ("/users/nobody/blockedusers",          Refused(404, "ERR_UID_NOT_FOUND")),
        ("/groups/none/members?scopes=admin",   Refused(404, "ERR_GUID_NOT_FOUND")),
        ("/calls/none/transcriptions?page=1",   Refused(404, "ERR_CALL_SESSION_NOT_FOUND")),

        ("/calls?page=9223372036854775807&perPage=9223372036854775807", Accepted),
        ("/users?page=9223372036854775807&perPage=1000", Accepted),
        ("/calls?page=&perPage=&hasRecording=&startedAt=&participantsCount=", Accepted),
        ("/calls?type=&mode=&status=&receiverType=&uid=&guid=&direction=", Accepted),
        ("/calls?unknown=1&page[]=x&__proto__=1", Accepted),
        ("/calls?type=voice&mode=x&status=x&receiverType=x&direction=x", Accepted),
        ("/calls?uid=a%20b&guid=%F0%9F%92%A5",  Accepted),
        ("/calls?participantsCount=-1",         Accepted),
        ("/calls?startedAt=9223372036854775807&endedAt=-9223372036854775808", Accepted),
        ("/calls?&&&=&=1&page",                 Accepted),
        ("/calls?page=x&page=1",                Accepted),
        ("/users?tags[]=&tags[0]=%00a",         Invalid(&["query"])),
        ("/users?sortBy=nothing&sortOrder=sideways&uids=,,,&tags[=x", Accepted),
        ("/groups?groupType=secret&guids=%25",  Accepted),
        ("/users?searchKey=%5B%28%2A%5C",       Accepted),
    ]
}
