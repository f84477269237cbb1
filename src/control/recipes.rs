//! How each code comes about in a fresh app: the requests, in order, of which the last one is
//! refused with it, and the rules that raise it.
//!
//! The rules go by the label that an explanation begins with: list and row of the rules' own lists,
//! or the place that decides where there is no list.

use crate::domain::{code::Code, webhooks::MOST_WEBHOOKS};

/// Requests that end with a code.
pub(super) struct Recipe {
    /// Whatever raises it, the one of the recipe first.
    pub(super) rules: &'static [&'static str],
    /// Nothing but asking for it causes it on a server with the default flags.
    pub(super) on_demand: bool,
    pub(super) steps: Vec<Step>,
}

/// One request.
pub(super) struct Step {
    pub(super) who: Who,
    pub(super) method: &'static str,
    /// Below the vendor's prefix, or the control plane's own. `$SESSION` is what was kept, and
    /// `$APP` the app.
    pub(super) path: &'static str,
    pub(super) load: Load,
    pub(super) keeps: Option<Kept>,
}

/// Who asks.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Who {
    /// Nobody in particular.
    Nobody,
    /// Somebody with the REST API key.
    Key,
    /// The same, on behalf of a user.
    As(&'static str),
    /// Somebody with the auth key.
    AuthKey,
    /// Somebody with a key that nobody knows.
    WrongKey,
    /// A user's own client, with the token that was kept.
    Client,
    /// A client with a token that nobody knows.
    WrongClient,
    /// Whoever manages apps.
    Manager,
    /// Whoever runs the server.
    Control,
}

/// What a request brings along.
pub(super) enum Load {
    Nothing,
    Json(String),
    Header(&'static str, &'static str),
    /// A body of so many bytes.
    LargeBody(usize),
    /// A header of so many bytes.
    LargeHeader(usize),
}

/// What of an answer later requests need.
#[derive(Clone, Copy)]
pub(super) enum Kept {
    /// The session id of a call.
    Session,
    /// A token of [`A`]'s.
    Token,
}

/// The one who acts.
pub(super) const A: &str = "cometchat-uid-1";
const B: &str = "cometchat-uid-2";
const C: &str = "cometchat-uid-3";
/// Of the app that the script is for.
const WEBHOOKS: &str = "/apps/$APP/webhooks";
const GROUP: &str = "cometchat-guid-1";

