//! `/call_tokens`: passes to the sessions of calls, and the sessions that nobody rang for.

use mock_calls::{
    domain::time::Timestamp,
    runtime::{ids::signing_secret, passes::Passes},
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{A, B, C, D, GROUP, Mock, Reply, START};

async fn ask(mock: &Mock, token: &str, session: &str) -> Reply {
    let ask = mock.bare(Method::POST, "/v3.0/call_tokens").token(token);
    ask.json(json!({ "sessionId": session })).send().await
}

async fn come(mock: &Mock, call_token: &str) -> Reply {
    mock.bare(Method::GET, "/v3.0/call_tokens").header("callToken", call_token).send().await
}

async fn play(mock: &Mock, session: &str, what: Value) -> Reply {
    let path = format!("/__mock/calls/{session}/media");
    mock.control(Method::POST, &path).json(what).send().await
}

async fn join(mock: &Mock, session: &str, uid: &str) {
    let reply = play(mock, session, json!({ "join": { "uid": uid } })).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
}

async fn leave(mock: &Mock, session: &str, uid: &str) {
    let reply = play(mock, session, json!({ "leave": { "uid": uid } })).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
}

/// App, uid and session that a pass is good for.
fn bearer(pass: &str, at: i64) -> Option<(String, String, String)> {
    // Every test's server has this seed.
    let passes = Passes::new(&signing_secret(Some(7)));
    let (bearer, session) = passes.at_session(pass, Timestamp::from_secs(at))?;
    Some((bearer.app.to_string(), bearer.uid.to_string(), session.to_string()))
}

/// The session that a pass names, as the SDK reads it: without looking at the signature.
fn claimed(pass: &str) -> String {
    let claims = pass.split('.').nth(1).unwrap();
    let digits = claims.bytes().map(|byte| match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'-' => 62,
        _ => 63,
    });
    let bits = digits.collect::<Vec<_>>();
    let bytes: Vec<u8> = bits
        .chunks(4)
        .flat_map(|four| {
            let word = four.iter().fold(0u32, |word, six| (word << 6) | u32::from(*six));
            let word = word << (6 * (4 - four.len()));
            word.to_be_bytes()[1..four.len()].to_vec()
        })
        .collect();
    let claims: Value = serde_json::from_slice(&bytes).unwrap();
    claims["data"]["sessionId"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn both_sides_of_a_call_get_a_pass_to_it_and_nobody_else() {
    let mock = Mock::start().await;
    let session = mock.ring(A, B).await;
    for uid in [A, B] {
        let token = mock.token(uid).await;
        let pass = mock.call_token(&token, &session).await;
        let expected = ("mock-app".to_owned(), uid.to_owned(), session.clone());
        assert_eq!(bearer(&pass, START), Some(expected));
        assert_eq!(claimed(&pass), session);
    }
    let stranger = mock.token(C).await;
    let refused = ask(&mock, &stranger, &session).await;
    refused.refused(403, "ERR_CALL_NOT_A_PART");
    let because = format!("token/2: {A} called user {B}, {C} is not part of it");
    assert_eq!(refused.explain, Some(because));

    mock.moved(&session, B, "ongoing").await;
    mock.call_token(&mock.token(B).await, &session).await;
    mock.moved(&session, B, "ended").await;
    let over = ask(&mock, &mock.token(B).await, &session).await;
    over.refused(400, "ERR_CALL_TERMINATED");
    assert_eq!(over.explain, Some(format!("token/3: {session} is ended since {START}")));
    // Not being part of it comes first.
    ask(&mock, &stranger, &session).await.refused(403, "ERR_CALL_NOT_A_PART");
}

#[tokio::test]
async fn every_member_gets_a_pass_to_a_groups_call() {
    let mock = Mock::start().await;
    let session = mock.ring_group(A, GROUP).await;
    mock.call_token(&mock.token(D).await, &session).await;
    mock.delete(&format!("/groups/{GROUP}/members/{D}")).send().await.ok();
    ask(&mock, &mock.token(D).await, &session).await.refused(403, "ERR_CALL_NOT_A_PART");
}

#[tokio::test]
async fn what_nobody_rang_for_is_opened_and_found_again() {
    let mock = Mock::start().await;
    let (a, b) = (mock.token(A).await, mock.token(B).await);
    let session = claimed(&mock.call_token(&a, "Stand-Up_1.b").await);
    assert_eq!(session, "v1.us.mock-app.stand-up_1.b");
    mock.advance(10);
    for again in ["stand-up_1.B", &session, "v1.US.Mock-App.stand-up_1.b"] {
        assert_eq!(claimed(&mock.call_token(&b, again).await), session, "{again}");
    }
    let log = mock.log(&session).await;
    let expected = json!({
        "sessionId": session, "mode": "meet", "status": "initiated", "type": "video",
        "initiator": A, "receiver": "stand-up_1.b", "receiverType": "group",
        "initiatedAt": START, "totalParticipants": 0,
    });
    for (field, value) in expected.as_object().unwrap() {
        assert_eq!(log[field], *value, "{field}");
    }
    assert_eq!(log["participants"].as_array().unwrap().len(), 1, "{log}");
    assert_eq!(log["participants"][0]["isJoined"], false);
    assert_eq!((log.get("startedAt"), log.get("endedAt")), (None, None));
    assert_eq!(mock.get("/calls").send().await.pagination()[0], 1);
}

#[tokio::test]
async fn an_id_that_can_name_nothing_is_refused() {
    let mock = Mock::start().await;
    let token = mock.token(A).await;
    let post = |body: Value| mock.bare(Method::POST, "/call_tokens").token(&token).json(body);
    for body in [json!({}), json!({ "sessionId": "" }), json!({ "sessionId": " " })] {
        let reply = post(body.clone()).send().await;
        let error = reply.refused(400, "ERR_BAD_REQUEST");
        let text = "The sessionId field is required.";
        assert_eq!(error["details"], json!({ "sessionId": [text] }), "{body}");
        assert_eq!(reply.explain, Some(format!("token/1: {text}")));
    }
    let long = "x".repeat(101);
    for given in ["a b", "a/b", "caf\u{e9}", "a?b", "a%20b", "v1.us.mock-app.", &long] {
        let reply = post(json!({ "sessionId": given })).send().await;
        let error = reply.refused(400, "ERR_BAD_REQUEST");
        let text = "The sessionId must be that of a call, or a name of 1 to 100 letters, digits, '-', '_' and '.'.";
        assert_eq!(error["details"], json!({ "sessionId": [text] }), "{given}");
        assert!(reply.explain.unwrap().starts_with("token/5: "), "{given}");
    }
    assert_eq!(mock.get("/calls").send().await.ok(), json!([]));
    mock.call_token(&token, &"x".repeat(100)).await;
}

#[tokio::test]
async fn a_direct_session_begins_with_the_first_who_comes_and_ends_with_the_last_who_goes() {
    let mock = Mock::start().await;
    let token = mock.token(A).await;
    let session = claimed(&mock.call_token(&token, "daily").await);
    mock.advance(60);
    // Neither who opened it nor a member of anything.
    mock.post("/users", json!({ "uid": "guest", "name": "Guest" })).send().await.ok();
    join(&mock, &session, "guest").await;
    let log = mock.log(&session).await;
    assert_eq!((&log["status"], &log["startedAt"]), (&json!("ongoing"), &json!(START + 60)));
    mock.advance(60);
    join(&mock, &session, A).await;
    mock.advance(60);
    leave(&mock, &session, "guest").await;
    assert_eq!(mock.log(&session).await["status"], "ongoing");
    mock.advance(60);
    leave(&mock, &session, A).await;

    let log = mock.log(&session).await;
    assert_eq!((&log["status"], &log["endedAt"]), (&json!("ended"), &json!(START + 240)));
    assert_eq!((&log["totalVideoMinutes"], &log["totalAudioMinutes"]), (&json!(3), &json!(0)));
    let entry = |at: usize| {
        let entry = &log["participants"][at];
        (entry["uid"].clone(), entry["totalVideoMinutes"].clone(), entry["state"].clone())
    };
    assert_eq!(entry(0), (json!(A), json!(2), json!("ended")));
    assert_eq!(entry(1), (json!("guest"), json!(2), json!("ended")));
    // It stays over, and has what any other call has.
    ask(&mock, &token, "daily").await.refused(400, "ERR_CALL_TERMINATED");
    let recorded = play(&mock, &session, json!({ "recording": {} })).await;
    assert_eq!(recorded.status, 200, "{}", recorded.text);
    let found = mock.get("/calls?mode=meet&hasRecording=true&status=ended").send().await;
    assert_eq!(found.column("sessionId"), [session]);
}

#[tokio::test]
async fn a_direct_session_is_listed_with_the_calls() {
    let mock = Mock::start().await;
    mock.ring(A, B).await;
    let session = claimed(&mock.call_token(&mock.token(C).await, GROUP).await);
    mock.call_token(&mock.token(C).await, "other").await;
    for filter in [
        "mode=meet&type=video&perPage=1&page=2",
        "receiverType=group&guid=cometchat-guid-1",
        "mode=meet&status=initiated&guid=cometchat-guid-1",
    ] {
        let found = mock.get(&format!("/calls?{filter}")).send().await;
        let expected =
            if filter.contains("page=2") { "v1.us.mock-app.cometchat-guid-1" } else { &session };
        let found = found.column("sessionId");
        assert!(found.len() == 1 && found[0].starts_with("v1.us.mock-app."), "{filter}: {found:?}");
        if !filter.contains("page=2") {
            assert_eq!(found, [expected], "{filter}");
        }
    }
    assert_eq!(mock.get("/calls?mode=call").send().await.pagination()[0], 1);
    // Named after a group it is shown as one of that group, else as one of a group of its name.
    let token = mock.token(C).await;
    let logs = mock.bare(Method::GET, "/calls?mode=meet").token(&token).send().await.ok();
    let shown = |name: &str| {
        let log = logs.as_array().unwrap().iter().find(|log| log["receiver"] == name).unwrap();
        let receiver = &log["data"]["entities"]["receiver"];
        assert_eq!(receiver["entityType"], "group");
        (receiver["entity"]["guid"].clone(), receiver["entity"]["name"].clone())
    };
    assert_eq!(shown(GROUP), (json!(GROUP), json!("Hiking Group")));
    assert_eq!(shown("other"), (json!("other"), json!("other")));
    // And it is no call of that group.
    mock.ring_group(C, GROUP).await;
}

#[tokio::test]
async fn everybody_sees_a_direct_session_while_they_could_come_and_later_who_came() {
    let mock = Mock::start().await;
    let session = claimed(&mock.call_token(&mock.token(A).await, "daily").await);
    let path = format!("/calls/{session}");
    mock.get(&path).by(C).send().await.ok();
    join(&mock, &session, B).await;
    mock.get(&path).by(C).send().await.ok();
    leave(&mock, &session, B).await;
    for (uid, sees) in [(A, true), (B, true), (C, false)] {
        let reply = mock.get(&path).by(uid).send().await;
        let listed = mock.get("/calls").by(uid).send().await.pagination()[0];
        assert_eq!((reply.status == 200, listed == 1), (sees, sees), "{uid}");
    }
}

#[tokio::test]
async fn who_is_on_a_direct_session_is_on_a_call() {
    let mock = Mock::start().await;
    let session = claimed(&mock.call_token(&mock.token(A).await, "daily").await);
    // To have opened it is not to be on it.
    let ringing = mock.ring(A, B).await;
    mock.moved(&ringing, A, "cancelled").await;
    join(&mock, &session, A).await;
    let body = |to: &str| json!({ "receiver": to, "receiverType": "user", "type": "audio" });
    let busy = mock.post("/calls", body(B)).by(A).send().await;
    busy.refused(400, "ERR_CALL_BUSY_SELF");
    assert_eq!(
        busy.explain,
        Some(format!("initiate/6: {A} is on {session}, ongoing since {START}"))
    );
    mock.post("/calls", body(A)).by(B).send().await.refused(400, "ERR_CALL_BUSY_USER");

    let other = claimed(&mock.call_token(&mock.token(A).await, "other").await);
    let refused = play(&mock, &other, json!({ "join": { "uid": A } })).await;
    assert_eq!(refused.status, 409, "{}", refused.text);
    assert!(refused.text.contains("nobody is on two calls"), "{}", refused.text);
    leave(&mock, &session, A).await;
    mock.ring(B, A).await;
}

#[tokio::test]
async fn nobody_but_its_media_changes_a_direct_session() {
    let mock = Mock::start().await;
    let session = claimed(&mock.call_token(&mock.token(A).await, "daily").await);
    let refused = async |status: &str| {
        let body = json!({ "status": status, "joinedAt": START });
        let reply = mock.change(&session, A, body).await;
        let error = reply.refused(400, "ERR_BAD_REQUEST");
        let text = "A direct session has no status to set; it begins and ends with those who come to its media.";
        assert_eq!(error["details"], json!({ "status": [text] }), "{status}");
        assert!(reply.explain.unwrap().starts_with(&format!("change/7: {session} is ")));
    };
    for live in [false, true] {
        if live {
            join(&mock, &session, A).await;
        }
        for status in ["ongoing", "busy", "rejected", "cancelled", "unanswered", "ended"] {
            refused(status).await;
        }
        let back = mock.change(&session, A, json!({ "status": "initiated" })).await;
        back.refused(400, "ERR_CALL_INVALID_INIT");
        let path = format!("/calls/{session}/type");
        let turned = mock.patch(&path, json!({ "type": "audio" })).by(A).send().await;
        let error = turned.refused(400, "ERR_BAD_REQUEST");
        assert!(error["details"].get("type").is_some(), "{error}");
    }
    leave(&mock, &session, A).await;
    let over = mock.change(&session, A, json!({ "status": "ended" })).await;
    over.refused(400, "ERR_CALL_TERMINATED");
}

#[tokio::test]
async fn what_cannot_be_played_yet_is_said() {
    let mock = Mock::start().await;
    let session = claimed(&mock.call_token(&mock.token(A).await, "daily").await);
    for (what, expected) in [
        (
            json!({ "leave": { "uid": A } }),
            format!("{A} is not on {session}; only who joined can leave."),
        ),
        (
            json!({ "recording": {} }),
            format!("Nobody has come to {session} yet; who joins first begins it."),
        ),
        (json!({ "join": { "uid": "nobody" } }), "There is no active user nobody".to_owned()),
    ] {
        let reply = play(&mock, &session, what).await;
        assert_eq!(reply.status, 409, "{}", reply.text);
        assert!(reply.text.contains(&expected), "said {}\nnot  {expected}", reply.text);
    }
}

#[tokio::test]
async fn a_direct_session_outlives_whoever_opened_it() {
    for permanent in [false, true] {
        let mock = Mock::start().await;
        let session = claimed(&mock.call_token(&mock.token(A).await, "daily").await);
        let ongoing = claimed(&mock.call_token(&mock.token(A).await, "weekly").await);
        join(&mock, &ongoing, A).await;
        join(&mock, &ongoing, B).await;
        let body = json!({ "permanent": permanent });
        mock.delete(&format!("/users/{A}")).json(body).send().await.ok();
        let log = mock.log(&ongoing).await;
        assert_eq!(
            (&log["status"], &log["participants"][0]["state"]),
            (&json!("ongoing"), &json!("ended"))
        );
        join(&mock, &session, C).await;
        leave(&mock, &ongoing, B).await;
        assert_eq!(mock.log(&ongoing).await["status"], "ended");
        // It can be written down and read back.
        let state = mock.control(Method::GET, "/__mock/state").send().await.text;
        let put = mock.control(Method::PUT, "/__mock/state").body(state.clone()).send().await;
        assert_eq!(put.status, 200, "{}", put.text);
        assert_eq!(mock.control(Method::GET, "/__mock/state").send().await.text, state);
        leave(&mock, &session, C).await;
    }
}

#[tokio::test]
async fn a_pass_shows_what_a_session_begins_with() {
    let mock = Mock::start().await;
    mock.put(&format!("/users/{A}"), json!({ "avatar": "https://x/a.png" })).send().await.ok();
    let (older, token) = (mock.token(A).await, mock.token(A).await);
    mock.token(B).await;
    let pass = mock.call_token(&older, "daily").await;
    let shown = come(&mock, &pass).await.ok();
    let host = mock.url.strip_prefix("http://").unwrap();
    let (name, _) = host.rsplit_once(':').unwrap();
    let expected = json!({
        "callToken": pass,
        "settings": {
            "PRESENTER_MODE_ENABLED": false, "WEBRTC_HOST": name, "ANALYTICS_HOST": host,
            "ANALYTICS_VERSION": "v1",
        },
        "payload": {
            "data": {
                "appId": "mock-app", "region": "us", "authToken": token,
                "user": { "uid": A, "name": "Andrew Joseph", "avatar": "https://x/a.png" },
                "sessionId": "v1.us.mock-app.daily", "passthrough": "",
            },
            "room": "v1.us.mock-app.daily",
        },
    });
    assert_eq!(shown, expected);
    // A pass stays good when its user logs out, for the call goes on.
    mock.delete(&format!("/users/{A}/auth_tokens")).send().await.ok();
    let shown = come(&mock, &pass).await.ok();
    assert_eq!(shown["payload"]["data"].get("authToken"), None);
}

#[tokio::test]
async fn a_pass_names_its_app() {
    let mock = Mock::start().await;
    let path = format!("/users/{A}/auth_tokens");
    let made = mock.post(&path, json!({})).app("Team").send().await.ok();
    let token = made["authToken"].as_str().unwrap();
    let pass = mock.call_token(token, "daily").await;
    assert_eq!(claimed(&pass), "v1.us.team.daily");
    let shown = come(&mock, &pass).await.ok();
    assert_eq!(shown["payload"]["data"]["appId"], "Team");
    let elsewhere = mock.bare(Method::GET, "/call_tokens").header("callToken", &pass);
    elsewhere.app("mock-app").send().await.refused(403, "AUTH_ERR_NO_ACCESS");
    mock.get("/calls/v1.us.team.daily").send().await.refused(404, "ERR_CALL_SESSION_NOT_FOUND");
}

#[tokio::test]
async fn only_a_good_pass_opens_a_session() {
    let mock = Mock::start().await;
    let (token, key) = (mock.token(A).await, "mock-rest-api-key");
    let pass = mock.call_token(&token, "daily").await;
    let needs = "This operation needs a token of POST /call_tokens in the callToken header.";
    let socket = mock.bare(Method::POST, "/me/jwt").token(&token).send().await.ok();
    let socket = socket["jwt"].as_str().unwrap();
    for bad in ["nonsense", &pass[..pass.len() - 2], socket, token.as_str()] {
        let reply = come(&mock, bad).await;
        let error = reply.refused(403, "AUTH_ERR_NO_ACCESS");
        assert_eq!(error["devMessage"], needs);
        assert!(reply.explain.unwrap().contains("not good in this app"));
    }
    for request in [
        mock.bare(Method::GET, "/call_tokens").token(&token),
        mock.bare(Method::GET, "/call_tokens").header("apikey", key).by(A),
    ] {
        let error = request.send().await.refused(403, "AUTH_ERR_NO_ACCESS");
        assert_eq!(error["devMessage"], needs);
    }
    // Nowhere else does it open anything.
    let calls = mock.bare(Method::GET, "/calls").header("callToken", &pass).send().await;
    calls.refused(401, "AUTH_ERR_EMPTY_APIKEY");
    mock.delete(&format!("/users/{A}")).send().await.ok();
    come(&mock, &pass).await.refused(403, "AUTH_ERR_NO_ACCESS");
    mock.put("/users", json!({ "uidsToActivate": [A] })).send().await.ok();
    come(&mock, &pass).await.ok();
    mock.control(Method::POST, "/__mock/reset").send().await;
    come(&mock, &pass).await.refused(404, "ERR_CALL_SESSION_NOT_FOUND");
    let pass = mock.call_token(&mock.token(A).await, "daily").await;
    mock.advance(365 * 24 * 60 * 60);
    come(&mock, &pass).await.refused(403, "AUTH_ERR_NO_ACCESS");
}

#[tokio::test]
async fn a_pass_is_for_logged_in_users_alone() {
    let mock = Mock::start().await;
    let reply = mock.post("/call_tokens", json!({ "sessionId": "daily" })).by(A).send().await;
    reply.refused(403, "AUTH_ERR_NO_ACCESS");
}
