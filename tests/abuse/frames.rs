//! HTTP/2, frame by frame (RFC 9113), and headers as HPACK has them (RFC 7541).

use std::{io, net::SocketAddr};

use crate::line::Line;

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

pub(crate) const HEADERS: u8 = 1;
pub(crate) const RST_STREAM: u8 = 3;
pub(crate) const SETTINGS: u8 = 4;
pub(crate) const PING: u8 = 6;
pub(crate) const GOAWAY: u8 = 7;
pub(crate) const CONTINUATION: u8 = 9;

pub(crate) const END_STREAM: u8 = 1;
pub(crate) const ACK: u8 = 1;
pub(crate) const END_HEADERS: u8 = 4;

/// Of `SETTINGS`.
pub(crate) const INITIAL_WINDOW: u16 = 4;

/// The code with which a stream is refused that was one too many.
pub(crate) const REFUSED_STREAM: u32 = 7;

#[derive(Debug)]
pub(crate) struct Frame {
    pub(crate) kind: u8,
    pub(crate) flags: u8,
    pub(crate) stream: u32,
    pub(crate) payload: Vec<u8>,
}

/// A connection that has begun.
pub(crate) fn begun(address: SocketAddr, settings: &[(u16, u32)]) -> Line {
    let mut line = Line::to(address);
    let settings: Vec<u8> = settings
        .iter()
        .flat_map(|(id, value)| [&id.to_be_bytes()[..], &value.to_be_bytes()].concat())
        .collect();
    line.write(&[PREFACE, &frame(SETTINGS, 0, 0, &settings)].concat());
    line
}

pub(crate) fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

/// `GET`, of a path, with the API key. A literal name or value has a length of one byte here.
pub(crate) fn get(path: &str) -> Vec<u8> {
    // The static table: `:method: GET`, `:scheme: http`, `:path`, `:authority`.
    let mut block = vec![0x82, 0x86, 0x04];
    block.extend(text(path));
    block.push(0x01);
    block.extend(text("localhost"));
    block.push(0x00);
    block.extend(text("apikey"));
    block.extend(text("mock-rest-api-key"));
    block
}

/// The same with another method.
pub(crate) fn post(path: &str) -> Vec<u8> {
    let mut block = get(path);
    block[0] = 0x83;
    block
}

/// A header that the table of the connection is to keep.
pub(crate) fn kept(name: &str, value: &[u8]) -> Vec<u8> {
    let mut block = vec![0x40];
    block.extend(text(name));
    // A length beyond 126, of less than 127 + 2^14: seven bits a byte, the lower ones first.
    let rest = value.len() - 127;
    let bits = |of: usize| u8::try_from(of).unwrap();
    block.extend([0x7f, 0x80 | bits(rest % 128), bits(rest / 128)]);
    block.extend(value);
    block
}

fn text(text: &str) -> Vec<u8> {
    [&[u8::try_from(text.len()).unwrap()], text.as_bytes()].concat()
}

/// The next frame; none when the connection is over.
pub(crate) fn next(line: &mut Line) -> Option<Frame> {
    let mut head = [0; 9];
    line.exactly(&mut head).map_or_else(|error| is_over(&error), Some)?;
    let [a, b, c, kind, flags, stream @ ..] = head;
    let mut payload = vec![0; u32::from_be_bytes([0, a, b, c]) as usize];
    line.exactly(&mut payload).map_or_else(|error| is_over(&error), Some)?;
    Some(Frame { kind, flags, stream: u32::from_be_bytes(stream), payload })
}

/// Every way but that nothing comes.
fn is_over(error: &io::Error) -> Option<()> {
    let waited = matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut);
    assert!(!waited, "nothing comes");
    None
}

/// Says whether the connection is of use still: a ping is answered.
pub(crate) fn is_alive(line: &mut Line) -> bool {
    let ping = b"areyouok";
    if line.try_to_write(&frame(PING, 0, 0, ping)).is_err() {
        return false;
    }
    while let Some(came) = next(line) {
        if came.kind == PING && came.flags & ACK != 0 && came.payload == ping {
            return true;
        }
        if came.kind == GOAWAY {
            return false;
        }
    }
    false
}
