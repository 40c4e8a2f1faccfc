use time::Duration;

use super::*;

async fn hub() -> (Hub, SigningKey) {
    let key = SigningKey::ed25519("key");
    (Hub::trusting(&[&key]).await, key)
}

fn after(seconds: i64) -> Value {
    (NOW.unix_timestamp() + seconds).into()
}

#[tokio::test]
async fn a_principal_is_what_the_token_says() {
    let (hub, key) = hub().await;
    let principal = hub.accept(&key.sign(&claims())).await;
    assert_eq!(principal.issuer, ISSUER);
    assert_eq!(principal.client_id.as_deref(), Some("my-client"));
    assert_eq!((principal.consumer.as_str(), &principal.supplier), ("910000001", &None));
    assert_eq!(principal.acting_organisation(), "910000001");
    assert!(principal.has_scope("samflyt:publish") && principal.has_scope("samflyt:query"));
    assert!(!principal.has_scope("samflyt") && !principal.has_scope("samflyt:publish samflyt:query"));
    assert_eq!(principal.expires_at, NOW + Duration::seconds(130));
}

#[tokio::test]
async fn a_supplier_acts_and_the_consumer_is_whom_it_acts_for() {
    let (hub, key) = hub().await;
    let principal = hub.accept(&key.sign(&claims_with("supplier", organisation("920000002")))).await;
    assert_eq!(principal.acting_organisation(), "920000002");
    assert_eq!(principal.consumer, "910000001");
}

#[tokio::test]
async fn scope_and_client_are_optional_and_unknown_claims_are_ignored() {
    let (hub, key) = hub().await;
    let principal = hub.accept(&key.sign(&claims_without("scope"))).await;
    assert!(principal.scopes.is_empty());
    let principal = hub.accept(&key.sign(&claims_without("client_id"))).await;
    assert_eq!(principal.client_id, None);
    hub.accept(&key.sign(&claims_with("client_amr", "private_key_jwt".into()))).await;
}

#[tokio::test]
async fn an_expired_token_is_refused_with_the_time_it_expired() {
    let (hub, key) = hub().await;
    let why = hub.refuse(&key.sign(&claims_with("exp", after(-10)))).await;
    assert_eq!(why, InvalidToken::Expired { at: NOW - Duration::seconds(10), now: NOW });
    assert!(why.to_string().contains("expired at 2026-03-01T11:59:50Z"), "{why}");
}

#[tokio::test]
async fn a_token_that_is_not_valid_yet_is_refused() {
    let (hub, key) = hub().await;
    for claim in ["nbf", "iat"] {
        let why = hub.refuse(&key.sign(&claims_with(claim, after(11)))).await;
        assert_eq!(why, InvalidToken::NotYetValid { from: NOW + Duration::seconds(11), now: NOW }, "{claim}");
    }
}

#[tokio::test]
async fn clocks_may_differ_by_the_allowed_skew() {
    let (hub, key) = hub().await;
    for (claim, seconds) in [("exp", -9), ("nbf", 10), ("iat", 10), ("nbf", -1)] {
        let principal = hub.accept(&key.sign(&claims_with(claim, after(seconds)))).await;
        assert!(!principal.is_expired(NOW), "{claim} {seconds}");
    }
}

#[tokio::test]
async fn a_cached_token_is_refused_after_its_expiry() {
    let (hub, key) = hub().await;
    let token = key.sign(&claims());
    let principal = hub.accept(&token).await;
    hub.clock.advance(Duration::seconds(129));
    assert!(Arc::ptr_eq(&principal, &hub.accept(&token).await), "not from the cache");
    assert!(!principal.is_expired(NOW + Duration::seconds(129)));
    hub.clock.advance(Duration::seconds(1));
    assert!(principal.is_expired(NOW + Duration::seconds(130)));
    let why = hub.refuse(&token).await;
    assert!(matches!(why, InvalidToken::Expired { .. }), "{why}");
}

