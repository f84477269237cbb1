//! Clocks that jump.

use crate::{
    line::{Line, request},
    siege::{SPARE, Siege},
};

fn post(line: &mut Line, path: &str, body: &str) -> (u16, String) {
    let headers = format!(
        "onBehalfOf: cometchat-uid-1\r\nContent-Type: application/json\r\nContent-Length: {}\r\n",
        body.len()
    );
    line.write((request(&format!("POST {path} HTTP/1.1"), &headers) + body).as_bytes());
    let answer = line.answer();
    (answer.status, answer.body)
}

/// By years, to and fro, with a call that rings: each time it rings out, or rings on.
#[test]
fn an_apps_clock_goes_to_and_fro_by_years() {
    let siege = Siege::begin(&["--journal", "100"]);
    let mut line = Line::to(siege.address());
    let call = r#"{"receiver":"cometchat-uid-2","receiverType":"user","type":"audio"}"#;
    for number in 0..300 {
        let (status, body) = post(&mut line, "/v3/calls", call);
        assert_eq!(status, 200, "{body}");
        let back = r#"{"set":-1000000000}"#;
        let onward = format!(r#"{{"advance":"{}years"}}"#, 200 + number);
        for (clock, fired) in [(back, 0), (onward.as_str(), 1)] {
            let (status, body) = post(&mut line, "/__mock/clock", clock);
            assert_eq!(status, 200, "{clock}: {body}");
            assert_eq!(body.matches("unanswered").count(), fired, "{clock}: {body}");
        }
    }
    drop(line);
    siege.end(SPARE);
}

/// To the ends of time: what cannot be is refused, and the clock is where it was.
#[test]
fn an_apps_clock_goes_to_the_ends_of_time() {
    let siege = Siege::begin(&[]);
    let mut line = Line::to(siege.address());
    for clock in [
        format!(r#"{{"set":{}}}"#, i64::MAX),
        format!(r#"{{"set":{}}}"#, i64::MIN),
        format!(r#"{{"set":{},"advance":"1000000years"}}"#, i64::MAX),
        format!(r#"{{"set":{},"freeze":true}}"#, i64::MAX),
        format!(r#"{{"set":{}0}}"#, i64::MAX),
        r#"{"set":1e300}"#.to_owned(),
        r#"{"resume":true}"#.to_owned(),
        r#"{"advance":"500000000000years"}"#.to_owned(),
        r#"{"advance":"99999999999999999999s"}"#.to_owned(),
    ] {
        let (status, body) = post(&mut line, "/__mock/clock", &clock);
        assert!([200, 400].contains(&status), "{clock}: {status} {body}");
        let call = r#"{"receiver":"cometchat-guid-1","receiverType":"group","type":"audio"}"#;
        let (status, body) = post(&mut line, "/v3/calls", call);
        assert!([200, 400].contains(&status), "{clock}: {status} {body}");
        assert_eq!(line.get("/__mock/state"), 200, "{clock}");
    }
    assert_eq!(post(&mut line, "/__mock/reset", "").0, 200);
    drop(line);
    siege.end(SPARE);
}
