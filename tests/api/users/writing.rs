//! `POST /users` and `PUT /users/{uid}`.

use serde_json::{Value, json};

use crate::support::{A, Mock, START};

#[tokio::test]
async fn a_new_user_has_every_field_that_was_given() {
    let mock = Mock::start().await;
    let body = json!({
        "uid": "Ann_1-x", "name": "Ann", "avatar": "https://pics.test/ann.png",
        "link": "https://people.test/ann", "role": "moderator", "statusMessage": "Away",
        "metadata": { "@private": { "email": "ann@people.test" } }, "tags": ["one", "two"],
    });
    let expected = json!({
        "uid": "ann_1-x", "name": "Ann", "avatar": "https://pics.test/ann.png",
        "link": "https://people.test/ann", "role": "moderator", "statusMessage": "Away",
        "metadata": { "@private": { "email": "ann@people.test" } }, "tags": ["one", "two"],
        "status": "offline", "createdAt": START,
    });
    assert_eq!(mock.post("/users", body).send().await.ok(), expected);
    for spelling in ["ann_1-x", "ANN_1-X", "Ann_1-x"] {
        assert_eq!(mock.get(&format!("/users/{spelling}")).send().await.ok(), expected);
    }
}

#[tokio::test]
async fn a_uid_and_a_name_are_enough() {
    let mock = Mock::start().await;
    let user = mock.post("/users", json!({ "uid": "ann", "name": "Ann" })).send().await.ok();
    let expected = json!({
        "uid": "ann", "name": "Ann", "status": "offline", "role": "default", "createdAt": START,
    });
    assert_eq!(user, expected);
}

#[tokio::test]
async fn a_token_is_made_along_with_the_user_and_shown_only_then() {
    let mock = Mock::start().await;
    let body = json!({ "uid": "Ann", "name": "Ann", "withAuthToken": true });
    let made = mock.post("/users", body).send().await.ok();
    let token = made["authToken"].as_str().unwrap();
    assert!(token.starts_with(&format!("ann_{START}")), "{token}");
    let seen = mock.bare(reqwest::Method::GET, "/users/ann").token(token).send().await.ok();
    assert_eq!(seen["uid"], "ann");
    assert_eq!(seen["authToken"], Value::Null);

    let body = json!({ "uid": "bob", "name": "Bob", "withAuthToken": false });
    assert_eq!(mock.post("/users", body).send().await.ok()["authToken"], Value::Null);
}

#[tokio::test]
async fn metadata_may_be_json_in_a_string() {
    let mock = Mock::start().await;
    let body = json!({ "uid": "ann", "name": "Ann", "metadata": "{\"a\":{\"b\":1}}" });
    let user = mock.post("/users", body).send().await.ok();
    assert_eq!(user["metadata"], json!({ "a": { "b": 1 } }));
}

#[tokio::test]
async fn a_uid_is_taken_in_any_case_also_by_somebody_deactivated() {
    let mock = Mock::start().await;
    let again = json!({ "uid": A.to_uppercase(), "name": "Again" });
    mock.post("/users", again.clone()).send().await.refused(400, "ERR_UID_ALREADY_EXISTS");
    mock.delete(&format!("/users/{A}")).send().await.ok();
    mock.post("/users", again.clone()).send().await.refused(400, "ERR_UID_ALREADY_EXISTS");

    let forever = json!({ "permanent": true });
    mock.delete(&format!("/users/{A}")).json(forever).send().await.ok();
    let user = mock.post("/users", again).send().await.ok();
    assert_eq!((user["uid"].as_str(), user["name"].as_str()), (Some(A), Some("Again")));
}

