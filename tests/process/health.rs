//! `mock-calls health`: one line, and 0 or 1.

use std::{
    io::{Read, Write},
    net::TcpListener,
    process::Output,
};

use crate::run::{Server, binary};

fn asked(url: &str) -> Output {
    binary().args(["health", "--url", url]).output().unwrap()
}

fn refused(output: &Output) -> &str {
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(output.stdout.is_empty(), "{output:?}");
    let said = std::str::from_utf8(&output.stderr).unwrap();
    assert_eq!(said.lines().count(), 1, "{said}");
    said
}

#[test]
fn a_server_that_is_well_is_healthy_also_where_others_may_not_ask() {
    for args in [&[][..], &["--control-token", "t"], &["--no-control"], &["--control-port", "0"]] {
        let server = Server::start(args);
        let output = asked(&server.url);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        let said = String::from_utf8(output.stdout).unwrap();
        let version = env!("CARGO_PKG_VERSION");
        assert_eq!(said, format!("{} is healthy: mock-calls {version}\n", server.url));
    }
}

#[test]
fn without_a_url_it_asks_whom_the_variables_would_start() {
    let server = Server::start(&[]);
    let port = server.url.rsplit(':').next().unwrap();
    for (name, value) in [("PORT", port), ("URL", &server.url)] {
        let mut command = binary();
        // Where a container listens, nobody can be asked.
        command.env("MOCK_CALLS_HOST", "0.0.0.0").env(format!("MOCK_CALLS_{name}"), value);
        let output = command.arg("health").output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{output:?}");
    }
}

#[test]
fn nobody_there_is_not_healthy() {
    let url = {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    };
    let output = asked(&url);
    assert!(refused(&output).contains(&format!("{url} is not healthy: it cannot be reached: ")));
}

#[test]
fn who_answers_something_else_or_nothing_is_not_healthy() {
    for (answer, expected) in [
        (Some("HTTP/1.1 503 Service Unavailable\r\n\r\n"), "503 Service Unavailable"),
        (Some("HTTP/1.1 200 OK\r\n\r\nHello!"), "not mock-calls"),
        (Some(""), "instead of HTTP 200"),
        (None, "did not answer within 2 seconds"),
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/below/", listener.local_addr().unwrap());
        let stranger = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = Vec::new();
            while !request.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                stream.read_exact(&mut byte).unwrap();
                request.push(byte[0]);
            }
            assert!(request.starts_with(b"GET /below/healthz HTTP/1.0\r\nHost: 127.0.0.1:"));
            match answer {
                Some(answer) => stream.write_all(answer.as_bytes()).unwrap(),
                // Until the client goes.
                None => drop(stream.read_to_end(&mut Vec::new())),
            }
        });
        let output = asked(&url);
        assert!(refused(&output).contains(expected), "{output:?}");
        stranger.join().unwrap();
    }
}

#[test]
fn a_url_that_is_none_is_answered_with_one_that_is() {
    for url in ["localhost:2255", "https://localhost:2255", "calls"] {
        let output = asked(url);
        assert!(refused(&output).contains("such as http://127.0.0.1:2255"), "{output:?}");
    }
}
