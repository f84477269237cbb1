//! An app, what its walker knows of it, and a verb for each thing that is asked of it.

use serde_json::{Value, json};

use crate::client::{Ask, Client, Reply};

/// The users that every app has.
pub(crate) const USERS: [&str; 5] =
    ["cometchat-uid-1", "cometchat-uid-2", "cometchat-uid-3", "cometchat-uid-4", "cometchat-uid-5"];
/// The group that every app has, and everybody is in.
pub(crate) const GROUP: &str = "cometchat-guid-1";
/// When the clocks begin to stand, in Unix seconds.
pub(crate) const START: i64 = 1_700_000_000;
/// How long calls ring, in seconds.
pub(crate) const RING: i64 = 45;
/// How many calls the seed has.
pub(crate) const SEEDED: usize = 2;

/// An app of a walker's own.
pub(crate) struct App {
    pub(crate) name: String,
    /// How many calls it holds.
    pub(crate) calls: usize,
    /// How many it may.
    pub(crate) most: usize,
    /// What its clock shows, in Unix seconds.
    pub(crate) now: i64,
}

impl App {
    pub(crate) fn new(name: String, most: usize) -> Self {
        Self { name, calls: SEEDED, most, now: START }
    }
}

/// What a scene is played with.
pub(crate) struct Stage<'a> {
    pub(crate) app: &'a mut App,
    pub(crate) client: &'a mut Client,
    pub(crate) rng: &'a mut fastrand::Rng,
    /// The five, in a new order for each scene.
    pub(crate) cast: [&'static str; 5],
}

impl<'a> Stage<'a> {
    pub(crate) fn new(
        app: &'a mut App,
        client: &'a mut Client,
        rng: &'a mut fastrand::Rng,
    ) -> Self {
        let mut cast = USERS;
        rng.shuffle(&mut cast);
        Self { app, client, rng, cast }
    }

    /// With the API key, on behalf of a user if one is named.
    pub(crate) fn ask(&mut self, method: &'static str, path: &str, by: &str, body: &str) -> Reply {
        let headers = self.headers(by);
        self.client.send(&Ask { method, path, headers: &headers, body })
    }

    /// The same, where the connection is to be ended instead of an answer.
    pub(crate) fn ask_in_vain(&mut self, method: &'static str, path: &str) {
        let headers = self.headers("");
        self.client.send_in_vain(&Ask { method, path, headers: &headers, body: "" });
    }

    fn headers(&self, by: &str) -> String {
        let who = if by.is_empty() { String::new() } else { format!("onBehalfOf: {by}\r\n") };
        format!("appId: {}\r\napikey: mock-rest-api-key\r\n{who}", self.app.name)
    }

    /// As the user whose token it is.
    pub(crate) fn ask_as(
        &mut self,
        token: &str,
        method: &'static str,
        path: &str,
        body: &str,
    ) -> Reply {
        let headers = format!("appId: {}\r\nauthToken: {token}\r\n", self.app.name);
        self.client.send(&Ask { method, path, headers: &headers, body })
    }

    /// Of the control plane, which must agree.
    #[track_caller]
    pub(crate) fn control(&mut self, method: &'static str, path: &str, body: &str) -> Value {
        let headers = format!("appId: {}\r\n", self.app.name);
        let path = format!("/__mock{path}");
        let reply = self.client.send(&Ask { method, path: &path, headers: &headers, body });
        assert_eq!(reply.status, 200, "{method} {path} {body}: {}", reply.text);
        reply.json()
    }

