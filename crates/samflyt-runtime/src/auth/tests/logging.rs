use std::io::Write;

use parking_lot::Mutex;
use time::Duration;
use tracing_subscriber::fmt::MakeWriter;

use super::key_server::KeyServer;
use super::*;

/// Everything that is logged, at every level, as text.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().clone()).unwrap()
    }

    fn count(&self, needle: &str) -> usize {
        self.text().matches(needle).count()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn a_failure_to_fetch_is_logged_once_and_so_is_its_end_and_no_token_ever() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(log.clone());
    // With one dispatcher alone, tracing asks whichever thread comes by a log line first whether anybody listens, and
    // other tests' threads say no. With two it asks the dispatchers.
    let _second = tracing::Dispatch::new(tracing_subscriber::registry());
    let _guard = tracing::subscriber::set_default(subscriber.finish());

    let key = SigningKey::ed25519("key");
    let server = KeyServer::serving(document(&[&key])).await;
    let clock = Arc::new(FixedClock::new(NOW));
    let auth = Authenticator::new(trust(server.location()), clock.clone()).await.unwrap();
    let token = key.sign(&claims_with("exp", (NOW.unix_timestamp() + 7_200).into()));
    server.fail();
    for _ in 0..3 {
        clock.advance(Duration::seconds(600));
        auth.authenticate(Some(&token)).await.unwrap();
    }
    assert_eq!(server.requests(), 4);
    assert_eq!(log.count("the key set cannot be read"), 1, "{}", log.text());
    assert_eq!(log.count("the server answered 500"), 1, "{}", log.text());

    server.serve(document(&[&key]));
    for _ in 0..2 {
        clock.advance(Duration::seconds(600));
        auth.authenticate(Some(&token)).await.unwrap();
    }
    assert_eq!(log.count("the key set can be read again"), 1, "{}", log.text());

    let forged = SigningKey::ed25519("key").sign(&claims());
    refused(auth.authenticate(Some(&forged)).await, &forged);
    for secret in [token, forged] {
        assert!(secret.split('.').all(|part| log.count(part) == 0), "a token is logged");
    }
}
