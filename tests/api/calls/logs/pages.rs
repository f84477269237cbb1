//! The order of calls, and how a listing is cut.

use serde_json::json;

use super::ring;
use crate::support::{A, B, C, D, Mock};

/// Makes calls one after the other, `gap` seconds apart, and returns them newest first.
async fn calls(mock: &Mock, count: usize, gap: u64) -> Vec<String> {
    let mut made = Vec::new();
    for _ in 0..count {
        let session = ring(mock, A, "user", B, "audio").await;
        mock.moved(&session, A, "cancelled").await;
        made.insert(0, session);
        mock.advance(gap);
    }
    made
}

#[tokio::test]
async fn a_page_has_25_calls_unless_asked_otherwise() {
    let mock = Mock::start().await;
    let made = calls(&mock, 27, 1).await;
    for (query, range, pagination) in [
        ("", 0..25, [27, 25, 25, 1, 2]),
        ("page=2", 25..27, [27, 2, 25, 2, 2]),
        ("page=3", 27..27, [27, 0, 25, 3, 2]),
        ("perPage=10&page=2", 10..20, [27, 10, 10, 2, 3]),
        ("perPage=1&page=27", 26..27, [27, 1, 1, 27, 27]),
        ("perPage=1000", 0..27, [27, 27, 1000, 1, 1]),
        ("perPage=1001", 0..27, [27, 27, 1000, 1, 1]),
        ("page=1000000000000", 27..27, [27, 0, 25, 1_000_000_000_000, 2]),
        ("page=9223372036854775807", 27..27, [27, 0, 25, 9_223_372_036_854_775_807, 2]),
    ] {
        let reply = mock.get(&format!("/calls?{query}")).send().await;
        assert_eq!(reply.column("sessionId"), made[range], "{query}");
        assert_eq!(reply.pagination(), pagination, "{query}");
    }
}

#[tokio::test]
async fn calls_of_the_same_second_are_listed_newest_first_too() {
    let mock = Mock::start().await;
    let mut made = calls(&mock, 12, 0).await;
    mock.advance(1);
    let later = calls(&mock, 12, 0).await;
    made.splice(0..0, later);
    let listed = mock.get("/calls").send().await.column("sessionId");
    assert_eq!(listed, made);
    for half in made.chunks(12) {
        assert!(half.is_sorted(), "ties are not in the order of the session ids: {half:?}");
    }
    let mut paged = Vec::new();
    for page in 1..=5 {
        let reply = mock.get(&format!("/calls?perPage=5&page={page}")).send().await;
        paged.extend(reply.column("sessionId"));
    }
    assert_eq!(paged, made);
}

#[tokio::test]
async fn the_moment_of_ringing_orders_calls_whatever_happens_to_them_later() {
    let mock = Mock::start().await;
    let first = ring(&mock, A, "user", B, "audio").await;
    mock.advance(1);
    let second = ring(&mock, C, "user", D, "audio").await;
    mock.moved(&second, C, "cancelled").await;
    mock.advance(1);
    mock.moved(&first, B, "ongoing").await;
    let listed = mock.get("/calls").send().await.column("sessionId");
    assert_eq!(listed, [second, first]);
}

#[tokio::test]
async fn a_call_has_no_transcriptions_at_first() {
    let mock = Mock::start().await;
    let session = ring(&mock, A, "user", B, "audio").await;
    let path = format!("/calls/{session}/transcriptions");
    let reply = mock.get(&path).send().await;
    assert_eq!((reply.ok(), reply.pagination()), (json!([]), [0, 0, 100, 1, 0]));
    let many = mock.get(&format!("{path}?perPage=5000")).send().await;
    assert_eq!(many.pagination()[2], 1000);
    mock.get(&path).by(C).send().await.refused(404, "ERR_CALL_SESSION_NOT_FOUND");
    mock.get(&format!("{path}?page=x")).send().await.refused(400, "ERR_BAD_REQUEST");
    let none = mock.get("/calls/v1.none/transcriptions").send().await;
    none.refused(404, "ERR_CALL_SESSION_NOT_FOUND");
}
