//! Walks over a real server, as clients see it.

use std::{collections::HashMap, time::Duration};

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    System, all_pages,
    commands::Case,
    guid, number,
    reference::{Answer, Command, Entry, Filter, Kind, Log, S, Status, To, U, Via},
    server::{App, As, Servers},
    uid,
};

const PER_PAGE: usize = 3;
/// How many users can be added to a group at once.
const MOST_ADDED: usize = 25;

/// As calls spell it, and as the log does.
#[rustfmt::skip] // live, final
const STATUSES: [(Status, &str, &str); 7] = [
    (Status::Initiated, "initiated", "initiated"), (Status::Ongoing, "ongoing", "ongoing"),
    (Status::Busy, "busy", "busy"), (Status::Rejected, "rejected", "rejected"),
    (Status::Cancelled, "cancelled", "canceled"), (Status::Unanswered, "unanswered", "unanswered"),
    (Status::Ended, "ended", "ended"),
];

/// The users and groups of a case in an app of their own.
pub struct Http<'a> {
    app: App<'a>,
    sessions: Vec<String>,
    logins: HashMap<U, Login>,
}

#[derive(Clone)]
struct Login {
    token: String,
    revoked: bool,
}

impl<'a> Http<'a> {
    pub fn new(servers: &'a Servers, case: &Case) -> Self {
        let app = servers.app(case.ring_timeout);
        let post = |path: &str, body| {
            app.send(As::Backend, Method::POST, path, Some(&body)).data();
        };
        for user in 0..case.users {
            post("/users", json!({ "uid": uid(user), "name": uid(user) }));
        }
        for (group, members) in case.groups.iter().enumerate() {
            let guid = guid(group);
            post("/groups", json!({ "guid": guid, "name": guid, "type": "public" }));
            for members in members.chunks(MOST_ADDED) {
                let uids: Vec<_> = members.iter().map(|user| uid(*user)).collect();
                post(&format!("/groups/{guid}/members"), json!({ "participants": uids }));
            }
        }
        Self { app, sessions: Vec::new(), logins: HashMap::new() }
    }

    /// The same app on another server, by way of its state.
    pub fn copied(&self, servers: &'a Servers, case: &Case) -> Self {
        let app = servers.app(case.ring_timeout);
        app.clock().advance(Duration::from_millis(
            (self.app.clock().now().millis() - app.clock().now().millis()).unsigned_abs(),
        ));
        assert_eq!(app.clock().now(), self.app.clock().now());
        let state = |app: &App<'_>| app.send(As::Backend, Method::GET, "/__mock/state", None).body;
        let written = state(&self.app);
        let reply = app.send(As::Backend, Method::PUT, "/__mock/state", Some(&written));
        assert!(reply.is_success(), "{}", reply.body);
        assert_eq!(state(&app), written);
        Self { app, sessions: self.sessions.clone(), logins: self.logins.clone() }
    }

    /// Sends what only a user can do; it is about a call.
    fn act(&mut self, by: U, via: Via, method: Method, path: &str, body: &Value) -> Answer {
        let (uid, token) = (uid(by), if via == Via::Token { self.token(by) } else { None });
        let who = token.as_deref().map_or(As::User(&uid), As::Token);
        let reply = self.app.send(who, method, path, Some(body));
        if !reply.is_success() {
            return Answer::Refused(reply.code());
        }
        let shown = &reply.data()["data"]["entities"]["on"]["entity"];
        let session = shown["sessionid"].as_str().unwrap();
        let call = self.sessions.iter().position(|known| known == session).unwrap_or_else(|| {
            self.sessions.push(session.to_owned());
            self.sessions.len() - 1
        });
        let spelled = |(_, in_call, _): &(Status, &str, &str)| shown["status"] == *in_call;
        let (status, ..) = STATUSES.into_iter().find(spelled).unwrap();
        Answer::Call { call, status }
    }

    /// Sends what a backend does.
    fn manage(&self, method: Method, path: &str, body: &Value) -> Answer {
        let reply = self.app.send(As::Backend, method, path, Some(body));
        if reply.is_success() { Answer::Done } else { Answer::Refused(reply.code()) }
    }

