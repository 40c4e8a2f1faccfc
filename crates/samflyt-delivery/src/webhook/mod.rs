//! Webhooks: events are posted to the consumer, as CloudEvents over HTTP in binary mode, signed by the Standard Webhooks
//! specification.
//!
//! Consumes what the desk sends to a client; gives a verdict on each. Kept true: nothing is posted to an address that is not
//! public, or to an endpoint that did not prove itself; no redirect is followed; a secret stands nowhere in clear but in the
//! answer that shows it once.

mod address;
mod answer;
mod change;
mod config;
mod courier;
mod post;
mod secret;
#[cfg(test)]
mod tests;
mod verify;

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use reqwest::{Client, Url};
use samflyt_events::delivery::Subscription;
use samflyt_events::{DigestKey, TenantId};
use samflyt_runtime::SharedClock;
use time::OffsetDateTime;

pub(crate) use address::check_url;
pub(crate) use change::{WebhookChange, change_webhook, no_webhook};
pub use config::WebhookConfig;
pub(crate) use courier::Courier;
pub(crate) use secret::{NewSecret, Seal};

/// What all webhooks of the hub share.
pub(crate) struct Webhooks {
    pub config: WebhookConfig,
    pub seal: Seal,
    /// Or why there is none: a machine without certificate authorities may still run a hub.
    client: Result<Client, String>,
    clock: SharedClock,
}

/// Where and how the events of a subscription are posted.
pub(crate) struct Endpoint {
    tenant: TenantId,
    subscription: String,
    longest_pause: time::Duration,
    /// Within this an answer must be there.
    within: Duration,
    /// Why nothing can be posted, where that is so.
    ready: Result<Ready, String>,
}

struct Ready {
    url: Url,
    /// The newest first, with the moment until which each signs.
    keys: Vec<(ring::hmac::Key, Option<OffsetDateTime>)>,
}

impl Webhooks {
    pub fn new(config: WebhookConfig, digest_key: &DigestKey, clock: SharedClock) -> Self {
        samflyt_runtime::auth::install_crypto_provider();
        let client = Client::builder()
            .timeout(Duration::from_millis(config.timeout_ms.into()))
            .connect_timeout(Duration::from_millis(config.connect_timeout_ms.into()))
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .no_proxy()
            .user_agent(concat!("samflyt/", env!("CARGO_PKG_VERSION")))
            .dns_resolver(address::Resolver { allow_private: config.allow_private })
            .build()
            .map_err(|error| no_client(&error));
        Self { config, seal: Seal::new(digest_key), client, clock }
    }

    /// What a subscription says of its endpoint now. None: it is no webhook.
    pub fn endpoint(&self, tenant: &TenantId, of: &Subscription) -> Option<Arc<Endpoint>> {
        let webhook = of.webhook()?;
        let ready = check_url(&webhook.url, &self.config)
            .map_err(|(rule, advice)| format!("the endpoint's address {rule}: {advice}"))
            .and_then(|url| {
                let keys = webhook.secrets.iter().map(|secret| {
                    let key = self.seal.key(tenant, &of.id, &secret.sealed);
                    key.map(|key| (key, secret.until))
                });
                let keys: Result<Vec<_>, secret::Unsealable> = keys.collect();
                keys.map(|keys| Ready { url, keys }).map_err(|error| error.to_string())
            });
        // Before the event counts as lost on its way.
        let settled = Duration::from_secs(of.limits.settle_within_s.into()).mul_f64(0.75);
        Some(Arc::new(Endpoint {
            tenant: tenant.clone(),
            subscription: of.id.clone(),
            longest_pause: time::Duration::seconds(of.limits.pause_longest_s.into()),
            within: Duration::from_millis(self.config.timeout_ms.into()).min(settled),
            ready,
        }))
    }
}

fn no_client(error: &reqwest::Error) -> String {
    let why = error.source().map_or_else(|| error.to_string(), ToString::to_string);
    format!(
        "the hub cannot post ({why}): give its machine certificate authorities (`ca-certificates`, or `SSL_CERT_FILE`), and \
         start it again"
    )
}
