//! The index of event ids: what the log holds, by the name its system gave it. It answers for what the broker's own
//! deduplication window has forgotten, for ever (promise 2).

use std::collections::BTreeSet;
use std::sync::Arc;

use samflyt_events::subject::events_stream;
use samflyt_events::{Digest, EventRef, Reason, Refusal, TenantId, header_value};
use samflyt_log::Entry;
use samflyt_projection::{Fold, FoldError, ProjectionConfig, ProjectionError, Runner, Writer};
use samflyt_runtime::Lifecycle;

use crate::{Deps, GatewayConfig};

/// Keys: `<system>/<id>` as in the headers. Values: sequence (8 bytes), digest (16 bytes), tenant. Persisted.
struct EventIds;

impl Fold for EventIds {
    const NAME: &'static str = "event-ids";
    const VERSION: u32 = 1;

    fn fold(&self, entry: &Entry, _: &str, writer: &mut Writer<'_>) -> Result<(), FoldError> {
        let digest = entry.header("ce-digest").and_then(Digest::parse);
        let (Some(id), Some(digest), Some(tenant)) = (entry.header("Nats-Msg-Id"), digest, entry.header("ce-tenant"))
        else {
            return Err(FoldError::Refused("a message of the log is no event of a gateway".to_owned()));
        };
        let value = [&entry.sequence.to_be_bytes()[..], &digest.0, tenant.as_bytes()].concat();
        writer.put_new(key(id), value)
    }
}

fn key(reference: &str) -> Vec<u8> {
    [b"e", reference.as_bytes()].concat()
}

/// What the index knows of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Indexed {
    pub sequence: u64,
    pub digest: Digest,
    pub tenant: String,
}

/// The index, kept up to date in the background.
pub(crate) struct Index {
    runner: Runner<EventIds>,
    window: std::time::Duration,
}

impl Index {
    pub async fn open(config: &GatewayConfig, deps: &Deps, lifecycle: &Lifecycle) -> Result<Self, ProjectionError> {
        let clock = deps.clock.clone();
        let projection = ProjectionConfig {
            cache_bytes: config.index_cache_mib * 1024 * 1024,
            headers_only: true,
            ..ProjectionConfig::new(deps.data_dir.join("gateway"), Arc::new(move || clock.now()))
        };
        let runner = Runner::open(EventIds, deps.log.clone(), projection, lifecycle).await?;
        follow_tenants(&runner, deps, lifecycle);
        Ok(Self { runner, window: deps.log.config().duplicate_window() })
    }

    /// Whether everything that the broker may have forgotten is folded: a resend is recognised by one of the two.
    pub fn is_current(&self, tenant: &TenantId) -> bool {
        let caught_up = self.runner.caught_up_at(&events_stream(tenant));
        caught_up.is_some_and(|at| at.elapsed() < self.window / 2)
    }
}
