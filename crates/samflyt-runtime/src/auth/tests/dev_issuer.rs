use std::os::unix::fs::PermissionsExt;

use time::Duration;

use super::*;

fn request() -> TokenRequest {
    TokenRequest {
        consumer: "910000001".to_owned(),
        supplier: Some("920000002".to_owned()),
        client_id: Some("demo".to_owned()),
        scopes: ["samflyt:publish".to_owned(), "samflyt:query".to_owned()].into(),
        lifetime: Duration::hours(1),
    }
}

#[tokio::test]
async fn tokens_of_the_development_issuer_are_accepted_by_its_own_configuration() {
    let dir = tempfile::tempdir().unwrap();
    let clock = Arc::new(FixedClock::new(NOW));
    let issuer = DevIssuer::open(dir.path(), clock.clone()).unwrap();
    let auth = Authenticator::new(issuer.auth_config(), clock.clone()).await.unwrap();
    let token = issuer.issue(&request()).unwrap();
    let principal = auth.authenticate(Some(&token)).await.unwrap();
    assert_eq!(principal.issuer, "https://samflyt.invalid/dev-issuer");
    assert_eq!(principal.acting_organisation(), "920000002");
    assert_eq!((&principal.consumer, &principal.client_id), (&request().consumer, &request().client_id));
    assert_eq!(principal.scopes, request().scopes);
    clock.advance(Duration::seconds(3_610));
    let why = refused(auth.authenticate(Some(&token)).await, &token);
    assert!(matches!(why, InvalidToken::Expired { .. }), "{why}");
}

#[tokio::test]
async fn a_development_issuer_that_is_opened_again_is_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let clock = Arc::new(FixedClock::new(NOW));
    let first = DevIssuer::open(dir.path(), clock.clone()).unwrap();
    let auth = Authenticator::new(first.auth_config(), clock.clone()).await.unwrap();
    let second = DevIssuer::open(dir.path(), clock).unwrap();
    auth.authenticate(Some(&second.issue(&request()).unwrap())).await.unwrap();
}

#[test]
fn development_issuers_opened_at_the_same_time_agree_on_one_key() {
    let dir = tempfile::tempdir().unwrap();
    let together = std::sync::Barrier::new(8);
    let open = || {
        together.wait();
        DevIssuer::open(dir.path(), Arc::new(FixedClock::new(NOW))).unwrap().issue(&request()).unwrap()
    };
    let tokens: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(open)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(tokens.iter().all(|token| *token == tokens[0]));
    let left: Vec<_> = std::fs::read_dir(dir.path().join("dev-issuer")).unwrap().collect();
    assert_eq!(left.len(), 2, "drafts are left behind");
}

#[test]
fn only_the_owner_may_read_the_private_key_and_the_key_set_does_not_hold_it() {
    let dir = tempfile::tempdir().unwrap();
    DevIssuer::open(dir.path(), Arc::new(FixedClock::new(NOW))).unwrap();
    let home = dir.path().join("dev-issuer");
    let mode = |path: PathBuf| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(home.join("private-key.der")), 0o600);
    assert_eq!(mode(home.clone()), 0o700);
    let jwks: Value = serde_json::from_slice(&std::fs::read(home.join("jwks.json")).unwrap()).unwrap();
    assert_eq!(jwks["keys"][0]["kty"], "OKP");
    assert!(jwks["keys"][0].get("d").is_none(), "{jwks}");
}

#[test]
fn what_is_no_organisation_number_gets_no_token() {
    let dir = tempfile::tempdir().unwrap();
    let issuer = DevIssuer::open(dir.path(), Arc::new(FixedClock::new(NOW))).unwrap();
    let error = issuer.issue(&TokenRequest { consumer: "Seljord".to_owned(), ..request() }).unwrap_err();
    assert!(error.to_string().contains("nine digits"), "{error}");
}

#[test]
fn a_spoilt_private_key_is_refused_with_advice() {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("dev-issuer");
    std::fs::create_dir(&home).unwrap();
    std::fs::write(home.join("private-key.der"), "spoilt").unwrap();
    let error = DevIssuer::open(dir.path(), Arc::new(FixedClock::new(NOW))).err().unwrap();
    assert!(error.to_string().contains("delete it"), "{error}");
}
