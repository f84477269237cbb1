//! The bodies of `/groups` and of who is in them.

use serde_json::json;

use super::{Field, many, over};
use crate::{
    malformed::row::{
        Expected::{self, Accepted, Invalid, Refused, Says},
        Row, run, run_in,
    },
    support::{A, GROUP, Mock},
};

#[tokio::test]
async fn fields_of_groups() {
    run(rows()).await;
}

#[tokio::test]
async fn fields_of_members() {
    run(members()).await;
}

#[tokio::test]
async fn passwords_of_groups() {
    let mock = Mock::start().await;
    let group =
        json!({ "guid": "locked", "name": "Locked", "type": "password", "password": "open" });
    mock.post("/groups", group).send().await.ok();
    let token = mock.token(A).await;
    run_in(&mock, "mock-app", passwords(&token)).await;
}

const GUID: Expected =
    Says(&[("guid", "The guid must only contain letters, numbers, dashes and underscores.")]);
const NO_NAME: Expected = Says(&[("name", "The name field must have a value.")]);
const NO_OWNER: Expected = Says(&[("owner", "The owner field must have a value.")]);
const ICON: Expected = Says(&[("icon", "The icon must be a valid URL.")]);
const TYPE: Expected = Says(&[("type", "The selected type is invalid.")]);

pub fn rows() -> Vec<Row> {
    let group = json!({ "guid": "new", "name": "New" });
    let mut rows = over("POST /groups", &group, create());
    rows.extend(over("POST /groups", &group, create_with_members()));
    rows.extend(over("PUT /groups/cometchat-guid-1", &json!({}), update()));
    rows
}

#[rustfmt::skip]
fn create() -> Vec<Field> {
    vec![
        ("guid a number",          json!({"guid": 5}),               Says(&[("guid", "The guid must be a string.")])),
        ("guid null",              json!({"guid": null}),            Says(&[("guid", "The guid field is required.")])),
        ("guid empty",             json!({"guid": ""}),              Says(&[("guid", "The guid field is required.")])),
        ("guid of 101 characters", json!({"guid": "g".repeat(101)}), Says(&[("guid", "The guid must not be greater than 100 characters.")])),
        ("guid with a blank",      json!({"guid": "a b"}),           GUID),
        ("guid with a slash",      json!({"guid": "a/b"}),           GUID),
        ("guid accented",          json!({"guid": "é"}),             GUID),
        ("guid with a null byte",  json!({"guid": "\0"}),            GUID),
        ("name an object",         json!({"name": {}}),              Says(&[("name", "The name must be a string.")])),
        ("name empty",             json!({"name": ""}),              Says(&[("name", "The name field is required.")])),
        ("type a number",          json!({"type": 1}),               Says(&[("type", "The type must be a string.")])),
        ("type unknown",           json!({"type": "secret"}),        TYPE),
        ("type capital",           json!({"type": "Public"}),        TYPE),
        ("no password",            json!({"type": "password"}),      Refused(400, "ERR_EMPTY_GROUP_PASS")),
        ("an empty password",      json!({"type": "password", "password": ""}), Refused(400, "ERR_EMPTY_GROUP_PASS")),
        ("password a number",      json!({"type": "password", "password": 5}), Says(&[("password", "The password must be a string.")])),
        ("owner a list",           json!({"owner": [A]}),            Says(&[("owner", "The owner must be a string.")])),
        ("icon no URL",            json!({"icon": "x"}),             ICON),
        ("icon an object",         json!({"icon": {}}),              Says(&[("icon", "The icon must be a string.")])),
        ("description a number",   json!({"description": 5}),        Says(&[("description", "The description must be a string.")])),
        ("metadata a list",        json!({"metadata": [[]]}),        Says(&[("metadata", "The metadata must be an array.")])),
        ("metadata a text",        json!({"metadata": "{]"}),        Says(&[("metadata", "The metadata must be a valid JSON string.")])),
        ("tags a number",          json!({"tags": 5}),               Says(&[("tags", "The tags must be an array.")])),
        ("tags 26",                json!({"tags": many(26)}),        Says(&[("tags", "The tags must not have more than 25 items.")])),
        ("tags a flag",            json!({"tags": ["a", true]}),     Says(&[("tags.1", "The tags.1 must be a string.")])),
        ("guid taken",             json!({"guid": GROUP}),           Refused(400, "ERR_GUID_ALREADY_EXISTS")),
        ("some wrong",             json!({"guid": "a b", "name": 5, "type": "x", "icon": "x", "tags": [5]}),
                                   Invalid(&["guid", "name", "type", "icon", "tags.0"])),
        ("no type",                json!({"type": null}),            Accepted),
    ]
}

#[rustfmt::skip]
fn create_with_members() -> Vec<Field> {
    vec![
        ("members a list",         json!({"members": [A]}),          Says(&[("members", "The members must be an array.")])),
        ("members a text",         json!({"members": A}),            Says(&[("members", "The members must be an array.")])),
        ("admins a text",          json!({"members": {"admins": A}}), Says(&[("members.admins", "The members.admins must be an array.")])),
        ("an admin a number",      json!({"members": {"admins": [A, 5]}}), Says(&[("members.admins.1", "The members.admins.1 must be a string.")])),
        ("26 participants",        json!({"members": {"participants": many(26)}}), Invalid(&["members.participants"])),
        ("two lists wrong",        json!({"name": 5, "members": {"moderators": 5, "usersToBan": [{}]}}),
                                   Invalid(&["name", "members.moderators", "members.usersToBan.0"])),
        ("members nobody knows",   json!({"members": {"participants": ["nobody", "a b", "💥"]}}), Accepted),
    ]
}

