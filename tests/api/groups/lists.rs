//! `GET /groups`

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{A, B, GROUP, Mock, Reply};

async fn with_three_more() -> Mock {
    let mock = Mock::start().await;
    for (guid, name, kind, tags) in [
        ("zoo", "Animals", "private", json!(["red", "blue"])),
        ("art", "Painters", "password", json!(["blue"])),
        ("mix", "Cooks", "public", json!([])),
    ] {
        let body = json!({
            "guid": guid, "name": name, "type": kind, "tags": tags, "password": "secret",
            "owner": B,
        });
        mock.post("/groups", body).send().await.ok();
    }
    mock
}

async fn list(mock: &Mock, query: &str) -> Reply {
    mock.get(&format!("/groups?{query}")).send().await
}

#[tokio::test]
async fn each_filter_keeps_the_groups_that_fit_newest_first() {
    let mock = with_three_more().await;
    for (query, guids) in [
        ("", vec!["mix", "art", "zoo", GROUP]),
        ("sortOrder=asc", vec![GROUP, "zoo", "art", "mix"]),
        ("sortBy=name&sortOrder=asc", vec!["zoo", "mix", GROUP, "art"]),
        ("sortBy=name&sortOrder=desc", vec!["art", GROUP, "mix", "zoo"]),
        ("searchKey=HIK", vec![GROUP]),
        ("searchKey=Mix", vec!["mix"]),
        ("searchKey=none", vec![]),
        ("searchKey=hi&searchIn=guid", vec![]),
        ("searchKey=o&searchIn=guid", vec!["zoo", GROUP]),
        ("searchKey=o&searchIn=name", vec!["mix", GROUP]),
        ("type=public", vec!["mix", GROUP]),
        ("type=private", vec!["zoo"]),
        ("type=password", vec!["art"]),
        ("type=secret", vec![]),
        ("tags=blue", vec!["art", "zoo"]),
        ("tags[]=red&tags[]=green", vec!["zoo"]),
        ("guids=MIX,none,zoo", vec!["mix", "zoo"]),
        ("type=public&searchKey=cook", vec!["mix"]),
        ("type=private&searchKey=cook", vec![]),
        ("colour=red", vec!["mix", "art", "zoo", GROUP]),
        ("perPage=3&page=2", vec![GROUP]),
        ("perPage=3&page=3", vec![]),
        // As the chat SDK writes it.
        ("per_page=3&page=2", vec![GROUP]),
    ] {
        assert_eq!(list(&mock, query).await.column("guid"), guids, "{query}");
    }
    assert_eq!(list(&mock, "").await.pagination(), [4, 4, 100, 1, 1]);
    assert_eq!(list(&mock, "perPage=3&page=3").await.pagination(), [4, 0, 3, 3, 2]);
    assert_eq!(list(&mock, "perPage=2000").await.pagination()[2], 1000);
}

#[tokio::test]
async fn tags_are_listed_only_when_asked_for() {
    let mock = with_three_more().await;
    assert_eq!(list(&mock, "guids=zoo").await.ok()[0]["tags"], Value::Null);
    let tagged = list(&mock, "guids=zoo&withTags=true").await.ok();
    assert_eq!(tagged[0]["tags"], json!(["red", "blue"]));
    let reply = list(&mock, "withTags=maybe&hasJoined=maybe&page=x").await;
    let details = json!({
        "page": ["The page must be an integer."],
        "withTags": ["The withTags field must be true or false."],
        "hasJoined": ["The hasJoined field must be true or false."],
    });
    assert_eq!(reply.refused(400, "ERR_BAD_REQUEST")["details"], details);
}

#[tokio::test]
async fn groups_are_listed_as_the_acting_user_sees_them() {
    let mock = with_three_more().await;
    let joined = |query: &'static str, uid: &'static str| {
        let request = mock.get(&format!("/groups?{query}")).by(uid);
        async move { request.send().await }
    };
    assert_eq!(joined("hasJoined=true", A).await.column("guid"), [GROUP]);
    assert_eq!(joined("hasJoined=1&per_page=30&page=1", A).await.column("guid"), [GROUP]);
    assert_eq!(joined("hasJoined=true", B).await.column("guid"), ["mix", "art", "zoo", GROUP]);
    let seen = joined("guids=mix,cometchat-guid-1", A).await.ok();
    let facts = |group: &Value| (group["hasJoined"].clone(), group["scope"].clone());
    assert_eq!(facts(&seen[0]), (json!(false), Value::Null));
    assert_eq!(facts(&seen[1]), (json!(true), json!("admin")));
}

#[tokio::test]
async fn a_client_is_not_shown_private_groups_its_user_is_not_in() {
    let mock = with_three_more().await;
    for (uid, guids) in [(A, vec!["mix", "art", GROUP]), (B, vec!["mix", "art", "zoo", GROUP])] {
        let token = mock.token(uid).await;
        let seen = mock.bare(Method::GET, "/groups").token(&token).send().await;
        assert_eq!(seen.column("guid"), guids, "{uid}");
    }
}
