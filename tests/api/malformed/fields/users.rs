//! The bodies of `/users` and of what belongs to a user.

use serde_json::json;

use super::{Field, many, over};
use crate::malformed::row::{
    Expected::{self, Accepted, Invalid, Refused, Says},
    Row, run,
};

#[tokio::test]
async fn fields_of_users() {
    run(rows()).await;
}

#[tokio::test]
async fn fields_of_tokens_and_blocks() {
    run(accounts()).await;
}

const UID: Expected =
    Says(&[("uid", "The uid must only contain letters, numbers, dashes and underscores.")]);
const AVATAR: Expected = Says(&[("avatar", "The avatar must be a valid URL.")]);
const METADATA: Expected = Says(&[("metadata", "The metadata must be an array.")]);
const JSON_METADATA: Expected = Says(&[("metadata", "The metadata must be a valid JSON string.")]);
const FLAG: Expected = Says(&[("withAuthToken", "The withAuthToken field must be true or false.")]);
const NO_NAME: Expected = Says(&[("name", "The name field must have a value.")]);

pub fn rows() -> Vec<Row> {
    let user = json!({ "uid": "new", "name": "New" });
    let mut rows = over("POST /users", &user, create());
    rows.extend(over("POST /users", &user, urls()));
    rows.extend(over("PUT /users/cometchat-uid-1", &json!({}), update()));
    rows.extend(over("DELETE /users/cometchat-uid-1", &json!({}), remove()));
    rows.extend(over(
        "POST /users",
        &json!({}),
        vec![(
            "nothing",
            json!({}),
            Says(&[("uid", "The uid field is required."), ("name", "The name field is required.")]),
        )],
    ));
    rows
}

#[rustfmt::skip]
fn create() -> Vec<Field> {
    vec![
        ("uid a number",           json!({"uid": 5}),                Says(&[("uid", "The uid must be a string.")])),
        ("uid null",               json!({"uid": null}),             Says(&[("uid", "The uid field is required.")])),
        ("uid empty",              json!({"uid": ""}),               Says(&[("uid", "The uid field is required.")])),
        ("uid blank",              json!({"uid": " "}),              Says(&[("uid", "The uid field is required.")])),
        ("uid of 101 characters",  json!({"uid": "u".repeat(101)}),  Says(&[("uid", "The uid must not be greater than 100 characters.")])),
        ("uid with a blank",       json!({"uid": "a b"}),            UID),
        ("uid with a blank after", json!({"uid": "a "}),             UID),
        ("uid with a slash",       json!({"uid": "a/b"}),            UID),
        ("uid with a dot",         json!({"uid": "a.b"}),            UID),
        ("uid of dots",            json!({"uid": ".."}),             UID),
        ("uid an address",         json!({"uid": "a@b.example"}),    UID),
        ("uid with a percent",     json!({"uid": "a%20b"}),          UID),
        ("uid accented",           json!({"uid": "renée"}),          UID),
        ("uid an emoji",           json!({"uid": "😀"}),             UID),
        ("uid right to left",      json!({"uid": "שלום"}),           UID),
        ("uid with a null byte",   json!({"uid": "a\0"}),            UID),
        ("uid with a line break",  json!({"uid": "a\nb"}),           UID),
        ("name missing a kind",    json!({"name": {}}),              Says(&[("name", "The name must be a string.")])),
        ("name a number",          json!({"name": 5}),               Says(&[("name", "The name must be a string.")])),
        ("name null",              json!({"name": null}),            Says(&[("name", "The name field is required.")])),
        ("name blank",             json!({"name": " "}),             Says(&[("name", "The name field is required.")])),
        ("link a flag",            json!({"link": true}),            Says(&[("link", "The link must be a string.")])),
        ("link no URL",            json!({"link": "x"}),             Says(&[("link", "The link must be a valid URL.")])),
        ("role a number",          json!({"role": 5}),               Says(&[("role", "The role must be a string.")])),
        ("statusMessage a list",   json!({"statusMessage": []}),     Says(&[("statusMessage", "The statusMessage must be a string.")])),
        ("metadata a number",      json!({"metadata": 1.5}),         METADATA),
        ("metadata a flag",        json!({"metadata": false}),       METADATA),
        ("metadata a list",        json!({"metadata": ["a"]}),       METADATA),
        ("metadata a text",        json!({"metadata": "text"}),      JSON_METADATA),
        ("metadata JSON null",     json!({"metadata": "null"}),      JSON_METADATA),
        ("tags a text",            json!({"tags": "a,b"}),           Says(&[("tags", "The tags must be an array.")])),
        ("tags an object",         json!({"tags": {"0": "a"}}),      Says(&[("tags", "The tags must be an array.")])),
        ("tags 26",                json!({"tags": many(26)}),        Says(&[("tags", "The tags must not have more than 25 items.")])),
        ("tags a number",          json!({"tags": [5]}),             Says(&[("tags.0", "The tags.0 must be a string.")])),
        ("tags null",              json!({"tags": ["a", null]}),     Says(&[("tags.1", "The tags.1 field is required.")])),
        ("tags of all kinds",      json!({"tags": ["a", 5, {}, "b", []]}), Invalid(&["tags.1", "tags.2", "tags.4"])),
        ("withAuthToken a text",   json!({"withAuthToken": "yes"}),  FLAG),
        ("withAuthToken two",      json!({"withAuthToken": 2}),      FLAG),
        ("withAuthToken a list",   json!({"withAuthToken": []}),     FLAG),
        ("everything wrong",       json!({"uid": [], "name": [], "avatar": 5, "link": 5, "role": 5, "statusMessage": 5, "metadata": 5, "tags": 5, "withAuthToken": 5}),
                                   Invalid(&["uid", "name", "avatar", "link", "role", "statusMessage", "metadata", "tags", "withAuthToken"])),
        ("uid taken",              json!({"uid": "cometchat-uid-1"}), Refused(400, "ERR_UID_ALREADY_EXISTS")),
        ("uid taken in capitals",  json!({"uid": "COMETCHAT-uid-1"}), Refused(400, "ERR_UID_ALREADY_EXISTS")),
        ("uid of 100 characters",  json!({"uid": "u".repeat(100)}),  Accepted),
        ("tags 25",                json!({"tags": many(25)}),        Accepted),
        ("odd texts",              json!({"name": "\0", "role": "💥", "statusMessage": "\u{202e}\u{feff}"}), Accepted),
        ("a name of 100 000",      json!({"name": "ñ".repeat(100_000)}), Accepted),
        ("metadata as PHP's empty", json!({"metadata": []}),         Accepted),
    ]
}

