//! One week of a region's affairs: about 20,000 events, the same for the same seed.
//!
//! Affairs are told one after the other, each by the file of its name, then put in order of time. Some events are sent
//! again, some are wrong. Care visits fill the week up, so that the totals are always those below.

mod archiving;
mod building;
mod calendar;
mod care;
mod casework;
mod chance;
mod children;
mod fees;
mod flows;
mod house;
mod invoicing;
mod kindergarten;
mod mistakes;
mod payroll;
mod people;
mod replacement;
mod resent;
mod scribe;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use anyhow::Context;
use samflyt_proto::common::Event;
use time::OffsetDateTime;

use super::{contracts::all_contracts, region::Region};
pub use archiving::REQUESTED;
pub use flows::Flow;
use house::House;
use scribe::{Scribe, Told};

/// Events that are right, and sent for the first time.
pub const ACCEPTED: usize = 19_416;
/// Exact copies of such.
pub const DUPLICATES: usize = 389;
/// Events that are wrong.
pub const REFUSED: usize = 195;

/// An event that a client sends, and what must come of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Planned {
    pub event: Event,
    pub expect: Expect,
}

/// What the gateway must answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Expect {
    Accepted,
    Duplicate,
    /// For this reason.
    Refused(&'static str),
}

/// What the clients of the municipalities send.
#[derive(Debug, Clone, PartialEq)]
pub struct Week {
    /// By the tenant whose client sends it, in the order of sending: causes before consequences, originals before copies.
    pub by_tenant: BTreeMap<String, Vec<Planned>>,
    /// The documents that its deposits refer to, by tenant: they go ahead.
    pub letters: BTreeMap<String, Vec<Vec<u8>>>,
    pub showcase: Showcase,
}

/// The form of a kindergarten application in Seljord whose affair is complete within the week.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Showcase {
    pub tenant: String,
    pub system: String,
    pub event_id: String,
}

/// The week of a seed.
pub fn week(seed: u64) -> Week {
    // The documents come with the binary, and the tests see that they are in order.
    #[allow(clippy::expect_used)]
    tell(seed).expect("the demo's documents are in order")
}

fn tell(seed: u64) -> anyhow::Result<Week> {
    let region = Region::embedded()?;
    let mut scribe = Scribe::new(seed, &all_contracts()?);
    let mut houses = Vec::new();
    for tenant in &region.tenants {
        let house = House::new(&region, tenant, &mut scribe.chance);
        houses.push(house.with_context(|| format!("`{}` lacks a system that the week needs", tenant.id))?);
    }
    let first = houses.first().context("a region has municipalities")?;
    let showcase = showcase(&mut scribe, first).context("the showcase is complete within the week")?;
    for house in &houses {
        affairs(&mut scribe, house);
    }
    fill_with_visits(&mut scribe, &houses);
    let somebody = first.people.adult(&mut scribe.chance).number.clone();
    mistakes::add(&mut scribe, REFUSED, &somebody);
    for list in scribe.sent.values_mut() {
        list.sort_by_key(|sent| sent.at);
    }
    resent::add(&mut scribe.sent, DUPLICATES, &mut scribe.chance);
    let by_tenant = scribe.sent.into_iter().map(|(tenant, mut list)| {
        list.sort_by_key(|sent| sent.at);
        (tenant, list.into_iter().map(|sent| sent.planned).collect())
    });
    Ok(Week { by_tenant: by_tenant.collect(), letters: scribe.letters, showcase })
}

fn showcase(scribe: &mut Scribe, house: &House<'_>) -> Option<Showcase> {
    let last = kindergarten::application(scribe, house, calendar::on(0, 8, 12), &kindergarten::SWIFT)?;
    let (system, event_id) = last.correlation.split_once('/')?;
    Some(Showcase {
        tenant: house.tenant.id.to_string(),
        system: system.to_owned(),
        event_id: event_id.to_owned(),
    })
}

/// One way that an affair goes; None where it goes on after the week.
type Affair = fn(&mut Scribe, &House<'_>, OffsetDateTime) -> Option<Told>;

/// What happens in a municipality in a week: how often for a thousand inhabitants, on which days, at what hours.
const AFFAIRS: [(Affair, u32, std::ops::Range<i64>, std::ops::Range<i64>); 8] = [
    // The main admission's deadline was on the first of March.
    (|scribe, house, at| kindergarten::application(scribe, house, at, &kindergarten::USUAL), 14, 0..3, 7..23),
    (building::permit, 4, 0..5, 7..22),
    (care::assessment, 5, 0..6, 8..20),
    (casework::ordinary, 24, 0..5, 8..16),
    (fees::term, 55, 0..5, 6..8),
    (fees::address_change, 6, 0..7, 4..5),
    (children::absence, 40, 0..5, 8..10),
    (children::report_of_concern, 2, 0..7, 8..20),
];

fn affairs(scribe: &mut Scribe, house: &House<'_>) {
    replacement::replacement(scribe, house);
    payroll::rosters(scribe, house);
    payroll::run(scribe, house);
    for (affair, of_thousand, days, hours) in AFFAIRS {
        for _ in 0..house.of_thousand(of_thousand) {
            let day = scribe.chance.within(days.start..=days.end - 1);
            let at = scribe.sometime(day, hours.clone());
            affair(scribe, house, at);
        }
    }
}

/// Two events a visit, divided by inhabitants; a last one may be planned and not yet made.
fn fill_with_visits(scribe: &mut Scribe, houses: &[House<'_>]) {
    let missing = ACCEPTED.saturating_sub(scribe.told());
    let inhabitants = |house: &House<'_>| usize::try_from(house.tenant.inhabitants).unwrap_or(0);
    let all: usize = houses.iter().map(inhabitants).sum();
    let (mut living, mut given) = (0, 0);
    for house in houses {
        living += inhabitants(house);
        let share = missing * living / all - given;
        given += share;
        for nth in 0..share.div_ceil(2) {
            care::visit(scribe, house, nth, nth < share / 2);
        }
    }
}
