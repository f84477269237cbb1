//! Webhooks of the binary: told at the end, through a proxy, and by the flags.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
};

use crate::{readme::shell::Shell, run::Server};

/// A receiver that says when a delivery has come, and answers when it is told to.
struct Receiver(TcpListener);

impl Receiver {
    fn new() -> Self {
        Self(TcpListener::bind("127.0.0.1:0").unwrap())
    }

    #[cfg(unix)]
    fn url(&self) -> String {
        format!("http://{}/hook", self.0.local_addr().unwrap())
    }

    /// The next delivery: where to answer, its first line and its body.
    fn next(&self) -> (TcpStream, String, String) {
        let (stream, _) = self.0.accept().unwrap();
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        let (mut first, mut length) = (String::new(), 0);
        reader.read_line(&mut first).unwrap();
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).unwrap();
            let line = line.trim_end().to_ascii_lowercase();
            if let Some(given) = line.strip_prefix("content-length: ") {
                length = given.parse().unwrap();
            }
            if line.is_empty() {
                break;
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).unwrap();
        (stream, first, String::from_utf8(body).unwrap())
    }
}

fn answer(stream: &mut TcpStream) {
    stream.write_all(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n").unwrap();
}

/// Rings, and has the caller give up: two deliveries, the second one behind the first.
fn ring_and_cancel(server: &Server) {
    let url = &server.url;
    let by = "-H 'apikey: mock-rest-api-key' -H 'onBehalfOf: cometchat-uid-1' \
              -H 'Content-Type: application/json'";
    let ring = r#"{"receiver":"cometchat-uid-2","receiverType":"user","type":"audio"}"#;
    let mut shell = Shell::default();
    let message = shell.run(&format!("curl -s {url}/v3/calls {by} -d '{ring}'"));
    let start = message.find("v1.us.").unwrap();
    let session = message[start..].split('"').next().unwrap();
    let cancel = r#"{"status":"cancelled"}"#;
    shell.run(&format!("curl -s -X PUT {url}/v3/calls/{session} {by} -d '{cancel}'"));
}

#[cfg(unix)]
#[test]
fn what_is_under_way_at_a_signal_is_delivered_with_what_waits_behind_it() {
    let receiver = Receiver::new();
    let server = Server::start(&["--webhook", &receiver.url()]);
    ring_and_cancel(&server);
    let (mut first, _, body) = receiver.next();
    assert!(body.starts_with(r#"{"trigger":"call_initiated""#), "{body}");
    crate::stop::signal(&server, "TERM");
    // That it takes no connections any more says that the signal has come.
    while TcpStream::connect(server.url.strip_prefix("http://").unwrap()).is_ok() {}
    answer(&mut first);
    let (mut second, _, body) = receiver.next();
    assert!(body.starts_with(r#"{"trigger":"call_cancelled""#), "{body}");
    answer(&mut second);
    let (status, said) = server.ended();
    assert_eq!(status.code(), Some(0), "{said}");
    assert!(!said.contains("dropped"), "{said}");
}

#[cfg(unix)]
#[test]
fn what_is_lost_at_a_second_signal_is_logged() {
    let receiver = Receiver::new();
    let server = Server::start(&["--webhook", &receiver.url()]);
    ring_and_cancel(&server);
    let held = receiver.next();
    crate::stop::signal(&server, "TERM");
    while TcpStream::connect(server.url.strip_prefix("http://").unwrap()).is_ok() {}
    crate::stop::signal(&server, "TERM");
    let (status, said) = server.ended();
    assert_eq!(status.code(), Some(0), "{said}");
    let lost = "deliveries did not go out before the server stopped and were dropped";
    assert!(said.contains(lost), "{said}");
    assert!(said.contains("webhook=webhook-1") && said.contains("lost=2"), "{said}");
    drop(held);
}

#[test]
fn a_proxy_of_the_surroundings_is_used() {
    let proxy = Receiver::new();
    let at = format!("http://{}", proxy.0.local_addr().unwrap());
    let variables = [("HTTP_PROXY", at.as_str()), ("http_proxy", &at)];
    let server = Server::start_in(&variables, &["--webhook", "http://receiver.test/hook"]);
    ring_and_cancel(&server);
    let (mut stream, first, _) = proxy.next();
    assert_eq!(first.trim_end(), "POST http://receiver.test/hook HTTP/1.1");
    answer(&mut stream);
}

#[cfg(unix)]
#[test]
fn every_try_is_a_line_of_a_log_that_shows_requests() {
    let receiver = Receiver::new();
    let server = Server::start(&["-v", "--webhook", &format!("{}?token=letmein", receiver.url())]);
    ring_and_cancel(&server);
    for _ in 0..2 {
        answer(&mut receiver.next().0);
    }
    crate::stop::signal(&server, "TERM");
    let (_, said) = server.ended();
    let told: Vec<_> = said.lines().filter(|line| line.contains("webhook=\"webhook-1\"")).collect();
    assert_eq!(told.len(), 2, "{said}");
    for (line, trigger) in told.iter().zip(["call_initiated", "call_cancelled"]) {
        for field in [&format!("trigger=\"{trigger}\""), "attempt=1", "status=204", "\"delivered\""]
        {
            assert!(line.contains(field), "{field}: {line}");
        }
    }
    assert!(!said.contains("letmein"), "{said}");
}