#[rustfmt::skip]
fn urls() -> Vec<Field> {
    vec![
        ("avatar a number",        json!({"avatar": 5}),                    Says(&[("avatar", "The avatar must be a string.")])),
        ("avatar a word",          json!({"avatar": "picture"}),            AVATAR),
        ("avatar a path",          json!({"avatar": "/a/b.png"}),           AVATAR),
        ("avatar a file",          json!({"avatar": "a.png"}),              AVATAR),
        ("avatar a host",          json!({"avatar": "example.com"}),        AVATAR),
        ("avatar without scheme",  json!({"avatar": "//example.com/a"}),    AVATAR),
        ("avatar without host",    json!({"avatar": "https:///a.png"}),     AVATAR),
        ("avatar a scheme",        json!({"avatar": "https://"}),           AVATAR),
        ("avatar one slash",       json!({"avatar": "https:/example.com"}), AVATAR),
        ("avatar with a blank",    json!({"avatar": "https://exa mple.com/a"}), AVATAR),
        ("avatar a blank",         json!({"avatar": " "}),                  AVATAR),
        ("avatar script",          json!({"avatar": "javascript:alert(1)"}), AVATAR),
        ("avatar data",            json!({"avatar": "data:image/png;base64,AAAA"}), AVATAR),
        ("avatar a line break",    json!({"avatar": "https://example.com/\na"}), AVATAR),
        ("avatar a null byte",     json!({"avatar": "https://example.com/\0"}), AVATAR),
        ("avatar only a port",     json!({"avatar": "https://:80/"}),       AVATAR),
        ("avatar a URL",           json!({"avatar": "http://127.0.0.1:2255/a.png?b=c&d#e"}), Accepted),
        ("avatar accented path",   json!({"avatar": "https://example.com/ü.png"}), Accepted),
        ("avatar accented host",   json!({"avatar": "https://bücher.example/a.png"}), Accepted),
    ]
}

