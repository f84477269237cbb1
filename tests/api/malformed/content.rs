//! What a body says of itself, and how large it is.

use serde_json::json;

use super::{
    raw,
    raw::Then::{Closes, Waits},
    row::{
        Expected::{self, Accepted, Invalid, Refused, Says},
        Row, run,
    },
};

const MIB: usize = 1024 * 1024;
const TYPE: Expected =
    Says(&[("content-type", "The Content-Type header must be application/json.")]);
const BODY: Expected = Invalid(&["body"]);
const ENCODING: Expected =
    Says(&[("content-encoding", "Compressed bodies are not supported; send the body as it is.")]);
const TOO_LARGE: Expected = Refused(413, "ERR_PAYLOAD_TOO_LARGE");

const RING: &str = r#"{"receiver":"cometchat-uid-2","receiverType":"user","type":"audio"}"#;
const FORM: &str = "receiver=cometchat-uid-2&receiverType=user&type=audio";
const PARTS: &str =
    "--x\r\nContent-Disposition: form-data; name=\"receiver\"\r\n\r\ncometchat-uid-2\r\n--x--\r\n";

#[tokio::test]
async fn bodies_of_another_kind() {
    run(rows()).await;
}

#[tokio::test]
async fn bodies_that_are_too_large() {
    run(sizes()).await;
}

#[rustfmt::skip]
fn kinds() -> Vec<(&'static str, &'static str, &'static [u8], Expected)> {
    vec![
        ("text",                  "text/plain",                        RING.as_bytes(),  TYPE),
        ("HTML",                  "text/html; charset=utf-8",          b"<p>hello</p>",  TYPE),
        ("XML",                   "application/xml",                   b"<call/>",       TYPE),
        ("a form",                "application/x-www-form-urlencoded", FORM.as_bytes(),  TYPE),
        ("JSON as a form",        "application/x-www-form-urlencoded", RING.as_bytes(),  TYPE),
        ("parts",                 "multipart/form-data; boundary=x",   PARTS.as_bytes(), TYPE),
        ("parts without limits",  "multipart/form-data",               PARTS.as_bytes(), TYPE),
        ("bytes",                 "application/octet-stream",          RING.as_bytes(),  TYPE),
        ("nearly JSON",           "application/jsonp",                 RING.as_bytes(),  TYPE),
        ("JSON as text",          "text/json",                         RING.as_bytes(),  TYPE),
        ("JSON by lines",         "application/x-ndjson",              RING.as_bytes(),  TYPE),
        ("JSON of a vendor",      "application/vnd.api+json",          RING.as_bytes(),  TYPE),
        ("half a type",           "application",                       RING.as_bytes(),  TYPE),
        ("a type in brackets",    "<application/json>",                RING.as_bytes(),  TYPE),
        ("two types",             "application/json, text/plain",      RING.as_bytes(),  TYPE),
        ("broken and no JSON",    "text/plain",                        b"{",             TYPE),
        ("Latin-1 as announced",  "application/json; charset=iso-8859-1", b"{\"receiver\":\"\xe9\"}", BODY),
        ("UTF-16 as announced",   "application/json; charset=utf-16",  b"\xff\xfe{\0}\0", BODY),
        ("capitals",              "APPLICATION/JSON",                  RING.as_bytes(),  Accepted),
        ("a charset",             "application/json; charset=utf-8",   RING.as_bytes(),  Accepted),
        ("another charset",       "application/json;charset=\"us-ascii\"", RING.as_bytes(), Accepted),
        ("an empty type",         "",                                  RING.as_bytes(),  Accepted),
    ]
}

pub fn rows() -> Vec<Row> {
    let kinds = kinds().into_iter().map(|(name, kind, body, expected)| {
        Row::new(name, "POST /calls", expected).body(kind, body)
    });
    let encoded = |name: &str, encoding: &str, body: &[u8], expected| {
        Row::new(name, "POST /calls", expected)
            .body("application/json", body)
            .header("content-encoding", encoding)
    };
    let encodings = [
        encoded("no gzip at all", "gzip", b"garbage", ENCODING),
        encoded("the start of a gzip", "gzip", b"\x1f\x8b\x08\0\0\0\0\0\0\x03", ENCODING),
        encoded("no deflate at all", "deflate", b"\x78\x9c\xff\xff", ENCODING),
        encoded("no Brotli at all", "br", b"\xce\xb2\xcf\x81", ENCODING),
        encoded("two encodings", "gzip, br", b"\x1f\x8b", ENCODING),
    ];
    let untyped = |name: &str, header: &str, body: &[u8], expected| {
        let length = format!("Content-Length: {}", body.len());
        let headers = ["onBehalfOf: cometchat-uid-1", header, &length];
        Row::bytes(name, raw::request("POST /calls HTTP/1.1", &headers, body), Waits, expected)
    };
    let raws = [
        untyped("no type, no JSON", "x: y", b"garbage", BODY),
        untyped("a type that is no text", "Content-Type: application/jsön", b"{}", TYPE),
        untyped("a type with a tab", "Content-Type: application\t/json", b"{}", TYPE),
    ];
    kinds.chain(encodings).chain(raws).collect()
}

