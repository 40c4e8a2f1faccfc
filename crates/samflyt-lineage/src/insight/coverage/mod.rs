//! `GetCoverage`: for each tenant one pass over its events with archive duty and its deposits. The oldest event of each plight
//! is read from the log, to name it.

mod decide;

use std::collections::BTreeSet;
use std::sync::Arc;

use samflyt_events::contract::ArchiveDuty;
use samflyt_events::subject::events_stream;
use samflyt_events::{Refusal, SystemId, TenantId};
use samflyt_log::Log;
use samflyt_projection::StoreError;
use samflyt_proto::lineage as pb;
use samflyt_runtime::Caller;

use decide::{Covered, Events, Seen, decide};

use super::by_tenant::EachTenant;
use super::ground::Ground;
use crate::Lineage;
use crate::answer::{completeness, moment};
use crate::grpc::Answers;
use crate::metrics::CoverageMetrics;
use crate::projections::keys::Number;

const REQUESTS: [&str; 2] = ["archive.deposit-requested", "archive.message-received"];
const ACCEPTED: &str = "archive.deposit-accepted";
const REJECTED: &str = "archive.deposit-rejected";
const DAY_MS: u64 = 86_400_000;
/// Rows of one message.
const ROWS_MAX: usize = 500;

impl Lineage {
    pub(super) async fn coverage(
        self: &Arc<Self>,
        caller: Caller,
        request: pb::GetCoverageRequest,
    ) -> Result<Answers<pb::GetCoverageResponse>, Refusal> {
        let (tenants, reader) = self.question(&caller, &request.tenants, request.at_least).await?;
        let ground = self.ground(reader, request.as_of)?;
        let quiet_ms = u64::from(request.quiet_days) * DAY_MS;
        let question = Coverage { ground, quiet_ms, tenants: tenants.clone(), log: self.deps.log.clone() };
        Ok(self.each_tenant("coverage", tenants, question))
    }

    /// Notes the coverage of a tenant as it is now.
    pub(crate) fn measure_coverage(
        &self,
        tenant: &TenantId,
        metrics: &CoverageMetrics,
    ) -> Result<(), StoreError> {
        let reader = crate::reader::Reader::new(self.runner.view());
        let Ok(mut ground) = self.ground(reader, None) else { return Ok(()) };
        let covered = decide(&events(&mut ground, tenant)?, u64::MAX);
        for ((system, kind), covered) in covered {
            let (system, kind) = (ground.name(system)?, ground.name(kind)?);
            let counts = [covered.missing, covered.unanswered, covered.rejected].map(|plight| plight.affairs);
            metrics.show(tenant, &system, &kind, covered.closed, counts);
        }
        Ok(())
    }
}

struct Coverage {
    ground: Ground,
    quiet_ms: u64,
    tenants: BTreeSet<TenantId>,
    log: Log,
}

impl EachTenant for Coverage {
    type Answer = pb::GetCoverageResponse;

    fn tenant(&mut self, tenant: &TenantId) -> Result<Vec<Self::Answer>, StoreError> {
        let events = events(&mut self.ground, tenant)?;
        let before_ms = self.ground.at_ms().saturating_sub(self.quiet_ms);
        let mut rows = Vec::new();
        for ((system, kind), covered) in decide(&events, before_ms) {
            rows.push(self.row(tenant, system, kind, &covered)?);
        }
        // The same after a rebuild.
        rows.sort_by(|a, b| (&a.system, &a.r#type).cmp(&(&b.system, &b.r#type)));
        let messages = rows.chunks(ROWS_MAX);
        Ok(messages.map(|rows| pb::GetCoverageResponse { rows: rows.to_vec(), completeness: None }).collect())
    }

    fn last(&self) -> Self::Answer {
        let completeness = completeness(&self.ground.reader, &self.tenants, false);
        pb::GetCoverageResponse { rows: Vec::new(), completeness: Some(completeness) }
    }
}

impl Coverage {
    fn row(
        &self,
        tenant: &TenantId,
        system: Number,
        kind: Number,
        covered: &Covered,
    ) -> Result<pb::Coverage, StoreError> {
        let uncovered = |plight: decide::Plight| {
            (plight.affairs > 0).then(|| pb::Uncovered {
                affairs: plight.affairs,
                since: plight.oldest.map(|(_, at_ms)| moment(at_ms)),
                oldest: plight.oldest.map(|(sequence, _)| self.named(tenant, sequence)).unwrap_or_default(),
            })
        };
        Ok(pb::Coverage {
            tenant: tenant.to_string(),
            system: self.ground.name(system)?,
            r#type: self.ground.name(kind)?,
            closed: covered.closed,
            accepted: covered.accepted,
            missing: uncovered(covered.missing),
            unanswered: uncovered(covered.unanswered),
            rejected: uncovered(covered.rejected),
        })
    }

    /// The name of an event; empty where the log does not answer.
    fn named(&self, tenant: &TenantId, sequence: u64) -> String {
        let (log, stream) = (self.log.clone(), events_stream(tenant));
        let read =
            tokio::runtime::Handle::current().block_on(async move { log.read_copy(&stream, sequence).await });
        let event = read.ok().flatten().and_then(|entry| entry.event().ok());
        event.map(|recorded| recorded.event.reference().to_string()).unwrap_or_default()
    }
}

/// What of a tenant's log matters, as far as it had been seen by the moment.
fn events(ground: &mut Ground, tenant: &TenantId) -> Result<Events, StoreError> {
    let Some(stream) = ground.events_of(tenant)?.into_keys().next() else { return Ok(Events::default()) };
    let until = ground.seen().seen_ms;
    let archive = ground.reader.number(SystemId::archive_of(tenant).as_str())?;
    let told = |ground: &Ground, kind: &str| -> Result<Vec<Seen>, StoreError> {
        let Some(kind) = ground.reader.number(kind)? else { return Ok(Vec::new()) };
        let all = ground.reader.told(stream, kind);
        let seen =
            all.map(|found| found.map(|(system, sequence, told)| Seen { kind, system, sequence, told }));
        seen.filter(|seen| seen.as_ref().map_or(true, |seen| seen.told.at_ms <= until)).collect()
    };
    let mut events = Events::default();
    for request in REQUESTS {
        events.requests.extend(told(ground, request)?);
    }
    events.accepted = told(ground, ACCEPTED)?;
    events.rejected = told(ground, REJECTED)?;
    for answers in [&mut events.accepted, &mut events.rejected] {
        answers.retain(|answer| Some(answer.system) == archive);
    }
    let types: Vec<String> = ground.catalogue.contract_types().map(ToString::to_string).collect();
    for name in types {
        let Some(kind) = ground.reader.number(&name)? else { continue };
        let contract = ground.contract(kind)?;
        if contract.is_some_and(|entry| entry.compiled.contract.archive_duty == ArchiveDuty::Deposit) {
            events.duties.extend(told(ground, &name)?);
        }
    }
    Ok(events)
}
