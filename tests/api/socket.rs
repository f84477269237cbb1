//! The realtime socket: who is let in, what they are told, and who is not.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use mock_calls::{
    domain::{
        ids::{AppId, Uid},
        time::Timestamp,
    },
    runtime::{
        ids::signing_secret,
        passes::{Bearer, Passes},
    },
};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{
        Message,
        protocol::{CloseFrame, frame::coding::CloseCode},
    },
};

use crate::support::{A, B, C, D, GROUP, Mock, START};

/// Nothing here takes so long unless it hangs.
const PATIENCE: Duration = Duration::from_secs(20);
const E: &str = "cometchat-uid-5";

/// A client of the socket.
struct Client(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Client {
    async fn connected(mock: &Mock) -> Self {
        let (stream, _) = connect_async(mock.url.replace("http", "ws")).await.unwrap();
        Self(stream)
    }

    /// Somebody who has been let in.
    async fn of(mock: &Mock, uid: &str) -> Self {
        Self::with(mock, "mock-app", uid, json!({})).await
    }

    async fn with(mock: &Mock, app: &str, uid: &str, more: Value) -> Self {
        let mut client = Self::connected(mock).await;
        client.say(auth(app, uid, &pass(app, uid), more)).await;
        let answer = client.next().await.unwrap();
        assert_eq!(answer["body"], json!({ "code": "200", "status": "OK" }), "{answer}");
        client
    }

    async fn say(&mut self, frame: Value) {
        self.0.send(Message::text(frame.to_string())).await.unwrap();
    }

    /// With which code the server closes; none where it does not say.
    async fn closed(&mut self) -> Option<u16> {
        loop {
            match timeout(PATIENCE, self.0.next()).await.unwrap()? {
                Ok(Message::Close(frame)) => return frame.map(|frame| frame.code.into()),
                Ok(_) => {}
                Err(_) => return None,
            }
        }
    }

    /// The next frame; none when the server has closed.
    async fn next(&mut self) -> Option<Value> {
        loop {
            match timeout(PATIENCE, self.0.next()).await.unwrap()? {
                Ok(Message::Text(text)) => return Some(serde_json::from_str(&text).unwrap()),
                Ok(Message::Close(_)) | Err(_) => return None,
                Ok(_) => {}
            }
        }
    }

    /// What is told of a call: the status, who did it, and in whose name.
    async fn told(&mut self) -> (String, String, Option<String>) {
        let frame = self.next().await.unwrap();
        assert_eq!(frame["type"], "message", "{frame}");
        let status = &frame["body"]["data"]["entities"]["on"]["entity"]["status"];
        (
            status.as_str().unwrap().to_owned(),
            frame["sender"].as_str().unwrap().to_owned(),
            frame["deviceId"].as_str().map(str::to_owned),
        )
    }

    /// Everything that came has been read: the answer to a ping is the next frame.
    async fn has_heard_nothing(&mut self) {
        self.say(json!({ "action": "ping", "ack": "true" })).await;
        assert_eq!(self.next().await, Some(json!({ "action": "pong", "ack": "true" })));
    }
}

/// The server of a test signs with what follows from its seed.
fn pass(app: &str, uid: &str) -> String {
    let bearer = Bearer { app: AppId::parse(app).unwrap(), uid: Uid::parse(uid).unwrap() };
    Passes::new(&signing_secret(Some(7))).for_socket(&bearer, Timestamp::from_secs(START))
}

fn auth(app: &str, uid: &str, pass: &str, more: Value) -> Value {
    let mut body = json!({ "auth": pass, "deviceId": "WEB-1", "params": {} });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    json!({
        "appId": app, "receiver": "", "receiverType": "", "deviceId": "WEB-1", "type": "auth",
        "sender": uid, "body": body,
    })
}

fn told(status: &str, by: &str) -> (String, String, Option<String>) {
    (status.to_owned(), by.to_owned(), None)
}

async fn status_of(mock: &Mock, uid: &str) -> String {
    mock.get(&format!("/users/{uid}")).send().await.ok()["status"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn who_has_no_good_pass_is_told_so_and_hung_up_on() {
    let mock = Mock::start().await;
    let good = pass("mock-app", A);
    for (what, app, pass) in [
        ("no pass", "mock-app", String::new()),
        ("no JWT", "mock-app", "x.y.z".to_owned()),
        ("signed by another", "mock-app", {
            let bearer = Bearer { app: AppId::default(), uid: Uid::default() };
            Passes::new(&[1; 32]).for_socket(&bearer, Timestamp::from_secs(START))
        }),
        ("for another app", "other-app", good.clone()),
        ("of nobody", "mock-app", self::pass("mock-app", "nobody")),
    ] {
        let mut client = Client::connected(&mock).await;
        client.say(auth(app, A, &pass, json!({}))).await;
        let answer = client.next().await.unwrap();
        assert_eq!(
            (&answer["type"], &answer["body"]["code"]),
            (&json!("auth"), &json!("401")),
            "{what}"
        );
        assert_eq!(client.next().await, None, "{what}");
    }
    assert_eq!(status_of(&mock, A).await, "offline");
}

#[tokio::test]
async fn a_plain_request_finds_nothing_there() {
    let mock = Mock::start().await;
    mock.get("/").send().await.refused(404, "ERR_API_NOT_FOUND");
}

#[tokio::test]
async fn an_upgrade_that_is_none_finds_nothing_there_either() {
    let mock = Mock::start().await;
    let reply = mock.get("/").header("upgrade", "websocket").send().await;
    reply.refused(404, "ERR_API_NOT_FOUND");
}

#[tokio::test(start_paused = true)]
async fn who_says_nothing_is_hung_up_on() {
    let mock = Mock::start().await;
    let mut client = Client::connected(&mock).await;
    // Time passes as soon as there is nothing else to do.
    assert_eq!(client.next().await, None);
}

#[tokio::test]
async fn pings_are_answered_and_anything_unknown_is_ignored() {
    let mock = Mock::start().await;
    let mut client = Client::of(&mock, A).await;
    client.0.send(Message::text("no JSON")).await.unwrap();
    client.0.send(Message::text("[]")).await.unwrap();
    client.0.send(Message::binary(vec![0, 1])).await.unwrap();
    client.say(json!({ "type": "typing_indicator", "body": 7 })).await;
    client.has_heard_nothing().await;
}

#[tokio::test]
async fn a_frame_over_64_kib_ends_the_socket() {
    let mock = Mock::start().await;
    let mut client = Client::of(&mock, A).await;
    client.0.send(Message::text("x".repeat(64 * 1024))).await.unwrap();
    client.has_heard_nothing().await;
    client.0.send(Message::text("x".repeat(64 * 1024 + 1))).await.unwrap();
    assert_eq!(client.closed().await, Some(1009));
}

#[tokio::test]
async fn a_client_that_says_goodbye_is_answered() {
    let mock = Mock::start().await;
    let mut client = Client::of(&mock, A).await;
    let frame = CloseFrame { code: CloseCode::Normal, reason: "User logged out".into() };
    client.0.send(Message::Close(Some(frame))).await.unwrap();
    assert_eq!(client.closed().await, Some(1000));
}

#[tokio::test]
async fn every_socket_of_an_app_is_told_that_it_is_over() {
    let mock = Mock::start().await;
    for _ in 0..5 {
        let mut clients = Vec::new();
        for _ in 0..5 {
            clients.push(Client::of(&mock, A).await);
        }
        mock.bare(Method::POST, "/__mock/reset").send().await;
        for client in &mut clients {
            assert_eq!(client.closed().await, Some(1008));
        }
    }
    let mut gone = Client::with(&mock, "short-lived", A, json!({})).await;
    mock.bare(Method::DELETE, "/__mock/apps/short-lived").send().await;
    assert_eq!(gone.closed().await, Some(1008));
}

#[tokio::test]
async fn the_other_side_of_a_call_is_told_in_order_and_nobody_else_is() {
    let mock = Mock::start().await;
    let (mut a, mut b) = (Client::of(&mock, A).await, Client::of(&mock, B).await);
    let mut outsider = Client::of(&mock, C).await;
    let mut elsewhere = Client::with(&mock, "other-app", B, json!({})).await;

    let session = mock.ring(A, B).await;
    assert_eq!(b.told().await, told("initiated", A));
    mock.moved(&session, B, "ongoing").await;
    assert_eq!(a.told().await, told("ongoing", B));
    mock.moved(&session, A, "ended").await;
    assert_eq!(b.told().await, told("ended", A));

    for client in [&mut a, &mut b, &mut outsider, &mut elsewhere] {
        client.has_heard_nothing().await;
    }
}

#[tokio::test]
async fn every_socket_of_a_user_is_told_and_whose_request_it_was() {
    let mock = Mock::start().await;
    let mut first = Client::of(&mock, B).await;
    let mut second = Client::of(&mock, B).await;
    let body = json!({ "receiver": B, "receiverType": "user", "type": "audio" });
    mock.post("/calls", body).by(A).header("resource", "WEB-9").send().await.ok();
    let expected = ("initiated".to_owned(), A.to_owned(), Some("WEB-9".to_owned()));
    assert_eq!(first.told().await, expected);
    assert_eq!(second.told().await, expected);
}

#[tokio::test]
async fn when_time_is_up_both_sides_are_told() {
    let mock = Mock::start().await;
    let (mut a, mut b) = (Client::of(&mock, A).await, Client::of(&mock, B).await);
    mock.ring(A, B).await;
    assert_eq!(b.told().await, told("initiated", A));
    mock.advance(45);
    assert_eq!(a.told().await, told("unanswered", A));
    assert_eq!(b.told().await, told("unanswered", A));
}

#[tokio::test]
async fn a_caller_who_reports_unanswered_is_not_told_what_they_said() {
    let mock = Mock::start().await;
    let (mut a, mut b) = (Client::of(&mock, A).await, Client::of(&mock, B).await);
    let session = mock.ring(A, B).await;
    mock.moved(&session, A, "unanswered").await;
    assert_eq!(b.told().await, told("initiated", A));
    assert_eq!(b.told().await, told("unanswered", A));
    a.has_heard_nothing().await;
}

/// The table at the head of the pushes, for groups.
#[tokio::test]
async fn members_of_a_group_are_told_what_they_would_not_take_for_something_else() {
    let mock = Mock::start().await;
    let (mut a, mut b) = (Client::of(&mock, A).await, Client::of(&mock, B).await);
    let (mut d, mut e) = (Client::of(&mock, D).await, Client::of(&mock, E).await);
    mock.delete(&format!("/groups/{GROUP}/members/{E}")).send().await.ok();

    let session = mock.ring_group(A, GROUP).await;
    assert_eq!(b.told().await, told("initiated", A));
    mock.moved(&session, D, "rejected").await;
    assert_eq!(b.told().await, told("rejected", D));
    assert_eq!(a.told().await, told("rejected", D));
    mock.moved(&session, B, "ongoing").await;
    assert_eq!(a.told().await, told("ongoing", B));
    mock.patch(&format!("/calls/{session}/type"), json!({ "type": "video" }))
        .by(A)
        .send()
        .await
        .ok();
    mock.moved(&session, A, "ended").await;
    b.has_heard_nothing().await;
    mock.moved(&session, B, "ended").await;
    assert_eq!(a.told().await, told("ended", B));

    assert_eq!(d.told().await, told("initiated", A));
    assert_eq!(d.told().await, told("ongoing", B));
    assert_eq!(d.told().await, told("ended", B));
    for client in [&mut a, &mut b, &mut d, &mut e] {
        client.has_heard_nothing().await;
    }
}

#[tokio::test]
async fn a_user_is_there_while_they_have_a_socket_and_who_wants_to_know_is_told() {
    let mock = Mock::start().await;
    let all = json!({ "presenceSubscription": "ALL_USERS" });
    let mut watching = Client::with(&mock, "mock-app", B, all.clone()).await;
    let mut not_watching = Client::of(&mock, C).await;
    let presence = watching.next().await.unwrap();
    assert_eq!(presence["body"]["user"]["uid"], C);
    let roles = json!({ "presenceSubscription": "ROLES", "roles": ["doctor"] });
    let mut of_roles = Client::with(&mock, "mock-app", D, roles).await;
    assert_eq!(watching.next().await.unwrap()["body"]["user"]["uid"], D);

    let (first, second) = (Client::of(&mock, A).await, Client::of(&mock, A).await);
    let online = watching.next().await.unwrap();
    assert_eq!((&online["type"], &online["sender"]), (&json!("presence"), &json!(A)));
    assert_eq!(
        (&online["body"]["action"], &online["body"]["timestamp"]),
        (&json!("online"), &json!(START))
    );
    assert_eq!(online["body"]["user"]["status"], "online");
    assert_eq!(status_of(&mock, A).await, "online");
    let there = mock.get("/users?status=online").send().await.column("uid");
    assert_eq!(there, [D, C, B, A]);
    let state = mock.bare(Method::GET, "/__mock/state").send().await.json();
    assert_eq!(state["users"][0]["status"], "online");
    assert_eq!(state["users"][4].get("status"), None);

    drop(first);
    drop(second);
    assert_eq!(watching.next().await.unwrap()["body"]["action"], "offline");
    assert_eq!(status_of(&mock, A).await, "offline");
    mock.put(&format!("/users/{A}"), json!({ "role": "doctor" })).send().await.ok();
    let _doctor = Client::of(&mock, A).await;
    assert_eq!(of_roles.next().await.unwrap()["body"]["user"]["role"], "doctor");
    not_watching.has_heard_nothing().await;
}

#[tokio::test]
async fn a_client_that_does_not_read_is_dropped() {
    let mock = Mock::start().await;
    let slow = Client::of(&mock, B).await;
    let metadata = json!({ "filler": "x".repeat(200_000) });
    for _ in 0..100 {
        let body =
            json!({ "receiver": B, "receiverType": "user", "type": "audio", "metadata": metadata });
        let reply = mock.post("/calls", body).by(A).send().await.ok();
        let session =
            reply["data"]["entities"]["on"]["entity"]["sessionid"].as_str().unwrap().to_owned();
        mock.moved(&session, A, "cancelled").await;
        // What is told takes two frames of a call, with its metadata in each.
        if status_of(&mock, B).await == "offline" {
            drop(slow);
            return;
        }
    }
    for _ in 0..100 {
        if status_of(&mock, B).await == "offline" {
            return;
        }
    }
    panic!("a socket that is not read stays open");
}

#[tokio::test]
async fn sockets_end_with_their_user_and_with_a_reset_and_stay_with_a_restored_state() {
    let mock = Mock::start().await;
    let (mut a, mut b) = (Client::of(&mock, A).await, Client::of(&mock, B).await);
    let mut c = Client::of(&mock, C).await;
    mock.bare(Method::PUT, "/__mock/snapshots/before").send().await;
    mock.delete(&format!("/users/{A}")).json(json!({ "permanent": true })).send().await.ok();
    assert_eq!(a.next().await, None, "deleted");
    mock.delete(&format!("/users/{B}")).send().await.ok();
    assert_eq!(b.next().await, None, "deactivated");

    mock.bare(Method::POST, "/__mock/snapshots/before/restore").send().await;
    assert_eq!(status_of(&mock, A).await, "offline", "whoever is gone does not come back");
    assert_eq!(status_of(&mock, C).await, "online");
    c.has_heard_nothing().await;
    let state = mock.bare(Method::GET, "/__mock/state").send().await.text;
    mock.bare(Method::PUT, "/__mock/state").body(state.clone()).send().await;
    assert_eq!(mock.bare(Method::GET, "/__mock/state").send().await.text, state);

    mock.bare(Method::POST, "/__mock/reset").send().await;
    assert_eq!(c.next().await, None, "reset");
    assert_eq!(status_of(&mock, C).await, "offline");
}

#[tokio::test]
async fn a_world_opens_for_a_pass_of_an_earlier_server() {
    let mock = Mock::start().await;
    let mut client = Client::with(&mock, "never-heard-of", A, json!({})).await;
    client.has_heard_nothing().await;
    assert_eq!(
        mock.get("/users/cometchat-uid-1").app("never-heard-of").send().await.ok()["status"],
        "online"
    );
}

#[tokio::test]
async fn sockets_are_counted_and_their_requests_are_not_kept() {
    let mock = Mock::start().await;
    let (_a, _b) = (Client::of(&mock, A).await, Client::of(&mock, B).await);
    let metrics = mock.bare(Method::GET, "/metrics").send().await.text;
    assert!(metrics.contains("\nmock_calls_sockets 2\n"), "{metrics}");
    let kept = mock.bare(Method::GET, "/__mock/requests").send().await.json();
    assert_eq!(kept["requests"], json!([]));
}

#[tokio::test]
async fn when_the_server_stops_its_sockets_are_closed() {
    let mock = Mock::start().await;
    let mut a = Client::of(&mock, A).await;
    let mut unknown = Client::connected(&mock).await;
    mock.stop();
    assert_eq!(a.next().await, None);
    assert_eq!(unknown.next().await, None);
}

/// Not half of what goes on in parallel tests, and still more than any client has.
#[tokio::test(flavor = "multi_thread")]
async fn two_thousand_idle_sockets_are_held_and_reached() {
    let mock = Mock::start().await;
    let mut clients = Vec::new();
    for _ in 0..2000 {
        clients.push(Client::of(&mock, B).await);
    }
    mock.ring(A, B).await;
    for client in &mut clients {
        assert_eq!(client.told().await, told("initiated", A));
    }
}

#[tokio::test]
async fn who_is_there_is_found_and_comes_first_where_that_is_asked_for() {
    let mock = Mock::start().await;
    let (_b, _d) = (Client::of(&mock, B).await, Client::of(&mock, D).await);
    let members = format!("/groups/{GROUP}/members");
    let (all, there) = (vec![A, B, C, D, E], vec![B, D]);
    for (query, expected) in [
        ("status=online", &there),
        // As the chat SDK writes it.
        ("status=available", &there),
        ("status=offline", &vec![A, C, E]),
        ("status=asleep", &Vec::new()),
        ("", &all),
    ] {
        let found = mock.get(&format!("/users?sortOrder=asc&{query}")).send().await;
        assert_eq!(&found.column("uid"), expected, "{query}");
        let found = mock.get(&format!("{members}?{query}")).send().await;
        assert_eq!(&found.column("uid"), expected, "{query}");
    }
    // By name among themselves: George, Susan; Andrew, John, Nancy.
    let mut sorted = vec![B, D, A, E, C];
    for query in ["sortBy=status", "sortBy=status&sortOrder=asc"] {
        assert_eq!(mock.get(&format!("/users?{query}")).send().await.column("uid"), sorted);
    }
    sorted.reverse();
    let last = mock.get("/users?sortBy=status&sortOrder=desc").send().await;
    assert_eq!(last.column("uid"), sorted);
}