    /// The user's token. There is none for somebody out of use: taking them out of use logs them
    /// out, and who is logged out can no longer say who they were. Such a client is told
    /// `AUTH_ERR_AUTH_TOKEN_NOT_FOUND` whatever it wants, and cannot log in again. What the rules
    /// say of such users only a key can ask, so these requests are made with one.
    fn token(&mut self, by: U) -> Option<String> {
        let uid = uid(by);
        match self.logins.get(&by) {
            Some(Login { token, revoked: false }) => return Some(token.clone()),
            Some(Login { token, revoked: true }) => {
                let reply = self.app.send(As::Token(token), Method::GET, "/calls", None);
                assert_eq!(reply.code(), "AUTH_ERR_AUTH_TOKEN_NOT_FOUND", "{uid} was logged out");
            }
            None => {}
        }
        self.logins.remove(&by);
        let path = format!("/users/{uid}/auth_tokens");
        let reply = self.app.send(As::Backend, Method::POST, &path, Some(&json!({})));
        if !reply.is_success() {
            assert_eq!(reply.code(), "ERR_UID_NOT_FOUND", "{uid} logs in");
            return None;
        }
        let token = reply.data()["authToken"].as_str().unwrap().to_owned();
        self.logins.insert(by, Login { token: token.clone(), revoked: false });
        Some(token)
    }

    fn path_of(&self, call: S) -> String {
        format!("/calls/{}", self.sessions.get(call).map_or("v1.us.none", String::as_str))
    }
}

impl System for Http<'_> {
    fn now(&self) -> i64 {
        self.app.clock().now().secs()
    }

    fn apply(&mut self, command: &Command) -> Answer {
        match *command {
            Command::Initiate { by, via, to, kind } => {
                let (receiver, receiver_type) = match to {
                    To::User(user) => (uid(user), "user"),
                    To::Group(group) => (guid(group), "group"),
                };
                let body = json!({
                    "receiver": receiver, "receiverType": receiver_type, "type": word_of(kind),
                });
                self.act(by, via, Method::POST, "/calls", &body)
            }
            Command::Change { by, via, call, status, joined_at } => {
                let (_, word, _) = spelling(status);
                let mut body = json!({ "status": word });
                if let Some(joined_at) = joined_at {
                    body["joinedAt"] = joined_at.into();
                }
                self.act(by, via, Method::PUT, &self.path_of(call), &body)
            }
            Command::ChangeKind { by, call, kind } => {
                let path = format!("{}/type", self.path_of(call));
                self.act(by, Via::Token, Method::PATCH, &path, &json!({ "type": word_of(kind) }))
            }
            Command::Advance { seconds } => {
                self.app.clock().advance(Duration::from_secs(seconds.unsigned_abs()));
                Answer::Done
            }
            Command::Block { by, whom } => {
                let path = format!("/users/{}/blockedusers", uid(by));
                self.manage(Method::POST, &path, &json!({ "blockedUids": [uid(whom)] }))
            }
            Command::Unblock { by, whom } => {
                let path = format!("/users/{}/blockedusers", uid(by));
                self.manage(Method::DELETE, &path, &json!({ "blockedUids": [uid(whom)] }))
            }
            Command::AddMember { group, user } => {
                let path = format!("/groups/{}/members", guid(group));
                self.manage(Method::POST, &path, &json!({ "participants": [uid(user)] }))
            }
            Command::RemoveMember { group, user } => {
                let path = format!("/groups/{}/members/{}", guid(group), uid(user));
                self.manage(Method::DELETE, &path, &json!({}))
            }
            Command::Deactivate { user } => {
                if let Some(login) = self.logins.get_mut(&user) {
                    login.revoked = true;
                }
                self.manage(Method::DELETE, "/users", &json!({ "uidsToDeactivate": [uid(user)] }))
            }
            Command::Reactivate { user } => {
                self.manage(Method::PUT, "/users", &json!({ "uidsToActivate": [uid(user)] }))
            }
            Command::DeleteGroup { group } => {
                self.manage(Method::DELETE, &format!("/groups/{}", guid(group)), &json!({}))
            }
        }
    }

    fn log(&mut self, call: S) -> Log {
        log(self.app.send(As::Backend, Method::GET, &self.path_of(call), None).data())
    }

    fn list(&mut self, filter: &Filter) -> Vec<S> {
        let mut query = vec![("perPage", PER_PAGE.to_string())];
        query.extend(filter.uid.map(|user| ("uid", uid(user))));
        query.extend(filter.guid.map(|group| ("guid", guid(group))));
        query.extend(filter.kind.map(|kind| ("type", word_of(kind).to_owned())));
        query.extend(filter.status.map(|status| ("status", spelling(status).2.to_owned())));
        let receiver_type = |group| if group { "group" } else { "user" };
        query.extend(filter.to_group.map(|x| ("receiverType", receiver_type(x).to_owned())));
        query.extend(filter.participants.map(|n| ("participantsCount", n.to_string())));
        query.extend(filter.started_at.map(|at| ("startedAt", at.to_string())));
        query.extend(filter.ended_at.map(|at| ("endedAt", at.to_string())));
        let direction = |incoming| if incoming { "incoming" } else { "outgoing" };
        query.extend(filter.incoming.map(|x| ("direction", direction(x).to_owned())));
        let query: String = query.iter().map(|(name, value)| format!("{name}={value}&")).collect();

        all_pages(PER_PAGE, |page| {
            let path = format!("/calls?{query}page={page}");
            // A user sees the same by either way in, so one way for each user will do.
            let (uid, token) = match filter.as_user {
                Some(user) if user % 2 == 0 => (None, self.token(user)),
                user => (user.map(uid), None),
            };
            let who = match (&uid, &token) {
                (_, Some(token)) => As::Token(token),
                (Some(uid), None) => As::User(uid),
                (None, None) => As::Backend,
            };
            let reply = self.app.send(who, Method::GET, &path, None);
            let listed = reply.data().as_array().unwrap().iter().map(|log| {
                let session = log["sessionId"].as_str().unwrap();
                self.sessions.iter().position(|known| known == session).unwrap()
            });
            let total = reply.body["meta"]["pagination"]["total"].as_u64().unwrap();
            (usize::try_from(total).unwrap(), listed.collect())
        })
    }
}

