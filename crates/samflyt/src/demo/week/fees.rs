//! Municipal fees of a term, and of those who have moved: the register's address is used, nobody is asked again.

use serde_json::{Value, json};
use time::OffsetDateTime;

use super::building::property;
use super::calendar::date_after;
use super::house::House;
use super::invoicing::{self, Claim};
use super::people::Person;
use super::scribe::{Fact, Scribe, Told};

const KINDS: [(&str, i64); 4] = [("water", 1400), ("sewerage", 1900), ("waste", 1250), ("chimney", 180)];
/// Whoever moves from one home to another in the same municipality has the fees divided.
const MOVES_WITH_FEES: usize = 2;

/// Fees of the first term for one property.
pub fn term(scribe: &mut Scribe, house: &House<'_>, at: OffsetDateTime) -> Option<Told> {
    let owner = house.people.adult(&mut scribe.chance);
    let property = property(scribe, house);
    assess(scribe, house, None, at, owner, &property)
}

/// A move, told by the population register.
pub fn address_change(scribe: &mut Scribe, house: &House<'_>, at: OffsetDateTime) -> Option<Told> {
    let person = house.people.adult(&mut scribe.chance);
    let property = property(scribe, house);
    let notice = scribe.number(house, "FR-2026-");
    let data = json!({
        "notice": notice, "person": person.number, "address": person.address, "property": property,
        "moved_on": date_after(at, -3),
    });
    let fact = Fact { system: house.population, kind: "population.address-changed", data };
    let changed = scribe.begin(house, at, fact)?;
    if !scribe.chance.one_in(MOVES_WITH_FEES) {
        return Some(changed);
    }
    let at = scribe.after(&changed, 30..=600);
    assess(scribe, house, Some(&changed), at, person, &property)
}

fn assess(
    scribe: &mut Scribe,
    house: &House<'_>,
    cause: Option<&Told>,
    at: OffsetDateTime,
    owner: &Person,
    property: &str,
) -> Option<Told> {
    let kinds = &KINDS[scribe.chance.below(3)..];
    let fees: Vec<(&str, i64)> =
        kinds.iter().map(|(kind, fee)| (*kind, fee + scribe.chance.within(0..=900))).collect();
    let listed: Vec<Value> =
        fees.iter().map(|(kind, amount)| json!({ "kind": kind, "amount": amount })).collect();
    let data = json!({ "property": property, "owner": owner.number, "term": "2026-1", "fees": listed });
    let fact = Fact { system: house.fees, kind: "municipal-fee.assessed", data };
    let assessed = match cause {
        Some(cause) => scribe.follow(house, cause, at, fact)?,
        None => scribe.begin(house, at, fact)?,
    };
    let claim = Claim {
        system: house.fees,
        reference: property,
        recipient: owner,
        service: "municipal-fees",
        amount: fees.iter().map(|(_, amount)| amount).sum(),
    };
    invoicing::invoice(scribe, house, &assessed, &claim)
}
