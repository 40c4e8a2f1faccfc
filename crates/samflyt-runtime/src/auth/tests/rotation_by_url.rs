use std::pin::pin;

use futures::FutureExt;
use futures::future::join_all;
use time::Duration;

use super::key_server::KeyServer;
use super::*;

struct Served {
    clock: Arc<FixedClock>,
    auth: Authenticator,
    server: KeyServer,
}

impl Served {
    async fn by(server: KeyServer) -> Self {
        let clock = Arc::new(FixedClock::new(NOW));
        let config = AuthConfig { token_cache_entries_max: 100, ..trust(server.location()) };
        let auth = Authenticator::new(config, clock.clone()).await.unwrap();
        Self { clock, auth, server }
    }

    async fn trusting(keys: &[&SigningKey]) -> Self {
        Self::by(KeyServer::serving(document(keys)).await).await
    }

    async fn accept(&self, token: &str) {
        self.auth.authenticate(Some(token)).await.unwrap();
    }

    async fn refuse(&self, token: &str) -> InvalidToken {
        refused(self.auth.authenticate(Some(token)).await, token)
    }
}

/// Valid for an hour, so that keys age and tokens do not.
fn lasting() -> Value {
    claims_with("exp", (NOW.unix_timestamp() + 3_600).into())
}

#[tokio::test]
async fn a_key_set_is_fetched_once_and_used_for_many_tokens() {
    let key = SigningKey::ed25519("key");
    let hub = Served::trusting(&[&key]).await;
    for i in 0..20 {
        hub.accept(&key.sign(&claims_with("client_id", format!("client-{i}").into()))).await;
    }
    assert_eq!(hub.server.requests(), 1);
}

#[tokio::test]
async fn a_new_key_behind_the_url_is_accepted_by_its_first_token() {
    let (old, new) = (SigningKey::ed25519("old"), SigningKey::p256("new"));
    let hub = Served::trusting(&[&old]).await;
    hub.server.serve(document(&[&old, &new]));
    hub.clock.advance(Duration::seconds(10));
    hub.accept(&new.sign(&lasting())).await;
    assert_eq!(hub.server.requests(), 2);
}

#[tokio::test]
async fn a_key_removed_behind_the_url_is_refused_after_the_refresh_also_for_a_cached_token() {
    let (old, new) = (SigningKey::ed25519("old"), SigningKey::ed25519("new"));
    let hub = Served::trusting(&[&old]).await;
    let token = old.sign(&lasting());
    hub.accept(&token).await;
    hub.server.serve(document(&[&new]));
    hub.clock.advance(Duration::seconds(599));
    hub.accept(&token).await;
    hub.clock.advance(Duration::seconds(1));
    let why = hub.refuse(&token).await;
    assert!(matches!(why, InvalidToken::KeyUnknown { .. }), "{why}");
    hub.accept(&new.sign(&lasting())).await;
    assert_eq!(hub.server.requests(), 2);
}

#[tokio::test]
async fn a_storm_of_unknown_key_ids_does_not_hammer_the_url() {
    let key = SigningKey::ed25519("key");
    let hub = Served::trusting(&[&key]).await;
    let strangers: Vec<_> =
        (0..200).map(|i| SigningKey::ed25519(&format!("stranger-{i}")).sign(&lasting())).collect();
    for round in 0..3 {
        let refusals = join_all(strangers.iter().map(|token| hub.refuse(token))).await;
        assert!(refusals.iter().all(|why| matches!(why, InvalidToken::KeyUnknown { .. })));
        assert_eq!(hub.server.requests(), 1 + round, "round {round}");
        hub.clock.advance(Duration::seconds(10));
    }
    hub.accept(&key.sign(&lasting())).await;
}

#[tokio::test]
async fn many_first_tokens_of_a_new_key_share_one_fetch_and_are_all_accepted() {
    let (old, new) = (SigningKey::ed25519("old"), SigningKey::ed25519("new"));
    let hub = Served::trusting(&[&old]).await;
    hub.server.serve(document(&[&old, &new]));
    hub.clock.advance(Duration::seconds(10));
    let tokens: Vec<_> = (0..50)
        .map(|i| {
            let mut claims = lasting();
            claims["client_id"] = format!("client-{i}").into();
            new.sign(&claims)
        })
        .collect();
    join_all(tokens.iter().map(|token| hub.accept(token))).await;
    assert_eq!(hub.server.requests(), 2);
}

#[tokio::test]
async fn a_refresh_holds_up_one_request_and_not_the_others() {
    let key = SigningKey::ed25519("key");
    let hub = Served::trusting(&[&key]).await;
    let token = key.sign(&lasting());
    hub.clock.advance(Duration::seconds(600));
    let mut refreshing = pin!(hub.accept(&token));
    assert!(futures::poll!(refreshing.as_mut()).is_pending());
    for _ in 0..50 {
        hub.accept(&token).now_or_never().expect("held up");
    }
    refreshing.await;
    assert_eq!(hub.server.requests(), 2);
}

#[tokio::test]
async fn a_failing_url_leaves_the_keys_as_they_were_and_is_asked_again_sparingly() {
    let (old, new) = (SigningKey::ed25519("old"), SigningKey::ed25519("new"));
    let hub = Served::trusting(&[&old]).await;
    let token = old.sign(&lasting());
    hub.server.fail();
    for (after_seconds, requests) in [(600, 2), (59, 2), (1, 3)] {
        hub.clock.advance(Duration::seconds(after_seconds));
        hub.accept(&token).await;
        assert_eq!(hub.server.requests(), requests, "{after_seconds}");
    }
    hub.server.serve("<html>maintenance</html>".to_owned());
    hub.clock.advance(Duration::seconds(60));
    hub.accept(&token).await;
    hub.server.serve(document(&[&new]));
    hub.clock.advance(Duration::seconds(60));
    hub.refuse(&token).await;
}

#[tokio::test]
async fn a_refresh_whose_request_was_cancelled_is_made_up_for() {
    let (old, new) = (SigningKey::ed25519("old"), SigningKey::ed25519("new"));
    let hub = Served::trusting(&[&old]).await;
    let token = old.sign(&lasting());
    hub.server.serve(document(&[&new]));
    hub.clock.advance(Duration::seconds(600));
    let impatient = std::time::Duration::from_millis(5);
    tokio::time::timeout(impatient, hub.accept(&token)).await.unwrap_err();
    hub.clock.advance(Duration::seconds(10));
    hub.refuse(&token).await;
}

#[tokio::test]
async fn an_issuer_that_was_unreachable_at_the_start_is_trusted_once_it_answers() {
    let key = SigningKey::ed25519("key");
    let server = KeyServer::serving(String::new()).await;
    server.fail();
    let hub = Served::by(server).await;
    let token = key.sign(&lasting());
    assert_eq!(hub.refuse(&token).await, InvalidToken::KeysUnavailable { issuer: ISSUER.to_owned() });
    hub.server.serve(document(&[&key]));
    hub.clock.advance(Duration::seconds(10));
    hub.accept(&token).await;
}

#[tokio::test]
async fn a_document_beyond_the_limit_leaves_the_keys_as_they_were() {
    let key = SigningKey::ed25519("key");
    let hub = Served::trusting(&[&key]).await;
    hub.server.serve(format!("{}{}", document(&[]), " ".repeat(300 * 1024)));
    hub.clock.advance(Duration::seconds(600));
    hub.accept(&key.sign(&lasting())).await;
}
