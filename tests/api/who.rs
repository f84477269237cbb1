//! Who may do what: every operation of the document with every kind of caller. An operation that is
//! added fails the test until it stands in the table.

use std::collections::BTreeSet;

use mock_calls::config::Config;
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    routes::{Names, prepare, table},
    support::{A, B, C, D, GROUP, Mock, Reply, Request},
};

/// Whom an operation is for.
#[derive(Clone, Copy, Debug, PartialEq)]
enum For {
    /// Keys of any scope.
    Provisioners,
    /// Keys of full access.
    Admins,
    /// Keys of full access, and users.
    Anyone,
    /// Users, and keys of full access on behalf of one.
    Actors,
    /// Users alone.
    Clients,
    /// Whoever has a call token.
    Guests,
    /// Whoever has the management key.
    Managers,
}

/// The vendor's surface, by whom it is for (1-rest, "Endpoints").
const TABLE: [(For, &[&str]); 7] = [
    (For::Provisioners, &["createUser", "createAuthToken"]),
    (
        For::Admins,
        &[
            "reactivateUsers",
            "deactivateUsers",
            "updateUser",
            "deleteUser",
            "listAuthTokens",
            "deleteAuthTokens",
            "getAuthToken",
            "updateAuthToken",
            "deleteAuthToken",
            "blockUsersFor",
            "listBlockedUsersFor",
            "unblockUsersFor",
            "changeScope",
            "removeMember",
            "listBannedUsers",
            "banMember",
            "unbanUser",
        ],
    ),
    (
        For::Anyone,
        &[
            "listCalls",
            "getCall",
            "listTranscriptions",
            "getCallWithoutSession",
            "listTranscriptionsWithoutSession",
            "listUsers",
            "getUser",
            "createGroup",
            "listGroups",
            "getGroup",
            "updateGroup",
            "deleteGroup",
            "addMembersOrJoin",
            "listMembers",
        ],
    ),
    (
        For::Actors,
        &[
            "initiateCall",
            "changeCallStatus",
            "changeCallType",
            "changeCallStatusWithoutSession",
            "changeCallTypeWithoutSession",
            "leaveGroup",
            "blockUsers",
            "listBlockedUsers",
            "unblockUsers",
        ],
    ),
    (
        For::Clients,
        &[
            "getMe",
            "updateMe",
            "logOut",
            "createJwt",
            "getSettings",
            "createUserSession",
            "createCallToken",
        ],
    ),
    (For::Guests, &["getCallSession"]),
    (
        For::Managers,
        &[
            "createWebhook",
            "listWebhooks",
            "getWebhook",
            "updateWebhook",
            "deleteWebhook",
            "addTriggers",
            "listTriggers",
            "removeTriggers",
        ],
    ),
];

/// What the control token does not guard: health, and what webhooks are sent to.
const WITHOUT_CONTROL_TOKEN: [&str; 3] = ["getHealthz", "getHealth", "takeIntoSink"];

/// Outside both: it is an upgrade, and its pass comes in a frame.
const SOCKET: &str = "openSocket";

/// Where somebody who has nothing to do with what the path names is refused: everything else is
/// about themselves, or for all.
const NOT_FOR_STRANGERS: [(&str, &str); 5] = [
    ("getCall", "ERR_CALL_SESSION_NOT_FOUND"),
    ("listTranscriptions", "ERR_CALL_SESSION_NOT_FOUND"),
    ("changeCallStatus", "ERR_CALL_NOT_A_PART"),
    ("changeCallType", "ERR_CALL_NOT_A_PART"),
    ("leaveGroup", "ERR_NOT_A_MEMBER"),
];

/// A client of somebody who is no admin of the group.
const NOT_FOR_OTHERS_CLIENTS: [&str; 2] = ["updateGroup", "deleteGroup"];

const EMPTY_API_KEY: &str = "AUTH_ERR_EMPTY_APIKEY";
const API_KEY_NOT_FOUND: &str = "AUTH_ERR_APIKEY_NOT_FOUND";
const TOKEN_NOT_FOUND: &str = "AUTH_ERR_AUTH_TOKEN_NOT_FOUND";
const NO_ACCESS: &str = "AUTH_ERR_NO_ACCESS";
const EMPTY_AUTH_HEADER: &str = "AUTH_ERR_EMPTY_AUTH_HEADER";
const UID_NOT_FOUND: &str = "ERR_UID_NOT_FOUND";
const BAD_REQUEST: &str = "ERR_BAD_REQUEST";

