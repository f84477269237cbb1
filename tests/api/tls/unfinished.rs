//! Clients that begin TLS and do not go on with it.

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::{address, ca, trusting, url};
use crate::support::Mock;

#[tokio::test]
async fn what_is_no_tls_after_all_is_closed_and_the_server_goes_on() {
    let mock = Mock::start().await;
    for garbage in [
        &b"\x16garbage, and no record at all"[..],
        b"\x16\x03\x01\0\x05hello",
        b"\x16\x03\x01\xff\xff",
        b"\x16\x03\x03\0\x04\x01\0\0\0",
        &[0x16; 70_000],
    ] {
        let mut stream = TcpStream::connect(address(&mock)).await.unwrap();
        // It may be closed before everything is written.
        let _ = stream.write_all(garbage).await;
        let _ = stream.shutdown().await;
        let mut came = Vec::new();
        let _ = stream.read_to_end(&mut came).await;
        // An alert record, if anything.
        assert!(came.is_empty() || came[0] == 0x15, "{came:?}");
    }
    let client = trusting(&mock, &ca(&mock).await).build().unwrap();
    let answer = client.get(url(&mock, "localhost", "/healthz")).send().await.unwrap();
    assert_eq!(answer.status(), 200);
}

#[tokio::test]
async fn a_client_that_hangs_up_on_the_certificate_disturbs_nobody() {
    let (mock, other) = (Mock::start().await, Mock::start().await);
    let client = trusting(&mock, &ca(&other).await).build().unwrap();
    for _ in 0..3 {
        client.get(url(&mock, "localhost", "/healthz")).send().await.unwrap_err();
    }
    mock.get("/calls").send().await.ok();
}
