//! The bodies of `/calls`.

use serde_json::json;

use super::{Field, over};
use crate::{
    malformed::row::{
        Expected::{Accepted, Invalid, Refused, Says},
        Row, run, run_in,
    },
    support::{A, B, GROUP, Mock, START},
};

#[tokio::test]
async fn fields_of_calls() {
    run(rows()).await;
}

#[tokio::test]
async fn kinds_of_joined_at() {
    let mock = Mock::start().await;
    let session = mock.ring_group(A, GROUP).await;
    run_in(&mock, "mock-app", joined_at(&session)).await;

    mock.moved(&session, B, "ongoing").await;
    mock.moved(&session, B, "ended").await;
}

pub fn rows() -> Vec<Row> {
    let ring = json!({ "receiver": B, "receiverType": "user", "type": "audio" });
    let mut rows = over("POST /calls", &ring, initiate());
    rows.extend(over("PUT /calls/none", &json!({ "status": "ongoing" }), change_status()));
    rows.extend(over("PATCH /calls/none/type", &json!({}), change_type()));
    rows
}

#[rustfmt::skip]
fn initiate() -> Vec<Field> {
    vec![
        ("receiver a number",      json!({"receiver": 5}),       Says(&[("receiver", "The receiver must be a string.")])),
        ("receiver a flag",        json!({"receiver": true}),    Says(&[("receiver", "The receiver must be a string.")])),
        ("receiver an array",      json!({"receiver": [B]}),     Says(&[("receiver", "The receiver must be a string.")])),
        ("receiver an object",     json!({"receiver": {"uid": B}}), Says(&[("receiver", "The receiver must be a string.")])),
        ("receiver null",          json!({"receiver": null}),    Says(&[("receiver", "The receiver field is required.")])),
        ("receiver empty",         json!({"receiver": ""}),      Says(&[("receiver", "The receiver field is required.")])),
        ("receiver blank",         json!({"receiver": "\t "}),   Says(&[("receiver", "The receiver field is required.")])),
        ("receiverType a number",  json!({"receiverType": 1}),   Says(&[("receiverType", "The receiverType must be a string.")])),
        ("receiverType an array",  json!({"receiverType": ["user"]}), Says(&[("receiverType", "The receiverType must be a string.")])),
        ("receiverType null",      json!({"receiverType": null}), Says(&[("receiverType", "The receiverType field is required.")])),
        ("receiverType empty",     json!({"receiverType": ""}),  Says(&[("receiverType", "The receiverType field is required.")])),
        ("receiverType unknown",   json!({"receiverType": "channel"}), Says(&[("receiverType", "The selected receiverType is invalid.")])),
        ("receiverType capital",   json!({"receiverType": "User"}), Says(&[("receiverType", "The selected receiverType is invalid.")])),
        ("receiverType padded",    json!({"receiverType": " user"}), Says(&[("receiverType", "The selected receiverType is invalid.")])),
        ("type a number",          json!({"type": 0}),           Says(&[("type", "The type must be a string.")])),
        ("type a flag",            json!({"type": false}),       Says(&[("type", "The type must be a string.")])),
        ("type null",              json!({"type": null}),        Says(&[("type", "The type field is required.")])),
        ("type empty",             json!({"type": ""}),          Says(&[("type", "The type field is required.")])),
        ("type unknown",           json!({"type": "voice"}),     Says(&[("type", "The selected type is invalid.")])),
        ("type capital",           json!({"type": "AUDIO"}),     Says(&[("type", "The selected type is invalid.")])),
        ("type both",              json!({"type": "audio,video"}), Says(&[("type", "The selected type is invalid.")])),
        ("category a number",      json!({"category": 5}),       Says(&[("category", "The category must be a string.")])),
        ("category unknown",       json!({"category": "message"}), Says(&[("category", "The selected category is invalid.")])),
        ("status a number",        json!({"status": 5}),         Says(&[("status", "The status must be a string.")])),
        ("status of later",        json!({"status": "ongoing"}), Says(&[("status", "The selected status is invalid.")])),
        ("status unknown",         json!({"status": "ringing"}), Says(&[("status", "The selected status is invalid.")])),
        ("metadata a number",      json!({"metadata": 5}),       Says(&[("metadata", "The metadata must be an array.")])),
        ("metadata a flag",        json!({"metadata": true}),    Says(&[("metadata", "The metadata must be an array.")])),
        ("metadata a list",        json!({"metadata": [1]}),     Says(&[("metadata", "The metadata must be an array.")])),
        ("metadata a text",        json!({"metadata": "x"}),     Says(&[("metadata", "The metadata must be a valid JSON string.")])),
        ("metadata half of JSON",  json!({"metadata": "{"}),     Says(&[("metadata", "The metadata must be a valid JSON string.")])),
        ("metadata a JSON list",   json!({"metadata": "[1]"}),   Says(&[("metadata", "The metadata must be a valid JSON string.")])),
        ("metadata a JSON number", json!({"metadata": "5"}),     Says(&[("metadata", "The metadata must be a valid JSON string.")])),
        ("metadata deep JSON",     json!({"metadata": r#"{"a":"#.repeat(200)}), Says(&[("metadata", "The metadata must be a valid JSON string.")])),
        ("inner metadata a number", json!({"data": {"metadata": 5}}), Says(&[("data.metadata", "The data.metadata must be an array.")])),
        ("inner metadata a text",  json!({"data": {"metadata": "x"}}), Says(&[("data.metadata", "The data.metadata must be a valid JSON string.")])),
        ("three wrong, one right", json!({"receiver": 5, "receiverType": "x", "type": null}), Invalid(&["receiver", "receiverType", "type"])),
        ("all of them wrong",      json!({"receiver": 5, "receiverType": 5, "type": 5, "category": 5, "status": 5, "metadata": 5}),
                                   Invalid(&["receiver", "receiverType", "type", "category", "status", "metadata"])),
        ("a group's type, a uid",  json!({"receiverType": "group"}), Refused(404, "ERR_GUID_NOT_FOUND")),
        ("oneself",                json!({"receiver": A}),       Refused(400, "ERR_CALLING_SELF")),
        ("oneself in capitals",    json!({"receiver": A.to_uppercase()}), Refused(400, "ERR_CALLING_SELF")),
        ("data a number",          json!({"data": 5}),           Accepted),
        ("what an SDK adds",       json!({"sessionid": null, "initiatedAt": "x", "rawJson": [[]]}), Accepted),
    ]
}

#[rustfmt::skip]
fn change_status() -> Vec<Field> {
    vec![
        ("status null",            json!({"status": null}),      Says(&[("status", "The status field is required.")])),
        ("status empty",           json!({"status": ""}),        Says(&[("status", "The status field is required.")])),
        ("status blank",           json!({"status": "  "}),      Says(&[("status", "The status field is required.")])),
        ("status a number",        json!({"status": 5}),         Says(&[("status", "The status must be a string.")])),
        ("status a list",          json!({"status": ["ended"]}), Says(&[("status", "The status must be a string.")])),
        ("status an object",       json!({"status": {}}),        Says(&[("status", "The status must be a string.")])),
        ("status unknown",         json!({"status": "accepted"}), Says(&[("status", "The selected status is invalid.")])),
        ("status capital",         json!({"status": "Ongoing"}), Says(&[("status", "The selected status is invalid.")])),
        ("status padded",          json!({"status": "ended\n"}), Says(&[("status", "The selected status is invalid.")])),
        ("status an emoji",        json!({"status": "📞"}),      Says(&[("status", "The selected status is invalid.")])),
        ("status and joinedAt",    json!({"status": "x", "joinedAt": "x"}), Invalid(&["status", "joinedAt"])),
        ("all well, no such call", json!({"joinedAt": 1}),       Refused(404, "ERR_CALL_SESSION_NOT_FOUND")),
    ]
}

#[rustfmt::skip]
fn change_type() -> Vec<Field> {
    vec![
        ("nothing",                json!({}),                    Says(&[("type", "The type field is required.")])),
        ("type null",              json!({"type": null}),        Says(&[("type", "The type field is required.")])),
        ("type a number",          json!({"type": 1}),           Says(&[("type", "The type must be a string.")])),
        ("type a list",            json!({"type": ["video"]}),   Says(&[("type", "The type must be a string.")])),
        ("type unknown",           json!({"type": "screen"}),    Says(&[("type", "The selected type is invalid.")])),
        ("type capital",           json!({"type": "Video"}),     Says(&[("type", "The selected type is invalid.")])),
        ("all well, no such call", json!({"type": "video"}),     Refused(404, "ERR_CALL_SESSION_NOT_FOUND")),
    ]
}

/// Joining a group call that rings, each time with another `joinedAt`.
#[rustfmt::skip]
pub fn joined_at(session: &str) -> Vec<Row> {
    let rows: Vec<Field> = vec![
        ("none",              json!({}),                                Refused(400, "ERR_CALL_EMPTY_JOINED_AT")),
        ("null",              json!({"joinedAt": null}),                Refused(400, "ERR_CALL_EMPTY_JOINED_AT")),
        ("digits in a text",  json!({"joinedAt": START.to_string()}),   Says(&[("joinedAt", "The joinedAt must be an integer.")])),
        ("an empty text",     json!({"joinedAt": ""}),                  Says(&[("joinedAt", "The joinedAt must be an integer.")])),
        ("a date",            json!({"joinedAt": "2023-11-14T22:13:20Z"}), Says(&[("joinedAt", "The joinedAt must be an integer.")])),
        ("a fraction",        json!({"joinedAt": 1.5}),                 Says(&[("joinedAt", "The joinedAt must be an integer.")])),
        ("a point and zero",  json!({"joinedAt": 1_700_000_000.0}),     Says(&[("joinedAt", "The joinedAt must be an integer.")])),
        ("true",              json!({"joinedAt": true}),                Says(&[("joinedAt", "The joinedAt must be an integer.")])),
        ("false",             json!({"joinedAt": false}),               Says(&[("joinedAt", "The joinedAt must be an integer.")])),
        ("a list",            json!({"joinedAt": [START]}),             Says(&[("joinedAt", "The joinedAt must be an integer.")])),
        ("an object",         json!({"joinedAt": {}}),                  Says(&[("joinedAt", "The joinedAt must be an integer.")])),
        ("2^63",              json!({"joinedAt": 1_u64 << 63}),         Says(&[("joinedAt", "The joinedAt must be an integer.")])),
        ("1e300",             json!({"joinedAt": 1e300}),               Says(&[("joinedAt", "The joinedAt must be an integer.")])),
        ("below zero",        json!({"joinedAt": -1}),                  Says(&[("joinedAt", "The joinedAt must be at least 0.")])),
        ("the lowest",        json!({"joinedAt": i64::MIN}),            Says(&[("joinedAt", "The joinedAt must be at least 0.")])),
    ];
    let route = format!("PUT /calls/{session}");
    over(&route, &json!({ "status": "ongoing" }), rows)
        .into_iter()
        .map(|row| row.header("onBehalfOf", B))
        .collect()
}
