//! The same requests, answered the same, plain and over TLS.

use mock_calls::{config::Config, server::Server};
use reqwest::{Client, Method, Version};
use serde_json::json;

use super::{ca, trusting, url};
use crate::support::{A, B, Mock};

#[derive(Clone, Copy, Debug)]
enum Way {
    Plain,
    Plain2,
    Tls,
    Tls2,
}

/// What comes of some requests to a fresh server: version, status and body.
async fn answers(way: Way) -> Vec<(u16, String)> {
    let mock = Mock::start().await;
    let tls = trusting(&mock, &ca(&mock).await);
    let (client, version): (Client, _) = match way {
        Way::Plain => (Client::new(), Version::HTTP_11),
        Way::Plain2 => {
            (Client::builder().http2_prior_knowledge().build().unwrap(), Version::HTTP_2)
        }
        Way::Tls => (tls.http1_only().build().unwrap(), Version::HTTP_11),
        Way::Tls2 => (tls.build().unwrap(), Version::HTTP_2),
    };
    let call = json!({ "receiver": B, "receiverType": "user", "type": "audio" });
    let wrong = json!({ "receiver": A, "receiverType": "user", "type": "audio" });
    let mut came = Vec::new();
    for (method, path, body) in [
        (Method::POST, "/v3/calls", Some(call)),
        (Method::POST, "/v3/calls", Some(wrong)),
        (Method::GET, "/calls", None),
        (Method::GET, "/nowhere", None),
        (Method::GET, "/__mock/apps", None),
    ] {
        let url = match way {
            Way::Plain | Way::Plain2 => format!("{}{path}", mock.url),
            Way::Tls | Way::Tls2 => url(&mock, "localhost", path),
        };
        let request = client.request(method, url).header("apikey", "mock-rest-api-key");
        let request = request.header("onBehalfOf", A);
        let request = if let Some(body) = body { request.json(&body) } else { request };
        let response = request.send().await.unwrap();
        assert_eq!(response.version(), version, "{way:?}");
        came.push((response.status().as_u16(), response.text().await.unwrap()));
    }
    came
}

#[tokio::test]
async fn every_way_in_gives_the_same_answers() {
    let plain = answers(Way::Plain).await;
    let statuses: Vec<_> = plain.iter().map(|(status, _)| *status).collect();
    assert_eq!(statuses, [200, 400, 200, 404, 200]);
    for way in [Way::Plain2, Way::Tls, Way::Tls2] {
        assert_eq!(answers(way).await, plain, "{way:?}");
    }
}

#[tokio::test]
async fn a_control_port_speaks_tls_too() {
    let mock = Mock::with(Config { control_port: Some(0), ..Config::default() }).await;
    let client = trusting(&mock, &ca(&mock).await).build().unwrap();
    let apps = format!("{}/__mock/apps", mock.control_url.replacen("http", "https", 1));
    assert_eq!(client.get(apps).send().await.unwrap().status(), 200);
}

/// Runs while nothing can be made, for the one thread that could is busy until it is let go.
#[test]
fn a_plain_answer_does_not_wait_for_the_certificate() {
    let (let_go, wait) = std::sync::mpsc::channel::<()>();
    let mut builder = tokio::runtime::Builder::new_current_thread();
    let runtime = builder.enable_all().max_blocking_threads(1).build().unwrap();
    runtime.block_on(async {
        tokio::task::spawn_blocking(move || wait.recv());
        let server = Server::bind(&Config { port: 0, ..Config::default() }).await.unwrap();
        let health = format!("{}/healthz", server.url());
        tokio::spawn(server.serve(std::future::pending()));

        let client = Client::new();
        assert_eq!(client.get(&health).send().await.unwrap().status(), 200);
        // Whoever asks for the CA waits for it, and gets it.
        let mut ca = Box::pin(client.get(health.replace("healthz", "__mock/ca.pem")).send());
        tokio::select! {
            biased;
            _ = &mut ca => panic!("it was there"),
            answer = client.get(&health).send() => assert_eq!(answer.unwrap().status(), 200),
        }
        let_go.send(()).unwrap();
        assert_eq!(ca.await.unwrap().status(), 200);
    });
}
