//! Which calls a listing finds.

use serde_json::json;

use super::history;
use crate::support::{A, B, C, D, GROUP, START};

#[tokio::test]
async fn each_filter_keeps_the_calls_that_fit_newest_first() {
    let history = history().await;
    let [ended, rejected, cancelled, group, unanswered, ongoing, ringing] = [
        &history.ended,
        &history.rejected,
        &history.cancelled,
        &history.group,
        &history.unanswered,
        &history.ongoing,
        &history.ringing,
    ];
    let all = vec![ringing, ongoing, unanswered, group, cancelled, rejected, ended];
    let started = |at: i64| format!("startedAt={}", START + at);
    let over = |at: i64| format!("endedAt={}", START + at);
    for (query, expected) in [
        (String::new(), all.clone()),
        ("type=audio".into(), vec![ringing, unanswered, cancelled, ended]),
        ("type=video".into(), vec![ongoing, group, rejected]),
        ("mode=call".into(), all.clone()),
        ("mode=meet".into(), vec![]),
        ("status=initiated".into(), vec![ringing]),
        ("status=ongoing".into(), vec![ongoing]),
        ("status=unanswered".into(), vec![unanswered]),
        ("status=rejected".into(), vec![rejected]),
        ("status=ended".into(), vec![group, ended]),
        ("status=busy".into(), vec![]),
        ("status=canceled".into(), vec![cancelled]),
        ("status=cancelled".into(), vec![cancelled]),
        ("receiverType=user".into(), vec![ringing, ongoing, cancelled, rejected, ended]),
        ("receiverType=group".into(), vec![unanswered, group]),
        // A call that nobody answered has its caller in it.
        ("participantsCount=1".into(), vec![ringing, unanswered, cancelled, rejected]),
        ("participantsCount=2".into(), vec![ongoing, ended]),
        ("participantsCount=3".into(), vec![group]),
        ("participantsCount=0".into(), vec![]),
        ("participantsCount=-1".into(), vec![]),
        (started(10), vec![ongoing, group, ended]),
        (started(11), vec![ongoing, group]),
        (started(300), vec![ongoing, group]),
        (started(301), vec![ongoing]),
        (started(601), vec![]),
        (over(39), vec![]),
        (over(40), vec![ended]),
        (over(200), vec![cancelled, rejected, ended]),
        (over(360), vec![group, cancelled, rejected, ended]),
        (over(100_000), vec![unanswered, group, cancelled, rejected, ended]),
        ("hasRecording=false".into(), all.clone()),
        ("hasRecording=0".into(), all.clone()),
        ("hasRecording=true".into(), vec![]),
        ("hasTranscription=false".into(), all.clone()),
        ("hasTranscription=true".into(), vec![]),
        // Took part, was called or called.
        (format!("uid={D}"), vec![ringing, unanswered, group]),
        (format!("uid={}", C.to_uppercase()), {
            vec![ringing, unanswered, group, cancelled, rejected]
        }),
        ("uid=nobody".into(), vec![]),
        (format!("guid={GROUP}"), vec![unanswered, group]),
        (format!("guid={}", GROUP.to_uppercase()), vec![unanswered, group]),
        ("guid=none".into(), vec![]),
    ] {
        let found = history.mock.get(&format!("/calls?{query}")).send().await;
        assert_eq!(found.column("sessionId").iter().collect::<Vec<_>>(), expected, "{query}");
        assert_eq!(found.pagination()[0], expected.len() as u64, "{query}");
    }
}

#[tokio::test]
async fn filters_together_keep_what_fits_all_of_them() {
    let history = history().await;
    let (group, ongoing, ended) = (&history.group, &history.ongoing, &history.ended);
    for (query, expected) in [
        ("type=video&status=ended".to_owned(), vec![group]),
        (format!("uid={A}&receiverType=user&participantsCount=2"), vec![ongoing, ended]),
        (format!("startedAt={}&endedAt={}", START + 10, START + 359), vec![ended]),
        (format!("startedAt={}&endedAt={}", START + 11, START + 360), vec![group]),
        (format!("startedAt={}&endedAt={}", START + 11, START + 359), vec![]),
        (format!("guid={GROUP}&uid={B}&type=video&mode=call&hasRecording=false"), vec![group]),
        (format!("guid={GROUP}&receiverType=user"), vec![]),
        (format!("uid={A}&type=hologram"), vec![]),
    ] {
        let found = history.mock.get(&format!("/calls?{query}")).send().await.column("sessionId");
        assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{query}");
    }
}

