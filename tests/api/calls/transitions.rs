//! Every cell of both transition tables, by plain HTTP. The tables stand here a second time, in
//! the words of the wire; the coverage test sees to it that no cell is left out.

use mock_calls::domain::call::Status;
use serde_json::{Value, json};

use crate::support::{A, B, C, D, GROUP, Mock, Reply, START};

const STATUSES: [&str; 6] = ["ongoing", "busy", "rejected", "cancelled", "unanswered", "ended"];

/// What a cell does: the status that the log shows afterwards, or the refusal.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Cell {
    Goes(&'static str),
    Refused(u16, &'static str),
}
use Cell::{Goes, Refused};

const ROLE: Cell = Refused(400, "ERR_BAD_REQUEST");
const NOT_STARTED: Cell = Refused(400, "ERR_CALL_NOT_STARTED");
const JOINED: Cell = Refused(400, "ERR_CALL_USER_ALREADY_JOINED");
const TO_INVALID: Cell = Refused(400, "ERR_CALL_ONGOING_TO_INVALID");
const GROUP_STATUS: Cell = Refused(400, "ERR_CALL_GROUP_INVALID_STATUS");
const GROUP_JOINED: Cell = Refused(400, "ERR_CALL_GROUP_ALREADY_JOINED");
const GROUP_LEFT: Cell = Refused(400, "ERR_CALL_GROUP_ALREADY_LEFT");
const NOT_A_PART: Cell = Refused(403, "ERR_CALL_NOT_A_PART");

/// One-to-one: state, who acts, and a cell for each of [`STATUSES`].
#[rustfmt::skip]
const ONE_TO_ONE: [(&str, &str, [Cell; 6]); 4] = [
    //                       ongoing          busy           rejected            cancelled            unanswered            ended
    ("initiated", "caller", [ROLE,            ROLE,          ROLE,               Goes("canceled"),    Goes("unanswered"),   NOT_STARTED]),
    ("initiated", "callee", [Goes("ongoing"), Goes("busy"),  Goes("rejected"),   ROLE,                ROLE,                 NOT_STARTED]),
    ("ongoing",   "caller", [JOINED,          TO_INVALID,    TO_INVALID,         TO_INVALID,          TO_INVALID,           Goes("ended")]),
    ("ongoing",   "callee", [JOINED,          TO_INVALID,    TO_INVALID,         TO_INVALID,          TO_INVALID,           Goes("ended")]),
];

/// Group: state, what the actor is in the call, and a cell for each of [`STATUSES`].
#[rustfmt::skip]
const GROUP_CALL: [(&str, &str, [Cell; 6]); 8] = [
    //                         ongoing          busy          rejected            cancelled          unanswered          ended
    ("initiated", "caller",   [GROUP_JOINED,    GROUP_STATUS, ROLE,               Goes("canceled"),  Goes("unanswered"), NOT_STARTED]),
    ("initiated", "invited",  [Goes("ongoing"), GROUP_STATUS, Goes("initiated"),  ROLE,              ROLE,               NOT_STARTED]),
    ("initiated", "rejected", [Goes("ongoing"), GROUP_STATUS, Goes("initiated"),  ROLE,              ROLE,               NOT_STARTED]),
    ("ongoing",   "invited",  [Goes("ongoing"), GROUP_STATUS, Goes("ongoing"),    TO_INVALID,        TO_INVALID,         NOT_A_PART]),
    ("ongoing",   "joined",   [GROUP_JOINED,    GROUP_STATUS, TO_INVALID,         TO_INVALID,        TO_INVALID,         Goes("ongoing")]),
    ("ongoing",   "last",     [GROUP_JOINED,    GROUP_STATUS, TO_INVALID,         TO_INVALID,        TO_INVALID,         Goes("ended")]),
    ("ongoing",   "left",     [Goes("ongoing"), GROUP_STATUS, GROUP_LEFT,         TO_INVALID,        TO_INVALID,         GROUP_LEFT]),
    ("ongoing",   "rejected", [Goes("ongoing"), GROUP_STATUS, Goes("ongoing"),    TO_INVALID,        TO_INVALID,         NOT_A_PART]),
];

/// Every state that anything can still change in, with everybody who can act in it.
const ONE_TO_ONE_ROWS: [(&str, &str); 4] = [
    ("initiated", "caller"),
    ("initiated", "callee"),
    ("ongoing", "caller"),
    ("ongoing", "callee"),
];
/// The same for groups. While a call rings only its caller is on it, and nobody has left it; once
/// it goes on the caller is one of those who joined, and whoever is the last of them has a row.
const GROUP_ROWS: [(&str, &str); 8] = [
    ("initiated", "caller"),
    ("initiated", "invited"),
    ("initiated", "rejected"),
    ("ongoing", "invited"),
    ("ongoing", "joined"),
    ("ongoing", "last"),
    ("ongoing", "left"),
    ("ongoing", "rejected"),
];

#[test]
fn the_tables_have_every_cell() {
    let asked = Status::ALL.into_iter().filter(|status| *status != Status::Initiated);
    assert_eq!(asked.map(Status::as_str).collect::<Vec<_>>(), STATUSES);
    let rows = ONE_TO_ONE.map(|(state, actor, _)| (state, actor));
    assert_eq!(rows, ONE_TO_ONE_ROWS);
    let rows = GROUP_CALL.map(|(state, actor, _)| (state, actor));
    assert_eq!(rows, GROUP_ROWS);
}

#[tokio::test]
async fn every_cell_of_the_one_to_one_table() {
    let mock = Mock::start().await;
    for (state, actor, cells) in ONE_TO_ONE {
        for (asked, expected) in STATUSES.into_iter().zip(cells) {
            let app = Setting::new(&mock, &format!("one-{state}-{actor}-{asked}"));
            let session = app.ring("user", B).await;
            if state == "ongoing" {
                app.change(&session, B, "ongoing").await.ok();
            }
            let actor_uid = if actor == "caller" { A } else { B };
            app.expect(&session, actor_uid, asked, expected).await;
        }
    }
}

#[tokio::test]
async fn every_cell_of_the_group_table() {
    let mock = Mock::start().await;
    for (state, actor, cells) in GROUP_CALL {
        for (asked, expected) in STATUSES.into_iter().zip(cells) {
            let app = Setting::new(&mock, &format!("group-{state}-{actor}-{asked}"));
            let session = app.ring("group", GROUP).await;
            if state == "ongoing" {
                app.change(&session, C, "ongoing").await.ok();
            }
            let actor_uid = match actor {
                "caller" => A,
                "invited" => B,
                "joined" | "last" => C,
                "left" => {
                    app.change(&session, D, "ongoing").await.ok();
                    app.change(&session, D, "ended").await.ok();
                    D
                }
                "rejected" => {
                    app.change(&session, B, "rejected").await.ok();
                    B
                }
                other => panic!("{other}"),
            };
            if actor == "last" {
                app.change(&session, A, "ended").await.ok();
            }
            app.expect(&session, actor_uid, asked, expected).await;
        }
    }
}

/// One app of the server, so that every cell begins from the same state.
struct Setting<'a> {
    mock: &'a Mock,
    app: String,
}

