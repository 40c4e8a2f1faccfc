//! The shape of a nation: which municipality runs what, what flows between it, and what of that is declared. Drawn
//! municipality by municipality, the same for the same index however large the nation is.
//!
//! A municipality has ten central systems (forms and the population register give to all; archive, economy and others
//! take from many; the archive answers one system of each sector, so that there are circles) and ten sectors of fourteen
//! systems that give to each other. Half of the central systems are one installation for a region of six.

use std::collections::BTreeSet;

use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use samflyt_events::{SystemId, TenantId};

pub(super) const MUNICIPALITIES: usize = 357;
pub(super) const PRODUCTS: usize = 1_500;
/// What products do; each function has some products to choose from.
pub(super) const FUNCTIONS: usize = 200;
/// Event types of a function.
pub(super) const KINDS: usize = 3;
/// Of the whole nation.
const FLOWS: usize = 500_000;
const DECLARED: usize = 400_000;
const EVENTS: usize = 2_000_000;
/// How many in a thousand declared flows are never seen.
const NEVER_SEEN: usize = 150;

const CENTRAL: usize = 10;
/// From this on, a central system is the region's.
const SHARED: usize = 5;
const FORMS: usize = 0;
const POPULATION: usize = 1;
const ARCHIVE: usize = 2;
const ECONOMY: usize = 5;
const OTHERS: [usize; 6] = [3, 4, 6, 7, 8, 9];
const SECTORS: usize = 10;
const FUNCTIONS_OF_SECTOR: usize = (FUNCTIONS - CENTRAL) / SECTORS;
const SYSTEMS_OF_SECTOR: usize = 14;
pub(super) const SYSTEMS: usize = CENTRAL + SECTORS * SYSTEMS_OF_SECTOR;
/// Municipalities of a region.
const REGION: usize = 6;
const SEED: u64 = 357;

/// A system as a municipality uses it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Installation {
    pub id: SystemId,
    pub product: usize,
    /// The municipality that hosts it.
    pub host: usize,
}

/// Provider and consumer by their place among the systems, the event type by its place among those of the provider's
/// function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Flow {
    pub provider: usize,
    pub kind: usize,
    pub consumer: usize,
}

/// A municipality.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct House {
    pub index: usize,
    pub tenant: TenantId,
    pub systems: Vec<Installation>,
    pub flows: Vec<Flow>,
    /// Agreements: provider, consumer and the types between them.
    pub declared: Vec<Vec<Flow>>,
    /// How many events it has.
    pub events: usize,
}

impl Installation {
    pub fn function(&self) -> usize {
        self.product % FUNCTIONS
    }
}

pub(super) fn tenant(index: usize) -> anyhow::Result<TenantId> {
    Ok(TenantId::new(&format!("m{index:03}"))?)
}

/// A municipality's part of the nation's.
fn share(whole: usize, index: usize) -> usize {
    whole * (index + 1) / MUNICIPALITIES - whole * index / MUNICIPALITIES
}

impl House {
    pub fn draw(index: usize) -> anyhow::Result<Self> {
        let mut chance = StdRng::seed_from_u64(SEED * 1_000_000 + index as u64);
        let systems = systems(index, &mut chance)?;
        let count = share(FLOWS, index);
        let mut flows = central(&systems, &mut chance);
        within_sectors(&mut flows, count, &mut chance);
        let declared = declared(&flows, share(DECLARED, index), &mut chance);
        let flows = flows.into_iter().collect();
        Ok(Self { index, tenant: tenant(index)?, systems, flows, declared, events: share(EVENTS, index) })
    }

    /// A generator of its own for what is drawn on top of the shape.
    pub fn chance(&self) -> StdRng {
        StdRng::seed_from_u64(SEED * 2_000_000 + self.index as u64)
    }
}

/// The first product of a function is run by every second municipality, the next by every fourth, and so on.
fn product(function: usize, chance: &mut StdRng) -> usize {
    let mut product = function;
    while product + FUNCTIONS < PRODUCTS && chance.random_bool(0.45) {
        product += FUNCTIONS;
    }
    product
}

fn systems(index: usize, chance: &mut StdRng) -> anyhow::Result<Vec<Installation>> {
    let region = index / REGION * REGION;
    let mut of_region = StdRng::seed_from_u64(SEED * 3_000_000 + region as u64);
    let mut installed = Vec::with_capacity(SYSTEMS);
    let mut install = |host: usize, product: usize| -> anyhow::Result<()> {
        let id = SystemId::new(&format!("{}-p{product:04}", tenant(host)?))?;
        installed.push(Installation { id, product, host });
        Ok(())
    };
    for function in 0..SHARED {
        install(index, product(function, chance))?;
    }
    for function in SHARED..CENTRAL {
        install(region, product(function, &mut of_region))?;
    }
    for sector in 0..SECTORS {
        let first = CENTRAL + sector * FUNCTIONS_OF_SECTOR;
        let mut functions: Vec<usize> = (first..first + FUNCTIONS_OF_SECTOR).collect();
        functions.shuffle(chance);
        for function in functions.into_iter().take(SYSTEMS_OF_SECTOR) {
            install(index, product(function, chance))?;
        }
    }
    Ok(installed)
}