const KEY: (&str, &str) = ("apikey", "mock-rest-api-key");
const AUTH_KEY: (&str, &str) = ("apikey", "mock-auth-key");
const NO_KEY: (&str, &str) = ("apikey", "no-such-key-at-all");

/// One operation of the document.
struct Operation {
    id: String,
    method: String,
    /// As in the table of the routes.
    path: String,
    security: Value,
}

fn operations(document: &Value) -> Vec<Operation> {
    let paths = document["paths"].as_object().unwrap();
    let each = paths.iter().flat_map(|(path, methods)| {
        methods.as_object().unwrap().iter().map(|(method, said)| Operation {
            id: said["operationId"].as_str().unwrap().to_owned(),
            method: method.to_uppercase(),
            path: path.strip_prefix("/v3").unwrap_or(path).to_owned(),
            security: said["security"].clone(),
        })
    });
    each.collect()
}

impl Operation {
    /// A well-formed request, with these headers and no others.
    fn ask(&self, mock: &Mock, names: &Names, headers: &[(&str, &str)]) -> Request {
        let body = table().into_iter().find(|(m, p, _)| (*m, *p) == (&*self.method, &*self.path));
        let request = mock.bare(self.method.parse().unwrap(), &names.fill(&self.path));
        let request = headers.iter().fold(request, |request, (k, v)| request.header(k, v));
        match body {
            Some((.., body)) if !body.is_null() => request.json(body),
            _ => request,
        }
    }

    /// Who does it: A rings B already, so C rings.
    fn actor(&self) -> &'static str {
        if self.id == "initiateCall" { C } else { A }
    }
}

/// What else callers bring along.
struct Strangers {
    actors_token: String,
    revoked: String,
    of_somebody_deactivated: String,
    of_another_app: String,
}

async fn strangers(mock: &Mock, actor: &str) -> Strangers {
    let gone = json!({ "uid": "gone", "name": "Gone" });
    mock.post("/users", gone).send().await.ok();
    let of_somebody_deactivated = mock.token("gone").await;
    mock.delete("/users").json(json!({ "uidsToDeactivate": ["gone"] })).send().await.ok();
    let revoked = mock.token(actor).await;
    mock.delete(&format!("/users/{actor}/auth_tokens/{revoked}")).send().await.ok();
    let foreigner = json!({ "uid": "foreigner", "name": "Foreigner", "withAuthToken": true });
    let foreigner = mock.post("/users", foreigner).app("another").send().await.ok();
    let of_another_app = foreigner["authToken"].as_str().unwrap().to_owned();
    let actors_token = mock.token(actor).await;
    Strangers { actors_token, revoked, of_somebody_deactivated, of_another_app }
}

/// The app that a request is meant for, whatever token it brings.
const HERE: (&str, &str) = ("appId", "mock-app");

type Caller<'a> = (&'a str, Vec<(&'a str, &'a str)>);