#[rustfmt::skip]
fn update() -> Vec<Field> {
    vec![
        ("name null",              json!({"name": null}),            NO_NAME),
        ("name empty",             json!({"name": ""}),              NO_NAME),
        ("name blank",             json!({"name": "\u{3000}"}),      NO_NAME),
        ("name a number",          json!({"name": 5}),               Says(&[("name", "The name must be a string.")])),
        ("avatar no URL",          json!({"avatar": "x"}),           AVATAR),
        ("role a flag",            json!({"role": true}),            Says(&[("role", "The role must be a string.")])),
        ("metadata a number",      json!({"metadata": 5}),           METADATA),
        ("tags 26",                json!({"tags": many(26)}),        Says(&[("tags", "The tags must not have more than 25 items.")])),
        ("an empty tag",           json!({"tags": [""]}),            Says(&[("tags.0", "The tags.0 field is required.")])),
        ("some wrong",             json!({"name": 5, "link": "x", "tags": [{}]}), Invalid(&["name", "link", "tags.0"])),
        ("nothing",                json!({}),                        Accepted),
        ("all cleared",            json!({"avatar": null, "metadata": null, "tags": null, "role": null}), Accepted),
    ]
}

#[rustfmt::skip]
fn remove() -> Vec<Field> {
    vec![
        ("permanent a text",       json!({"permanent": "yes"}),      Says(&[("permanent", "The permanent field must be true or false.")])),
        ("permanent two",          json!({"permanent": 2}),          Says(&[("permanent", "The permanent field must be true or false.")])),
        ("permanent an object",    json!({"permanent": {}}),         Says(&[("permanent", "The permanent field must be true or false.")])),
    ]
}

pub fn accounts() -> Vec<Row> {
    let lists = [
        ("PUT /users", "uidsToActivate"),
        ("DELETE /users", "uidsToDeactivate"),
        ("POST /users/cometchat-uid-1/blockedusers", "blockedUids"),
        ("DELETE /users/cometchat-uid-1/blockedusers", "blockedUids"),
        ("POST /blockedusers", "blockedUids"),
        ("DELETE /blockedusers", "blockedUids"),
    ];
    let of_lists = lists.iter().flat_map(|(route, field)| over(route, &json!({}), list(field)));
    let create = over("POST /users/cometchat-uid-1/auth_tokens", &json!({}), client());
    let update = over("PUT /users/cometchat-uid-1/auth_tokens/none", &json!({}), client());
    of_lists.chain(create).chain(update).collect()
}

/// The lists are all alike; only their name differs.
#[rustfmt::skip]
fn list(field: &'static str) -> Vec<Field> {
    let wrong: Expected = match field {
        "uidsToActivate" => Invalid(&["uidsToActivate"]),
        "uidsToDeactivate" => Invalid(&["uidsToDeactivate"]),
        _ => Invalid(&["blockedUids"]),
    };
    let members: Expected = match field {
        "uidsToActivate" => Invalid(&["uidsToActivate.1", "uidsToActivate.2"]),
        "uidsToDeactivate" => Invalid(&["uidsToDeactivate.1", "uidsToDeactivate.2"]),
        _ => Invalid(&["blockedUids.1", "blockedUids.2"]),
    };
    vec![
        ("none",     json!({}),                       wrong),
        ("null",     json!({field: null}),            wrong),
        ("empty",    json!({field: []}),              wrong),
        ("a text",   json!({field: "a,b"}),           wrong),
        ("26",       json!({field: many(26)}),        wrong),
        ("members",  json!({field: ["a", 5, null]}),  members),
    ]
}

#[rustfmt::skip]
fn client() -> Vec<Field> {
    vec![
        ("platform a number",  json!({"platform": 5}),   Says(&[("platform", "The platform must be a string.")])),
        ("deviceId a list",    json!({"deviceId": []}),  Says(&[("deviceId", "The deviceId must be a string.")])),
        ("appInfo a number",   json!({"appInfo": 5}),    Says(&[("appInfo", "The appInfo must be an array.")])),
        ("appInfo a text",     json!({"appInfo": "x"}),  Says(&[("appInfo", "The appInfo must be a valid JSON string.")])),
        ("all wrong",          json!({"platform": [], "deviceId": 5, "appInfo": true}), Invalid(&["platform", "deviceId", "appInfo"])),
    ]
}