#[tokio::test]
async fn everything_that_is_wrong_with_a_new_user_is_said_at_once() {
    let mock = Mock::start().await;
    let required = json!({
        "uid": ["The uid field is required."], "name": ["The name field is required."],
    });
    let string =
        json!({ "uid": ["The uid must be a string."], "name": ["The name must be a string."] });
    let urls = json!({
        "avatar": ["The avatar must be a valid URL."], "link": ["The link must be a valid URL."],
    });
    let one = |field: &str, text: &str| json!({ field: [text] });
    for (body, details) in [
        (json!({}), required.clone()),
        (json!({ "uid": "", "name": "" }), required.clone()),
        (json!({ "uid": " ", "name": "\t" }), required.clone()),
        (json!({ "uid": null, "name": null }), required),
        (json!({ "uid": 7, "name": ["Ann"] }), string),
        (json!({ "uid": "ann", "name": "Ann", "avatar": "nowhere", "link": "/ann" }), urls),
        (
            json!({ "uid": "a".repeat(101), "name": "Ann" }),
            one("uid", "The uid must not be greater than 100 characters."),
        ),
        (
            json!({ "uid": "a b", "name": "Ann" }),
            one("uid", "The uid must only contain letters, numbers, dashes and underscores."),
        ),
        (
            json!({ "uid": "ann", "name": "Ann", "tags": vec!["tag"; 26] }),
            one("tags", "The tags must not have more than 25 items."),
        ),
        (
            json!({ "uid": "ann", "name": "Ann", "tags": ["one", 2] }),
            one("tags.1", "The tags.1 must be a string."),
        ),
        (
            json!({ "uid": "ann", "name": "Ann", "tags": "one" }),
            one("tags", "The tags must be an array."),
        ),
        (
            json!({ "uid": "ann", "name": "Ann", "metadata": 7 }),
            one("metadata", "The metadata must be an array."),
        ),
        (
            json!({ "uid": "ann", "name": "Ann", "metadata": "{" }),
            one("metadata", "The metadata must be a valid JSON string."),
        ),
        (
            json!({ "uid": "ann", "name": "Ann", "withAuthToken": "maybe" }),
            one("withAuthToken", "The withAuthToken field must be true or false."),
        ),
    ] {
        let error = mock.post("/users", body.clone()).send().await.refused(400, "ERR_BAD_REQUEST");
        assert_eq!(error["message"], "Failed to validate the data sent with the request.");
        assert_eq!(error["details"], details, "{body}");
    }
    mock.get("/users/ann").send().await.refused(404, "ERR_UID_NOT_FOUND");
}

#[tokio::test]
async fn a_uid_of_100_characters_and_25_tags_are_not_too_much() {
    let mock = Mock::start().await;
    let uid = "a".repeat(100);
    let body = json!({ "uid": uid, "name": "Ann", "tags": vec!["tag"; 25] });
    assert_eq!(mock.post("/users", body).send().await.ok()["uid"], uid);
}

#[tokio::test]
async fn an_update_changes_what_is_given_and_says_when() {
    let mock = Mock::start().await;
    mock.advance(60);
    let body = json!({ "role": "boss", "metadata": { "a": 1 } });
    let user = mock.put(&format!("/users/{}", A.to_uppercase()), body).send().await.ok();
    let expected = json!({
        "uid": A, "name": "Andrew Joseph", "metadata": { "a": 1 }, "status": "offline",
        "role": "boss", "createdAt": START, "updatedAt": START + 60,
    });
    assert_eq!(user, expected);
    assert_eq!(mock.get(&format!("/users/{A}")).send().await.ok(), expected);
}

#[tokio::test]
async fn null_clears_a_field_of_a_user() {
    let mock = Mock::start().await;
    let full = json!({
        "uid": "ann", "name": "Ann", "avatar": "https://pics.test/a", "link": "https://a.test",
        "role": "boss", "statusMessage": "Away", "metadata": { "a": 1 }, "tags": ["one"],
    });
    mock.post("/users", full).send().await.ok();
    let clear = json!({
        "avatar": null, "link": null, "role": null, "statusMessage": null, "metadata": null,
        "tags": null,
    });
    let expected = json!({
        "uid": "ann", "name": "Ann", "status": "offline", "role": "default", "createdAt": START,
        "updatedAt": START,
    });
    assert_eq!(mock.put("/users/ann", clear).send().await.ok(), expected);
}

#[tokio::test]
async fn a_name_cannot_be_taken_away() {
    let mock = Mock::start().await;
    for name in [json!(""), json!(" "), Value::Null] {
        let path = format!("/users/{A}");
        let reply = mock.put(&path, json!({ "name": name, "avatar": "x" })).send().await;
        let details = json!({
            "name": ["The name field must have a value."],
            "avatar": ["The avatar must be a valid URL."],
        });
        assert_eq!(reply.refused(400, "ERR_BAD_REQUEST")["details"], details);
    }
    let user = mock.get(&format!("/users/{A}")).send().await.ok();
    assert_eq!((&user["name"], &user["updatedAt"]), (&json!("Andrew Joseph"), &Value::Null));
}

#[tokio::test]
async fn who_does_not_exist_or_is_deactivated_cannot_be_changed() {
    let mock = Mock::start().await;
    mock.delete(&format!("/users/{A}")).send().await.ok();
    for uid in ["Nobody", A, "a%20b"] {
        let reply = mock.put(&format!("/users/{uid}"), json!({ "name": "Ann" })).send().await;
        reply.refused(404, "ERR_UID_NOT_FOUND");
    }
    let error = mock.get("/users/Nobody").send().await.refused(404, "ERR_UID_NOT_FOUND");
    let text =
        "The UID Nobody does not exist, please make sure you have created a user with UID Nobody.";
    assert_eq!(error["message"], text);
}
