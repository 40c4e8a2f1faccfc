//! The connection to the broker.

use std::time::Duration;

use async_nats::jetstream;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

/// How the hub reaches its broker.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LogConfig {
    /// Comma-separated `nats://` addresses. Environment: `SAMFLYT_NATS__URL`. Empty: a broker of the hub's own.
    pub url: String,
    /// User of the account `HUB`. Environment: `SAMFLYT_NATS__USER`.
    pub user: String,
    /// Environment: `SAMFLYT_NATS__PASSWORD`.
    pub password: String,
    /// Copies of each stream: 1, 3 or 5. Environment: `SAMFLYT_NATS__REPLICAS`.
    pub replicas: usize,
    /// For how long the broker itself recognises a resend, in seconds. Environment: `SAMFLYT_NATS__DUPLICATE_WINDOW_S`.
    pub duplicate_window_s: u64,
    /// How long an append may wait for its acknowledgement, in milliseconds. Environment: `SAMFLYT_NATS__ACK_TIMEOUT_MS`.
    pub ack_timeout_ms: u64,
    /// Seed of the account nkey that answers to the broker's auth callout are signed with. Empty: systems cannot connect
    /// to the broker themselves. Environment: `SAMFLYT_NATS__AUTH_ISSUER_SEED`.
    pub auth_issuer_seed: String,
}

impl Default for LogConfig {
    fn default() -> Self {
        Self {
            url: String::new(),
            user: "hub".to_owned(),
            password: String::new(),
            replicas: 1,
            duplicate_window_s: 120,
            ack_timeout_ms: 5_000,
            auth_issuer_seed: String::new(),
        }
    }
}

impl std::fmt::Debug for LogConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LogConfig")
            .field("url", &self.url)
            .field("user", &self.user)
            .field("replicas", &self.replicas)
            .finish_non_exhaustive()
    }
}

impl LogConfig {
    pub fn duplicate_window(&self) -> Duration {
        Duration::from_secs(self.duplicate_window_s)
    }

    pub fn ack_timeout(&self) -> Duration {
        Duration::from_millis(self.ack_timeout_ms)
    }
}

/// The broker cannot be reached, or does not let the hub in.
#[derive(Debug, thiserror::Error)]
#[error(
    "cannot connect to the broker at {url}: is it running, and are user and password right? `samflyt doctor` tells"
)]
pub struct ConnectError {
    url: String,
    #[source]
    source: async_nats::ConnectError,
}

/// The log. Cheap to clone; all clones share one connection.
#[derive(Clone, Debug)]
pub struct Log {
    pub(crate) client: async_nats::Client,
    pub(crate) jetstream: jetstream::Context,
    pub(crate) config: LogConfig,
    /// Counts the connections made: another one means that what the broker knew of us is gone.
    pub(crate) connections: watch::Receiver<u64>,
}

/// How many acknowledgements one process waits for at once.
const IN_FLIGHT_MAX: usize = 8_192;

impl Log {
    /// Connects. Later losses of the connection are mended in the background.
    ///
    /// # Errors
    /// [`ConnectError`] where the first connection fails.
    pub async fn connect(config: LogConfig) -> Result<Self, ConnectError> {
        let servers: Vec<String> = config.url.split(',').map(|url| url.trim().to_owned()).collect();
        let (connected, connections) = watch::channel(0);
        let client =
            async_nats::ConnectOptions::with_user_and_password(config.user.clone(), config.password.clone())
                .name("samflyt-hub")
                .custom_inbox_prefix("_INBOX_HUB")
                .client_capacity(IN_FLIGHT_MAX)
                .read_buffer_capacity(u16::MAX)
                .ping_interval(Duration::from_secs(10))
                .reconnect_delay_callback(|attempt| Duration::from_millis((50 * attempt as u64).min(1_000)))
                .event_callback(move |event| {
                    if event == async_nats::Event::Connected {
                        connected.send_modify(|count| *count += 1);
                    }
                    std::future::ready(())
                })
                .connect(servers)
                .await
                .map_err(|source| ConnectError { url: config.url.clone(), source })?;
        let jetstream = jetstream::context::ContextBuilder::new()
            .timeout(config.ack_timeout())
            .ack_timeout(config.ack_timeout())
            .max_ack_inflight(IN_FLIGHT_MAX)
            .build(client.clone());
        Ok(Self { client, jetstream, config, connections })
    }

    pub fn config(&self) -> &LogConfig {
        &self.config
    }

    /// The connection itself, for what is no log: requests by systems, the auth callout.
    pub fn client(&self) -> &async_nats::Client {
        &self.client
    }

    /// Whether the broker is there, as far as is known without asking.
    pub fn is_connected(&self) -> bool {
        self.client.connection_state() == async_nats::connection::State::Connected
    }
}