/// Who is refused, and with which code.
fn refused<'a>(
    operation: &'a Operation,
    whom: For,
    names: &'a Names,
    others: &'a Strangers,
) -> Vec<(&'a str, Caller<'a>)> {
    let token = |token: &'a str| ("authToken", token);
    let by = |uid: &'a str| ("onBehalfOf", uid);
    let mut all: Vec<(&str, Caller<'_>)> = Vec::new();
    let mut refuse = |code, name, headers: &[(&'a str, &'a str)]| {
        all.push((code, (name, headers.to_vec())));
    };
    if whom == For::Managers {
        let (key, secret) = (("key", "mock-key"), ("secret", "mock-secret"));
        refuse(EMPTY_AUTH_HEADER, "nobody", &[]);
        refuse(EMPTY_AUTH_HEADER, "half of it", &[key]);
        refuse(EMPTY_AUTH_HEADER, "the other half", &[secret]);
        refuse(EMPTY_AUTH_HEADER, "a wrong key", &[("key", "mock-kex"), secret]);
        refuse(EMPTY_AUTH_HEADER, "a wrong secret", &[key, ("secret", "mock-secre")]);
        refuse(EMPTY_AUTH_HEADER, "an API key", &[KEY]);
        refuse(EMPTY_AUTH_HEADER, "an API key for both", &[("key", KEY.1), ("secret", KEY.1)]);
        refuse(EMPTY_AUTH_HEADER, "a user", &[token(&others.of_another_app)]);
        return all;
    }
    refuse(EMPTY_API_KEY, "nobody", &[]);
    refuse(EMPTY_API_KEY, "nobody, with the management key", &[("key", "mock-key")]);
    refuse(EMPTY_API_KEY, "an empty key", &[("apikey", "")]);
    refuse(EMPTY_API_KEY, "a user that nobody vouches for", &[by(A)]);
    refuse(API_KEY_NOT_FOUND, "a bad key", &[NO_KEY]);
    refuse(API_KEY_NOT_FOUND, "a bad key beside a good token", &[NO_KEY, token(&names.token)]);
    for bad in ["no-such-token", &others.revoked, &others.of_somebody_deactivated] {
        refuse(TOKEN_NOT_FOUND, "a bad token", &[token(bad)]);
        refuse(TOKEN_NOT_FOUND, "a bad token beside a good key", &[KEY, token(bad)]);
    }
    refuse(TOKEN_NOT_FOUND, "a token of another app", &[HERE, token(&others.of_another_app)]);
    if whom != For::Guests {
        refuse(EMPTY_API_KEY, "a call token", &[("callToken", &names.call_token)]);
    }
    match whom {
        For::Provisioners | For::Admins => {
            refuse(NO_ACCESS, "a user", &[token(&others.actors_token)]);
            refuse(NO_ACCESS, "a user with a key", &[KEY, token(&others.actors_token)]);
        }
        For::Clients => {
            refuse(NO_ACCESS, "a key", &[KEY]);
            refuse(NO_ACCESS, "a key on behalf of somebody", &[KEY, by(A)]);
        }
        For::Guests => {
            refuse(NO_ACCESS, "a key", &[KEY]);
            refuse(NO_ACCESS, "a user", &[token(&others.actors_token)]);
            refuse(NO_ACCESS, "a bad call token", &[("callToken", "no-such-token")]);
            refuse(NO_ACCESS, "a token as a call token", &[("callToken", &others.actors_token)]);
            let elsewhere = [("appId", "another"), ("callToken", &*names.call_token)];
            refuse(NO_ACCESS, "a call token of another app", &elsewhere);
        }
        For::Actors => refuse(BAD_REQUEST, "a key alone", &[KEY]),
        For::Anyone | For::Managers => {}
    }
    if whom != For::Provisioners {
        refuse(NO_ACCESS, "an auth key", &[AUTH_KEY]);
        refuse(NO_ACCESS, "an auth key on behalf of somebody", &[AUTH_KEY, by(A)]);
    }
    if !matches!(whom, For::Clients | For::Guests) {
        for nobody in ["nobody", "foreigner", "gone", "\u{fc}"] {
            refuse(UID_NOT_FOUND, "a key on behalf of nobody here", &[KEY, by(nobody)]);
        }
    }
    for (id, code) in NOT_FOR_STRANGERS {
        if id == operation.id {
            refuse(code, "a stranger", &[KEY, by("stranger")]);
        }
    }
    all
}

/// Who is let in.
fn let_in<'a>(
    operation: &Operation,
    whom: For,
    names: &'a Names,
    others: &'a Strangers,
) -> Vec<Caller<'a>> {
    let by = ("onBehalfOf", operation.actor());
    let token = ("authToken", others.actors_token.as_str());
    let keys = vec![("a key", vec![KEY]), ("a key on behalf of a user", vec![KEY, by])];
    let users = vec![
        ("a user", vec![token]),
        ("a user with a key", vec![KEY, token]),
        ("a user with an auth key", vec![AUTH_KEY, token]),
        ("a user who names somebody else", vec![token, ("onBehalfOf", "nobody")]),
    ];
    match whom {
        For::Provisioners => [keys, vec![("an auth key", vec![AUTH_KEY])]].concat(),
        For::Admins => keys,
        For::Anyone => [keys, users].concat(),
        For::Actors => [keys[1..].to_vec(), users].concat(),
        For::Clients => users,
        For::Guests => vec![
            ("a call token", vec![("callToken", &*names.call_token)]),
            ("a call token beside a key", vec![("callToken", &*names.call_token), KEY]),
        ],
        For::Managers => {
            vec![("the management key", vec![("key", "mock-key"), ("secret", "mock-secret")])]
        }
    }
}