impl<'a> Setting<'a> {
    fn new(mock: &'a Mock, app: &str) -> Self {
        Self { mock, app: app.to_owned() }
    }

    async fn ring(&self, kind: &str, to: &str) -> String {
        let body = json!({ "receiver": to, "receiverType": kind, "type": "audio" });
        let reply = self.mock.post("/calls", body).by(A).app(&self.app).send().await;
        let data = reply.ok()["data"].clone();
        data["entities"]["on"]["entity"]["sessionid"].as_str().unwrap().to_owned()
    }

    async fn change(&self, session: &str, by: &str, status: &str) -> Reply {
        let body = json!({ "status": status, "joinedAt": START });
        self.mock.put(&format!("/calls/{session}"), body).by(by).app(&self.app).send().await
    }

    /// Asks, and compares the answer and what it left behind with the cell.
    async fn expect(&self, session: &str, by: &str, asked: &str, expected: Cell) {
        let before = self.log(session).await;
        let reply = self.change(session, by, asked).await;
        let after = self.log(session).await;
        match expected {
            Goes(status) => {
                let message = reply.ok();
                assert_eq!(after["status"], status, "{} after {asked}", self.app);
                assert_eq!(message["data"]["action"], asked, "{}", self.app);
                assert_eq!(message["sender"], by, "{}", self.app);
            }
            Refused(status, code) => {
                assert_eq!((reply.status, reply.code().as_str()), (status, code), "{}", self.app);
                assert!(reply.explain.is_some(), "{} has no explanation", self.app);
                assert_eq!(before, after, "{} was refused and yet changed", self.app);
            }
        }
    }

    async fn log(&self, session: &str) -> Value {
        self.mock.get(&format!("/calls/{session}")).app(&self.app).send().await.ok()
    }
}
