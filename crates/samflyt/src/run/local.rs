//! A whole hub on this machine: a broker of its own, a development issuer, every service in this process.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use samflyt_runtime::auth::{DevIssuer, TokenRequest};
use samflyt_runtime::broker::{Broker, BrokerAccess, BrokerOptions};
use samflyt_runtime::{SharedClock, SystemClock};
use time::Duration;

use crate::hub::{Hub, HubConfig, Service};

/// Organisation number of the operating company in development and in the demo: nobody's.
pub const OPERATOR: &str = "999888777";

/// How long the operator's development token lasts.
const TOKEN_LIFETIME: Duration = Duration::hours(24);

pub struct LocalHub {
    pub hub: Hub,
    /// None where the hub uses a broker that ran already.
    pub broker: Option<Arc<Broker>>,
    pub issuer: DevIssuer,
    pub data_dir: PathBuf,
}

impl LocalHub {
    /// Starts it. What the configuration says of the broker and the issuers is kept; what it leaves open is made here.
    ///
    /// # Errors
    /// Where the broker, the issuer or the hub cannot start.
    pub async fn start(config: HubConfig) -> anyhow::Result<Self> {
        Self::start_by(config, SystemClock::shared()).await
    }

    /// Starts it by another clock than the machine's.
    ///
    /// # Errors
    /// As [`LocalHub::start`].
    pub async fn start_by(mut config: HubConfig, clock: SharedClock) -> anyhow::Result<Self> {
        let data_dir = config.data_dir.clone();
        std::fs::create_dir_all(&data_dir).with_context(|| format!("cannot make {}", data_dir.display()))?;
        let issuer = DevIssuer::open(&data_dir, clock.clone()).context("development issuer")?;
        config.auth.issuers.push(issuer.issuer_config());
        if config.registry.operator.is_empty() {
            OPERATOR.clone_into(&mut config.registry.operator);
        }
        let broker = if config.nats.url.is_empty() {
            let mut options = BrokerOptions::in_dir(data_dir.join("broker"));
            let event = u32::try_from(config.gateway.event_bytes_max).unwrap_or(u32::MAX);
            options.max_payload_bytes = options.max_payload_bytes.max(event.saturating_add(64 * 1024));
            let broker = Broker::start(options).await.context("broker")?;
            use_broker(&mut config, broker.access());
            Some(Arc::new(broker))
        } else {
            None
        };
        let hub = Hub::start(config, &Service::ALL.into(), clock).await?;
        let started = Self { hub, broker, issuer, data_dir };
        keep_token(&started.data_dir, &started.operator_token()?)?;
        Ok(started)
    }

    /// A token for the operator, with every scope.
    ///
    /// # Errors
    /// Where the issuer cannot sign.
    pub fn operator_token(&self) -> anyhow::Result<String> {
        self.token(OPERATOR, None)
    }

    /// A token with every scope. What it is good for, grants decide.
    ///
    /// # Errors
    /// Where the organisation number is none.
    pub fn token(&self, organisation: &str, client: Option<&str>) -> anyhow::Result<String> {
        let scopes =
            samflyt_events::catalogue::Scope::ALL.iter().map(|scope| scope.as_str().to_owned()).collect();
        Ok(self.issuer.issue(&TokenRequest {
            consumer: organisation.to_owned(),
            supplier: None,
            client_id: client.map(str::to_owned),
            scopes,
            lifetime: TOKEN_LIFETIME,
        })?)
    }

    /// Ends the hub, then its broker.
    ///
    /// # Errors
    /// What died, where something did.
    pub async fn end(self) -> anyhow::Result<()> {
        let ended = self.hub.end().await;
        if let Some(broker) = &self.broker {
            broker.stop().await;
        }
        ended
    }
}

/// Lets the configuration mean a broker of the hub's own.
pub fn use_broker(config: &mut HubConfig, access: &BrokerAccess) {
    config.nats.url.clone_from(&access.url);
    config.nats.user.clone_from(&access.hub_user);
    config.nats.password.clone_from(&access.hub_password);
    config.nats.auth_issuer_seed.clone_from(&access.auth_issuer_seed);
}

fn keep_token(dir: &Path, token: &str) -> anyhow::Result<()> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    let path = dir.join("operator-token");
    let mut file =
        std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&path)?;
    file.write_all(token.as_bytes()).with_context(|| format!("cannot write {}", path.display()))
}
