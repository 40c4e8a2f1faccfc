//! `GetContractUse`: who publishes which version of a contract, and who receives the type, seen or agreed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use samflyt_events::catalogue::Catalogue;
use samflyt_events::{ContractVersion, EventType, Reason, Refusal, TenantId};
use samflyt_projection::StoreError;
use samflyt_proto::lineage as pb;
use samflyt_runtime::Caller;
use time::Date;

use super::impact::stands;
use crate::Lineage;
use crate::answer::{completeness, moment, not_found, store_failed};
use crate::names::Names;
use crate::projections::keys::Number;
use crate::projections::values::Totals;
use crate::reader::{Reader, Streams};

impl Lineage {
    pub(super) async fn contract_use(
        self: &Arc<Self>,
        caller: Caller,
        request: pb::GetContractUseRequest,
    ) -> Result<pb::GetContractUseResponse, Refusal> {
        let (tenants, reader) = self.question(&caller, &request.tenants, None).await?;
        let kind = EventType::new(&request.r#type).map_err(|_| not_found("event type"))?;
        let version = version(&request.version)?;
        let catalogue = self.deps.feed.get();
        let number = reader.number(kind.as_str()).map_err(store_failed)?;
        if number.is_none() && catalogue.versions(&kind).next().is_none() {
            return Err(not_found("event type"));
        }
        let streams = reader.streams(tenants.iter().cloned()).map_err(store_failed)?;
        let agreed = agreed(&catalogue, &tenants, &kind, self.deps.clock.now().date());
        let (publishers, receivers) = match number {
            Some(number) => (
                publishers(&reader, &streams, number, version).map_err(store_failed)?,
                seen(&reader, &streams, number).map_err(store_failed)?,
            ),
            None => Default::default(),
        };
        Ok(pb::GetContractUseResponse {
            publishers,
            receivers: receivers_of(agreed, receivers),
            completeness: Some(completeness(&reader, &tenants, false)),
        })
    }
}

fn version(text: &str) -> Result<Option<ContractVersion>, Refusal> {
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|rule: &str| {
        Refusal::of_field(Reason::RequestInvalid, "/version", rule, "give it as `1.0`, or leave it out")
    })
}

fn publishers(
    reader: &Reader,
    streams: &Streams,
    kind: Number,
    version: Option<ContractVersion>,
) -> Result<Vec<pb::ContractPublisher>, StoreError> {
    let mut names = Names::of(reader);
    let mut publishers = Vec::new();
    for (stream, found, system, totals) in reader.versions_of(kind, streams)? {
        if version.is_none_or(|version| version == found) {
            publishers.push(pb::ContractPublisher {
                tenant: streams.get(&stream).map(ToString::to_string).unwrap_or_default(),
                system: names.name(system)?.to_string(),
                version: found.to_string(),
                events: totals.events,
                last_seen: Some(moment(totals.last_ms)),
            });
        }
    }
    publishers.sort_by_cached_key(|found: &pb::ContractPublisher| {
        let version: Option<ContractVersion> = found.version.parse().ok();
        (found.tenant.clone(), found.system.clone(), version)
    });
    Ok(publishers)
}

/// Tenant, provider and consumer of flows.
type Flow = (String, String, String);

/// The flows of a type that were seen.
fn seen(reader: &Reader, streams: &Streams, kind: Number) -> Result<BTreeMap<Flow, Totals>, StoreError> {
    let mut names = Names::of(reader);
    let mut flows = BTreeMap::new();
    for (stream, provider) in reader.providers_of(kind, streams)? {
        let tenant = streams.get(&stream).map(ToString::to_string).unwrap_or_default();
        for (consumer, totals) in reader.consumers_of(stream, provider, kind)? {
            let flow = (tenant.clone(), names.name(provider)?.to_string(), names.name(consumer)?.to_string());
            flows.insert(flow, totals);
        }
    }
    Ok(flows)
}

/// The flows of a type that are agreed, by agreement.
fn agreed(
    catalogue: &Catalogue,
    tenants: &BTreeSet<TenantId>,
    kind: &EventType,
    on: Date,
) -> Vec<(String, Flow)> {
    let of_tenant = |tenant| catalogue.agreements().of(tenant, None);
    let agreements = tenants.iter().flat_map(of_tenant);
    let standing = agreements.filter(|agreement| agreement.types.contains(kind) && stands(agreement, on));
    standing
        .map(|agreement| {
            let flow = [agreement.tenant.as_str(), agreement.provider.as_str(), agreement.consumer.as_str()];
            let [tenant, provider, consumer] = flow.map(str::to_owned);
            (agreement.id.to_string(), (tenant, provider, consumer))
        })
        .collect()
}

/// Each consumer once for each agreement, and once for what it was seen to use without any.
fn receivers_of(agreed: Vec<(String, Flow)>, seen: BTreeMap<Flow, Totals>) -> Vec<pb::ContractReceiver> {
    let mut receivers: BTreeMap<(String, String, String), Totals> = BTreeMap::new();
    let mut covered = BTreeSet::new();
    for (agreement, flow) in agreed {
        let totals = seen.get(&flow).copied().unwrap_or_default();
        let (tenant, _, consumer) = flow.clone();
        covered.insert(flow);
        add(receivers.entry((tenant, consumer, agreement)).or_default(), totals);
    }
    for (flow, totals) in seen {
        if !covered.contains(&flow) {
            let (tenant, _, consumer) = flow;
            add(receivers.entry((tenant, consumer, String::new())).or_default(), totals);
        }
    }
    let message = |((tenant, system, agreement), totals): (_, Totals)| pb::ContractReceiver {
        tenant,
        system,
        events: totals.events,
        last_seen: (totals.events > 0).then(|| moment(totals.last_ms)),
        agreement,
    };
    receivers.into_iter().map(message).collect()
}

fn add(sum: &mut Totals, more: Totals) {
    sum.events += more.events;
    sum.last_ms = sum.last_ms.max(more.last_ms);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flow(provider: &str, consumer: &str) -> Flow {
        ("seljord".to_owned(), provider.to_owned(), consumer.to_owned())
    }

    #[test]
    fn who_is_allowed_and_never_seen_and_who_is_seen_and_not_allowed_both_receive() {
        let agreed =
            vec![("a-1".to_owned(), flow("gat", "archive")), ("a-2".to_owned(), flow("gat", "never"))];
        let totals = Totals { events: 3, first_ms: 1, last_ms: 9 };
        let seen = BTreeMap::from([(flow("gat", "archive"), totals), (flow("other", "shadow"), totals)]);
        let receivers = receivers_of(agreed, seen);
        let shown: Vec<_> =
            receivers.iter().map(|r| (r.system.as_str(), r.agreement.as_str(), r.events)).collect();
        assert_eq!(shown, [("archive", "a-1", 3), ("never", "a-2", 0), ("shadow", "", 3)]);
        assert!(receivers[1].last_seen.is_none());
    }
}
