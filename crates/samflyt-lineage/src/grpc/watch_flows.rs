//! `WatchFlows`: the flows as they are, then each change, gathered for a moment so that a burst is one message.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use samflyt_events::catalogue::{Catalogue, Scope};
use samflyt_events::{Refusal, TenantId};
use samflyt_proto::lineage as pb;
use samflyt_runtime::{Caller, refused};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use super::Answers;
use super::flow::message;
use crate::Lineage;
use crate::answer::store_failed;
use crate::projections::keys::FlowKey;
use crate::reader::{Period, Reader};

/// The least time between two messages.
const GATHER: Duration = Duration::from_millis(200);

impl Lineage {
    pub(super) async fn watch(
        &self,
        caller: Caller,
        request: pb::WatchFlowsRequest,
    ) -> Result<Answers<pb::WatchFlowsResponse>, Refusal> {
        let (tenants, _) = self.question(&caller, &request.tenants, None).await?;
        let (answers, received) = mpsc::channel(4);
        let (runner, feed, clock) = (self.runner.clone(), self.deps.feed.clone(), self.deps.clock.clone());
        let stop = self.lifecycle.intake.clone();
        self.lifecycle.spawn_intake("flow watch", async move {
            let mut commits = runner.commits();
            let mut sent = BTreeMap::new();
            loop {
                commits.mark_unchanged();
                let reader = Reader::new(runner.view());
                let answer = match may_still(&caller, &feed.get(), &tenants, clock.now()) {
                    Ok(()) => changes(&reader, &feed.get(), &tenants, &request.system, &mut sent),
                    Err(refusal) => Err(refusal),
                };
                let ended = answer.is_err();
                let answer = answer.map_err(|refusal| refused::status(&refusal)).transpose();
                if let Some(answer) = answer
                    && answers.send(answer).await.is_err()
                {
                    return Ok::<(), String>(());
                }
                tokio::select! {
                    () = stop.cancelled() => return Ok(()),
                    () = answers.closed() => return Ok(()),
                    () = tokio::time::sleep(GATHER) => {}
                }
                if ended {
                    return Ok(());
                }
                tokio::select! {
                    () = stop.cancelled() => return Ok(()),
                    () = answers.closed() => return Ok(()),
                    changed = commits.changed() => if changed.is_err() { return Ok(()) },
                }
            }
        });
        Ok(Box::pin(ReceiverStream::new(received)))
    }
}

/// A grant that was withdrawn, or a token that expired, ends the watch.
pub(crate) fn may_still(
    caller: &Caller,
    catalogue: &Catalogue,
    tenants: &std::collections::BTreeSet<TenantId>,
    now: time::OffsetDateTime,
) -> Result<(), Refusal> {
    if caller.principal.is_expired(now) {
        let message = "the token expired while the watch was open: get a new one";
        return Err(Refusal::new(samflyt_events::Reason::TokenInvalid, message));
    }
    tenants.iter().try_for_each(|tenant| caller.require(catalogue, Scope::Query, tenant, None))
}

fn changes(
    reader: &Reader,
    catalogue: &Arc<Catalogue>,
    tenants: &std::collections::BTreeSet<TenantId>,
    system: &str,
    sent: &mut BTreeMap<FlowKey, u64>,
) -> Result<Option<pb::WatchFlowsResponse>, Refusal> {
    let streams = reader.streams(tenants.iter().cloned()).map_err(store_failed)?;
    let number = reader.number(system).map_err(store_failed)?;
    let wanted = |key: &FlowKey| {
        system.is_empty() || number.is_some_and(|number| key.provider == number || key.consumer == number)
    };
    let first = sent.is_empty();
    let mut flows = Vec::new();
    for (key, totals) in reader.all_flows(&streams, Period::ALL, wanted).map_err(store_failed)? {
        if sent.insert(key, totals.events) != Some(totals.events) {
            flows.push(message(reader, &streams, (catalogue, None), key, totals).map_err(store_failed)?);
        }
    }
    if flows.is_empty() && !first {
        return Ok(None);
    }
    let completeness = crate::answer::completeness(reader, tenants, false);
    Ok(Some(pb::WatchFlowsResponse { flows, completeness: Some(completeness) }))
}
