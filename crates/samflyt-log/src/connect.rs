//! The connection to the broker.

use std::error::Error;
use std::time::Duration;

use async_nats::{ConnectErrorKind, ServerAddr, jetstream};
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
pub enum ConnectError {
    // The address is not repeated: it may hold a password all the same.
    #[error(
        "`nats.url` is no address of a broker ({0}): write nats://HOST:PORT, several with commas between"
    )]
    Url(std::io::Error),
    #[error(
        "`nats.url` holds a user or a password, and addresses are printed: give them as `nats.user` and `nats.password` \
         (SAMFLYT_NATS__USER, SAMFLYT_NATS__PASSWORD)"
    )]
    SecretInUrl,
    #[error(
        "the broker at {url} does not let the user `{user}` in: check `nats.user` and `nats.password` \
         (SAMFLYT_NATS__USER, SAMFLYT_NATS__PASSWORD)"
    )]
    NotLetIn { url: String, user: String },
    #[error("no broker answers at {url} ({cause}): is it running? `samflyt doctor --nats-url URL` tells")]
    Unreachable { url: String, cause: String },
}

impl ConnectError {
    fn of(config: &LogConfig, error: &async_nats::ConnectError) -> Self {
        let url = config.url.clone();
        match error.kind() {
            ConnectErrorKind::Authentication | ConnectErrorKind::AuthorizationViolation => {
                Self::NotLetIn { url, user: config.user.clone() }
            }
            _ => {
                // Its sources say the same again.
                let cause = error.source().map_or_else(|| error.to_string(), ToString::to_string);
                Self::Unreachable { url, cause }
            }
        }
    }
}

/// The addresses, none of which may hold a secret.
fn servers(urls: &str) -> Result<Vec<ServerAddr>, ConnectError> {
    let parse = |url: &str| {
        let server: ServerAddr = url.trim().parse().map_err(ConnectError::Url)?;
        match server.username().or(server.password()) {
            Some(_) => Err(ConnectError::SecretInUrl),
            None => Ok(server),
        }
    };
    urls.split(',').map(parse).collect()
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
        let servers = servers(&config.url)?;
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
                .map_err(|error| ConnectError::of(&config, &error))?;
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

    /// Counts the connections made: what was learned over an earlier one may have changed meanwhile.
    pub fn connections(&self) -> watch::Receiver<u64> {
        self.connections.clone()
    }

    /// Whether the broker is there, as far as is known without asking.
    pub fn is_connected(&self) -> bool {
        self.client.connection_state() == async_nats::connection::State::Connected
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_refused_without_being_repeated_where_it_holds_a_secret() {
        assert_eq!(servers("nats://a:4222, b:4222").unwrap().len(), 2);
        for url in ["nats://hub:SECRET@a:4222", "a,nats://SECRET@b", "nats://hub:SECRET@a:b", "SECRET://a"] {
            let error = servers(url).unwrap_err().to_string();
            assert!(!error.contains("hub:SECRET") && !error.contains("SECRET@"), "{error}");
        }
    }
}