fn log(json: &Value) -> Log {
    let name = |field: &str| number(json[field].as_str().unwrap());
    let time = |json: &Value, field: &str| json.get(field).map(|time| time.as_i64().unwrap());
    let kind = match json["type"].as_str().unwrap() {
        "audio" => Kind::Audio,
        "video" => Kind::Video,
        other => panic!("no type: {other}"),
    };
    let minutes = |json: &Value, field: &str| {
        let (total, audio) = (minutes(&json[field]), minutes(&json["totalAudioMinutes"]));
        let (as_audio, as_video) = if kind == Kind::Audio { (total, 0.0) } else { (0.0, total) };
        assert_eq!((audio, minutes(&json["totalVideoMinutes"])), (as_audio, as_video), "{json}");
        total
    };
    Log {
        status: word(&json["status"]),
        kind,
        initiator: name("initiator"),
        to: match json["receiverType"].as_str().unwrap() {
            "user" => To::User(name("receiver")),
            "group" => To::Group(name("receiver")),
            other => panic!("no receiver type: {other}"),
        },
        initiated_at: json["initiatedAt"].as_i64().unwrap(),
        started_at: time(json, "startedAt"),
        ended_at: time(json, "endedAt"),
        total_participants: usize::try_from(json["totalParticipants"].as_u64().unwrap()).unwrap(),
        minutes: minutes(json, "totalDurationInMinutes"),
        participants: json["participants"]
            .as_array()
            .unwrap()
            .iter()
            .map(|entry| Entry {
                user: number(entry["uid"].as_str().unwrap()),
                is_joined: entry["isJoined"].as_bool().unwrap(),
                state: word(&entry["state"]),
                joined_at: time(entry, "joinedAt"),
                left_at: time(entry, "leftAt"),
                minutes: minutes(entry, "totalDuration"),
            })
            .collect(),
    }
}

/// Whole seconds, as they were before they were written in decimal and read again.
fn minutes(json: &Value) -> f64 {
    let seconds = json.as_f64().unwrap() * 60.0;
    assert!((seconds - seconds.round()).abs() < 1e-6, "{json}");
    seconds.round() / 60.0
}

/// The log's own words, of calls and of participants.
fn word(json: &Value) -> &'static str {
    let mut words = STATUSES.into_iter().map(|(_, _, in_log)| in_log);
    words.find(|word| json == word).unwrap_or_else(|| panic!("no word of the log: {json}"))
}

fn spelling(status: Status) -> (Status, &'static str, &'static str) {
    STATUSES.into_iter().find(|(known, ..)| *known == status).unwrap()
}

fn word_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Audio => "audio",
        Kind::Video => "video",
    }
}