fn central(systems: &[Installation], chance: &mut StdRng) -> BTreeSet<Flow> {
    let mut flows = BTreeSet::new();
    for system in CENTRAL..systems.len() {
        let kind = chance.random_range(0..KINDS);
        flows.insert(Flow { provider: FORMS, kind, consumer: system });
        flows.insert(Flow { provider: POPULATION, kind: 0, consumer: system });
        flows.insert(Flow { provider: system, kind: 0, consumer: ARCHIVE });
        flows.insert(Flow { provider: system, kind: 1, consumer: ARCHIVE });
        flows.insert(Flow { provider: system, kind: 2, consumer: ECONOMY });
    }
    for consumer in OTHERS {
        for _ in 0..15 {
            let provider = chance.random_range(CENTRAL..systems.len());
            flows.insert(Flow { provider, kind: chance.random_range(0..KINDS), consumer });
        }
    }
    for sector in 0..SECTORS {
        let consumer = CENTRAL + sector * SYSTEMS_OF_SECTOR;
        flows.insert(Flow { provider: ARCHIVE, kind: 0, consumer });
    }
    flows
}

/// Pairs of systems of one sector, two types each, until there are so many flows.
fn within_sectors(flows: &mut BTreeSet<Flow>, count: usize, chance: &mut StdRng) {
    while flows.len() < count {
        let (provider, consumer) = pair(chance);
        let kind = chance.random_range(0..KINDS);
        flows.insert(Flow { provider, kind, consumer });
        if flows.len() < count {
            flows.insert(Flow { provider, kind: (kind + 1) % KINDS, consumer });
        }
    }
}

fn pair(chance: &mut StdRng) -> (usize, usize) {
    let first = CENTRAL + chance.random_range(0..SECTORS) * SYSTEMS_OF_SECTOR;
    let provider = chance.random_range(0..SYSTEMS_OF_SECTOR);
    let consumer = (provider + chance.random_range(1..SYSTEMS_OF_SECTOR)) % SYSTEMS_OF_SECTOR;
    (first + provider, first + consumer)
}

/// Some of what flows, and some that never does.
fn declared(flows: &BTreeSet<Flow>, count: usize, chance: &mut StdRng) -> Vec<Vec<Flow>> {
    let mut pairs: Vec<Vec<Flow>> = Vec::new();
    let mut ordered: Vec<Flow> = flows.iter().copied().collect();
    ordered.sort_by_key(|flow| (flow.provider, flow.consumer, flow.kind));
    for flow in ordered {
        match pairs.last_mut().filter(|pair| of_one_pair(pair, flow)) {
            Some(pair) => pair.push(flow),
            None => pairs.push(vec![flow]),
        }
    }
    pairs.shuffle(chance);
    let mut left = count;
    let mut take = |mut pair: Vec<Flow>, down_to: usize| {
        pair.truncate(left.saturating_sub(down_to));
        left -= pair.len();
        pair
    };
    let never = count * NEVER_SEEN / 1_000;
    let mut agreements: Vec<Vec<Flow>> =
        pairs.into_iter().map(|pair| take(pair, never)).filter(|pair| !pair.is_empty()).collect();
    let mut known: BTreeSet<(usize, usize)> =
        flows.iter().map(|flow| (flow.provider, flow.consumer)).collect();
    loop {
        let (provider, consumer) = pair(chance);
        if known.insert((provider, consumer)) {
            let kinds = (0..2).map(|kind| Flow { provider, kind, consumer }).collect();
            match take(kinds, 0) {
                none if none.is_empty() => return agreements,
                some => agreements.push(some),
            }
        }
    }
}

fn of_one_pair(pair: &[Flow], flow: Flow) -> bool {
    pair.first().is_some_and(|first| (first.provider, first.consumer) == (flow.provider, flow.consumer))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nation_has_the_size_that_it_is_measured_by() {
        let (mut flows, mut declared, mut events) = (0, 0, 0);
        let mut installed = BTreeSet::new();
        for index in 0..MUNICIPALITIES {
            let house = House::draw(index).unwrap();
            assert_eq!(house.systems.len(), 150);
            installed.extend(house.systems.iter().map(|system| system.id.clone()));
            flows += house.flows.len();
            declared += house.declared.iter().map(Vec::len).sum::<usize>();
            events += house.events;
        }
        assert_eq!((flows, declared, events), (500_000, 400_000, 2_000_000));
        // A region of six shares five systems.
        assert_eq!(installed.len(), MUNICIPALITIES * 145 + MUNICIPALITIES.div_ceil(REGION) * 5);
    }

    #[test]
    fn a_municipality_is_the_same_each_time_and_declares_no_flow_twice() {
        let house = House::draw(17).unwrap();
        assert_eq!(house, House::draw(17).unwrap());
        let declared: Vec<Flow> = house.declared.iter().flatten().copied().collect();
        assert_eq!(declared.iter().collect::<BTreeSet<_>>().len(), declared.len());
        let seen: BTreeSet<&Flow> = house.flows.iter().collect();
        let never = declared.iter().filter(|flow| !seen.contains(flow)).count();
        assert_eq!(never, declared.len() * NEVER_SEEN / 1_000);
    }
}
