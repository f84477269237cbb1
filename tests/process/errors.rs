//! Every script of `GET /__mock/errors` does what it is there for: its last answer has the code,
//! and is explained by one of the rules that are named with it.

use std::collections::BTreeSet;

use mock_calls::domain::code::Code;
use serde_json::Value;

use crate::{readme::shell::Shell, run::Server};

fn listed(url: &str, shell: &mut Shell) -> Value {
    let text = shell
        .run(&format!("curl -s {url}/__mock/errors -H \"Authorization: Bearer $CONTROL_TOKEN\""));
    serde_json::from_str(&text).unwrap()
}

/// Runs the script of an entry, and compares what comes with what the entry says.
fn caused(shell: &mut Shell, entry: &Value) {
    let (code, script) = (entry["code"].as_str().unwrap(), entry["curl"].as_str().unwrap());
    let came = shell.run(script);
    let (head, body) = came.split_once("\n\n").unwrap();
    let status = head.split(' ').nth(1).unwrap();
    assert_eq!(status, entry["status"].to_string(), "{script}\n{came}");
    let body: Value = serde_json::from_str(body).unwrap();
    assert_eq!(body["error"]["code"], code, "{script}\n{came}");
    let explain = head.lines().find_map(|line| line.strip_prefix("x-mock-explain: "));
    let rule = explain.unwrap().split(": ").next().unwrap();
    if entry["onDemand"] == true {
        assert_eq!(rule, "x-mock-error", "{script}\n{came}");
    } else {
        // The recipe is the one of the first rule.
        assert_eq!(rule, entry["rules"][0], "{script}\n{came}");
    }
}

#[test]
fn every_script_ends_with_its_code_as_often_as_it_is_run() {
    let server = Server::start(&["--status", "ERR_CALL_BUSY_USER=409"]);
    let mut shell = Shell::default();
    shell.run("CONTROL_TOKEN=none");
    let list = listed(&server.url, &mut shell);
    assert_eq!((&list["variables"], &list["note"]), (&Value::Null, &Value::Null));
    let entries = list["errors"].as_array().unwrap();
    let mut shown = BTreeSet::new();
    for entry in entries.iter().chain(entries) {
        caused(&mut shell, entry);
        let changed = entry["code"] == "ERR_CALL_BUSY_USER";
        let expected = if changed { 409.into() } else { entry["defaultStatus"].clone() };
        assert_eq!(entry["status"], expected, "{entry}");
        shown.insert(entry["code"].as_str().unwrap());
        let script = entry["curl"].as_str().unwrap();
        assert!(script.contains(&server.url), "{script}");
    }
    assert_eq!(shown, Code::ALL.iter().map(|code| code.as_str()).collect());
    let on_demand: Vec<_> =
        entries.iter().filter(|e| e["onDemand"] == true).map(|e| e["code"].clone()).collect();
    assert_eq!(on_demand, ["MOCK_TOO_MANY_APPS", "ERR_INTERNAL_SERVER_ERROR"]);
}

#[test]
fn keys_that_were_chosen_are_left_to_variables() {
    let args = ["--api-key", "rest-secret", "--auth-key", "auth-secret", "--region", "eu"];
    let control = ["--control-token", "control-secret"];
    let management = ["--management-key", "manage-secret", "--management-secret", "more-secret"];
    let server = Server::start(&[&args[..], &control, &management].concat());
    let mut shell = Shell::default();
    shell.run("API_KEY=rest-secret\nAUTH_KEY=auth-secret\nCONTROL_TOKEN=control-secret");
    shell.run("MANAGEMENT_KEY=manage-secret\nMANAGEMENT_SECRET=more-secret");
    let list = listed(&server.url, &mut shell);
    let named: Vec<_> = list["variables"].as_object().unwrap().keys().collect();
    let expected = ["API_KEY", "AUTH_KEY", "CONTROL_TOKEN", "MANAGEMENT_KEY", "MANAGEMENT_SECRET"];
    assert_eq!(named, expected);
    for secret in ["rest-secret", "auth-secret", "control-secret", "manage-secret", "more-secret"] {
        assert!(!list.to_string().contains(secret), "{list}");
    }
    list["errors"].as_array().unwrap().iter().for_each(|entry| caused(&mut shell, entry));
}

#[test]
fn where_there_is_one_app_the_scripts_are_for_that_one() {
    let server = Server::start(&["--strict-apps"]);
    let mut shell = Shell::default();
    shell.run("CONTROL_TOKEN=none");
    let list = listed(&server.url, &mut shell);
    assert!(list["note"].as_str().unwrap().contains("POST /__mock/reset"), "{list}");
    for entry in list["errors"].as_array().unwrap() {
        shell.run(&format!("curl -s -X POST {}/__mock/reset", server.url));
        caused(&mut shell, entry);
    }
}

#[test]
fn a_control_plane_apart_is_found_apart() {
    let server = Server::start(&["--control-port", "0"]);
    let mut words = server.banner.split_whitespace();
    let apart = words.find_map(|word| word.strip_suffix("/__mock")).unwrap();
    assert_ne!(apart, server.url);
    let mut shell = Shell::default();
    shell.run("CONTROL_TOKEN=none");
    let list = listed(apart, &mut shell);
    list["errors"].as_array().unwrap().iter().for_each(|entry| caused(&mut shell, entry));
}

#[test]
fn a_script_goes_to_where_the_client_is() {
    let server = Server::start(&[]);
    for (host, origin) in [
        ("team.localhost:9", "http://team.localhost:9"),
        ("[::1]:80", "http://[::1]:80"),
        ("$(reboot)", "http://localhost"),
    ] {
        let list = Shell::default()
            .run(&format!("curl -s {}/__mock/errors -H 'Host: {host}'", server.url));
        let list: Value = serde_json::from_str(&list).unwrap();
        let script = list["errors"][0]["curl"].as_str().unwrap();
        assert_eq!(
            script,
            format!("curl -s -i \"{origin}/v3/calls\" -H 'appId: AUTH_ERR_EMPTY_APIKEY'")
        );
    }
}
