//! Requests byte by byte, for what an HTTP client refuses to send.

use std::time::Duration;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use crate::support::{Mock, Reply};

/// Nothing here takes long; this only keeps a hanging server from hanging the tests.
const PATIENCE: Duration = Duration::from_secs(20);

/// What a client does when everything is written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Then {
    /// Waits for the answer.
    Waits,
    /// Says that nothing more comes.
    Closes,
}

/// A request with the REST API key and a last header that has the server close the connection.
pub fn request(first_line: &str, headers: &[&str], body: &[u8]) -> Vec<u8> {
    let key = "apikey: mock-rest-api-key";
    let headers: Vec<&str> = [key].iter().chain(headers).copied().collect();
    bare(first_line, &headers, body)
}

/// The same without the key.
pub fn bare(first_line: &str, headers: &[&str], body: &[u8]) -> Vec<u8> {
    let mut bytes = format!("{first_line}\r\nHost: 127.0.0.1\r\n").into_bytes();
    for header in headers {
        bytes.extend(header.as_bytes());
        bytes.extend(b"\r\n");
    }
    bytes.extend(b"Connection: close\r\n\r\n");
    bytes.extend(body);
    bytes
}

/// Sends bytes on a connection of their own, and reads whatever comes until the server closes it:
/// an answer, or nothing.
pub async fn exchange(mock: &Mock, bytes: &[u8], then: Then) -> Result<Option<Reply>, String> {
    let address = mock.url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    let (mut from, mut to) = stream.split();
    let (mut answer, mut is_heard) = (Vec::new(), true);
    let write = async {
        is_heard = to.write_all(bytes).await.is_ok();
        if then == Then::Closes {
            let _ = to.shutdown().await;
        }
    };
    let read_all = async {
        // What came before a reset is kept, and judged.
        let _ = from.read_to_end(&mut answer).await;
    };
    let both = async { tokio::join!(write, read_all) };
    timeout(PATIENCE, both).await.map_err(|_| "the server hangs".to_owned())?;

    let reply = read(&answer)?;
    // Most clients write first and read afterwards: what closes on them is never read.
    match &reply {
        Some(answer) if !is_heard && answer.request_id.is_some() => {
            Err(format!("{} came before the body was received", answer.status))
        }
        _ => Ok(reply),
    }
}

fn read(mut answer: &[u8]) -> Result<Option<Reply>, String> {
    loop {
        if answer.is_empty() || is_goodbye(answer) {
            return Ok(None);
        }
        let end = answer.windows(4).position(|window| window == b"\r\n\r\n");
        let end = end.ok_or_else(|| format!("no HTTP: {:?}", String::from_utf8_lossy(answer)))?;
        let head = String::from_utf8_lossy(&answer[..end]).into_owned();
        answer = &answer[end + 4..];
        let reply = parse(&head, answer)?;
        // The real answer follows an interim one.
        if reply.status >= 200 {
            return Ok(Some(reply));
        }
    }
}

/// HTTP/2 frames, the last of which is its way of closing a connection.
fn is_goodbye(mut frames: &[u8]) -> bool {
    const GO_AWAY: u8 = 7;
    let mut last = None;
    while let [high, middle, low, kind, rest @ ..] = frames {
        last = Some(*kind);
        let length = u32::from_be_bytes([0, *high, *middle, *low]) as usize;
        // Flags and a stream id come before what the length counts.
        frames = rest.get(5 + length..).unwrap_or_default();
    }
    last == Some(GO_AWAY)
}

fn parse(head: &str, rest: &[u8]) -> Result<Reply, String> {
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok());
    let fields: Vec<(String, &str)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim()))
        .collect();
    let header = |name: &str| {
        fields.iter().find(|(field, _)| field == name).map(|(_, value)| (*value).to_owned())
    };
    let length = header("content-length").map_or(0, |text| text.parse().unwrap());
    let body = rest.get(..length).unwrap_or(rest);
    if body.len() < length {
        return Err(format!("{} of {length} bytes of the answer came", body.len()));
    }
    Ok(Reply {
        status: status.ok_or_else(|| format!("no status: {head}"))?,
        explain: header("x-mock-explain"),
        request_id: header("x-mock-request-id"),
        content_type: header("content-type"),
        text: String::from_utf8_lossy(body).into_owned(),
    })
}
