//! `FindCollectedTwice`: for each tenant one pass over what its systems publish, by the concepts of the contracts.

mod decide;

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use samflyt_events::catalogue::Agreement;
use samflyt_events::catalogue::resource::Lifecycle;
use samflyt_events::{Refusal, SystemId, TenantId};
use samflyt_projection::StoreError;
use samflyt_proto::lineage as pb;
use samflyt_runtime::Caller;

use decide::{Allowed, Collector, Meaning, Published, Source, Twice, decide};

use super::by_tenant::EachTenant;
use super::drift::Flow;
use super::ground::Ground;
use crate::Lineage;
use crate::answer::{completeness, period};
use crate::grpc::Answers;
use crate::projections::keys::{FlowKey, NOBODY, Number};
use crate::reader::Period;

/// Concepts of one message.
const CONCEPTS_MAX: usize = 50;

impl Lineage {
    pub(super) async fn collected_twice(
        self: &Arc<Self>,
        caller: Caller,
        request: pb::FindCollectedTwiceRequest,
    ) -> Result<Answers<pb::FindCollectedTwiceResponse>, Refusal> {
        let period = period(request.window, request.as_of)?;
        let (tenants, reader) = self.question(&caller, &request.tenants, request.at_least).await?;
        let ground = self.ground(reader, request.as_of)?;
        let question = CollectedTwice {
            period,
            concept: request.concept,
            tenants: tenants.clone(),
            readable: caller.readable(&ground.catalogue, &[])?,
            meanings: HashMap::new(),
            ground,
        };
        Ok(self.each_tenant("collected twice", tenants, question))
    }
}

struct CollectedTwice {
    ground: Ground,
    period: Period,
    /// Only this one; empty: all.
    concept: String,
    tenants: BTreeSet<TenantId>,
    /// All that the caller may read, also where only some are asked about.
    readable: BTreeSet<TenantId>,
    meanings: HashMap<Number, Arc<Meaning>>,
}

impl EachTenant for CollectedTwice {
    type Answer = pb::FindCollectedTwiceResponse;

    fn tenant(&mut self, tenant: &TenantId) -> Result<Vec<Self::Answer>, StoreError> {
        let (published, used) = self.flows(tenant)?;
        let agreements = self.ground.approved(tenant);
        let allowed = self.allowed(&agreements)?;
        let mut rows = Vec::new();
        for twice in decide(&published, &used, &allowed) {
            rows.push(self.row(tenant, &agreements, twice)?);
        }
        let messages = rows.chunks(CONCEPTS_MAX);
        Ok(messages
            .map(|rows| pb::FindCollectedTwiceResponse { collected: rows.to_vec(), completeness: None })
            .collect())
    }

    fn last(&self) -> Self::Answer {
        let completeness = completeness(&self.ground.reader, &self.tenants, false);
        pb::FindCollectedTwiceResponse { collected: Vec::new(), completeness: Some(completeness) }
    }
}

impl CollectedTwice {
    /// What the tenant's systems publish that means something, by name; and who uses what.
    fn flows(&mut self, tenant: &TenantId) -> Result<(Vec<Published>, Vec<Flow>), StoreError> {
        let (mut published, mut used) = (Vec::new(), Vec::new());
        for (stream, tenant) in self.ground.events_of(tenant)? {
            for (key, all) in self.ground.reader.flows_in(stream, &tenant)? {
                if all.first_ms > self.period.seen_ms {
                    continue;
                }
                let meaning = self.meaning(key.kind)?;
                if meaning.0.is_empty() {
                    continue;
                }
                if key.consumer == NOBODY {
                    let window = self.ground.reader.totals(&key, all, self.period)?;
                    let (system, kind, first_ms) = (key.provider, key.kind, all.first_ms);
                    let retired = self.is_retired(system)?;
                    let names = (self.ground.name(system)?, self.ground.name(kind)?);
                    published.push((names, Published { system, kind, meaning, first_ms, window, retired }));
                } else {
                    used.push(Flow { provider: key.provider, kind: key.kind, consumer: key.consumer });
                }
            }
        }
        published.sort_by(|(a, _), (b, _)| a.cmp(b));
        Ok((published.into_iter().map(|(_, published)| published).collect(), used))
    }

