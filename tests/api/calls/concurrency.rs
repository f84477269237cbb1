//! At most one winner: real parallel requests, on many connections, round after round.

use std::collections::BTreeMap;

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::support::{A, B, C, D, GROUP, Mock, START};

const ROUNDS: usize = 10;
const AT_ONCE: usize = 100;

/// How often each answer came: `200` or the code of a refusal.
type Tally = BTreeMap<String, usize>;

/// Sends all requests at once, each on a task of its own.
async fn race(mock: &Mock, app: &str, requests: Vec<(String, &str, &str, Value)>) -> Tally {
    let racing = requests.into_iter().map(|(path, verb, by, body)| {
        let method = verb.parse().unwrap();
        tokio::spawn(mock.request(method, &path).by(by).app(app).json(body).send())
    });
    let mut tally = Tally::new();
    for reply in join_all(racing).await {
        let reply = reply.unwrap();
        let key = if reply.status == 200 { "200".to_owned() } else { reply.code() };
        *tally.entry(key).or_default() += 1;
    }
    tally
}

fn tally<const N: usize>(counts: [(&str, usize); N]) -> Tally {
    counts.into_iter().map(|(key, count)| (key.to_owned(), count)).collect()
}

fn ring(kind: &str, to: &str) -> Value {
    json!({ "receiver": to, "receiverType": kind, "type": "audio" })
}

fn change(
    session: &str,
    by: &'static str,
    status: &str,
) -> (String, &'static str, &'static str, Value) {
    (format!("/calls/{session}"), "PUT", by, json!({ "status": status, "joinedAt": START }))
}

async fn ringing(mock: &Mock, app: &str, by: &str, kind: &str, to: &str) -> String {
    let message = mock.post("/calls", ring(kind, to)).by(by).app(app).send().await.ok();
    let call = &message["data"]["entities"]["on"]["entity"];
    call["sessionid"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_a_hundred_calls_by_one_caller_one_succeeds() {
    let mock = Mock::start().await;
    for round in 0..ROUNDS {
        let receivers = [("user", B), ("user", C), ("user", D), ("group", GROUP)];
        let requests = receivers.iter().cycle().take(AT_ONCE);
        let requests =
            requests.map(|(kind, to)| ("/calls".to_owned(), "POST", A, ring(kind, to))).collect();
        let expected = tally([("200", 1), ("ERR_CALL_BUSY_SELF", AT_ONCE - 1)]);
        assert_eq!(race(&mock, &format!("round-{round}"), requests).await, expected);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_a_hundred_accepts_one_succeeds() {
    let mock = Mock::start().await;
    for round in 0..ROUNDS {
        let app = format!("round-{round}");
        let session = ringing(&mock, &app, A, "user", B).await;
        let requests = (0..AT_ONCE).map(|_| change(&session, B, "ongoing")).collect();
        let expected = tally([("200", 1), ("ERR_CALL_USER_ALREADY_JOINED", AT_ONCE - 1)]);
        assert_eq!(race(&mock, &app, requests).await, expected);

        let session = ringing(&mock, &app, C, "group", GROUP).await;
        let requests = (0..AT_ONCE).map(|_| change(&session, D, "ongoing")).collect();
        let expected = tally([("200", 1), ("ERR_CALL_GROUP_ALREADY_JOINED", AT_ONCE - 1)]);
        assert_eq!(race(&mock, &app, requests).await, expected);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_callee_whom_two_ring_can_accept_only_one_of_them() {
    let mock = Mock::start().await;
    for round in 0..ROUNDS {
        let app = format!("round-{round}");
        let both = [(A, B), (C, B)]
            .map(|(by, to)| ("/calls".to_owned(), "POST", by, ring("user", to)))
            .to_vec();
        assert_eq!(race(&mock, &app, both).await, tally([("200", 2)]));
        let calls =
            mock.get(&format!("/calls?status=initiated&uid={B}")).app(&app).send().await.ok();
        let sessions = calls.as_array().unwrap().iter().map(|call| call["sessionId"].as_str());
        let accepts = sessions.map(|session| change(session.unwrap(), B, "ongoing")).collect();
        assert_eq!(
            race(&mock, &app, accepts).await,
            tally([("200", 1), ("ERR_CALL_BUSY_SELF", 1)])
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_group_never_has_two_live_calls() {
    let mock = Mock::start().await;
    for round in 0..ROUNDS {
        let app = format!("round-{round}");
        let callers = [A, B, C, D].iter().cycle().take(AT_ONCE);
        let requests =
            callers.map(|by| ("/calls".to_owned(), "POST", *by, ring("group", GROUP))).collect();
        let tally = race(&mock, &app, requests).await;
        // The winner's other requests find the winner busy, everybody else's the group.
        let expected = self::tally([
            ("200", 1),
            ("ERR_CALL_BUSY_SELF", AT_ONCE / 4 - 1),
            ("ERR_CALL_BUSY_GROUP", AT_ONCE / 4 * 3),
        ]);
        assert_eq!(tally, expected);
        let live =
            mock.get(&format!("/calls?status=initiated&guid={GROUP}")).app(&app).send().await;
        assert_eq!(live.json()["meta"]["pagination"]["total"], 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nobody_is_joined_in_two_ongoing_calls() {
    let mock = Mock::start().await;
    for round in 0..ROUNDS {
        let app = format!("round-{round}");
        // B is rung by A and C, and may join the group's call of D: three doors, one B.
        let doors = [
            ringing(&mock, &app, A, "user", B).await,
            ringing(&mock, &app, C, "user", B).await,
            ringing(&mock, &app, D, "group", GROUP).await,
        ];
        let requests =
            doors.iter().cycle().take(30).map(|door| change(door, B, "ongoing")).collect();
        let tally = race(&mock, &app, requests).await;
        assert_eq!(tally["200"], 1, "{tally:?}");
        let ongoing = mock.get("/calls?status=ongoing").app(&app).by(B).send().await.ok();
        assert_eq!(ongoing.as_array().unwrap().len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn accepting_and_cancelling_at_once_leaves_one_truth() {
    let mock = Mock::start().await;
    for round in 0..ROUNDS {
        let app = format!("round-{round}");
        let session = ringing(&mock, &app, A, "user", B).await;
        let requests = vec![change(&session, B, "ongoing"), change(&session, A, "cancelled")];
        let tally = race(&mock, &app, requests).await;
        let status = mock.get(&format!("/calls/{session}")).app(&app).send().await.ok();
        let loser = match status["status"].as_str().unwrap() {
            "ongoing" => "ERR_CALL_ONGOING_TO_INVALID",
            "canceled" => "ERR_CALL_TERMINATED",
            other => panic!("{other}"),
        };
        assert_eq!(tally, self::tally([("200", 1), (loser, 1)]));
    }
}
