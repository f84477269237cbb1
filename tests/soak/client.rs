//! A client with one connection, that waits for every answer.

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    sync::Arc,
    time::Duration,
};

use serde_json::Value;

use crate::tally::Tally;

/// Nothing takes so long; this only keeps a server that hangs from hanging the soak.
const PATIENCE: Duration = Duration::from_secs(120);
/// After so many requests a connection is closed, and another one opened.
const LONGEST: usize = 1000;

pub(crate) struct Client {
    address: SocketAddr,
    line: Option<BufReader<TcpStream>>,
    sent: usize,
    tally: Arc<Tally>,
}

/// What is asked.
#[derive(Default)]
pub(crate) struct Ask<'a> {
    pub(crate) method: &'static str,
    pub(crate) path: &'a str,
    /// Lines, each with its end.
    pub(crate) headers: &'a str,
    pub(crate) body: &'a str,
}

/// What came.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) text: String,
}

impl Client {
    pub(crate) fn new(address: SocketAddr, tally: Arc<Tally>) -> Self {
        Self { address, line: None, sent: 0, tally }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Sends a request, and returns the answer.
    pub(crate) fn send(&mut self, ask: &Ask<'_>) -> Reply {
        self.tally.request();
        match self.attempt(ask) {
            Some(reply) => reply,
            // Over a connection of its own, which nobody can have closed for being idle.
            None => {
                self.tally.hang_up();
                let reply = self.attempt(ask);
                reply.unwrap_or_else(|| panic!("no answer to {} {}", ask.method, ask.path))
            }
        }
    }

    /// The same, for a request that is not to be answered.
    pub(crate) fn send_in_vain(&mut self, ask: &Ask<'_>) {
        self.tally.request();
        self.line = None;
        if let Some(reply) = self.attempt(ask) {
            panic!("{} {} is answered: {reply:?}", ask.method, ask.path);
        }
    }

    /// None, if the server has closed the connection instead of answering.
    fn attempt(&mut self, ask: &Ask<'_>) -> Option<Reply> {
        if self.sent == LONGEST {
            (self.line, self.sent) = (None, 0);
        }
        let mut line = self.line.take().unwrap_or_else(|| connect(self.address));
        let written = line.get_mut().write_all(&ask.bytes());
        let reply = written.and_then(|()| read(&mut line));
        match reply {
            Ok(reply) => {
                self.line = Some(line);
                self.sent += 1;
                Some(reply)
            }
            Err(error) if is_hang_up(&error) => None,
            Err(error) => panic!("{} {}: {error}", ask.method, ask.path),
        }
    }
}

impl Ask<'_> {
    fn bytes(&self) -> Vec<u8> {
        let Self { method, path, headers, body } = self;
        let length = body.len();
        let json = if length > 0 { "Content-Type: application/json\r\n" } else { "" };
        format!(
            "{method} {path} HTTP/1.1\r\nHost: localhost\r\n{headers}{json}\
             Content-Length: {length}\r\n\r\n{body}"
        )
        .into_bytes()
    }
}

impl Reply {
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }
}

pub(crate) fn connect(address: SocketAddr) -> BufReader<TcpStream> {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_nodelay(true).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.set_write_timeout(Some(PATIENCE)).unwrap();
    BufReader::with_capacity(64 * 1024, stream)
}

fn is_hang_up(error: &io::Error) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionReset, UnexpectedEof};
    matches!(error.kind(), BrokenPipe | ConnectionReset | UnexpectedEof)
}

fn read(line: &mut BufReader<TcpStream>) -> io::Result<Reply> {
    let first = head_line(line)?;
    let status = first.split(' ').nth(1).and_then(|status| status.parse().ok());
    let status = status.unwrap_or_else(|| panic!("no status: {first}"));
    let mut length = 0;
    loop {
        let header = head_line(line)?.to_ascii_lowercase();
        match header.split_once(": ") {
            Some(("content-length", value)) => length = value.parse().unwrap(),
            Some(_) => {}
            None => break,
        }
    }
    let mut body = vec![0; length];
    line.read_exact(&mut body)?;
    Ok(Reply { status, text: String::from_utf8(body).unwrap() })
}

/// A line of an answer's head; it is empty where the body begins.
pub(crate) fn head_line(line: &mut impl BufRead) -> io::Result<String> {
    let mut text = String::new();
    if line.read_line(&mut text)? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(text.trim_end().to_owned())
}
