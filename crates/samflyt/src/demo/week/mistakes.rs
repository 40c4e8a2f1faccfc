//! What is sent wrong, in many ways, and the reason that each is refused for.

use std::time::SystemTime;

use samflyt_proto::common::Event;
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime, macros::datetime};

use super::{
    Expect, Planned,
    chance::Chance,
    resent,
    scribe::{Scribe, Sent},
};

const CONTRACT_VIOLATED: &str = "CONTRACT_VIOLATED";
const ENVELOPE_INVALID: &str = "ENVELOPE_INVALID";
const NOT_GRANTED: &str = "NOT_GRANTED";
/// As much as a hub takes by default: with its attributes the event is larger.
const TOO_LARGE_BYTES: usize = 1024 * 1024;
const FUTURE: OffsetDateTime = datetime!(2199-03-02 08:00 +1);

/// A way to be wrong: makes an event wrong that was right, given somebody's identity number.
type Spoil = fn(&mut Event, &str) -> &'static str;

/// All ways but those that need the event itself to stand in the log.
const WAYS: [Spoil; 24] = [
    |event, _| change(event, |data| data["comment"] = "ring me".into(), CONTRACT_VIOLATED),
    |event, _| change(event, drop_first, CONTRACT_VIOLATED),
    |event, _| change(event, |data| *data = json!([data.take()]), CONTRACT_VIOLATED),
    |event, _| change(event, blank, CONTRACT_VIOLATED),
    |event, _| with(event, |event| event.entity.push_str("-2"), CONTRACT_VIOLATED),
    |event, _| with(event, |event| event.r#type = "invoice.guessed".to_owned(), "TYPE_UNKNOWN"),
    |event, _| with(event, |event| event.r#type.push('d'), "TYPE_UNKNOWN"),
    |event, _| with(event, |event| event.system = format!("{}-telefax", event.tenant), "SYSTEM_UNKNOWN"),
    |event, _| with(event, |event| event.time = Some(SystemTime::from(FUTURE).into()), "TIME_IN_FUTURE"),
    |event, _| with(event, |event| event.contract_version = "9.0".to_owned(), "CONTRACT_VERSION_UNKNOWN"),
    |event, _| with(event, |event| event.tenant = other(&event.tenant).to_owned(), NOT_GRANTED),
    |event, _| with(event, |event| event.tenant = "valhall".to_owned(), NOT_GRANTED),
    |event, _| {
        with(event, |event| event.data = format!("\"{}\"", "x".repeat(TOO_LARGE_BYTES)).into(), "TOO_LARGE")
    },
    |event, person| with(event, |event| event.entity = person.to_owned(), ENVELOPE_INVALID),
    |event, person| with(event, |event| event.correlation_id = format!("case-{person}"), ENVELOPE_INVALID),
    |event, _| with(event, |event| event.entity = String::new(), ENVELOPE_INVALID),
    |event, _| with(event, |event| event.id.push_str(" copy"), ENVELOPE_INVALID),
    |event, _| with(event, |event| event.id.push('*'), ENVELOPE_INVALID),
    |event, _| with(event, |event| event.time = None, ENVELOPE_INVALID),
    |event, _| with(event, |event| event.r#type = "Faktura Sendt".to_owned(), ENVELOPE_INVALID),
    |event, _| with(event, |event| event.causation_id = "the letter of 2 March".to_owned(), ENVELOPE_INVALID),
    |event, _| {
        with(event, |event| event.corrects = format!("{}/{}", event.system, event.id), ENVELOPE_INVALID)
    },
    |event, _| with(event, |event| event.data = "<case nr='1'/>".into(), ENVELOPE_INVALID),
    |event, _| with(event, |event| event.data = "{\"case\":\"1\",\"case\":\"2\"}".into(), ENVELOPE_INVALID),
];

/// Adds wrong events, so many of all, every way in turn.
pub fn add(scribe: &mut Scribe, wrong: usize, person: &str) {
    let mut sent = std::mem::take(&mut scribe.sent);
    let mut way = 0;
    for (list, share) in resent::shares(&mut sent, wrong) {
        let right = list.len();
        for _ in 0..share {
            let spoilt = match way % (WAYS.len() + 2) {
                nth if nth < WAYS.len() => anew(scribe, &list[..right], WAYS[nth], person),
                nth if nth == WAYS.len() => mended(&list[..right], &mut scribe.chance),
                _ => reused(&list[..right], &mut scribe.chance),
            };
            list.push(spoilt);
            way += 1;
        }
    }
    scribe.sent = sent;
}

/// A wrong event with an id of its own.
fn anew(scribe: &mut Scribe, right: &[Sent], spoil: Spoil, person: &str) -> Sent {
    let model = scribe.chance.pick(right);
    let mut event = model.planned.event.clone();
    event.id = format!("x-{}", scribe.chance.uuid());
    let reason = spoil(&mut event, person);
    Sent { at: model.at + Duration::seconds(1), planned: Planned { event, expect: Expect::Refused(reason) } }
}

/// Wrong at first, and mended at once: the same id is accepted then.
fn mended(right: &[Sent], chance: &mut Chance) -> Sent {
    let model = chance.pick(right);
    let mut event = model.planned.event.clone();
    let reason = change(&mut event, drop_first, CONTRACT_VIOLATED);
    Sent {
        at: model.at - Duration::milliseconds(1),
        planned: Planned { event, expect: Expect::Refused(reason) },
    }
}

/// The id of an event that was accepted, with another content that keeps to the contract.
fn reused(right: &[Sent], chance: &mut Chance) -> Sent {
    let model = loop {
        let model = chance.pick(right);
        if model.planned.event.r#type == "roster.shift-worked" {
            break model;
        }
    };
    let mut event = model.planned.event.clone();
    let reason = change(&mut event, |data| data["unit"] = "Unit unknown".into(), "ID_REUSED");
    let at = model.at + Duration::minutes(chance.within(10..=2000));
    Sent { at, planned: Planned { event, expect: Expect::Refused(reason) } }
}

fn with(event: &mut Event, spoil: impl FnOnce(&mut Event), reason: &'static str) -> &'static str {
    spoil(event);
    reason
}

fn change(event: &mut Event, spoil: impl FnOnce(&mut Value), reason: &'static str) -> &'static str {
    let mut data = serde_json::from_slice(&event.data).unwrap_or_default();
    spoil(&mut data);
    event.data = data.to_string().into();
    reason
}

/// All members of the demo's contracts but two are required, and neither of those comes first.
fn drop_first(data: &mut Value) {
    let Some(members) = data.as_object_mut() else { return };
    if let Some(first) = members.keys().next().cloned() {
        members.remove(&first);
    }
}

fn blank(data: &mut Value) {
    let Some(members) = data.as_object_mut() else { return };
    if let Some(member) = members.values_mut().next() {
        *member = Value::Null;
    }
}

fn other(tenant: &str) -> &'static str {
    if tenant == "vinje" { "seljord" } else { "vinje" }
}
