//! What a municipality's flows are like, in numbers; and which of its systems see personal data.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use samflyt_events::TenantId;
use samflyt_events::catalogue::Agreement;
use samflyt_events::catalogue::resource::Zone;
use samflyt_projection::StoreError;

use crate::insight::drift::Flow;
use crate::insight::ground::Ground;
use crate::projections::keys::{NOBODY, Number};

/// All that had been seen by the moment.
#[derive(Debug, Default)]
pub(super) struct Flows {
    pub flows: u32,
    pub with_contract: u32,
    pub with_agreement: u32,
    /// Between systems that are known to stand in different security zones.
    pub across_zones: u32,
    /// Systems that publish or use events with personal fields.
    pub personal: BTreeSet<String>,
}

pub(super) fn count(
    ground: &mut Ground,
    tenant: &TenantId,
    agreements: &[Arc<Agreement>],
) -> Result<Flows, StoreError> {
    let streams = ground.events_of(tenant)?;
    let seen = ground.reader.all_flows(&streams, ground.seen(), |_| true)?;
    let allowed = allowed(ground, agreements)?;
    let (mut counted, mut zones, mut personal) = (Flows::default(), HashMap::new(), HashSet::new());
    for (key, _) in seen {
        if ground.is_personal(key.kind)? {
            personal.extend([key.provider, key.consumer]);
        }
        if key.consumer == NOBODY {
            continue;
        }
        let flow = Flow { provider: key.provider, kind: key.kind, consumer: key.consumer };
        let (from, to) = (zone(ground, &mut zones, key.provider)?, zone(ground, &mut zones, key.consumer)?);
        counted.flows += 1;
        counted.with_contract += u32::from(ground.has_contract(key.kind)?);
        counted.with_agreement += u32::from(allowed.contains(&flow));
        counted.across_zones += u32::from(from.is_some() && to.is_some() && from != to);
    }
    personal.remove(&NOBODY);
    counted.personal = personal.into_iter().map(|system| ground.name(system)).collect::<Result<_, _>>()?;
    Ok(counted)
}

/// What agreements in force allow.
fn allowed(ground: &mut Ground, agreements: &[Arc<Agreement>]) -> Result<HashSet<Flow>, StoreError> {
    let (mut allowed, on) = (HashSet::new(), ground.on());
    for agreement in agreements.iter().filter(|agreement| agreement.is_in_force(on)) {
        let provider = ground.number(agreement.provider.as_str())?;
        let consumer = ground.number(agreement.consumer.as_str())?;
        for kind in &agreement.types {
            allowed.insert(Flow { provider, kind: ground.number(kind.as_str())?, consumer });
        }
    }
    Ok(allowed)
}

fn zone(
    ground: &mut Ground,
    known: &mut HashMap<Number, Option<Zone>>,
    system: Number,
) -> Result<Option<Zone>, StoreError> {
    if let Some(zone) = known.get(&system) {
        return Ok(*zone);
    }
    let zone = ground.system(system)?.and_then(|system| system.zone);
    known.insert(system, zone);
    Ok(zone)
}