pub fn sizes() -> Vec<Row> {
    // Blanks are part of the body and mean nothing, so it stays good JSON.
    let padded = |size: usize| format!("{RING}{}", " ".repeat(size - RING.len()));
    let named = |size: usize| json!({ "uid": "large", "name": "x".repeat(size) });
    let row = |name: &str, route: &str, expected| Row::new(name, route, expected);
    let json = "application/json";
    vec![
        row("1 MiB", "POST /calls", Accepted).body(json, padded(MIB)),
        row("1 MiB and a byte", "POST /calls", TOO_LARGE).body(json, padded(MIB + 1)),
        row("5 MiB of JSON", "POST /calls", TOO_LARGE).body(json, padded(5 * MIB)),
        row("5 MiB of a name", "POST /users", TOO_LARGE).json(&named(5 * MIB)),
        row("5 MiB of garbage", "POST /calls", TOO_LARGE).body(json, vec![0xff; 5 * MIB]),
        row("5 MiB of text", "POST /calls", TOO_LARGE).body("text/plain", vec![b'x'; 5 * MIB]),
        row("2 MiB to a call", "PUT /calls/none", TOO_LARGE).body(json, padded(2 * MIB)),
        row("2 MiB to a type", "PATCH /calls/none/type", TOO_LARGE).body(json, padded(2 * MIB)),
        row("2 MiB to a delete", "DELETE /users/cometchat-uid-1", TOO_LARGE)
            .body(json, padded(2 * MIB)),
        row("2 MiB for a stranger", "POST /calls", Refused(404, "ERR_UID_NOT_FOUND"))
            .body(json, padded(2 * MIB))
            .header("onBehalfOf", "nobody"),
        row("2 MiB for no session", "PUT /calls/", Refused(400, "ERR_EMPTY_CALL_SESSION_ID"))
            .body(json, padded(2 * MIB)),
        chunks("2 MiB in chunks", 2 * MIB, TOO_LARGE),
        unwanted("5 MiB to no route", "POST /nowhere", "", Refused(404, "ERR_API_NOT_FOUND")),
        unwanted("5 MiB to a bad path", "POST /calls/%zz", "", Invalid(&["path"])),
        unwanted(
            "5 MiB to a wrong app",
            "POST /calls",
            "a b",
            Refused(401, "AUTH_ERR_INVALID_APPID"),
        ),
        announced("1 GiB announced, a byte sent", 1024 * MIB, BODY),
    ]
}

fn chunks(name: &str, size: usize, expected: Expected) -> Row {
    let headers = ["onBehalfOf: cometchat-uid-1", "Transfer-Encoding: chunked"];
    let mut bytes = raw::request("POST /calls HTTP/1.1", &headers, b"");
    for _ in 0..size / 1024 {
        bytes.extend(b"400\r\n");
        bytes.extend([b'x'; 1024]);
        bytes.extend(b"\r\n");
    }
    bytes.extend(b"0\r\n\r\n");
    Row::bytes(name, bytes, Waits, expected)
}

fn announced(name: &str, size: usize, expected: Expected) -> Row {
    let length = format!("Content-Length: {size}");
    let headers = ["onBehalfOf: cometchat-uid-1", &length];
    Row::bytes(name, raw::request("POST /calls HTTP/1.1", &headers, b"{"), Closes, expected)
}

/// A body that is refused whatever is in it.
fn unwanted(name: &str, route: &str, app: &str, expected: Expected) -> Row {
    let (app, length) = (format!("appId: {app}"), format!("Content-Length: {}", 5 * MIB));
    let body = vec![b'x'; 5 * MIB];
    let bytes = raw::request(&format!("{route} HTTP/1.1"), &[&app, &length], &body);
    Row::bytes(name, bytes, Waits, expected)
}
