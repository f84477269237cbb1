//! `GET /users`

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{A, B, C, D, Mock, Reply};

const E: &str = "cometchat-uid-5";

/// Three users whose creation, names, roles and tags are in different orders.
async fn with_three_more() -> Mock {
    let mock = Mock::start().await;
    for (uid, name, role, tags) in [
        ("zoe", "zoe Adams", "boss", json!(["red", "blue"])),
        ("ann", "Mia Zahn", "clerk", json!(["blue"])),
        ("max", "Bea Young", "boss", json!([])),
    ] {
        let body = json!({ "uid": uid, "name": name, "role": role, "tags": tags });
        mock.post("/users", body).send().await.ok();
    }
    mock
}

async fn list(mock: &Mock, query: &str) -> Reply {
    mock.get(&format!("/users?{query}")).send().await
}

#[tokio::test]
async fn the_newest_users_come_first() {
    let mock = with_three_more().await;
    let reply = mock.get("/users").send().await;
    assert_eq!(reply.column("uid"), ["max", "ann", "zoe", E, D, C, B, A]);
    assert_eq!(reply.pagination(), [8, 8, 100, 1, 1]);
    assert_eq!(list(&mock, "sortOrder=asc").await.column("uid")[..2], [A, B]);
    assert_eq!(list(&mock, "sortOrder=desc").await.column("uid")[..2], ["max", "ann"]);
}

#[tokio::test]
async fn pages_are_cut_and_counted() {
    let mock = Mock::start().await;
    for (query, uids, pagination) in [
        ("perPage=2", vec![E, D], [5, 2, 2, 1, 3]),
        ("perPage=2&page=2", vec![C, B], [5, 2, 2, 2, 3]),
        ("perPage=2&page=3", vec![A], [5, 1, 2, 3, 3]),
        ("perPage=2&page=4", vec![], [5, 0, 2, 4, 3]),
        // As the chat SDK writes it.
        ("per_page=2&page=2", vec![C, B], [5, 2, 2, 2, 3]),
        ("per_page=2&perPage=3", vec![E, D, C], [5, 3, 3, 1, 2]),
        ("perPage=1001", vec![E, D, C, B, A], [5, 5, 1000, 1, 1]),
        (
            "perPage=9000000000000000000&page=9000000000000000000",
            vec![],
            [5, 0, 1000, 9_000_000_000_000_000_000, 1],
        ),
    ] {
        let reply = list(&mock, query).await;
        assert_eq!(
            (reply.column("uid"), reply.pagination()),
            (owned(&uids), pagination),
            "{query}"
        );
    }
    let none = list(&mock, "searchKey=nobody").await;
    assert_eq!(none.pagination()[..2], [0, 0]);
}

#[tokio::test]
async fn each_filter_keeps_who_fits() {
    let mock = with_three_more().await;
    for (query, uids) in [
        ("searchKey=ADAMS", vec!["zoe"]),
        ("searchKey=An", vec!["ann", D, C, B, A]),
        ("searchKey=UID-3", vec![C]),
        ("searchKey=nobody", vec![]),
        ("searchKey=An&searchIn=uid", vec!["ann"]),
        ("searchKey=An&searchIn=name", vec![D, C, B, A]),
        ("searchKey=An&searchIn=name,uid", vec!["ann", D, C, B, A]),
        ("searchKey=An&searchIn=shoe", vec![]),
        ("searchIn=shoe&uids=ann", vec!["ann"]),
        ("role=boss", vec!["max", "zoe"]),
        ("role=Boss", vec![]),
        ("roles=boss", vec!["max", "zoe"]),
        ("roles=clerk,boss", vec!["max", "ann", "zoe"]),
        ("roles=none", vec![]),
        ("tags=blue", vec!["ann", "zoe"]),
        ("tags=red,green", vec!["zoe"]),
        ("tags[]=red&tags[]=green", vec!["zoe"]),
        ("tags=green", vec![]),
        ("uids=ZOE,nobody,cometchat-uid-1", vec!["zoe", A]),
        ("uids[]=max&uids[]=ann", vec!["max", "ann"]),
        ("status=offline", vec!["max", "ann", "zoe", E, D, C, B, A]),
        ("status=online", vec![]),
        ("status=available", vec![]),
        ("status=asleep", vec![]),
        ("role=boss&tags=blue&searchKey=zoe", vec!["zoe"]),
        ("role=boss&tags=blue&searchKey=max", vec![]),
        ("role=&tags=&uids=ann", vec!["ann"]),
        ("colour=red", vec!["max", "ann", "zoe", E, D, C, B, A]),
    ] {
        let found = list(&mock, query).await.column("uid");
        assert_eq!(found, owned(&uids), "{query}");
    }
}

