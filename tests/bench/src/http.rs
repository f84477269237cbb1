//! A connection that is kept alive: writes requests as they are, reads answers to their end. It
//! does as little as it can, for its work is done beside that of the server that is measured.

use std::{
    io::{self, Read, Write},
    net::{SocketAddr, TcpStream},
    time::{Duration, Instant},
};

use crate::Outcome;

/// How long an answer may take; a rival's first ones come late.
const PATIENCE: Duration = Duration::from_secs(30);

/// A connection to a server.
pub(crate) struct Connection {
    stream: TcpStream,
    /// What has come and was not used yet is `buffer[..filled]`.
    buffer: Vec<u8>,
    filled: usize,
    joined: Vec<u8>,
    /// How long was waited, where that is done awake.
    waited: Option<Duration>,
}

/// An answer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Answer<'a> {
    pub(crate) status: u16,
    pub(crate) head: &'a [u8],
    pub(crate) body: &'a [u8],
}

/// An answer to keep.
pub(crate) struct Told {
    pub(crate) status: u16,
    /// The headers that not every server sends, each in a line of its own.
    pub(crate) headers: String,
    pub(crate) body: String,
}

/// How long the body is.
enum Length {
    Known(usize),
    Chunked,
}

impl Connection {
    pub(crate) fn open(to: SocketAddr) -> Outcome<Self> {
        let stream = TcpStream::connect(to)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Self { stream, buffer: vec![0; 16 * 1024], filled: 0, joined: Vec::new(), waited: None })
    }

    /// Waits awake from here on: who sleeps has to be woken, which is the server's work.
    pub(crate) fn stay_awake(&mut self) -> Outcome {
        self.waited = Some(Duration::ZERO);
        Ok(self.stream.set_nonblocking(true)?)
    }

    /// How long was waited awake.
    pub(crate) fn waited(&self) -> Duration {
        self.waited.unwrap_or_default()
    }

    pub(crate) fn send(&mut self, request: &[u8]) -> Outcome {
        let mut left = request;
        while !left.is_empty() {
            let written = awake(&mut self.stream, &mut self.waited, |stream| stream.write(left))?;
            left = left.get(written..).unwrap_or_default();
        }
        Ok(())
    }

    /// Reads the next answer, and hands it to a function before its place is used again.
    pub(crate) fn receive<T>(&mut self, then: impl FnOnce(Answer<'_>) -> T) -> Outcome<T> {
        let begin = loop {
            if let Some(end) = find(self.came(), b"\r\n\r\n") {
                break end + 4;
            }
            self.more()?;
        };
        let (status, length) = read_head(self.buffer.get(..begin).unwrap_or_default())?;
        let (body, end) = match length {
            Length::Known(length) => {
                while self.filled < begin + length {
                    self.more()?;
                }
                (self.buffer.get(begin..begin + length).unwrap_or_default(), begin + length)
            }
            Length::Chunked => {
                let end = self.join_chunks(begin)?;
                (self.joined.as_slice(), end)
            }
        };
        let head = self.buffer.get(..begin).unwrap_or_default();
        let result = then(Answer { status, head, body });
        self.buffer.copy_within(end..self.filled, 0);
        self.filled -= end;
        Ok(result)
    }

    fn came(&self) -> &[u8] {
        self.buffer.get(..self.filled).unwrap_or_default()
    }

    fn more(&mut self) -> Outcome {
        if self.filled == self.buffer.len() {
            self.buffer.resize(self.filled * 2, 0);
        }
        let room = self.buffer.get_mut(self.filled..).unwrap_or_default();
        match awake(&mut self.stream, &mut self.waited, |stream| stream.read(room))? {
            0 => Err("the server hung up".into()),
            read => {
                self.filled += read;
                Ok(())
            }
        }
    }

    /// Puts the chunks that begin at a place one after the other. Gives where the answer ends.
    fn join_chunks(&mut self, mut at: usize) -> Outcome<usize> {
        self.joined.clear();
        loop {
            let line = loop {
                if let Some(end) = find(self.came().get(at..).unwrap_or_default(), b"\r\n") {
                    break end;
                }
                self.more()?;
            };
            let size = std::str::from_utf8(self.came().get(at..at + line).unwrap_or_default())?;
            let size = usize::from_str_radix(size.split(';').next().unwrap_or_default(), 16)?;
            let (from, to) = (at + line + 2, at + line + 2 + size);
            while self.filled < to + 2 {
                self.more()?;
            }
            self.joined.extend_from_slice(self.buffer.get(from..to).unwrap_or_default());
            at = to + 2;
            if size == 0 {
                return Ok(at);
            }
        }
    }
}

