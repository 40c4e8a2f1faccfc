//! The index of event ids: what the log holds, by the name its system gave it. It answers for what the broker's own
//! deduplication window has forgotten, for ever (promise 2).

mod appended;

use std::sync::Arc;
use std::time::Duration;

use samflyt_events::subject::events_stream;
use samflyt_events::{
    ContractVersion, Digest, EventRef, Reason, Refusal, TYPE_PREFIX, TenantId, header_value,
};
use samflyt_log::Entry;
use samflyt_projection::{Fold, FoldError, ProjectionConfig, ProjectionError, Runner, Writer};
use samflyt_runtime::{Deps, Lifecycle, projection};

use crate::GatewayConfig;
use appended::Appended;
pub(crate) use appended::AppendedEvent;

/// The longest that entries are gathered for the index, in milliseconds.
const GATHER_MS_MAX: u64 = 250;

/// Keys: `<tenant> <system>/<id>` as in the headers. Values: sequence (8 bytes), digest (16 bytes), contract version (4
/// bytes). Persisted.
struct EventIds;

impl Fold for EventIds {
    const NAME: &'static str = "event-ids";
    const VERSION: u32 = 1;

    fn fold(&self, entry: &Entry, _: &str, writer: &mut Writer<'_>) -> Result<(), FoldError> {
        let digest = entry.header("ce-digest").and_then(Digest::parse);
        let (Some(id), Some(digest), Some(tenant)) =
            (entry.header("Nats-Msg-Id"), digest, entry.header("ce-tenant"))
        else {
            return Err(FoldError::Refused("a message of the log is no event of a gateway".to_owned()));
        };
        let kind =
            entry.header("ce-type").and_then(|kind| kind.strip_prefix(TYPE_PREFIX)).unwrap_or_default();
        let contract = entry
            .header("ce-dataschema")
            .and_then(|uri| ContractVersion::of_uri(uri, kind))
            .unwrap_or(ContractVersion { major: 0, minor: 0 });
        let version = [contract.major.to_be_bytes(), contract.minor.to_be_bytes()].concat();
        writer.put(key(tenant, id), [&entry.sequence.to_be_bytes()[..], &digest.0, &version].concat());
        Ok(())
    }
}

fn key(tenant: &str, reference: &str) -> Vec<u8> {
    [b"e", tenant.as_bytes(), b" ", reference.as_bytes()].concat()
}

/// What the index knows of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Indexed {
    pub sequence: u64,
    pub digest: Digest,
    pub contract: ContractVersion,
}

/// The index, kept up to date in the background.
pub(crate) struct Index {
    runner: Runner,
    appended: Appended,
    window: Duration,
}

impl Index {
    pub async fn open(
        gateway: &GatewayConfig,
        deps: &Deps,
        lifecycle: &Lifecycle,
    ) -> Result<Self, ProjectionError> {
        let window_ms = deps.log.config().duplicate_window_s * 1_000;
        let config = ProjectionConfig {
            dir: deps.data_dir.join("gateway"),
            cache_mib: gateway.index_cache_mib,
            headers_only: true,
            // Often enough that one missed look does not make the index seem behind.
            poll_every_ms: (window_ms / 8).min(1_000),
            ..ProjectionConfig::default()
        };
        // Of the half of the window that the index may lag, the gathering takes a quarter.
        let gather = Duration::from_millis((window_ms / 32).clamp(1, GATHER_MS_MAX));
        let appended = Appended::new(deps.log.clone(), gather);
        let source = Arc::new(appended.clone());
        let task = "index of event ids";
        let runner = projection::start(task, EventIds, source, config, deps, lifecycle).await?;
        follow_tenants(&runner, deps, lifecycle);
        Ok(Self { runner, appended, window: deps.log.config().duplicate_window() })
    }

    /// Takes in an event that this gateway appended.
    pub fn appended(&self, event: AppendedEvent, sequence: u64) {
        self.appended.add(event, sequence);
    }

    /// Whether everything that the broker may have forgotten is folded: a resend is recognised by one of the two.
    pub fn is_current(&self, tenant: &TenantId) -> bool {
        let caught_up = self.runner.caught_up_at(&events_stream(tenant));
        caught_up.is_some_and(|at| at.elapsed() < self.window / 2)
    }

    /// Whether the log of a tenant has been caught up with at least once.
    pub fn is_followed(&self, tenant: &str) -> bool {
        self.runner.caught_up_at(&format!("EVENTS_{tenant}")).is_some()
    }

    /// The size of a tenant's log as it was looked at last.
    pub fn stored_bytes(&self, tenant: &TenantId) -> u64 {
        self.appended.stored_bytes(&events_stream(tenant))
    }

    /// Waits until the log of a tenant has been caught up with. Nothing tells of it but the asking.
    pub async fn caught_up(&self, tenant: &str) {
        while !self.is_followed(tenant) {
            tokio::time::sleep(std::time::Duration::from_millis(2)).await;
        }
    }

    /// # Errors
    /// `INDEX_BEHIND` where the index cannot be read: it is made anew.
    pub fn find(&self, tenant: &TenantId, reference: &EventRef) -> Result<Option<Indexed>, Refusal> {
        let found = self.runner.get(&key(tenant.as_str(), &header_value(&reference.to_string())));
        let found = found.map_err(|error| {
            tracing::error!(%error, "the index of event ids cannot be read");
            Refusal::new(Reason::IndexBehind, "the index of event ids is being made anew: try again")
        })?;
        Ok(found.and_then(|value| Indexed::from_bytes(&value)))
    }
}

impl Indexed {
    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (sequence, rest) = bytes.split_first_chunk::<8>()?;
        let (digest, version) = rest.split_first_chunk::<16>()?;
        let &[a, b, c, d] = version else { return None };
        Some(Self {
            sequence: u64::from_be_bytes(*sequence),
            digest: Digest(*digest),
            contract: ContractVersion {
                major: u16::from_be_bytes([a, b]),
                minor: u16::from_be_bytes([c, d]),
            },
        })
    }
}

fn follow_tenants(runner: &Runner, deps: &Deps, lifecycle: &Lifecycle) {
    let (runner, feed, stop) = (runner.clone(), deps.feed.clone(), lifecycle.services.clone());
    lifecycle.spawn("index tenants", async move {
        feed.for_each_tenant(stop, |tenant| runner.follow(&events_stream(&tenant))).await;
        Ok::<(), String>(())
    });
}
