use time::Duration;

use super::*;

#[tokio::test]
async fn a_new_key_in_the_file_is_accepted_at_once() {
    let (old, new) = (SigningKey::ed25519("old"), SigningKey::p256("new"));
    let hub = Hub::trusting(&[&old]).await;
    hub.refuse(&new.sign(&claims())).await;
    hub.publish(&[&old, &new]);
    hub.accept(&new.sign(&claims())).await;
    hub.accept(&old.sign(&claims())).await;
}

#[tokio::test]
async fn a_key_removed_from_the_file_is_refused_within_a_second_also_for_a_cached_token() {
    let (old, new) = (SigningKey::ed25519("old"), SigningKey::ed25519("new"));
    let hub = Hub::trusting(&[&old, &new]).await;
    let token = old.sign(&claims());
    hub.accept(&token).await;
    hub.publish(&[&new]);
    hub.accept(&token).await;
    hub.clock.advance(Duration::seconds(1));
    let why = hub.refuse(&token).await;
    assert!(matches!(why, InvalidToken::KeyUnknown { .. }), "{why}");
    hub.accept(&new.sign(&claims())).await;
}

#[tokio::test]
async fn a_key_replaced_under_the_same_name_no_longer_verifies_a_cached_token() {
    let (old, new) = (SigningKey::ed25519("key"), SigningKey::ed25519("key"));
    let hub = Hub::trusting(&[&old]).await;
    let token = old.sign(&claims());
    hub.accept(&token).await;
    hub.publish(&[&new]);
    hub.clock.advance(Duration::seconds(1));
    let why = hub.refuse(&token).await;
    assert!(matches!(why, InvalidToken::SignatureWrong { .. }), "{why}");
    hub.accept(&new.sign(&claims())).await;
}

#[tokio::test]
async fn an_emptied_key_set_lets_nobody_in() {
    let key = SigningKey::ed25519("key");
    let hub = Hub::trusting(&[&key]).await;
    let token = key.sign(&claims());
    hub.accept(&token).await;
    hub.publish(&[]);
    hub.clock.advance(Duration::seconds(1));
    hub.refuse(&token).await;
}

#[tokio::test]
async fn a_file_that_is_missing_or_half_written_leaves_the_keys_as_they_were() {
    let (old, new) = (SigningKey::ed25519("old"), SigningKey::ed25519("new"));
    let hub = Hub::trusting(&[&old]).await;
    std::fs::remove_file(&hub.jwks).unwrap();
    hub.clock.advance(Duration::seconds(1));
    hub.accept(&old.sign(&claims())).await;
    std::fs::write(&hub.jwks, &document(&[&new])[..40]).unwrap();
    hub.clock.advance(Duration::seconds(1));
    hub.accept(&old.sign(&claims())).await;
    hub.publish(&[&new]);
    hub.clock.advance(Duration::seconds(1));
    hub.refuse(&old.sign(&claims())).await;
    hub.accept(&new.sign(&claims())).await;
}

#[tokio::test]
async fn a_clock_that_was_set_back_does_not_keep_a_removed_key_alive() {
    let (old, new) = (SigningKey::ed25519("old"), SigningKey::ed25519("new"));
    let hub = Hub::trusting(&[&old]).await;
    let token = old.sign(&claims());
    hub.clock.set(NOW + Duration::seconds(8));
    hub.accept(&token).await;
    hub.publish(&[&new]);
    hub.clock.set(NOW);
    hub.refuse(&token).await;
}
