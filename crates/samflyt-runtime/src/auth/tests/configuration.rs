use super::*;

async fn refused_config(config: AuthConfig) -> String {
    match Authenticator::new(config, Arc::new(FixedClock::new(NOW))).await {
        Ok(_) => panic!("the configuration was accepted"),
        Err(error) => error.to_string(),
    }
}

#[tokio::test]
async fn a_configuration_that_could_not_work_is_refused_before_anything_starts() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("jwks.json");
    let config = trust(JwksLocation::File(path.clone()));
    let text = refused_config(config.clone()).await;
    assert!(text.contains(ISSUER) && text.contains("jwks.json"), "{text}");

    for (content, expected) in [("not JSON", "cannot be used"), (r#"{"keys": []}"#, "has no key")] {
        std::fs::write(&path, content).unwrap();
        let text = refused_config(config.clone()).await;
        assert!(text.contains(expected), "{text}");
    }
    std::fs::write(&path, document(&[&SigningKey::ed25519("key")])).unwrap();

    assert!(refused_config(AuthConfig::default()).await.contains("auth.issuers is empty"));
    let mut twice = config.clone();
    twice.issuers.push(twice.issuers[0].clone());
    assert!(refused_config(twice).await.contains("twice"));
    let mut nameless = config.clone();
    nameless.issuers[0].audience = " ".to_owned();
    assert!(refused_config(nameless).await.contains("auth.issuers[0].audience"));
    let lax = AuthConfig { clock_skew_seconds: 3_600, ..config };
    assert!(refused_config(lax).await.contains("auth.clock_skew_seconds is 3600; it must be from 0 to 300"));
}

#[tokio::test]
async fn a_token_is_judged_by_its_own_issuers_keys_and_audience() {
    let dir = tempfile::tempdir().unwrap();
    let keys = [SigningKey::ed25519("key"), SigningKey::ed25519("key")];
    let names = ["https://one.invalid/", "https://two.invalid/"];
    let mut config = AuthConfig::default();
    for (i, key) in keys.iter().enumerate() {
        let path = dir.path().join(i.to_string());
        std::fs::write(&path, document(&[key])).unwrap();
        let audience = format!("audience-{i}");
        config.issuers.push(IssuerConfig {
            issuer: names[i].to_owned(),
            audience,
            jwks: JwksLocation::File(path),
        });
    }
    let auth = Authenticator::new(config, Arc::new(FixedClock::new(NOW))).await.unwrap();
    for (key, issuer, audience, accepted) in [
        (0, 0, "audience-0", true),
        (1, 1, "audience-1", true),
        (0, 1, "audience-1", false),
        (1, 1, "audience-0", false),
    ] {
        let mut claims = claims_with("iss", names[issuer].into());
        claims["aud"] = audience.into();
        let outcome = auth.authenticate(Some(&keys[key].sign(&claims))).await;
        assert_eq!(outcome.is_ok(), accepted, "{key} {issuer} {audience}");
    }
}

#[test]
fn configuration_is_read_with_defaults_and_unknown_keys_are_refused() {
    let config: AuthConfig = toml::from_str(
        r#"
        [[issuers]]
        issuer = "https://maskinporten.no/"
        audience = "https://hub.example.no/"
        jwks = "https://maskinporten.no/jwk"
        [[issuers]]
        issuer = "https://local.invalid/"
        audience = "hub"
        jwks = "keys/jwks.json"
        "#,
    )
    .unwrap();
    assert_eq!(config.clock_skew_seconds, 10);
    assert!(matches!(&config.issuers[0].jwks, JwksLocation::Url(url) if url.scheme() == "https"));
    assert_eq!(config.issuers[1].jwks, JwksLocation::File("keys/jwks.json".into()));
    let again: AuthConfig = toml::from_str(&toml::to_string(&config).unwrap()).unwrap();
    assert_eq!(again, config);
    assert!(toml::from_str::<AuthConfig>("leeway = 10").is_err());
}

#[test]
fn a_key_set_is_neither_elsewhere_nor_behind_a_password() {
    for location in ["", "ftp://keys.invalid/jwks", "https://", "https://user:secret@keys.invalid/jwks"] {
        let error = JwksLocation::try_from(location.to_owned()).unwrap_err();
        assert!(error.starts_with("jwks: ") && !error.contains("secret"), "{error}");
    }
}

#[test]
fn the_crypto_provider_may_be_installed_again_and_again() {
    install_crypto_provider();
    install_crypto_provider();
    assert!(rustls::crypto::CryptoProvider::get_default().is_some());
}