#[rustfmt::skip]
fn update() -> Vec<Field> {
    vec![
        ("name empty",             json!({"name": ""}),              NO_NAME),
        ("name null",              json!({"name": null}),            NO_NAME),
        ("name a number",          json!({"name": 5}),               Says(&[("name", "The name must be a string.")])),
        ("type unknown",           json!({"type": "open"}),          TYPE),
        ("password without one",   json!({"type": "password"}),      Refused(400, "ERR_EMPTY_GROUP_PASS")),
        ("password a number",      json!({"password": 5}),           Says(&[("password", "The password must be a string.")])),
        ("owner empty",            json!({"owner": ""}),             NO_OWNER),
        ("owner a number",         json!({"owner": 5}),              Says(&[("owner", "The owner must be a string.")])),
        ("owner nobody",           json!({"owner": "nobody"}),       Refused(404, "ERR_UID_NOT_FOUND")),
        ("icon no URL",            json!({"icon": "http//x"}),       ICON),
        ("metadata a number",      json!({"metadata": 5}),           Says(&[("metadata", "The metadata must be an array.")])),
        ("tags of null",           json!({"tags": [null]}),          Says(&[("tags.0", "The tags.0 field is required.")])),
    ]
}

pub fn members() -> Vec<Row> {
    let group = "POST /groups/cometchat-guid-1/members";
    let member = "PUT /groups/cometchat-guid-1/members/cometchat-uid-2";
    let mut rows = over(group, &json!({}), lists());
    rows.extend(over(member, &json!({}), scopes()));
    rows
}

#[rustfmt::skip]
fn lists() -> Vec<Field> {
    vec![
        ("none",                   json!({}),                        Invalid(&["participants"])),
        ("null",                   json!({"admins": null}),          Invalid(&["participants"])),
        ("another name",           json!({"members": [A]}),          Invalid(&["participants"])),
        ("admins a text",          json!({"admins": A}),             Says(&[("admins", "The admins must be an array.")])),
        ("moderators an object",   json!({"moderators": {A: true}}), Says(&[("moderators", "The moderators must be an array.")])),
        ("participants a number",  json!({"participants": 5}),       Says(&[("participants", "The participants must be an array.")])),
        ("usersToBan a flag",      json!({"usersToBan": true}),      Says(&[("usersToBan", "The usersToBan must be an array.")])),
        ("26 participants",        json!({"participants": many(26)}), Says(&[("participants", "The participants must not have more than 25 items.")])),
        ("26 to ban",              json!({"usersToBan": many(26)}),  Says(&[("usersToBan", "The usersToBan must not have more than 25 items.")])),
        ("a participant a number", json!({"participants": ["n", 5]}), Says(&[("participants.1", "The participants.1 must be a string.")])),
        ("a participant empty",    json!({"participants": [""]}),    Says(&[("participants.0", "The participants.0 field is required.")])),
        ("one list of two wrong",  json!({"admins": ["n"], "usersToBan": [5]}), Says(&[("usersToBan.0", "The usersToBan.0 must be a string.")])),
        ("all of them wrong",      json!({"admins": 5, "moderators": [5], "participants": many(26), "usersToBan": "x"}),
                                   Invalid(&["admins", "moderators.0", "participants", "usersToBan"])),
        ("nobody's uid",           json!({"participants": ["a b", "💥", "n".repeat(101)]}), Accepted),
    ]
}

#[rustfmt::skip]
fn scopes() -> Vec<Field> {
    vec![
        ("none",                   json!({}),                        Says(&[("scope", "The scope field is required.")])),
        ("null",                   json!({"scope": null}),           Says(&[("scope", "The scope field is required.")])),
        ("a number",               json!({"scope": 5}),              Says(&[("scope", "The scope must be a string.")])),
        ("a list",                 json!({"scope": ["admin"]}),      Says(&[("scope", "The scope must be a string.")])),
        ("the plural",             json!({"scope": "admins"}),       Says(&[("scope", "The selected scope is invalid.")])),
        ("an owner",               json!({"scope": "owner"}),        Says(&[("scope", "The selected scope is invalid.")])),
    ]
}

/// A user who wants to join a group that has a password.
#[rustfmt::skip]
pub fn passwords(token: &str) -> Vec<Row> {
    let rows: Vec<Field> = vec![
        ("none",          json!({}),                       Refused(400, "ERR_EMPTY_GROUP_PASS")),
        ("null",          json!({"password": null}),       Refused(400, "ERR_EMPTY_GROUP_PASS")),
        ("empty",         json!({"password": ""}),         Refused(400, "ERR_EMPTY_GROUP_PASS")),
        ("wrong",         json!({"password": "OPEN"}),     Refused(400, "ERR_WRONG_GROUP_PASS")),
        ("padded",        json!({"password": "open "}),    Refused(400, "ERR_WRONG_GROUP_PASS")),
        ("a number",      json!({"password": 5}),          Says(&[("password", "The password must be a string.")])),
        ("a list",        json!({"password": ["open"]}),   Says(&[("password", "The password must be a string.")])),
    ];
    let rows = over("POST /groups/locked/members", &json!({}), rows);
    rows.into_iter().map(|row| row.header("authToken", token)).collect()
}
