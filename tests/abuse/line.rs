//! A connection on which anything can be written.

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::{Shutdown, SocketAddr, TcpStream},
    time::Duration,
};

/// Nothing takes so long that is answered at all.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct Line(BufReader<TcpStream>);

/// An answer.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: String,
}

/// A request for a user's account, with the API key.
pub(crate) fn request(first_line: &str, headers: &str) -> String {
    format!("{first_line}\r\nHost: localhost\r\napikey: mock-rest-api-key\r\n{headers}\r\n")
}

impl Line {
    pub(crate) fn to(address: SocketAddr) -> Self {
        Self::of(TcpStream::connect(address).unwrap())
    }

    pub(crate) fn of(stream: TcpStream) -> Self {
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        Self(BufReader::new(stream))
    }

    pub(crate) fn stream(&self) -> &TcpStream {
        self.0.get_ref()
    }

    /// Asks without a key, and returns the status.
    pub(crate) fn get(&mut self, path: &str) -> u16 {
        self.write(format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").as_bytes());
        self.answer().status
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) {
        self.0.get_mut().write_all(bytes).unwrap();
    }

    /// Writes as long as somebody takes it.
    pub(crate) fn try_to_write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.get_mut().write_all(bytes)
    }

    /// Says that nothing more comes.
    pub(crate) fn finish(&self) {
        self.stream().shutdown(Shutdown::Write).unwrap();
    }

    #[track_caller]
    pub(crate) fn answer(&mut self) -> Answer {
        self.try_answer().unwrap().unwrap()
    }

    /// The next answer; none when the connection was closed instead.
    pub(crate) fn try_answer(&mut self) -> io::Result<Option<Answer>> {
        let first = self.head_line()?;
        if first.is_empty() {
            return Ok(None);
        }
        let status = first.split(' ').nth(1).and_then(|status| status.parse().ok());
        let status = status.unwrap_or_else(|| panic!("no status: {first}"));
        let mut length = 0;
        loop {
            let line = self.head_line()?.to_ascii_lowercase();
            match line.split_once(": ") {
                Some(("content-length", value)) => length = value.parse().unwrap(),
                Some(_) => {}
                None => break,
            }
        }
        let mut body = vec![0; length];
        self.0.read_exact(&mut body)?;
        Ok(Some(Answer { status, body: String::from_utf8(body).unwrap() }))
    }

    fn head_line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        self.0.read_line(&mut line)?;
        Ok(line.trim_end().to_owned())
    }

    /// Reads until the server closes, in whichever way. Returns what came.
    #[track_caller]
    pub(crate) fn closed(&mut self) -> Vec<u8> {
        let mut came = Vec::new();
        match self.0.read_to_end(&mut came) {
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::ConnectionReset => {}
            Err(error) => panic!("it is not closed: {error}"),
        }
        came
    }

    /// Reads so many bytes.
    pub(crate) fn exactly(&mut self, bytes: &mut [u8]) -> io::Result<()> {
        self.0.read_exact(bytes)
    }
}