#[tokio::test]
async fn users_are_sorted_by_name_either_way() {
    let mock = Mock::start().await;
    let names = ["Andrew Joseph", "George Alan", "John Paul", "Nancy Grace", "Susan Marie"];
    let ascending = list(&mock, "sortBy=name&sortOrder=asc").await.column("name");
    assert_eq!(ascending, names);
    let mut descending = list(&mock, "sortBy=name&sortOrder=desc").await.column("name");
    descending.reverse();
    assert_eq!(descending, names);
}

#[tokio::test]
async fn whom_the_acting_user_blocked_can_be_left_out() {
    let mock = Mock::start().await;
    mock.post("/blockedusers", json!({ "blockedUids": [B, D] })).by(A).send().await.ok();
    mock.post("/blockedusers", json!({ "blockedUids": [A] })).by(C).send().await.ok();
    let token = mock.token(A).await;
    let seen = async |query: &str| {
        let request = mock.bare(Method::GET, &format!("/users?{query}")).token(&token);
        request.send().await.column("uid")
    };
    assert_eq!(seen("hideBlockedUsers=1").await, [E, C, A]);
    for query in ["", "hideBlockedUsers=0", "hideBlockedUsers=false"] {
        assert_eq!(seen(query).await, [E, D, C, B, A], "{query}");
    }
    let by_key = mock.get("/users?hideBlockedUsers=true").by(A).send().await;
    assert_eq!(by_key.column("uid"), [E, C, A]);
    // A key alone has blocked nobody.
    assert_eq!(list(&mock, "hideBlockedUsers=true").await.pagination()[0], 5);
}

#[tokio::test]
async fn tags_are_listed_only_when_asked_for() {
    let mock = with_three_more().await;
    for (query, tags) in [
        ("uids=zoe", Value::Null),
        ("uids=zoe&withTags=false", Value::Null),
        ("uids=zoe&withTags=true", json!(["red", "blue"])),
        ("uids=zoe&withTags=1", json!(["red", "blue"])),
    ] {
        assert_eq!(list(&mock, query).await.ok()[0]["tags"], tags, "{query}");
    }
}

#[tokio::test]
async fn deactivated_users_are_not_listed_until_they_are_back() {
    let mock = Mock::start().await;
    mock.delete(&format!("/users/{C}")).send().await.ok();
    assert_eq!(mock.get("/users").send().await.column("uid"), [E, D, B, A]);
    mock.put("/users", json!({ "uidsToActivate": [C] })).send().await.ok();
    assert_eq!(mock.get("/users").send().await.column("uid"), [E, D, C, B, A]);
}

#[tokio::test]
async fn what_is_no_number_or_no_boolean_is_refused() {
    let mock = Mock::start().await;
    let wrong = list(&mock, "per_page=x&hideBlockedUsers=x").await;
    let details = json!({
        "per_page": ["The per_page must be an integer."],
        "hideBlockedUsers": ["The hideBlockedUsers field must be true or false."],
    });
    assert_eq!(wrong.refused(400, "ERR_BAD_REQUEST")["details"], details);
    let reply = list(&mock, "page=one&perPage=1.5&withTags=maybe").await;
    let details = json!({
        "page": ["The page must be an integer."],
        "perPage": ["The perPage must be an integer."],
        "withTags": ["The withTags field must be true or false."],
    });
    assert_eq!(reply.refused(400, "ERR_BAD_REQUEST")["details"], details);
}

#[tokio::test]
async fn a_logged_in_user_may_look_but_not_touch() {
    let mock = Mock::start().await;
    let token = mock.token(A).await;
    let bare = |method, path: &str| mock.bare(method, path).token(&token);
    assert_eq!(bare(Method::GET, "/users").send().await.pagination()[0], 5);
    assert_eq!(bare(Method::GET, &format!("/users/{B}")).send().await.ok()["uid"], B);
    let uid = format!("/users/{A}");
    for (method, path) in [
        (Method::POST, "/users"),
        (Method::PUT, "/users"),
        (Method::DELETE, "/users"),
        (Method::PUT, &uid),
        (Method::DELETE, &uid),
    ] {
        let reply = bare(method, path).json(json!({ "name": "Ann" })).send().await;
        reply.refused(403, "AUTH_ERR_NO_ACCESS");
    }
}

fn owned(uids: &[&str]) -> Vec<String> {
    uids.iter().map(|&uid| uid.to_owned()).collect()
}
