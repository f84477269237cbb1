//! Starting with a seed: every app has it, a reset goes back to it, and what is wrong with it is
//! said before anything is served.

use std::{env, fs, path::PathBuf, process};

use crate::{
    readme::shell,
    run::{Server, binary},
};

/// A file of its own for a test; it goes with the test.
struct Seed(PathBuf);

impl Seed {
    fn of(name: &str, text: &str) -> Self {
        let file = env::temp_dir().join(format!("mock-calls-{}-{name}.json", process::id()));
        fs::write(&file, text).unwrap();
        Self(file)
    }

    fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }
}

impl Drop for Seed {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

fn get(server: &Server, rest: &str) -> String {
    shell::Shell::default().run(&format!("curl -s {}{rest}", server.url))
}

#[test]
fn every_app_starts_with_the_seed_and_goes_back_to_it() {
    let seed = Seed::of(
        "good",
        r#"{"users":[{"uid":"ann"}],"tokens":[{"uid":"ann","authToken":"ann-token"}],
            "calls":[{"sessionId":"past","caller":"ann","receiver":"cometchat-uid-1",
                      "status":"ended","initiatedAt":1000}]}"#,
    );
    let server = Server::start(&["--seed", seed.path()]);
    let key = "-H 'apikey: mock-rest-api-key'";
    let counts =
        |app: &str| get(&server, &format!("/__mock/snapshots/now -X PUT -H 'appId: {app}'"));
    for app in ["mock-app", "another"] {
        assert!(counts(app).contains(r#""users":6,"groups":1,"calls":1"#), "{}", counts(app));
        let log = get(&server, &format!("/calls/past {key} -H 'appId: {app}'"));
        assert!(log.contains(r#""initiator":"ann""#), "{log}");
    }
    // Whoever names no app is in the default one, where the token is as well.
    for _ in 0..2 {
        let body = r#"{"receiver":"cometchat-uid-2","receiverType":"user","type":"audio"}"#;
        let rung = get(
            &server,
            &format!(
                "/calls -H 'authToken: ann-token' -H 'content-type: application/json' -d '{body}'"
            ),
        );
        assert!(rung.contains("v1.us.mock-app."), "{rung}");
        assert!(counts("mock-app").contains(r#""calls":2"#));
        get(&server, "/__mock/reset -X POST");
        assert!(counts("mock-app").contains(r#""users":6,"groups":1,"calls":1"#));
    }
}

#[test]
fn a_seed_that_cannot_be_had_is_said_with_file_and_place() {
    for (name, text, expected) in [
        ("broken", "{\n  \"users\": [\n", "EOF while parsing a list at line 3 column 0"),
        ("unknown", "{\n\"userz\": []}", "unknown field `userz`, expected one of `users`"),
        ("value", r#"{"calls":[{"status":"paused"}]}"#, r#"calls[0].status: "paused" is none of"#),
        (
            "misfit",
            r#"{"calls":[{"caller":"x","receiver":"cometchat-uid-1","status":"busy"}]}"#,
            "calls[0].caller: there is no user x; there is cometchat-uid-1",
        ),
    ] {
        let seed = Seed::of(name, text);
        let output = binary().env("MOCK_CALLS_SEED", seed.path()).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains(seed.path()) && said.contains(expected), "{name}: {said}");
    }
    let output = binary().args(["--seed", "/no/such/file"]).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(said.contains("cannot read the seed /no/such/file: "), "{said}");
}