/// Does something with a stream, again and again for as long as it would have to wait.
fn awake(
    stream: &mut TcpStream,
    waited: &mut Option<Duration>,
    mut act: impl FnMut(&mut TcpStream) -> io::Result<usize>,
) -> Outcome<usize> {
    let Some(waited) = waited else { return Ok(act(stream)?) };
    let mut begin: Option<Instant> = None;
    loop {
        match act(stream) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                if begin.get_or_insert_with(Instant::now).elapsed() > PATIENCE {
                    return Err("no answer in time".into());
                }
            }
            done => {
                *waited += begin.map_or(Duration::ZERO, |begin| begin.elapsed());
                return Ok(done?);
            }
        }
    }
}

/// Sends one request over a connection of its own.
pub(crate) fn ask(to: SocketAddr, request: &[u8]) -> Outcome<Told> {
    let mut connection = Connection::open(to)?;
    connection.send(request)?;
    connection.receive(told)?
}

fn told(answer: Answer<'_>) -> Outcome<Told> {
    let ours = |line: &&str| line.to_ascii_lowercase().starts_with("x-mock-");
    let headers = std::str::from_utf8(answer.head)?.lines().filter(ours);
    let headers = headers.map(|line| format!("{line}\n")).collect();
    Ok(Told { status: answer.status, headers, body: String::from_utf8(answer.body.to_vec())? })
}

fn read_head(head: &[u8]) -> Outcome<(u16, Length)> {
    let status = head.get(9..12).ok_or("no status line")?;
    let status = std::str::from_utf8(status)?.parse()?;
    let mut lines = head.split(|byte| *byte == b'\n');
    let length = lines.find_map(|line| {
        if let Some(value) = header(line, b"content-length:") {
            return value.parse().ok().map(Length::Known);
        }
        let chunked = header(line, b"transfer-encoding:")?.eq_ignore_ascii_case("chunked");
        chunked.then_some(Length::Chunked)
    });
    Ok((status, length.ok_or("an answer without a length")?))
}

/// The value, when the line is of the header of this name.
fn header<'a>(line: &'a [u8], name: &[u8]) -> Option<&'a str> {
    let (found, value) = line.split_at_checked(name.len())?;
    let same = found.eq_ignore_ascii_case(name);
    same.then(|| std::str::from_utf8(value).unwrap_or_default().trim())
}

/// Where the pattern begins.
pub(crate) fn find(text: &[u8], pattern: &[u8]) -> Option<usize> {
    text.windows(pattern.len()).position(|window| window == pattern)
}

#[cfg(test)]
mod tests {
    use std::{net::TcpListener, thread};

    use super::*;

    /// What is read of an answer that comes in these pieces, twice over the same connection, asleep
    /// or awake.
    fn read(pieces: &'static [&'static str], is_awake: bool) -> Outcome<Vec<(u16, String)>> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let server = thread::spawn(move || {
            let (mut stream, _) = listener.accept()?;
            stream.set_nodelay(true)?;
            for piece in pieces.iter().chain(pieces) {
                stream.write_all(piece.as_bytes())?;
            }
            std::io::Result::Ok(())
        });
        let mut connection = Connection::open(address)?;
        if is_awake {
            connection.stay_awake()?;
        }
        let answer =
            |answer: Answer<'_>| (answer.status, String::from_utf8_lossy(answer.body).into_owned());
        let answers = vec![connection.receive(answer)?, connection.receive(answer)?];
        assert!(connection.receive(answer).is_err(), "more than two answers");
        server.join().map_err(|_| "the server")??;
        Ok(answers)
    }

    #[test]
    fn an_answer_ends_where_its_length_says() -> Outcome {
        let pieces = &["HTTP/1.1 400 Bad Request\r\ncontent-le", "ngth: 4\r\n\r\nab", "cd"];
        for is_awake in [false, true] {
            assert_eq!(read(pieces, is_awake)?, vec![(400, "abcd".to_owned()); 2]);
        }
        Ok(())
    }

    #[test]
    fn chunks_are_put_together() -> Outcome {
        let pieces = &[
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r",
            "\nA\r\n0123456789\r\n0\r\n\r\n",
        ];
        for is_awake in [false, true] {
            assert_eq!(read(pieces, is_awake)?, vec![(200, "abc0123456789".to_owned()); 2]);
        }
        Ok(())
    }
}
