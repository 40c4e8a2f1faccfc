//! A municipality's events: every flow begins an affair, which goes on along the flows of whoever receives, three steps at
//! most; spread over three years, in the order of time.

use rand::Rng;
use rand::seq::SliceRandom;
use samflyt_events::{
    ContractVersion, CorrelationId, Digest, EntityId, Event, EventId, EventRef, OrganisationNumber, subject,
};
use time::{Duration, OffsetDateTime};

use super::kinds::event_type;
use super::shape::{Flow, House, KINDS};
use super::writer::Writer;

const STEPS_MAX: usize = 3;
/// From one step of an affair to the next.
const STEP: Duration = Duration::seconds(10);

/// Writes them; the last sequence of its log.
pub(super) async fn write(
    writer: &mut Writer,
    house: &House,
    from: OffsetDateTime,
    until: OffsetDateTime,
) -> anyhow::Result<u64> {
    let affairs = affairs(house);
    let gap = (until - from) / u32::try_from(affairs.len().max(1))?;
    let mut pen = Pen { house, next: 0, publisher: OrganisationNumber::new(crate::run::OPERATOR).ok() };
    for (nth, affair) in (0..).zip(&affairs) {
        pen.affair(writer, affair, from + gap * nth).await?;
    }
    Ok(pen.next)
}

/// Each the flows that it goes along. All flows are in it; some affairs come again until there are events enough.
fn affairs(house: &House) -> Vec<Vec<Flow>> {
    let mut outgoing: Vec<Vec<Flow>> = vec![Vec::new(); house.systems.len()];
    for flow in &house.flows {
        outgoing[flow.provider].push(*flow);
    }
    let mut chance = house.chance();
    let (mut affairs, mut events, mut nth) = (Vec::new(), 0, 0);
    while nth < house.flows.len() || events < house.events {
        let mut walk = vec![house.flows[nth % house.flows.len()]];
        while walk.len() < STEPS_MAX
            && let Some(last) = walk.last()
            && !outgoing[last.consumer].is_empty()
        {
            let further = &outgoing[last.consumer];
            walk.push(further[chance.random_range(0..further.len())]);
        }
        events += walk.len() + 1;
        nth += 1;
        affairs.push(walk);
    }
    affairs.shuffle(&mut chance);
    affairs
}

struct Pen<'h> {
    house: &'h House,
    next: u64,
    publisher: Option<OrganisationNumber>,
}

impl Pen<'_> {
    async fn affair(
        &mut self,
        writer: &mut Writer,
        flows: &[Flow],
        at: OffsetDateTime,
    ) -> anyhow::Result<()> {
        let Some(last) = flows.last() else { return Ok(()) };
        let mut affair: Option<(CorrelationId, EventRef, EntityId)> = None;
        let end = (last.consumer, self.next as usize % KINDS);
        let steps = flows.iter().map(|flow| (flow.provider, flow.kind)).chain([end]);
        for (nth, (system, kind)) in (0..).zip(steps) {
            let event = self.event(system, kind, affair.as_ref(), at + STEP * nth)?;
            let place = subject::event(&event.tenant, &event.kind, &event.system, &event.entity);
            writer.write(place, &event, at + STEP * nth).await?;
            affair = Some((event.correlation.clone(), event.reference(), event.entity));
        }
        Ok(())
    }

    fn event(
        &mut self,
        system: usize,
        kind: usize,
        before: Option<&(CorrelationId, EventRef, EntityId)>,
        at: OffsetDateTime,
    ) -> anyhow::Result<Event> {
        self.next += 1;
        let installed = &self.house.systems[system];
        let own = EventRef {
            system: installed.id.clone(),
            id: EventId::new(&format!("{}-{}", self.house.tenant, self.next))?,
        };
        let entity = match before {
            Some((_, _, entity)) => entity.clone(),
            None => EntityId::new(&format!("case-{}", self.next))?,
        };
        Ok(Event {
            correlation: before.map_or_else(|| own.as_correlation(), |(affair, ..)| affair.clone()),
            causation: before.map(|(_, cause, _)| cause.clone()),
            id: own.id,
            system: own.system,
            kind: event_type(installed.function(), kind)?,
            tenant: self.house.tenant.clone(),
            data: format!(r#"{{"case":"{entity}","amount":{}}}"#, self.next).into_bytes().into(),
            entity,
            time: at,
            corrects: None,
            retracts: None,
            backfill: false,
            traceparent: None,
            contract: Some(ContractVersion { major: 1, minor: 0 }),
            publisher: self.publisher.clone(),
            digest: Some(Digest(self.next.to_be_bytes().repeat(2).try_into().unwrap_or([0; 16]))),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_flow_of_a_municipality_is_seen_and_there_are_events_enough() {
        let house = House::draw(3).unwrap();
        let affairs = affairs(&house);
        let seen: BTreeSet<Flow> = affairs.iter().flatten().copied().collect();
        assert_eq!(seen, house.flows.iter().copied().collect());
        let events: usize = affairs.iter().map(|affair| affair.len() + 1).sum();
        assert!((house.events..house.events + house.events / 20).contains(&events), "{events}");
        for affair in &affairs {
            assert!(affair.windows(2).all(|pair| pair[0].consumer == pair[1].provider));
        }
    }
}