#[tokio::test]
async fn a_value_outside_an_enumeration_matches_nothing() {
    let history = history().await;
    for query in [
        "type=hologram",
        "type=Audio",
        "mode=party",
        "status=paused",
        "receiverType=crowd",
        "uid=a%20b",
        "guid=a%20b",
    ] {
        let found = history.mock.get(&format!("/calls?{query}")).send().await;
        assert_eq!((found.ok(), found.pagination()), (json!([]), [0, 0, 25, 1, 0]), "{query}");
    }
    let found = history.mock.get("/calls?direction=sideways").by(A).send().await;
    assert_eq!(found.ok(), json!([]));
}

#[tokio::test]
async fn an_empty_or_unknown_parameter_filters_nothing() {
    let history = history().await;
    for query in ["type=&status=&uid=&startedAt=&hasRecording=", "colour=red&Type=video"] {
        let found = history.mock.get(&format!("/calls?{query}")).send().await;
        assert_eq!(found.pagination()[0], 7, "{query}");
    }
}

#[tokio::test]
async fn what_is_no_number_or_no_boolean_is_refused_all_at_once() {
    let history = history().await;
    let query = "page=x&perPage=1.5&participantsCount=two&startedAt=soon&endedAt=2023-01-01\
                 &hasRecording=perhaps&hasTranscription=2";
    let reply = history.mock.get(&format!("/calls?{query}")).send().await;
    let details = json!({
        "page": ["The page must be an integer."],
        "perPage": ["The perPage must be an integer."],
        "participantsCount": ["The participantsCount must be an integer."],
        "startedAt": ["The startedAt must be an integer."],
        "endedAt": ["The endedAt must be an integer."],
        "hasRecording": ["The hasRecording field must be true or false."],
        "hasTranscription": ["The hasTranscription field must be true or false."],
    });
    assert_eq!(reply.refused(400, "ERR_BAD_REQUEST")["details"], details);
}

#[tokio::test]
async fn a_direction_is_as_the_acting_user_sees_it() {
    let history = history().await;
    let token = history.mock.token(A).await;
    let outgoing = [&history.ongoing, &history.group, &history.ended];
    let incoming = [&history.unanswered, &history.cancelled];
    for (direction, expected) in [("outgoing", &outgoing[..]), ("incoming", &incoming)] {
        let path = format!("/calls?direction={direction}");
        let by_key = history.mock.get(&path).by(A);
        let by_token = history.mock.bare(reqwest::Method::GET, &path).token(&token);
        for request in [by_key, by_token] {
            let found = request.send().await.column("sessionId");
            assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{direction}");
        }
    }
    let path = format!("/calls?direction=outgoing&uid={B}&type=audio");
    let found = history.mock.get(&path).by(A).send().await.column("sessionId");
    assert_eq!(found, [history.ended.as_str()]);
}

#[tokio::test]
async fn a_call_is_found_by_what_it_has_become() {
    let history = history().await;
    let list = async |query: &str| {
        history.mock.get(&format!("/calls?{query}")).send().await.column("sessionId")
    };
    let ringing = &history.ringing;
    history.mock.moved(ringing, D, "ongoing").await;
    assert_eq!(list("status=initiated").await, [""; 0]);
    assert_eq!(list("status=ongoing").await, [ringing.as_str(), &history.ongoing]);
    assert_eq!(list(&format!("startedAt={}", START + 700)).await, [ringing.as_str()]);
    let body = json!({ "type": "video" });
    history.mock.patch(&format!("/calls/{ringing}/type"), body).by(C).send().await.ok();
    assert_eq!(list("type=video&participantsCount=2&status=ongoing").await.len(), 2);
    history.mock.moved(ringing, D, "ended").await;
    assert_eq!(list("status=ended").await[0], *ringing);
    assert_eq!(list(&format!("endedAt={}", START + 700)).await[0], *ringing);
}
