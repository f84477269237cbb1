//! What is printed without a server: as a server answers it.

use std::process::Output;

use serde_json::Value;

use crate::{
    readme::shell::Shell,
    run::{Server, binary},
};

fn printed(args: &[&str]) -> String {
    let output = binary().args(args).output().unwrap();
    assert_eq!((output.status.code(), output.stderr.len()), (Some(0), 0), "{args:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_codes_and_the_document_are_those_of_a_server() {
    let changed = ["--status", "ERR_CALL_BUSY_USER=409", "--api-key", "k", "--region", "eu"];
    let more = ["--strict-apps", "--control-token", "t", "--management-key", "m"];
    for args in [&[][..], &changed, &more] {
        let server = Server::start(args);
        let port = server.url.rsplit(':').next().unwrap();
        let get = |path: &str| {
            let token = "-H 'Authorization: Bearer t'";
            Shell::default().run(&format!("curl -s {}/__mock/{path} {token}", server.url))
        };
        let here = [args, &["--port", port]].concat();
        assert_eq!(printed(&[&["errors"], &here[..]].concat()), get("errors"));
        assert_eq!(printed(&[&["openapi"], args].concat()), get("openapi.json"));
    }
}

#[test]
fn the_scripts_are_for_the_ports_that_are_configured() {
    for (args, vendor, control) in [
        (&[][..], "http://127.0.0.1:2255/", "http://127.0.0.1:2255/"),
        (&["--port", "0"], "http://127.0.0.1:2255/", "http://127.0.0.1:2255/"),
        (&["--port", "7", "--host", "::"], "http://[::1]:7/", "http://[::1]:7/"),
        (&["--control-port", "8"], "http://127.0.0.1:2255/", "http://127.0.0.1:8/"),
    ] {
        let list: Value = serde_json::from_str(&printed(&[&["errors"], args].concat())).unwrap();
        let errors = list["errors"].as_array().unwrap();
        let script = |code| errors.iter().find(|e| e["code"] == code).unwrap()["curl"].as_str();
        let script = script("ERR_CALL_BUSY_USER").unwrap();
        assert!(script.contains(&format!("{vendor}v3/calls")), "{script}");
        assert!(script.contains(&format!("{control}__mock/reset")), "{script}");
    }
}

#[test]
fn every_shell_has_a_script_that_knows_commands_and_flags() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = printed(&["completions", shell]);
        for word in ["exec", "health", "errors", "openapi", "completions", "ring-timeout"] {
            assert!(script.contains(word), "{shell} is not told of {word}");
        }
    }
}

#[test]
fn the_help_of_every_command_says_what_it_is_for() {
    for (command, said) in [
        ("exec", "MOCK_CALLS_CONTROL_URL"),
        ("health", "GET /healthz"),
        ("errors", "--status"),
        ("openapi", "--status"),
        ("completions", "fish"),
    ] {
        let help = printed(&[command, "--help"]);
        assert!(help.contains(said), "{help}");
        assert!(help.lines().all(|line| line.chars().count() <= 100), "{help}");
    }
    // Every flag of the server is one of exec's.
    let help = printed(&["exec", "--help"]);
    for line in printed(&["-h"]).lines().filter(|line| line.trim_start().starts_with("--")) {
        let flag = line.split_whitespace().next().unwrap();
        assert!(help.contains(flag), "no {flag} in {help}");
    }
}

#[test]
fn who_stops_reading_has_seen_enough() {
    for command in ["errors", "openapi"] {
        let mut child = binary().arg(command).spawn().unwrap();
        drop(child.stdout.take());
        let Output { status, stderr, .. } = child.wait_with_output().unwrap();
        assert_eq!((status.code(), stderr.len()), (Some(0), 0));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_is_full_is_an_error() {
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    let output = binary().arg("errors").stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("cannot write to standard output"), "{said}");
}
