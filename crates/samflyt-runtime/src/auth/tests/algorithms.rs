use super::signing_key::encode;
use super::*;

#[tokio::test]
async fn tokens_signed_with_rs256_es256_and_eddsa_are_accepted() {
    let keys = [SigningKey::rsa("rsa"), SigningKey::p256("p256"), SigningKey::ed25519("ed")];
    let hub = Hub::trusting(&keys.each_ref()).await;
    for key in &keys {
        let principal = hub.accept(&key.sign(&claims())).await;
        assert_eq!(principal.consumer, "910000001", "{:?}", key.algorithm);
    }
}

#[tokio::test]
async fn an_unsigned_token_is_refused() {
    let hub = Hub::trusting(&[&SigningKey::ed25519("ed")]).await;
    for (algorithm, signature) in [("none", ""), ("None", ""), ("none", "AAAA")] {
        let header = encode(&json!({"alg": algorithm, "kid": "ed"}));
        let why = hub.refuse(&format!("{header}.{}.{signature}", encode(&claims()))).await;
        assert_eq!(why, InvalidToken::AlgorithmNotAllowed { algorithm: format!("{algorithm:?}") });
    }
}

#[tokio::test]
async fn a_token_signed_by_hmac_with_the_public_key_as_secret_is_refused() {
    let key = SigningKey::rsa("rsa");
    let hub = Hub::trusting(&[&key]).await;
    let public = key.jwk["n"].as_str().unwrap();
    for secret in [public.to_owned(), key.jwk.to_string()] {
        let why = hub.refuse(&key.forge_hs256(secret.as_bytes(), &claims())).await;
        assert!(matches!(why, InvalidToken::AlgorithmNotAllowed { .. }), "{why}");
    }
}

#[tokio::test]
async fn the_algorithm_must_be_the_one_that_the_key_is_for() {
    let (ed, p256, rsa) = (SigningKey::ed25519("ed"), SigningKey::p256("p256"), SigningKey::rsa("rsa"));
    let hub = Hub::trusting(&[&ed, &p256, &rsa]).await;
    for (key, kid, algorithm) in [(&p256, "ed", "ES256"), (&ed, "rsa", "EdDSA"), (&rsa, "p256", "RS256")] {
        let why = hub.refuse(&key.sign_as(json!({"alg": algorithm, "kid": kid}), &claims())).await;
        assert!(matches!(why, InvalidToken::AlgorithmMismatch { .. }), "{kid}: {why}");
    }
    for algorithm in ["RS384", "RS512", "PS256", "ES384", "HS512"] {
        let why = hub.refuse(&rsa.sign_as(json!({"alg": algorithm, "kid": "rsa"}), &claims())).await;
        assert!(matches!(why, InvalidToken::AlgorithmNotAllowed { .. }), "{algorithm}: {why}");
    }
}

#[tokio::test]
async fn a_token_signed_with_another_key_of_the_same_name_is_refused() {
    for make in [SigningKey::ed25519, SigningKey::p256] {
        let hub = Hub::trusting(&[&make("key")]).await;
        let why = hub.refuse(&make("key").sign(&claims())).await;
        assert_eq!(why, InvalidToken::SignatureWrong { issuer: ISSUER.to_owned() });
    }
}

#[tokio::test]
async fn a_token_may_not_bring_its_own_key() {
    let hub = Hub::trusting(&[&SigningKey::ed25519("theirs")]).await;
    let own = SigningKey::ed25519("own");
    let header = json!({"alg": "EdDSA", "kid": "theirs", "jwk": own.jwk, "jku": "https://evil.invalid/jwks"});
    let why = hub.refuse(&own.sign_as(header, &claims())).await;
    assert!(matches!(why, InvalidToken::SignatureWrong { .. }), "{why}");
}

