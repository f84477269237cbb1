//! Requests one after the other on a connection, whose bodies come and end in every way.

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::support::Mock;

/// Reads one answer, and gives its status.
async fn status(stream: &mut TcpStream) -> u16 {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap());
    }
    let head = String::from_utf8(head).unwrap().to_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
    let mut body = vec![0; length.parse().unwrap()];
    stream.read_exact(&mut body).await.unwrap();
    head[9..12].parse().unwrap()
}

#[tokio::test]
async fn a_body_is_read_to_its_end_and_the_next_request_begins_behind_it() {
    let mock = Mock::start().await;
    let address = mock.url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let head = |method: &str, path: &str, more: &str| {
        let key = "apikey: mock-rest-api-key";
        format!("{method} {path} HTTP/1.1\r\nHost: x\r\n{key}\r\n{more}\r\n\r\n")
    };
    let post = |more: &str| head("POST", "/v3/users", more);
    let known = |uid: &str| head("GET", &format!("/v3/users/{uid}"), "accept: */*");
    let long = "x".repeat(300_000);
    let long = format!(r#"{{"uid":"four","name":"Four","metadata":{{"long":"{long}"}}}}"#);
    for (uid, pieces) in [
        // Whole, and with the next request behind it.
        ("one", vec![post("content-length: 26"), r#"{"uid":"one","name":"One"}"#.to_owned()]),
        // In two pieces, and with a field that comes twice: the last one counts.
        (
            "two",
            vec![
                post("content-length: 40"),
                r#"{"uid":"wrong","name":"#.to_owned(),
                r#""Two","uid":"two"}"#.to_owned(),
            ],
        ),
        // In chunks, with a trailer.
        (
            "three",
            vec![
                post("transfer-encoding: chunked"),
                "10\r\n{\"uid\":\"three\",\"\r\n".to_owned(),
                "e\r\nname\":\"Three\"}\r\n0\r\nx-trailer: 1\r\n\r\n".to_owned(),
            ],
        ),
        ("four", vec![post(&format!("content-length: {}", long.len())), long]),
    ] {
        for piece in pieces {
            stream.write_all(piece.as_bytes()).await.unwrap();
            tokio::task::yield_now().await;
        }
        stream.write_all(known(uid).as_bytes()).await.unwrap();
        let statuses = [status(&mut stream).await, status(&mut stream).await];
        assert_eq!(statuses, [200, 200], "{uid}");
    }
}
