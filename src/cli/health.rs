//! `mock-calls health`: one request, one line, one exit status.

use std::{net::SocketAddr, time::Duration};

use axum::http::{
    Uri,
    uri::{Authority, Scheme},
};
use mock_calls::{config::Config, server::url};
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    runtime,
    time::timeout,
};

use super::{failed, print::print};

/// How long the answer may take.
const PATIENCE: Duration = Duration::from_secs(2);
/// More than this is not the answer of a server that is well.
const LONGEST: u64 = 64 << 10;

/// Why a server does not count as healthy.
#[derive(Debug, thiserror::Error)]
enum Unhealthy {
    #[error("expected --url to be such as http://127.0.0.1:2255, for every port answers http")]
    BadUrl,
    #[error("it cannot be reached: {0}")]
    Unreachable(#[from] std::io::Error),
    #[error("it did not answer within 2 seconds")]
    Silent,
    #[error("it answered {0:?} instead of HTTP 200")]
    Status(String),
    #[error("what answers is not mock-calls, or not well")]
    Stranger,
}

/// Asks the server at `url`, or the one that has this configuration. Returns the exit status.
pub(super) fn health(at: Option<String>, config: &Config) -> i32 {
    let own = || url(SocketAddr::new(config.host, config.port));
    let at = at.unwrap_or_else(own);
    let runtime = match runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(error),
    };
    let asked = runtime.block_on(async { timeout(PATIENCE, ask(&at)).await });
    // A name that is still being looked up is not waited for.
    runtime.shutdown_background();
    match asked.unwrap_or(Err(Unhealthy::Silent)) {
        Ok(version) => print(&format!("{at} is healthy: mock-calls {version}")),
        Err(error) => failed(format_args!("{at} is not healthy: {error}")),
    }
}

/// The version of the server there.
async fn ask(at: &str) -> Result<String, Unhealthy> {
    let (authority, path) = place(at).ok_or(Unhealthy::BadUrl)?;
    let host = authority.host().trim_matches(['[', ']']);
    let mut stream = TcpStream::connect((host, authority.port_u16().unwrap_or(80))).await?;
    // In HTTP/1.0, for then the answer ends with the connection.
    let request = format!("GET {path}/healthz HTTP/1.0\r\nHost: {authority}\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.take(LONGEST).read_to_end(&mut answer).await?;
    read(&String::from_utf8_lossy(&answer))
}

/// Host and port, and what stands before the path.
fn place(at: &str) -> Option<(Authority, String)> {
    let uri: Uri = at.parse().ok()?;
    let path = uri.path().trim_end_matches('/').to_owned();
    let is_plain = uri.scheme() == Some(&Scheme::HTTP) && uri.query().is_none();
    Some((uri.authority().filter(|_| is_plain)?.clone(), path))
}

fn read(answer: &str) -> Result<String, Unhealthy> {
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((answer, ""));
    let status = head.lines().next().unwrap_or_default();
    if status.split(' ').nth(1) != Some("200") {
        return Err(Unhealthy::Status(status.to_owned()));
    }
    let body: Value = serde_json::from_str(body).map_err(|_| Unhealthy::Stranger)?;
    let field = |name| body.get(name).and_then(Value::as_str);
    match (field("status"), field("version")) {
        (Some("ok"), Some(version)) => Ok(version.to_owned()),
        _ => Err(Unhealthy::Stranger),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_read() {
        for (at, expected) in [
            ("http://calls:2255", Some(("calls:2255", ""))),
            ("http://[::1]:80/", Some(("[::1]:80", ""))),
            ("http://proxy/calls/", Some(("proxy", "/calls"))),
            ("https://calls:2255", None),
            ("calls:2255", None),
            ("http://calls?x", None),
            ("", None),
        ] {
            let place = place(at);
            let read = place.as_ref().map(|(host, path)| (host.as_str(), path.as_str()));
            assert_eq!(read, expected, "{at}");
        }
    }

    #[test]
    fn only_what_says_that_it_is_well_is() {
        let well = "HTTP/1.0 200 OK\r\nx: y\r\n\r\n{\"status\":\"ok\",\"version\":\"0.1.0\"}";
        assert_eq!(read(well).unwrap(), "0.1.0");
        for (from, to) in [("200", "503"), ("ok", "ill"), ("version", "colour"), ("HTTP/1.0 ", "")]
        {
            assert!(read(&well.replacen(from, to, 1)).is_err(), "{to}");
        }
        assert!(read("").is_err());
    }
}
