//! Bytes that are hardly HTTP, or not at all.

use super::{
    raw,
    raw::Then::{self, Closes, Waits},
    row::{
        Expected::{self, Accepted, Invalid, NoHttp, Refused},
        Row, run,
    },
};

const BODY: Expected = Invalid(&["body"]);
const NO_ROUTE: Expected = Refused(404, "ERR_API_NOT_FOUND");
const NO_KEY: Expected = Refused(401, "AUTH_ERR_EMPTY_APIKEY");

#[tokio::test]
async fn bytes_that_are_hardly_http() {
    run(rows()).await;
}

pub fn rows() -> Vec<Row> {
    let lines = lines().into_iter().map(|(name, line, expected)| {
        Row::bytes(name, raw::request(line, &[], b""), Waits, expected)
    });
    let headers = headers().into_iter().map(|(name, header, expected)| {
        Row::bytes(name, raw::request("GET /calls HTTP/1.1", &[header], b""), Waits, expected)
    });
    let bodies = bodies().into_iter().map(|(name, headers, body, then, expected)| {
        let user = "onBehalfOf: cometchat-uid-1";
        let headers: Vec<&str> = [user].into_iter().chain(headers.split('|')).collect();
        let bytes = raw::request("POST /calls HTTP/1.1", &headers, body.as_bytes());
        Row::bytes(name, bytes, then, expected)
    });
    let wholes = wholes()
        .into_iter()
        .map(|(name, bytes, then, expected)| Row::bytes(name, bytes, then, expected));
    lines.chain(headers).chain(bodies).chain(wholes).collect()
}

#[rustfmt::skip]
fn lines() -> Vec<(&'static str, &'static str, Expected)> {
    vec![
        ("garbage",                     "hello, is anybody there?",     NoHttp),
        ("a method alone",              "GET",                          NoHttp),
        ("no path",                     "GET HTTP/1.1",                 NoHttp),
        ("an empty path",               "GET  HTTP/1.1",                NoHttp),
        ("no method",                   "/calls HTTP/1.1",              NoHttp),
        ("no version",                  "GET /calls",                   NoHttp),
        ("half a version",              "GET /calls HTTP/",             NoHttp),
        ("version 0.9",                 "GET /calls HTTP/0.9",          NoHttp),
        ("version 1.2",                 "GET /calls HTTP/1.2",          NoHttp),
        ("version 2.0",                 "GET /calls HTTP/2.0",          NoHttp),
        ("version 9",                   "GET /calls HTTP/9",            NoHttp),
        ("another protocol",            "GET /calls RTSP/1.0",          NoHttp),
        ("a version in small letters",  "GET /calls http/1.1",          NoHttp),
        ("a blank in the path",         "GET /calls/a b HTTP/1.1",      NoHttp),
        ("a tab in the line",           "GET\t/calls\tHTTP/1.1",        NoHttp),
        ("a null byte in the path",     "GET /calls/\0 HTTP/1.1",       NoHttp),
        ("a control character",         "GET /calls/\u{1} HTTP/1.1",    NoHttp),
        ("a blank before",              " GET /calls HTTP/1.1",         NoHttp),
        ("a path that begins nowhere",  "GET calls HTTP/1.1",           NO_ROUTE),
        ("half an absolute path",       "GET http:// HTTP/1.1",         NoHttp),
        ("a path of brackets",          "GET /<calls> HTTP/1.1",        NoHttp),
        ("an absolute path nowhere",    "GET http://x/nowhere HTTP/1.1", NO_ROUTE),
        ("another scheme",              "GET ftp://x/nowhere HTTP/1.1", NO_ROUTE),
        ("a proxy's target",            "CONNECT 127.0.0.1:443 HTTP/1.1", NO_ROUTE),
        ("an old version",              "GET /nowhere HTTP/1.0",        NO_ROUTE),
    ]
}

#[rustfmt::skip]
fn headers() -> Vec<(&'static str, &'static str, Expected)> {
    vec![
        ("a header without a colon",    "apikey",                       NoHttp),
        ("a header without a name",     ": value",                      NoHttp),
        ("a blank before the colon",    "appId : a",                    NoHttp),
        ("a blank before the name",     " appId: a",                    NoHttp),
        ("a name in two words",         "app Id: a",                    NoHttp),
        ("an accented name",            "appÏd: a",                     NoHttp),
        ("a null byte in a value",      "appId: a\0b",                  NoHttp),
        ("a control character in it",   "appId: a\u{7}b",               NoHttp),
        ("a return in a value",         "appId: a\rb",                  NoHttp),
        ("a value on two lines",        "appId: a\r\n b",               NoHttp),
        ("letters for a length",        "Content-Length: abc",          NoHttp),
        ("a length below zero",         "Content-Length: -1",           NoHttp),
        ("a length with a sign",        "Content-Length: +1",           NoHttp),
        ("a length with a point",       "Content-Length: 1.5",          NoHttp),
        ("a length in hexadecimal",     "Content-Length: 0x10",         NoHttp),
        ("an empty length",             "Content-Length:",              NoHttp),
        ("a length beyond numbers",     "Content-Length: 99999999999999999999", NoHttp),
        ("two lengths in one",          "Content-Length: 1, 2",         NoHttp),
        ("two lengths",                 "Content-Length: 1\r\nContent-Length: 2", NoHttp),
        ("an unknown coding",           "Transfer-Encoding: zip",       NoHttp),
        ("chunks and then more",        "Transfer-Encoding: chunked, gzip", NoHttp),
        ("another protocol asked for",  "Upgrade: h2c",                 Accepted),
        ("a socket asked for",          "Upgrade: websocket\r\nSec-WebSocket-Version: 13", Accepted),
        ("an unknown wish",             "Expect: miracles",             Accepted),
    ]
}