    fn meaning(&mut self, kind: Number) -> Result<Arc<Meaning>, StoreError> {
        if let Some(meaning) = self.meanings.get(&kind) {
            return Ok(Arc::clone(meaning));
        }
        let contract = self.ground.contract(kind)?;
        let mut meaning = contract.map(|entry| Meaning::of(&entry.compiled.contract)).unwrap_or_default();
        meaning.0.retain(|concept, _| self.concept.is_empty() || *concept == self.concept);
        let meaning = Arc::new(meaning);
        self.meanings.insert(kind, Arc::clone(&meaning));
        Ok(meaning)
    }

    fn is_retired(&mut self, system: Number) -> Result<bool, StoreError> {
        let on = self.ground.on();
        Ok(self.ground.system(system)?.is_some_and(|system| system.lifecycle(on) == Lifecycle::Retired))
    }

    fn allowed(&mut self, agreements: &[Arc<Agreement>]) -> Result<Allowed, StoreError> {
        let (mut allowed, on) = (Allowed::new(), self.ground.on());
        for (at, agreement) in agreements.iter().enumerate().filter(|(_, found)| found.is_in_force(on)) {
            let consumer = self.ground.number(agreement.consumer.as_str())?;
            let provider = self.ground.number(agreement.provider.as_str())?;
            for kind in &agreement.types {
                let kind = self.ground.number(kind.as_str())?;
                allowed.entry(consumer).or_default().push((provider, kind, at));
            }
        }
        Ok(allowed)
    }

    fn row(
        &mut self,
        tenant: &TenantId,
        agreements: &[Arc<Agreement>],
        twice: Twice,
    ) -> Result<pb::CollectedTwice, StoreError> {
        let events = twice.collectors.iter().map(|collector| collector.totals.events).sum();
        let mut collectors = Vec::with_capacity(twice.collectors.len());
        for collector in &twice.collectors {
            let mut reusable_from = Vec::with_capacity(collector.sources.len());
            for source in &collector.sources {
                reusable_from.push(self.source(agreements, collector.kind, source)?);
            }
            collectors.push(pb::Collector {
                system: self.ground.name(collector.system)?,
                r#type: self.ground.name(collector.kind)?,
                fields: collector.fields.clone(),
                events: collector.totals.events,
                reusable_from,
                shared_with: self.shared_with(tenant, collector)?,
            });
        }
        Ok(pb::CollectedTwice { tenant: tenant.to_string(), concept: twice.concept, collectors, events })
    }

    /// Where it could have been taken from, and why that would be lawful.
    fn source(
        &mut self,
        agreements: &[Arc<Agreement>],
        asking: Number,
        source: &Source,
    ) -> Result<pb::Source, StoreError> {
        let agreement = source.agreement.and_then(|at| agreements.get(at));
        let legal_basis = match agreement {
            Some(agreement) => agreement.legal_basis.to_string(),
            None => {
                let contract = self.ground.contract(asking)?;
                contract.map(|entry| entry.compiled.contract.legal_basis.to_string()).unwrap_or_default()
            }
        };
        Ok(pb::Source {
            system: self.ground.name(source.system)?,
            r#type: self.ground.name(source.kind)?,
            legal_basis,
            agreement: agreement.map(|agreement| agreement.id.to_string()).unwrap_or_default(),
        })
    }

    /// The other municipalities for which the same installation asks for it too.
    fn shared_with(&mut self, tenant: &TenantId, collector: &Collector) -> Result<Vec<String>, StoreError> {
        let id = SystemId::new(&self.ground.name(collector.system)?).ok();
        let (catalogue, moment) = (Arc::clone(&self.ground.catalogue), self.ground.moment);
        let Some(system) = id.and_then(|id| catalogue.system_at(&id, moment)) else { return Ok(Vec::new()) };
        let mut shared = Vec::new();
        for other in catalogue.users_at(system, moment) {
            if other == *tenant || !self.readable.contains(&other) {
                continue;
            }
            for stream in self.ground.events_of(&other)?.into_keys() {
                let key =
                    FlowKey { stream, provider: collector.system, kind: collector.kind, consumer: NOBODY };
                if let Some(all) = self.ground.reader.flow(&key)?
                    && self.ground.reader.totals(&key, all, self.period)?.is_some()
                {
                    shared.push(other.to_string());
                }
            }
        }
        Ok(shared)
    }
}
