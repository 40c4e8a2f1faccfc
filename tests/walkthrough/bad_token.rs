//! Tokens that are none, at both doors: the same code and reason, and nothing appended.

use samflyt_runtime::SystemClock;
use samflyt_runtime::auth::{DevIssuer, TokenRequest};
use samflyt_testkit::events::event;
use samflyt_testkit::hub::{SELJORD, TestHub};
use time::Duration;
use tonic::Code;

use crate::answers::{publish, refusal};

fn issue(issuer: &DevIssuer, lifetime: Duration) -> String {
    let request = TokenRequest {
        consumer: SELJORD.organisation.to_owned(),
        supplier: None,
        client_id: Some(SELJORD.system.to_owned()),
        scopes: ["samflyt:publish".to_owned()].into(),
        lifetime,
    };
    issuer.issue(&request).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_missing_expired_or_forged_is_refused() {
    let hub = TestHub::start().await;
    hub.register(SELJORD).await;
    let good = issue(&hub.local.issuer, Duration::hours(1));
    let (head, rest) = good.split_once('.').unwrap();
    let (payload, _) = rest.split_once('.').unwrap();
    // {"alg":"none"}
    let none = format!("eyJhbGciOiJub25lIn0.{payload}.");
    let forged = format!("{head}.{payload}.{}", "A".repeat(86));
    let expired = issue(&hub.local.issuer, Duration::minutes(-5));
    // Another issuer that calls itself the same, and has a key of its own.
    let dir = tempfile::tempdir().unwrap();
    let stranger = DevIssuer::open(dir.path(), SystemClock::shared()).unwrap();
    let unknown_key = issue(&stranger, Duration::hours(1));
    for (what, token, reason) in [
        ("missing", "", "TOKEN_MISSING"),
        ("no token", "nonsense", "TOKEN_INVALID"),
        ("the algorithm none", &none, "TOKEN_INVALID"),
        ("signed by nobody", &forged, "TOKEN_INVALID"),
        ("expired", &expired, "TOKEN_INVALID"),
        ("signed by an unknown key", &unknown_key, "TOKEN_INVALID"),
    ] {
        let client = hub.client(token).await;
        let answer = publish(&client, event(SELJORD, "e", "case-1")).await;
        assert!(what != "expired" || format!("{answer:?}").contains("expired"), "{answer:?}");
        let expected = (Code::Unauthenticated, reason.to_owned(), String::new());
        assert_eq!(refusal(answer), expected, "{what}");
        let (status, problem) = crate::http::post(&hub.http(), token, "application/json", "{}").await;
        assert_eq!((status, &problem["reason"]), (401, &reason.into()), "{what}");
    }
    let state = hub.local.hub.log.state("EVENTS_seljord").await.unwrap().unwrap();
    assert_eq!(state.last, 0, "nothing was appended");
    publish(&hub.client(&good).await, event(SELJORD, "e", "case-1")).await.unwrap();
    hub.end().await;
}
