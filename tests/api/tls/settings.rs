//! Where an SDK is sent on to, when it comes over TLS.

use serde_json::{Value, json};

use super::{address, ca, trusting, url};
use crate::support::{A, Mock};

#[tokio::test]
async fn a_client_is_sent_to_where_it_came_to_over_tls_too() {
    let mock = Mock::start().await;
    let (token, ca) = (mock.token(A).await, ca(&mock).await);
    let port: u16 = address(&mock).rsplit_once(':').unwrap().1.parse().unwrap();
    let old = trusting(&mock, &ca).http1_only().build().unwrap();
    let new = trusting(&mock, &ca).build().unwrap();
    // Over HTTP/2 the target names the host, over HTTP/1.1 the header does.
    for (client, header, expected) in [
        (&new, None, ("localhost", port)),
        (&old, None, ("localhost", port)),
        (&old, Some("mock.example.com:8443"), ("mock.example.com", 8443)),
        (&old, Some("mock.example.com"), ("mock.example.com", 443)),
    ] {
        let request = client.get(url(&mock, "localhost", "/v3/settings"));
        let request = request.header("authToken", &token);
        let request = header.into_iter().fold(request, |request, h| request.header("host", h));
        let text = request.send().await.unwrap().text().await.unwrap();
        let settings = &serde_json::from_str::<Value>(&text).unwrap()["data"];
        let (host, port) = expected;
        assert_eq!(settings["CHAT_HOST"], json!(host), "{text}");
        assert_eq!(settings["CHAT_WSS_PORT"], json!(port), "{text}");
        assert_eq!(settings["CLIENT_API_HOST"], json!(format!("{host}:{port}")), "{text}");
    }
}