/// Both apps but for what their next ids follow from: some are drawn before a rule decides.
async fn state(mock: &Mock) -> [Value; 2] {
    let mut all = [Value::Null, Value::Null];
    for (state, app) in all.iter_mut().zip(["mock-app", "another"]) {
        *state = mock.bare(Method::GET, "/__mock/state").app(app).send().await.json();
        state["idGenerator"].take();
    }
    all
}

async fn document(mock: &Mock) -> Value {
    mock.bare(Method::GET, "/__mock/openapi.json").send().await.json()
}

/// Somebody who has nothing to do with the call or the group.
async fn with_a_stranger(mock: &Mock) {
    let stranger = json!({ "uid": "stranger", "name": "Stranger" });
    mock.post("/users", stranger).send().await.ok();
}

fn code(reply: &Reply) -> String {
    if reply.status == 200 { "200".to_owned() } else { reply.code() }
}

#[tokio::test]
async fn every_operation_of_the_document_is_for_somebody() {
    let mock = Mock::start().await;
    let documented: BTreeSet<_> = operations(&document(&mock).await)
        .into_iter()
        .filter(|operation| !is_control(&operation.path))
        .map(|operation| operation.id)
        .collect();
    let known = TABLE.iter().flat_map(|(_, ids)| ids.iter().copied()).chain([SOCKET]);
    let known: BTreeSet<_> = known.map(str::to_owned).collect();
    assert_eq!(documented, known);
}

#[tokio::test]
async fn the_document_says_whom_each_is_for() {
    let mock = Mock::start().await;
    let operations = operations(&document(&mock).await);
    for (whom, ids) in TABLE {
        let expected = match whom {
            For::Provisioners | For::Admins => json!([{ "apiKey": [] }]),
            For::Anyone | For::Actors => json!([{ "apiKey": [] }, { "authToken": [] }]),
            For::Clients => json!([{ "authToken": [] }]),
            For::Guests => json!([{ "callToken": [] }]),
            For::Managers => json!([{ "managementKey": [], "managementSecret": [] }]),
        };
        for operation in operations.iter().filter(|one| ids.contains(&&*one.id)) {
            assert_eq!(operation.security, expected, "{}", operation.id);
        }
    }
}

#[tokio::test]
async fn who_is_not_to_be_let_in_is_refused_and_changes_nothing() {
    let mock = Mock::start().await;
    let (operations, mut tried) = (operations(&document(&mock).await), 0);
    for operation in &operations {
        let found = TABLE.iter().find(|(_, ids)| ids.contains(&&*operation.id));
        let Some((whom, _)) = found else { continue };
        let names = prepare(&mock, &operation.method, &operation.path).await;
        let others = strangers(&mock, operation.actor()).await;
        with_a_stranger(&mock).await;
        let before = state(&mock).await;
        for (expected, (name, headers)) in refused(operation, *whom, &names, &others) {
            let reply = operation.ask(&mock, &names, &headers).send().await;
            assert_eq!(code(&reply), expected, "{} by {name}: {}", operation.id, reply.text);
            tried += 1;
        }
        assert_eq!(state(&mock).await, before, "{}", operation.id);
    }
    assert!(tried > 800, "{tried}");
}

#[tokio::test]
async fn who_is_to_be_let_in_is() {
    let mock = Mock::start().await;
    for operation in &operations(&document(&mock).await) {
        let found = TABLE.iter().find(|(_, ids)| ids.contains(&&*operation.id));
        let Some((whom, _)) = found else { continue };
        let callers = {
            let names = prepare(&mock, &operation.method, &operation.path).await;
            let others = strangers(&mock, operation.actor()).await;
            let_in(operation, *whom, &names, &others).len()
        };
        for at in 0..callers {
            let names = prepare(&mock, &operation.method, &operation.path).await;
            let others = strangers(&mock, operation.actor()).await;
            let (name, headers) = let_in(operation, *whom, &names, &others).swap_remove(at);
            let reply = operation.ask(&mock, &names, &headers).send().await;
            let expected = match &*operation.id {
                id if id.ends_with("WithoutSession") => "ERR_EMPTY_CALL_SESSION_ID",
                // A is in the group.
                "addMembersOrJoin" if name.starts_with("a user") => "ERR_ALREADY_JOINED",
                _ => "200",
            };
            assert_eq!(code(&reply), expected, "{} by {name}: {}", operation.id, reply.text);
        }
    }
}

