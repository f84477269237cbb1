//! Stopping: on a signal, with what is under way finished.

use std::{
    io::{Read, Write},
    net::TcpStream,
    process::Command,
    time::Duration,
};

use crate::run::Server;

pub(crate) fn signal(server: &Server, name: &str) {
    let pid = server.child.id().to_string();
    let sent = Command::new("sh").args(["-c", &format!("kill -{name} {pid}")]).status().unwrap();
    assert!(sent.success());
}

fn connect(server: &Server) -> TcpStream {
    let stream = TcpStream::connect(server.url.strip_prefix("http://").unwrap()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream
}

const HEAD: &str = "POST /v3/calls HTTP/1.1\r\nHost: x\r\napikey: mock-rest-api-key\r\n\
    onBehalfOf: cometchat-uid-1\r\nContent-Type: application/json\r\nContent-Length: 76\r\n\
    Expect: 100-continue\r\n\r\n";
const BODY: &str =
    r#"{"receiver":"cometchat-uid-2","receiverType":"user","type":"audio","x":1234}"#;

/// Sends all of a request but its end, and waits until the server has begun to read it.
fn begin(server: &Server) -> TcpStream {
    assert_eq!(BODY.len(), 76);
    let mut stream = connect(server);
    stream.write_all(HEAD.as_bytes()).unwrap();
    let mut interim = [0; 25];
    stream.read_exact(&mut interim).unwrap();
    assert_eq!(&interim, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(&BODY.as_bytes()[..40]).unwrap();
    stream
}

/// A connection that was taken, as its first answer shows, and on which nothing is asked any more.
/// One that is only queued is reset when the server goes.
fn answered(server: &Server) -> TcpStream {
    let mut stream = connect(server);
    stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    let mut came = Vec::new();
    while !came.ends_with(b"}") {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        came.push(byte[0]);
    }
    stream
}

#[test]
fn both_signals_end_it_with_code_0() {
    for name in ["TERM", "INT"] {
        let server = Server::start(&[]);
        signal(&server, name);
        let (status, said) = server.ended();
        assert_eq!(status.code(), Some(0), "{name}: {said}");
        assert!(said.contains("stopped"), "{said}");
    }
}

#[test]
fn who_is_half_way_through_a_request_line_or_silent_is_not_waited_for() {
    let server = Server::start(&[]);
    let mut half = connect(&server);
    half.write_all(b"GET /v3/calls HT").unwrap();
    let _silent = connect(&server);
    let _idle = answered(&server);
    signal(&server, "TERM");
    let (status, said) = server.ended();
    assert_eq!(status.code(), Some(0), "{said}");
    assert!(!said.contains("did not finish"), "{said}");
}

#[test]
fn a_request_under_way_is_finished_and_no_new_one_is_taken() {
    let server = Server::start(&[]);
    let mut under_way = begin(&server);
    let mut idle = answered(&server);
    signal(&server, "TERM");

    // A connection without a request is closed at once; from then on it is known to be stopping.
    assert_eq!(idle.read(&mut [0; 1]).unwrap(), 0);
    let address = server.url.strip_prefix("http://").unwrap();
    assert!(TcpStream::connect(address).is_err(), "it takes new connections");
    under_way.write_all(&BODY.as_bytes()[40..]).unwrap();
    let mut answer = String::new();
    under_way.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    assert!(answer.contains(r#""status":"initiated""#), "{answer}");

    let (status, said) = server.ended();
    assert_eq!(status.code(), Some(0), "{said}");
    assert!(!said.contains("did not finish"), "{said}");
}

#[test]
fn a_request_that_never_ends_does_not_keep_it_running() {
    let server = Server::start(&[]);
    let stuck = begin(&server);
    signal(&server, "TERM");
    let (status, said) = server.ended();
    assert_eq!(status.code(), Some(0), "{said}");
    assert!(said.contains("did not finish within 5 seconds"), "{said}");
    drop(stuck);
}

#[test]
fn the_port_file_is_there_while_it_serves_and_gone_afterwards() {
    let dir = std::env::temp_dir().join(format!("mock-calls-{}", std::process::id()));
    std::fs::create_dir_all(&dir).unwrap();
    let file = dir.join("port");
    let server = Server::start(&["--port-file", file.to_str().unwrap()]);
    let port = std::fs::read_to_string(&file).unwrap();
    assert!(server.url.ends_with(&format!(":{}", port.trim_end())), "{port} {}", server.url);
    signal(&server, "TERM");
    server.ended();
    assert!(!file.exists());
    std::fs::remove_dir_all(dir).unwrap();
}

#[test]
fn a_port_file_that_cannot_be_written_is_an_error() {
    let output =
        crate::run::binary().args(["--port", "0", "--port-file", "/no/such/dir/port"]).output();
    let output = output.unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("cannot write the port to /no/such/dir/port"), "{said}");
}

#[test]
fn who_asks_twice_does_not_wait_for_what_is_under_way() {
    let server = Server::start(&[]);
    let _stuck = begin(&server);
    let mut idle = answered(&server);
    signal(&server, "INT");
    // It has heard the first one when it closes what is idle.
    assert_eq!(idle.read(&mut [0; 1]).unwrap(), 0);
    signal(&server, "INT");
    let (status, said) = server.ended();
    assert_eq!(status.code(), Some(0), "{said}");
    assert!(said.contains("did not finish"), "{said}");
}

#[test]
fn requests_are_logged_when_asked_for_and_tokens_never() {
    let server = Server::start(&["-v", "--log-format", "text"]);
    let mut stream = connect(&server);
    let token = "cometchat-uid-1_17000000000123456789abcdef";
    // The second is to a route that there is not.
    let request = format!(
        "GET /users/cometchat-uid-1/auth_tokens/{token} HTTP/1.1\r\nHost: x\r\n\
         apikey: mock-rest-api-key\r\n\r\n\
         GET /users/cometchat-uid-1/auth_tokens/{token}/more HTTP/1.1\r\nHost: x\r\n\
         apikey: mock-rest-api-key\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.contains("AUTH_ERR_AUTH_TOKEN_NOT_FOUND"), "{answer}");
    signal(&server, "TERM");
    let (_, said) = server.ended();
    assert!(said.contains("/users/cometchat-uid-1/auth_tokens/*****"), "{said}");
    assert!(said.contains("AUTH_ERR_AUTH_TOKEN_NOT_FOUND"), "{said}");
    assert!(said.contains("users: there is no token comet"), "{said}");
    assert!(said.contains("route: nothing answers GET /users/"), "{said}");
    for secret in [token, "mock-rest-api-key"] {
        assert!(!said.contains(secret), "{said}");
    }
}
