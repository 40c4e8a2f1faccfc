//! `FindDrift`: for each tenant one pass over its flows and one over its agreements. Names are looked up for what is given.

mod decide;

use std::collections::BTreeSet;
use std::sync::Arc;

use samflyt_events::catalogue::Agreement;
use samflyt_events::{Reason, Refusal, TenantId};
use samflyt_projection::StoreError;
use samflyt_proto::lineage as pb;
use samflyt_proto::lineage::DriftKind;
use samflyt_runtime::Caller;

pub(super) use decide::Flow;
use decide::{Declared, Found, Observed, When, decide};

use super::by_tenant::EachTenant;
use super::ground::Ground;
use crate::Lineage;
use crate::answer::{completeness, moment};
use crate::grpc::Answers;
use crate::projections::keys::NOBODY;

const SILENT_DAYS_DEFAULT: u32 = 90;
const DAY_MS: u64 = 86_400_000;
/// Rows of one message.
const ROWS_MAX: usize = 500;

impl Lineage {
    pub(super) async fn drift(
        self: &Arc<Self>,
        caller: Caller,
        request: pb::FindDriftRequest,
    ) -> Result<Answers<pb::FindDriftResponse>, Refusal> {
        let kinds = kinds(&request.kinds)?;
        let (tenants, reader) = self.question(&caller, &request.tenants, request.at_least).await?;
        let ground = self.ground(reader, request.as_of)?;
        let silent_days = if request.silent_days == 0 { SILENT_DAYS_DEFAULT } else { request.silent_days };
        let when =
            When { on: ground.on(), at_ms: ground.at_ms(), silent_ms: u64::from(silent_days) * DAY_MS };
        let question = Drift { ground, when, kinds, tenants: tenants.clone() };
        Ok(self.each_tenant("drift", tenants, question))
    }
}

/// The kinds that are asked for; none: all.
fn kinds(asked: &[i32]) -> Result<BTreeSet<i32>, Refusal> {
    for (index, kind) in asked.iter().enumerate() {
        if matches!(DriftKind::try_from(*kind), Err(_) | Ok(DriftKind::Unspecified)) {
            let (field, advice) = (format!("/kinds/{index}"), "leave it out, or name a kind of drift");
            return Err(Refusal::of_field(Reason::RequestInvalid, &field, "is no kind of drift", advice));
        }
    }
    Ok(asked.iter().copied().collect())
}

struct Drift {
    ground: Ground,
    when: When,
    kinds: BTreeSet<i32>,
    tenants: BTreeSet<TenantId>,
}

impl EachTenant for Drift {
    type Answer = pb::FindDriftResponse;

    fn tenant(&mut self, tenant: &TenantId) -> Result<Vec<Self::Answer>, StoreError> {
        // First what was seen: every name of it is known by the time the agreements are read.
        let observed = self.observed(tenant)?;
        let agreements = self.ground.approved(tenant);
        let declared = declared(&mut self.ground, &agreements)?;
        let mut rows = Vec::new();
        for found in decide(&declared, &observed, self.when) {
            if self.kinds.is_empty() || self.kinds.contains(&found.kind.into()) {
                rows.push(self.row(tenant, &agreements, &found)?);
            }
        }
        rows.sort_by(|a, b| order(a).cmp(&order(b)));
        let messages = rows.chunks(ROWS_MAX);
        Ok(messages.map(|rows| pb::FindDriftResponse { drifts: rows.to_vec(), completeness: None }).collect())
    }

    fn last(&self) -> Self::Answer {
        let completeness = completeness(&self.ground.reader, &self.tenants, false);
        pb::FindDriftResponse { drifts: Vec::new(), completeness: Some(completeness) }
    }
}

impl Drift {
    fn observed(&mut self, tenant: &TenantId) -> Result<Vec<Observed>, StoreError> {
        let streams = self.ground.events_of(tenant)?;
        let flows =
            self.ground.reader.all_flows(&streams, self.ground.seen(), |key| key.consumer != NOBODY)?;
        let mut observed = Vec::with_capacity(flows.len());
        for (key, totals) in flows {
            let flow = Flow { provider: key.provider, kind: key.kind, consumer: key.consumer };
            observed.push(Observed { flow, totals, personal: self.ground.is_personal(key.kind)? });
        }
        Ok(observed)
    }

    fn row(
        &mut self,
        tenant: &TenantId,
        agreements: &[Arc<Agreement>],
        found: &Found,
    ) -> Result<pb::Drift, StoreError> {
        let agreement = found.agreement.and_then(|at| agreements.get(at));
        let personal_fields = match found.kind {
            DriftKind::Shadow | DriftKind::NoLegalBasis => self.personal_fields(found.flow.kind)?,
            _ => Vec::new(),
        };
        let seen = found.totals.events > 0;
        let ended_on = found.ended_on.filter(|_| found.kind == DriftKind::Outlived);
        Ok(pb::Drift {
            kind: found.kind.into(),
            tenant: tenant.to_string(),
            provider: self.ground.name(found.flow.provider)?,
            r#type: self.ground.name(found.flow.kind)?,
            consumer: self.ground.name(found.flow.consumer)?,
            agreement: agreement.map(|agreement| agreement.id.to_string()).unwrap_or_default(),
            events: found.totals.events,
            first_seen: seen.then(|| moment(found.totals.first_ms)),
            last_seen: seen.then(|| moment(found.totals.last_ms)),
            ended_on: ended_on.map(|day| day.to_string()).unwrap_or_default(),
            personal_fields,
        })
    }

    fn personal_fields(&mut self, kind: u32) -> Result<Vec<String>, StoreError> {
        let Some(entry) = self.ground.contract(kind)? else { return Ok(Vec::new()) };
        let pointers: BTreeSet<&str> = entry.compiled.contract.personal_pointers().collect();
        Ok(pointers.into_iter().map(str::to_owned).collect())
    }
}

/// Each flow that an agreement allows, by numbers.
fn declared(ground: &mut Ground, agreements: &[Arc<Agreement>]) -> Result<Vec<Declared>, StoreError> {
    let mut declared = Vec::with_capacity(agreements.len());
    for (at, agreement) in agreements.iter().enumerate() {
        let provider = ground.number(agreement.provider.as_str())?;
        let consumer = ground.number(agreement.consumer.as_str())?;
        for kind in &agreement.types {
            declared.push(Declared {
                flow: Flow { provider, kind: ground.number(kind.as_str())?, consumer },
                agreement: at,
                from: agreement.valid_from,
                until: agreement.valid_until,
                // National law alone does not do for personal data (GDPR article 6).
                lawful: !agreement.legal_basis.gdpr.trim().is_empty(),
            });
        }
    }
    Ok(declared)
}

/// The order of rows: the same after a rebuild.
fn order(row: &pb::Drift) -> (i32, [&str; 3]) {
    (row.kind, [&row.provider, &row.r#type, &row.consumer])
}