#[tokio::test]
async fn times_may_have_fractions_but_must_be_times() {
    let (hub, key) = hub().await;
    hub.accept(&key.sign(&claims_with("exp", (NOW.unix_timestamp() as f64 + 60.5).into()))).await;
    for time in [json!(1e300), json!(-1e300), json!(i64::MAX), json!(u64::MAX), json!("tomorrow")] {
        let why = hub.refuse(&key.sign(&claims_with("exp", time))).await;
        assert!(matches!(why, InvalidToken::Malformed { .. }), "{why}");
    }
    assert_eq!(
        hub.refuse(&key.sign(&claims_without("exp"))).await,
        InvalidToken::ClaimMissing { claim: "exp" }
    );
}

#[tokio::test]
async fn a_token_for_another_audience_is_refused_with_both_audiences() {
    let (hub, key) = hub().await;
    for (audience, shown) in [
        (json!("https://other.invalid/"), r#""https://other.invalid/""#),
        (json!(["a", "b"]), r#""a b""#),
        (json!([]), r#""""#),
    ] {
        let why = hub.refuse(&key.sign(&claims_with("aud", audience))).await.to_string();
        assert!(why.contains(&format!("audience is {shown}, expected \"{AUDIENCE}\"")), "{why}");
    }
    assert_eq!(
        hub.refuse(&key.sign(&claims_without("aud"))).await,
        InvalidToken::ClaimMissing { claim: "aud" }
    );
    hub.accept(&key.sign(&claims_with("aud", json!(["another", AUDIENCE])))).await;
}

#[tokio::test]
async fn a_token_of_an_issuer_that_is_not_trusted_is_refused() {
    let (hub, key) = hub().await;
    for issuer in ["https://issuer.invalid", "https://evil.invalid/", ""] {
        let why = hub.refuse(&key.sign(&claims_with("iss", issuer.into()))).await;
        assert!(matches!(why, InvalidToken::IssuerUnknown { .. }), "{why}");
        assert!(why.to_string().contains(&format!("trusted: {ISSUER}")), "{why}");
    }
    assert_eq!(
        hub.refuse(&key.sign(&claims_without("iss"))).await,
        InvalidToken::ClaimMissing { claim: "iss" }
    );
}

#[tokio::test]
async fn a_token_without_a_consumer_is_refused() {
    let (hub, key) = hub().await;
    let why = hub.refuse(&key.sign(&claims_without("consumer"))).await;
    assert_eq!(why, InvalidToken::ClaimMissing { claim: "consumer" });
    assert!(why.to_string().contains("`consumer` is missing"), "{why}");
}

#[tokio::test]
async fn a_consumer_or_supplier_that_is_no_norwegian_organisation_is_refused() {
    let (hub, key) = hub().await;
    for id in [
        "0007:910000001",
        "910000001",
        "0192:91000000",
        "0192:9100000011",
        "0192:91000000x",
        "0192:٩١٠٠٠٠٠٠١",
        "",
    ] {
        for claim in ["consumer", "supplier"] {
            let organisation = json!({"authority": "iso6523-actorid-upis", "ID": id});
            let why = hub.refuse(&key.sign(&claims_with(claim, organisation))).await.to_string();
            assert!(
                why.contains(claim) && why.contains("0192:") && why.contains(&format!("{id:?}")),
                "{why}"
            );
        }
    }
    for consumer in [
        json!({"ID": "0192:910000001"}),
        json!("0192:910000001"),
        json!({"authority": "lei", "ID": "0192:910000001"}),
    ] {
        let why = hub.refuse(&key.sign(&claims_with("consumer", consumer))).await.to_string();
        assert!(why.contains("iso6523-actorid-upis"), "{why}");
    }
}

#[tokio::test]
async fn what_an_error_quotes_of_a_token_is_cut_short_and_escaped() {
    let (hub, key) = hub().await;
    let issuer = format!("\u{1b}[31m\n{}", "x".repeat(5_000));
    let why = hub.refuse(&key.sign(&claims_with("iss", issuer.into()))).await.to_string();
    assert!(why.len() < 300 && !why.contains(char::is_control), "{why:?}");
}
