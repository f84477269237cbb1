//! Starting: the banner, the flags, the variables, the port.

use std::net::TcpListener;

use crate::{
    readme::shell,
    run::{Server, binary},
};

#[test]
fn the_banner_says_what_is_needed_and_its_curl_works() {
    let server = Server::start(&[]);
    let banner = &server.banner;
    for needed in [
        server.url.as_str(),
        "mock-rest-api-key",
        "mock-auth-key",
        "mock-app",
        "cometchat-uid-1  Andrew Joseph",
        "cometchat-uid-5  John Paul",
        "cometchat-guid-1  Hiking Group",
    ] {
        assert!(banner.contains(needed), "no {needed} in:\n{banner}");
    }
    let curl = banner.lines().skip_while(|line| !line.trim_start().starts_with("curl"));
    let curl: Vec<_> = curl.take_while(|line| !line.is_empty()).collect();
    let answer = shell::Shell::default().run(&curl.join("\n"));
    assert!(answer.contains(r#""status":"initiated""#), "{answer}");
}

#[test]
fn the_banner_says_where_the_control_plane_is_when_it_is_elsewhere() {
    assert!(!Server::start(&[]).banner.contains("Control"));
    let server = Server::start(&["--control-port", "0"]);
    let control = server.banner.lines().find_map(|line| line.trim().strip_prefix("Control"));
    let url = control.unwrap().trim();
    assert!(!url.starts_with(&server.url), "{url}");
    let answer = shell::Shell::default().run(&format!("curl -s {url}/apps"));
    assert!(answer.contains(r#""appId":"mock-app""#), "{answer}");
}

#[test]
fn the_help_names_every_flag_with_its_variable() {
    let output = binary().arg("--help").output().unwrap();
    let help = String::from_utf8(output.stdout).unwrap();
    for flag in [
        "host",
        "port",
        "port-file",
        "app-id",
        "region",
        "api-key",
        "auth-key",
        "ring-timeout",
        "status",
        "seed",
        "strict-apps",
        "max-apps",
        "journal",
        "seed-rng",
        "control-token",
        "control-port",
        "control-body-limit",
        "control-cors",
        "tls-cert",
        "tls-key",
        "tls-name",
        "ca-out",
        "state-dir",
        "no-control",
        "no-explain",
        "log-format",
        "verbose",
        "quiet",
    ] {
        let variable = format!("MOCK_CALLS_{}", flag.replace('-', "_").to_uppercase());
        assert!(help.contains(&format!("--{flag}")), "no --{flag} in:\n{help}");
        assert!(help.contains(&variable), "no {variable} in:\n{help}");
    }
    assert!(help.contains("Examples:"), "{help}");
}

#[test]
fn a_wrong_flag_ends_with_what_was_expected() {
    let output = binary().args(["--ring-timeout", "soon"]).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(said.contains("expected a duration such as 45, 45s, 500ms or 2m"), "{said}");
}

#[test]
fn variables_are_read_and_flags_come_first() {
    let run = |args: &[&str]| {
        let mut command = binary();
        command.env("MOCK_CALLS_RING_TIMEOUT", "soon").args(args);
        command.args(["--port", "1", "--host", "203.0.113.1"]).output().unwrap()
    };
    let said = String::from_utf8(run(&[]).stderr).unwrap();
    assert!(said.contains("'soon' for '--ring-timeout"), "{said}");
    // Nobody can listen on that address: it gets as far as trying.
    let said = String::from_utf8(run(&["--ring-timeout", "1s"]).stderr).unwrap();
    assert!(said.contains("cannot listen on 203.0.113.1:1"), "{said}");
}

#[test]
fn a_taken_port_is_named_with_the_way_out() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let output = binary().args(["--port", &port]).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(said.contains(&format!("port {port} on 127.0.0.1 is already in use")), "{said}");
    assert!(said.contains("--port 0"), "{said}");
}

#[test]
fn two_keys_that_are_the_same_are_refused() {
    let output = binary().args(["--api-key", "k", "--auth-key", "k"]).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(said.contains("--api-key and --auth-key are the same"), "{said}");
}

#[test]
fn an_ip6_address_can_be_listened_on_where_there_is_one() {
    if TcpListener::bind("[::1]:0").is_err() {
        return;
    }
    let server = Server::start(&["--host", "::1"]);
    assert!(server.url.starts_with("http://[::1]:"), "{}", server.url);
}

#[test]
fn a_variable_that_is_set_to_nothing_counts_as_not_set() {
    let names = ["HOST", "PORT_FILE", "APP_ID", "API_KEY", "STATUS", "STRICT_APPS", "QUIET"];
    let mut command = binary();
    command.envs(names.map(|name| (format!("MOCK_CALLS_{name}"), "")));
    let output = command.args(["--port", "1", "--host", "203.0.113.1"]).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("cannot listen on 203.0.113.1:1"), "{said}");
}

#[test]
fn quiet_and_verbose_are_values_and_not_only_words() {
    for (name, value, flag) in [("QUIET", "false", "-v"), ("VERBOSE", "true", "-q")] {
        let mut command = binary();
        command.env(format!("MOCK_CALLS_{name}"), value).arg(flag);
        let output = command.args(["--port", "1", "--host", "203.0.113.1"]).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{name}={value} {flag}");
    }
}

#[test]
fn the_curl_of_the_banner_works_with_a_quote_in_the_key() {
    let server = Server::start(&["--api-key", "it's-a-key-with-a-quote"]);
    let curl = server.banner.lines().find(|line| line.contains("-H 'apikey")).unwrap();
    assert!(curl.contains(r"-H 'apikey: it'\''s-a-key-with-a-quote'"), "{curl}");
}

#[test]
fn a_control_plane_that_others_reach_is_warned_of() {
    use std::io::Read;
    for (args, warned) in [
        (vec!["--host", "0.0.0.0"], true),
        (vec!["--host", "0.0.0.0", "--control-token", "t"], false),
        (vec!["--host", "0.0.0.0", "--no-control"], false),
        (vec![], false),
    ] {
        let mut server = Server::start(&args);
        server.child.kill().unwrap();
        let mut said = String::new();
        server.stderr.read_to_string(&mut said).unwrap();
        assert_eq!(said.contains("whoever reaches this server can use /__mock"), warned, "{said}");
    }
}