/// Headers are parted by a bar.
#[rustfmt::skip]
fn bodies() -> Vec<(&'static str, &'static str, &'static str, Then, Expected)> {
    let chunked = "Transfer-Encoding: chunked";
    vec![
        ("a chunk that ends early",     chunked,  "ff\r\n{",                    Closes, BODY),
        ("chunks without an end",       chunked,  "1\r\n{\r\n",                 Closes, BODY),
        ("no chunk at all",             chunked,  "",                           Closes, BODY),
        ("a chunk of no size",          chunked,  "\r\n{}\r\n0\r\n\r\n",        Waits,  BODY),
        ("a chunk of letters",          chunked,  "zz\r\n{}\r\n0\r\n\r\n",      Waits,  BODY),
        ("a chunk below zero",          chunked,  "-1\r\n{}\r\n0\r\n\r\n",      Waits,  BODY),
        ("a chunk beyond numbers",      chunked,  "fffffffffffffffff\r\n{}",    Waits,  BODY),
        ("a chunk larger than said",    chunked,  "1\r\n{}\r\n0\r\n\r\n",       Waits,  BODY),
        ("chunks of broken JSON",       chunked,  "1\r\n{\r\n1\r\n{\r\n0\r\n\r\n", Waits, BODY),
        ("a body shorter than said",    "Content-Length: 100",  "{}",           Closes, BODY),
        ("a body longer than said",     "Content-Length: 1",    "{}",           Waits,  BODY),
        ("a request inside a body",     "Content-Length: 5",    "GET / HTTP/1.1\r\n\r\n", Waits, BODY),
        ("a wish before broken JSON",   "Content-Length: 1|Expect: 100-continue", "{", Waits, BODY),
        ("a length and chunks",         "Content-Length: 3|Transfer-Encoding: chunked", "1\r\n{\r\n0\r\n\r\n", Waits, BODY),
        ("chunks and a length",         "Transfer-Encoding: chunked|Content-Length: 900", "1\r\n{\r\n0\r\n\r\n", Waits, BODY),
    ]
}

#[rustfmt::skip]
fn wholes() -> Vec<(&'static str, Vec<u8>, Then, Expected)> {
    vec![
        ("nothing",                     b"".to_vec(),                                   Closes, NoHttp),
        ("half a method",               b"GE".to_vec(),                                 Closes, NoHttp),
        ("half a line",                 b"GET /calls HT".to_vec(),                      Closes, NoHttp),
        ("half a header",               b"GET /calls HTTP/1.1\r\nHost: a\r\napik".to_vec(), Closes, NoHttp),
        ("headers without an end",      b"GET /calls HTTP/1.1\r\nHost: a\r\n".to_vec(), Closes, NoHttp),
        ("a TLS greeting",              b"\x16\x03\x01\0\xa5\x01\0\0\xa1\x03\x03\r\n\r\n".to_vec(), Closes, NoHttp),
        ("an SSH greeting",             b"SSH-2.0-OpenSSH_9.6\r\n\r\n".to_vec(),        Waits,  NoHttp),
        ("null bytes",                  vec![0; 4096],                                  Waits,  NoHttp),
        ("a greeting, then garbage",    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\ngarbage, not frames".to_vec(), Waits, NoHttp),
        ("half a greeting",             b"PRI * HTTP/2.0\r\n\r\n".to_vec(),             Closes, NoHttp),
        ("a line that never ends",      vec![b'A'; 1_000_000],                          Waits,  NoHttp),
        ("chunks in an old version",    b"POST /calls HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n".to_vec(), Waits, NoHttp),
        ("an old version, no key",      b"GET /calls HTTP/1.0\r\n\r\n".to_vec(),        Waits,  NO_KEY),
        ("a new version, no host",      b"GET /calls HTTP/1.1\r\nConnection: close\r\n\r\n".to_vec(), Waits, NO_KEY),
        ("line feeds alone",            b"GET /calls HTTP/1.1\nHost: a\nConnection: close\n\n".to_vec(), Waits, NO_KEY),
        ("empty lines first",           b"\r\n\r\nGET /calls HTTP/1.1\r\nConnection: close\r\n\r\n".to_vec(), Waits, NO_KEY),
    ]
}