#[tokio::test]
async fn a_group_is_changed_by_its_admins_clients_alone() {
    let mock = Mock::start().await;
    let token = mock.token(B).await;
    for operation in &operations(&document(&mock).await) {
        if NOT_FOR_OTHERS_CLIENTS.contains(&&*operation.id) {
            let names = prepare(&mock, &operation.method, &operation.path).await;
            let token = mock.token(B).await;
            let reply = operation.ask(&mock, &names, &[("authToken", &token)]).send().await;
            reply.refused(403, NO_ACCESS);
        }
    }
    // The token is of before the reset.
    mock.get("/users").token(&token).send().await.refused(401, TOKEN_NOT_FOUND);
}

#[tokio::test]
async fn somebody_who_is_blocked_cannot_ring_and_can_do_everything_else() {
    let mock = Mock::start().await;
    mock.post("/blockedusers", json!({ "blockedUids": [D] })).by(B).send().await.ok();
    let body = json!({ "receiver": B, "receiverType": "user", "type": "audio" });
    mock.post("/calls", body).by(D).send().await.refused(400, "ERR_BLOCKED_SENDER");
    for path in ["/calls", "/users", &format!("/users/{B}"), "/groups", "/blockedusers"] {
        mock.get(path).by(D).send().await.ok();
    }
    let group = json!({ "receiver": GROUP, "receiverType": "group", "type": "audio" });
    mock.post("/calls", group).by(D).send().await.ok();
}

#[tokio::test]
async fn a_call_token_is_good_for_a_year_and_for_as_long_as_its_user_is_active() {
    let mock = Mock::start().await;
    let token = mock.token(A).await;
    let pass = mock.call_token(&token, "daily").await;
    let come =
        async || mock.bare(Method::GET, "/call_tokens").header("callToken", &pass).send().await;
    come().await.ok();
    mock.delete("/users").json(json!({ "uidsToDeactivate": [A] })).send().await.ok();
    come().await.refused(403, NO_ACCESS);
    mock.put("/users", json!({ "uidsToActivate": [A] })).send().await.ok();
    come().await.ok();
    mock.advance(366 * 24 * 60 * 60);
    come().await.refused(403, NO_ACCESS);
}

fn is_control(path: &str) -> bool {
    path.starts_with("/__mock") || matches!(path, "/healthz" | "/metrics")
}

#[tokio::test]
async fn the_control_plane_is_for_who_has_its_token() {
    let token = Some("control-token-of-the-test".into());
    let config = Config { control_token: token, ..Config::default() };
    let mock = Mock::with(config).await;
    let bearer = ("authorization", "Bearer control-token-of-the-test");
    let document = mock.bare(Method::GET, "/__mock/openapi.json").header(bearer.0, bearer.1);
    let document = document.send().await.json();
    let names = Names {
        session: "none".to_owned(),
        token: "none".to_owned(),
        call_token: "none".to_owned(),
        fault: "1".to_owned(),
    };
    let controls = operations(&document);
    let controls: Vec<_> = controls.iter().filter(|one| is_control(&one.path)).collect();
    assert!(controls.len() > 35, "{}", controls.len());
    for operation in controls {
        let is_open = WITHOUT_CONTROL_TOKEN.contains(&&*operation.id);
        let expected = if is_open { json!([]) } else { json!([{ "controlToken": [] }]) };
        assert_eq!(operation.security, expected, "{}", operation.id);
        for headers in [
            vec![],
            vec![("authorization", "Bearer control-token-of-the-tess")],
            vec![("authorization", "Bearer ")],
            vec![("authorization", "Bearer mock-rest-api-key"), KEY],
            vec![KEY, ("key", "mock-key"), ("secret", "mock-secret")],
        ] {
            let reply = operation.ask(&mock, &names, &headers).send().await;
            if is_open {
                assert_ne!(reply.status, 401, "{}", operation.id);
                continue;
            }
            let got = (reply.status, reply.json()["error"]["code"].clone());
            assert_eq!(got, (401, json!("MOCK_UNAUTHORIZED")), "{}", operation.id);
        }
        if operation.id != "listenToEvents" {
            let reply = operation.ask(&mock, &names, &[bearer]).send().await;
            assert_ne!(reply.status, 401, "{}", operation.id);
        }
    }
}
