//! Invoices: a system asks, Agresso issues.

use samflyt_events::SystemId;
use serde_json::json;

use super::calendar::date_after;
use super::house::House;
use super::people::Person;
use super::scribe::{Fact, Scribe, Told};

/// What is to be paid, by whom.
pub struct Claim<'a> {
    pub system: &'a SystemId,
    pub reference: &'a str,
    pub recipient: &'a Person,
    pub service: &'static str,
    pub amount: i64,
}

/// Asks for an invoice; the economy system issues it.
pub fn invoice(scribe: &mut Scribe, house: &House<'_>, cause: &Told, claim: &Claim<'_>) -> Option<Told> {
    let order = scribe.number(house, &format!("O-{}-", house.tenant.municipality_number));
    let recipient = &claim.recipient.number;
    let data = json!({
        "order": order, "reference": claim.reference, "recipient": recipient, "name": claim.recipient.name,
        "address": claim.recipient.address, "service": claim.service, "amount": claim.amount, "period": "2026-03",
    });
    let at = scribe.after(cause, 2..=40);
    let requested =
        scribe.follow(house, cause, at, Fact { system: claim.system, kind: "invoice.requested", data })?;

    let invoice = scribe.number(house, &format!("{}-90", house.tenant.municipality_number));
    let at = scribe.after(&requested, 5..=90);
    let data = json!({
        "invoice": invoice, "order": order, "recipient": recipient, "amount": claim.amount,
        "due_on": date_after(at, 21), "kid": scribe.chance.digits(15),
    });
    scribe.follow(house, &requested, at, Fact { system: house.economy, kind: "invoice.issued", data })
}