#[tokio::test]
async fn a_token_whose_payload_was_changed_is_refused_also_when_the_right_one_was_seen_before() {
    for key in [SigningKey::rsa("key"), SigningKey::p256("key"), SigningKey::ed25519("key")] {
        let hub = Hub::trusting(&[&key]).await;
        let token = key.sign(&claims());
        hub.accept(&token).await;
        let parts: Vec<_> = token.split('.').collect();
        let payload = encode(&claims_with("consumer", organisation("999999999")));
        let why = hub.refuse(&format!("{}.{payload}.{}", parts[0], parts[2])).await;
        assert!(matches!(why, InvalidToken::SignatureWrong { .. }), "{why}");
        let why = hub.refuse(&format!("{}.{}.", parts[0], parts[1])).await;
        assert!(matches!(why, InvalidToken::SignatureWrong { .. }), "{why}");
    }
}

#[tokio::test]
async fn a_token_must_name_a_key_that_its_issuer_publishes() {
    let key = SigningKey::ed25519("key");
    let hub = Hub::trusting(&[&key]).await;
    let why = hub.refuse(&SigningKey::ed25519("unheard-of").sign(&claims())).await;
    assert!(why.to_string().contains("unknown key id \"unheard-of\""), "{why}");
    assert_eq!(
        hub.refuse(&key.sign_as(json!({"alg": "EdDSA"}), &claims())).await,
        InvalidToken::KeyIdMissing
    );
}

#[tokio::test]
async fn critical_extensions_which_the_hub_does_not_know_are_refused() {
    let key = SigningKey::ed25519("key");
    let hub = Hub::trusting(&[&key]).await;
    let header = json!({"alg": "EdDSA", "kid": "key", "crit": ["b64"], "b64": false});
    let why = hub.refuse(&key.sign_as(header, &claims())).await;
    assert!(why.to_string().contains("crit"), "{why}");
}

#[tokio::test]
async fn garbage_is_refused_and_named_as_such() {
    let key = SigningKey::ed25519("key");
    let hub = Hub::trusting(&[&key]).await;
    let object = encode(&json!({}));
    let array = key.sign_as(json!({"alg": "EdDSA", "kid": "key"}), &json!([1, 2]));
    for garbage in [
        "x",
        "a.b",
        "a.b.c.d",
        "..",
        "...",
        "🦀.🦀.🦀",
        "eyJ.eyJ.eyJ",
        "Basic dXNlcjpwYXNz",
        &format!("{object}.{object}.{object}"),
        &array,
        "a\u{0}b.c.d",
        "eyJhbGciOiJFZERTQSJ9.bnVsbA.AA",
    ] {
        let why = hub.refuse(garbage).await;
        assert!(matches!(why, InvalidToken::Malformed { .. }), "{garbage}: {why}");
    }
}

#[tokio::test]
async fn an_oversized_token_is_refused_before_it_is_read() {
    let key = SigningKey::ed25519("key");
    let hub = Hub::trusting(&[&key]).await;
    let token = key.sign(&claims_with("scope", "samflyt:query ".repeat(600).into()));
    let why = hub.refuse(&token).await;
    assert_eq!(why, InvalidToken::TooLarge { bytes: token.len(), bytes_max: 8192 });
}

#[tokio::test]
async fn a_call_without_a_token_is_told_to_bring_one() {
    let hub = Hub::trusting(&[&SigningKey::ed25519("key")]).await;
    for nothing in [None, Some(""), Some("  "), Some("Bearer"), Some("bearer  ")] {
        let error = hub.auth.authenticate(nothing).await.unwrap_err();
        assert_eq!((error.reason(), &error), ("TOKEN_MISSING", &AuthError::Missing), "{nothing:?}");
        assert!(error.to_string().contains("authorization: Bearer"));
    }
}

#[tokio::test]
async fn the_whole_authorization_header_is_as_good_as_the_token() {
    let key = SigningKey::ed25519("key");
    let hub = Hub::trusting(&[&key]).await;
    let token = key.sign(&claims());
    for sent in [format!("Bearer {token}"), format!("bearer  {token} "), token] {
        hub.accept(&sent).await;
    }
}