impl Recipe {
    /// The recipe of a code.
    #[rustfmt::skip] // a table
    pub(super) fn of(code: Code) -> Self {
        match code {
            Code::EmptyApiKey        => by(&["auth/1"], [get(Who::Nobody, "/calls")]),
            Code::ApiKeyNotFound     => by(&["auth/2"], [get(Who::WrongKey, "/calls")]),
            Code::NoAccess           => by(&["auth/4"], [get(Who::AuthKey, "/calls")]),
            Code::CallingSelf        => by(&["initiate/3"], [ring(A, A)]),
            Code::BusySelf           => by(&["initiate/6", "join/3"], [ring(A, B), ring(A, C)]),
            Code::BusyGroup          => by(&["initiate/7"], [ring_group(A, GROUP), ring_group(B, GROUP)]),
            Code::BusyUser           => by(&["initiate/7"], [ring(A, B), ring(C, A)]),
            Code::EmptySessionId     => by(&["change/1"], [put("/calls/", A, "ongoing")]),
            Code::SessionNotFound    => by(&["change/3", "view/1", "view/2"], [put("/calls/no-such-call", A, "ongoing")]),
            Code::Terminated         => by(&["change/5", "token/3"], [ring(A, B), ask(B, "rejected"), ask(B, "ongoing")]),
            Code::GroupAlreadyJoined => by(&["join/2"], [ring_group(A, GROUP), join(B), join(B)]),
            Code::GroupAlreadyLeft   => by(&["change/7"], [ring_group(A, GROUP), join(B), ask(B, "ended"), ask(B, "ended")]),
            Code::InvalidInit        => by(&["change/6"], [ring(A, B), ask(A, "initiated")]),
            Code::UserAlreadyJoined  => by(&["change/7"], [ring(A, B), ask(B, "ongoing"), ask(B, "ongoing")]),
            Code::GroupInvalidStatus => by(&["change/7"], [ring_group(A, GROUP), ask(B, "busy")]),
            Code::OngoingToInvalid   => by(&["change/7"], [ring(A, B), ask(B, "ongoing"), ask(A, "cancelled")]),
            Code::NotAPart           => by(&["change/4", "change/7", "token/2"], [ring(A, B), ask(C, "ongoing")]),
            Code::EmptyJoinedAt      => by(&["join/1"], [ring_group(A, GROUP), ask(B, "ongoing")]),
            Code::NotStarted         => by(&["change/7"], [ring(A, B), ask(A, "ended")]),

            Code::AuthTokenNotFound  => by(&["auth/3", "users"], [get(Who::WrongClient, "/calls")]),
            Code::InvalidAppId       => by(&["app"], [get(Who::Key, "/calls").with("appId", "not an app")]),
            Code::ApiNotFound        => by(&["route"], [get(Who::Key, "/rooms")]),
            Code::BadRequest         => by(&["initiate/1", "change/2", "change/7", "join/4", "token/1", "token/5", "auth/6", "request"], [post(Who::As(A), "/calls", "{}")]),
            Code::UidNotFound        => by(&["initiate/2", "auth/5", "users"], [ring(A, "nobody")]),
            Code::GuidNotFound       => by(&["initiate/2", "groups"], [ring_group(A, "nothing")]),
            Code::UidAlreadyExists   => by(&["users"], [post(Who::Key, "/users", r#"{"uid":"cometchat-uid-1","name":"Andrew"}"#)]),
            Code::GuidAlreadyExists  => by(&["groups"], [post(Who::Key, "/groups", r#"{"guid":"cometchat-guid-1","name":"Hikers"}"#)]),
            Code::GroupNotJoined     => by(&["initiate/5"], [delete("/groups/cometchat-guid-1/members/cometchat-uid-1"), ring_group(A, GROUP)]),
            Code::BlockedReceiver    => by(&["initiate/4"], [block(), ring(A, B)]),
            Code::BlockedSender      => by(&["initiate/4"], [block(), ring(B, A)]),
            Code::NotAMember         => by(&["groups"], [delete("/groups/cometchat-guid-1/members/nobody")]),
            Code::AlreadyJoined      => by(&["groups"], [log_in(), enter("/groups/cometchat-guid-1/members", "{}")]),
            Code::SameScope          => by(&["groups"], [same_scope()]),
            Code::EmptyGroupPass     => by(&["groups"], [found("password"), log_in(), enter("/groups/club/members", "{}")]),
            Code::WrongGroupPass     => by(&["groups"], [found("password"), log_in(), enter("/groups/club/members", r#"{"password":"guess"}"#)]),
            Code::GroupJoinNotAllowed => by(&["groups"], [found("private"), log_in(), enter("/groups/club/members", "{}")]),
            Code::BannedGroupMember  => by(&["groups"], [ban(), log_in(), enter("/groups/cometchat-guid-1/members", "{}")]),
            Code::EmptyAuthHeader    => by(&["manage/1"], [get(Who::Nobody, WEBHOOKS)]),
            Code::WebhookNotFound    => by(&["webhooks"], [get(Who::Manager, "/apps/$APP/webhooks/none")]),
            Code::WebhookAlreadyExists => by(&["webhooks"], [hook(), hook()]),
            Code::TooManyWebhooks    => by(&["webhooks"], [hooks(), hook()]),
            Code::TriggerNotFound    => by(&["webhooks"], [hook(), listen()]),
            Code::PayloadTooLarge    => by(&["initiate/1", "change/2", "token/1", "request"], [Step { load: Load::LargeBody(1_048_577), ..ring(A, B) }]),
            Code::HeadersTooLarge    => by(&["request"], [Step { load: Load::LargeHeader(70_000), ..get(Who::Key, "/calls") }]),
            Code::TooManyRequests    => by(&["fault"], [limit(), get(Who::Key, "/calls")]),
            Code::UnknownCode        => by(&["x-mock-error"], [get(Who::Key, "/calls").with("x-mock-error", "ERR_NO_SUCH_CODE")]),
            Code::TooManyApps        => on_demand(&["app"], "MOCK_TOO_MANY_APPS"),
            Code::Internal           => on_demand(&["server"], "ERR_INTERNAL_SERVER_ERROR"),
        }
    }
}

fn by<const N: usize>(rules: &'static [&'static str], steps: [Step; N]) -> Recipe {
    Recipe { rules, on_demand: false, steps: steps.into() }
}

fn on_demand(rules: &'static [&'static str], code: &'static str) -> Recipe {
    let steps = vec![get(Who::Key, "/calls").with("x-mock-error", code)];
    Recipe { rules, on_demand: true, steps }
}

const fn get(who: Who, path: &'static str) -> Step {
    Step { who, method: "GET", path, load: Load::Nothing, keeps: None }
}

fn delete(path: &'static str) -> Step {
    Step { method: "DELETE", ..get(Who::Key, path) }
}

fn post(who: Who, path: &'static str, body: &str) -> Step {
    Step { who, method: "POST", path, load: Load::Json(body.to_owned()), keeps: None }
}

fn ring(by: &'static str, to: &str) -> Step {
    call(by, "user", to)
}

fn ring_group(by: &'static str, to: &str) -> Step {
    call(by, "group", to)
}

/// Its session is kept.
fn call(by: &'static str, kind: &str, to: &str) -> Step {
    let body = format!(r#"{{"receiver":"{to}","receiverType":"{kind}","type":"audio"}}"#);
    Step { keeps: Some(Kept::Session), ..post(Who::As(by), "/calls", &body) }
}

fn put(path: &'static str, by: &'static str, status: &str) -> Step {
    let body = format!(r#"{{"status":"{status}"}}"#);
    Step { method: "PUT", ..post(Who::As(by), path, &body) }
}

fn ask(by: &'static str, status: &str) -> Step {
    put("/calls/$SESSION", by, status)
}

fn join(by: &'static str) -> Step {
    let body = r#"{"status":"ongoing","joinedAt":1700000000}"#.to_owned();
    Step { load: Load::Json(body), ..ask(by, "ongoing") }
}

fn same_scope() -> Step {
    let path = "/groups/cometchat-guid-1/members/cometchat-uid-2";
    Step { method: "PUT", ..post(Who::Key, path, r#"{"scope":"participant"}"#) }
}

fn block() -> Step {
    let path = "/users/cometchat-uid-1/blockedusers";
    post(Who::Key, path, r#"{"blockedUids":["cometchat-uid-2"]}"#)
}

fn ban() -> Step {
    post(Who::Key, "/groups/cometchat-guid-1/bannedusers/cometchat-uid-1", "{}")
}

/// A group that A is not in.
fn found(kind: &str) -> Step {
    let password = if kind == "password" { r#","password":"right""# } else { "" };
    let body = format!(r#"{{"guid":"club","name":"Club","type":"{kind}"{password}}}"#);
    post(Who::Key, "/groups", &body)
}

fn log_in() -> Step {
    let path = "/users/cometchat-uid-1/auth_tokens";
    Step { keeps: Some(Kept::Token), ..post(Who::Key, path, "{}") }
}

fn enter(path: &'static str, body: &str) -> Step {
    post(Who::Client, path, body)
}

fn limit() -> Step {
    post(Who::Control, "/__mock/faults", r#"{"then":{"rateLimit":{}}}"#)
}

fn hook() -> Step {
    let body = r#"{"id":"hook","name":"Hook","webhookURL":"http://localhost:9000/hook"}"#;
    post(Who::Manager, WEBHOOKS, body)
}

/// As many as there can be.
fn hooks() -> Step {
    let one = |at| format!(r#"{{"id":"hook-{at}","webhookURL":"http://localhost:9000"}}"#);
    let all: Vec<_> = (0..MOST_WEBHOOKS).map(one).collect();
    post(Who::Control, "/__mock/seed", &format!(r#"{{"webhooks":[{}]}}"#, all.join(",")))
}

fn listen() -> Step {
    post(Who::Manager, "/apps/$APP/webhooks/hook/triggers", r#"{"triggerIds":["call_lost"]}"#)
}

impl Step {
    fn with(self, header: &'static str, value: &'static str) -> Self {
        Self { load: Load::Header(header, value), ..self }
    }
}