    /// Rings a user, or the group.
    #[track_caller]
    pub(crate) fn try_to_ring(&mut self, by: &str, to: &str) -> Reply {
        let kind = if to == GROUP { "group" } else { "user" };
        let body = format!(r#"{{"receiver":"{to}","receiverType":"{kind}","type":"audio"}}"#);
        self.ask("POST", "/v3/calls", by, &body)
    }

    /// Rings who can be rung, and returns the session id.
    #[track_caller]
    pub(crate) fn ring(&mut self, by: &str, to: &str) -> String {
        let reply = self.try_to_ring(by, to);
        assert_eq!(reply.call_status(), "initiated", "{reply:?}");
        self.app.calls += 1;
        reply.after(r#""sessionid":""#).to_owned()
    }

    /// Asks for a status.
    pub(crate) fn change(&mut self, session: &str, by: &str, status: &str) -> Reply {
        let joined = if status == "ongoing" {
            format!(r#","joinedAt":{}"#, self.app.now)
        } else {
            String::new()
        };
        let body = format!(r#"{{"status":"{status}"{joined}}}"#);
        self.ask("PUT", &format!("/v3/calls/{session}"), by, &body)
    }

    /// Asks for a status, which must be possible. Says how the call stands then.
    #[track_caller]
    pub(crate) fn changed(&mut self, session: &str, by: &str, status: &str) -> String {
        self.change(session, by, status).call_status().to_owned()
    }

    /// How the log says that a call stands.
    #[track_caller]
    pub(crate) fn logged(&mut self, session: &str) -> String {
        let reply = self.ask("GET", &format!("/v3/calls/{session}"), "", "");
        assert_eq!(reply.status, 200, "{}", reply.text);
        reply.after(r#""status":""#).to_owned()
    }

    /// How many calls the list says there are.
    #[track_caller]
    pub(crate) fn total(&mut self, filter: &str) -> usize {
        let reply = self.ask("GET", &format!("/v3/calls?per_page=1{filter}"), "", "").good();
        let total = reply["meta"]["pagination"]["total"].as_u64().unwrap();
        usize::try_from(total).unwrap()
    }

    /// Logs a user in.
    #[track_caller]
    pub(crate) fn token(&mut self, uid: &str) -> String {
        let path = format!("/v3/users/{uid}/auth_tokens");
        let reply = self.ask("POST", &path, "", "{}").good();
        reply["data"]["authToken"].as_str().unwrap().to_owned()
    }

    /// Moves the clock on. Says which calls have rung long enough by that.
    #[track_caller]
    pub(crate) fn advance(&mut self, seconds: i64) -> Vec<String> {
        self.app.now += seconds;
        let moved = self.control("POST", "/clock", &format!(r#"{{"advance":"{seconds}s"}}"#));
        assert_eq!(moved["now"], self.app.now, "{moved}");
        let fired = moved["fired"].as_array().unwrap().iter();
        let fired = fired.filter(|fired| fired["status"] == "unanswered");
        fired.map(|fired| fired["sessionId"].as_str().unwrap().to_owned()).collect()
    }

    /// Has the clock stand, so that nothing falls due by itself.
    #[track_caller]
    pub(crate) fn freeze(&mut self, at: i64) {
        self.app.now = at;
        self.control("POST", "/clock", &json!({ "set": at, "freeze": true }).to_string());
    }

    /// Puts the app back to its seed.
    #[track_caller]
    pub(crate) fn reset(&mut self) {
        let reset = self.control("POST", "/reset", "");
        let expected = json!({ "apps": [self.app.name], "removedCalls": self.app.calls });
        assert_eq!(reset, expected);
        self.app.calls = SEEDED;
        self.freeze(START);
    }
}

impl Reply {
    #[track_caller]
    pub(crate) fn good(&self) -> Value {
        assert_eq!(self.status, 200, "{}", self.text);
        self.json()
    }

    /// How the call of a call message stands. Most answers are such, and are not worth parsing.
    #[track_caller]
    pub(crate) fn call_status(&self) -> &str {
        assert_eq!(self.status, 200, "{}", self.text);
        let call = self.text.split_once(r#""on":{"entity":{"#);
        let (_, call) = call.unwrap_or_else(|| panic!("no call message: {self:?}"));
        call.split_once(r#""status":""#).unwrap().1.split('"').next().unwrap()
    }

    /// What stands behind this, up to the next quote.
    #[track_caller]
    pub(crate) fn after(&self, text: &str) -> &str {
        let (_, rest) =
            self.text.split_once(text).unwrap_or_else(|| panic!("no {text} in {self:?}"));
        rest.split('"').next().unwrap()
    }

    #[track_caller]
    pub(crate) fn refused(&self, status: u16, code: &str) {
        assert_eq!((self.status, self.after(r#""code":""#)), (status, code), "{}", self.text);
    }
}
