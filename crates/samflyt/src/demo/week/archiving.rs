//! Documents into the archive, and its receipt.

use samflyt_events::SystemId;
use serde_json::{Value, json};

use super::calendar::date_time;
use super::house::House;
use super::scribe::{Fact, Scribe, Told};

/// What a system hands over.
pub struct Handover<'a> {
    pub system: &'a SystemId,
    pub case: &'a str,
    pub record_type: &'static str,
    pub title: &'a str,
    /// The provision that it is exempt from public access by.
    pub screening: Option<&'static str>,
}

/// Asks for a deposit; the archive accepts it.
pub fn deposit(
    scribe: &mut Scribe,
    house: &House<'_>,
    cause: &Told,
    handover: &Handover<'_>,
) -> Option<Told> {
    let deposit = scribe.number(house, &format!("D-{}-2026-", house.tenant.municipality_number));
    let documents: Vec<Value> = (0..scribe.chance.within(1..=3)).map(|_| document(scribe)).collect();
    let count = documents.len();
    let mut data = json!({
        "deposit": deposit, "case": handover.case, "record_type": handover.record_type, "title": handover.title,
        "documents": documents,
    });
    if let Some(screening) = handover.screening {
        data["screening"] = screening.into();
    }
    let at = scribe.after(cause, 1..=15);
    let fact = Fact { system: handover.system, kind: "archive.deposit-requested", data };
    let requested = scribe.follow(house, cause, at, fact)?;

    let at = scribe.after(&requested, 0..=3);
    // A case of another system has a case file of its own in the archive.
    let file = if handover.case.starts_with("2026/") {
        handover.case.to_owned()
    } else {
        scribe.number(house, "2026/")
    };
    let record = scribe.number(house, &format!("{file}-"));
    let data =
        json!({ "deposit": deposit, "record": record, "documents": count, "accepted_at": date_time(at) });
    scribe.follow(
        house,
        &requested,
        at,
        Fact { system: house.archive, kind: "archive.deposit-accepted", data },
    )
}

fn document(scribe: &mut Scribe) -> Value {
    let format = *scribe.chance.pick(&["application/pdf", "application/pdf", "application/pdf", "text/xml"]);
    json!({ "sha256": scribe.chance.hex(64), "bytes": scribe.chance.within(4_000..=3_000_000), "format": format })
}
