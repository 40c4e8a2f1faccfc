//! Who received what and when: each subscription's progress, and what became of events otherwise.
//!
//! Consumes a tenant's stream of deliveries. Keeps true: nothing is kept for one delivery. A subscription that tells ten
//! times a second has one entry for each second in which it got further: 21 bytes.

use samflyt_events::delivery::{Held, Progress, Rule, Step, Subscription, entity};
use samflyt_events::subject::{delivery_progress, delivery_subscription, events_stream};
use samflyt_events::{TenantId, header_value};
use samflyt_log::Entry;
use samflyt_projection::{FoldError, Writer};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Names;
use super::delivery_values::{Exception, GivenUp, Hold, Passed, Stand, pack_one, unpack_one};
use super::keys::{self, Of};

/// A message about deliveries: its sequence, and the moment that it tells of, in milliseconds since 1970.
#[derive(Clone, Copy)]
struct Telling {
    sequence: u64,
    at_ms: u64,
}

pub(super) fn fold(
    names: &mut Names,
    writer: &mut Writer<'_>,
    tenant: &TenantId,
    entry: &Entry,
) -> Result<(), FoldError> {
    let refused = |what: &str| FoldError::Refused(what.to_owned());
    let stream = names.number(writer, &events_stream(tenant))?;
    let of = |names: &mut Names, writer: &mut Writer<'_>, id: &str| {
        let subscription = names.number(writer, &delivery_subscription(tenant, id))?;
        Ok::<_, FoldError>(Of { stream, subscription })
    };
    if entry.subject != delivery_progress(tenant) {
        let told: Subscription = serde_json::from_slice(&entry.payload)
            .map_err(|_| refused("a subscription is not of its form"))?;
        let of = of(names, writer, &told.id)?;
        writer.put(of.subscription(), entry.payload.to_vec());
        return Ok(());
    }
    let progress: Progress = serde_json::from_slice(&entry.payload)
        .map_err(|_| refused("what was delivered is not of its form"))?;
    let at_ms = u64::try_from(progress.at.unix_timestamp_nanos() / 1_000_000).unwrap_or(0);
    for step in &progress.of {
        let of = of(names, writer, &step.subscription)?;
        let told = fold_step(writer, of, step, Telling { sequence: entry.sequence, at_ms })?;
        fold_exceptions(writer, of, step, told)?;
        for rule in &step.rules {
            fold_rule(names, writer, of, rule)?;
        }
    }
    Ok(())
}

/// How far it came. A clock that was set back tells no earlier moment.
fn fold_step(writer: &mut Writer<'_>, of: Of, step: &Step, telling: Telling) -> Result<Telling, FoldError> {
    let before = writer.get(&of.stand())?.and_then(|bytes| Stand::from_bytes(&bytes));
    let at_ms = before.as_ref().map_or(telling.at_ms, |before| before.at_ms.max(telling.at_ms));
    let mut stand = Stand::of(step, at_ms);
    if let Some(before) = &before {
        stand.position = stand.position.max(before.position);
        if step.interrupted {
            let place = of.interruptions().sequence(telling.sequence).into_bytes();
            writer.put(place, Stand { at_ms, ..before.clone() }.to_bytes());
        }
    }
    if before.as_ref().is_none_or(|before| before.position < stand.position) {
        fold_position(writer, of, before.map(|before| before.position), &stand)?;
    }
    for (token, held) in &step.held {
        fold_held(writer, of, step, &stand, (token, held.as_ref()), Telling { at_ms, ..telling })?;
    }
    writer.put(of.stand(), stand.to_bytes());
    Ok(Telling { at_ms, ..telling })
}

/// One entry for a second: what was reached before in it is told by the same entry.
fn fold_position(
    writer: &mut Writer<'_>,
    of: Of,
    before: Option<u64>,
    stand: &Stand,
) -> Result<(), FoldError> {
    if let Some(before) = before {
        let place = of.positions().sequence(before).into_bytes();
        let told_ms = writer.get(&place)?.and_then(|bytes| unpack_one(&bytes));
        if told_ms.is_some_and(|told_ms| told_ms / 1_000 == stand.at_ms / 1_000) {
            writer.remove(place);
        }
    }
    writer.put(of.positions().sequence(stand.position).into_bytes(), pack_one(stand.at_ms));
    Ok(())
}

/// The name by which an entity is known, of its token.
pub(crate) fn entity_hash(token: &str) -> [u8; 8] {
    keys::short_hash(&header_value(&entity(token)))
}

fn fold_held(
    writer: &mut Writer<'_>,
    of: Of,
    step: &Step,
    stand: &Stand,
    (token, held): (&str, Option<&Held>),
    telling: Telling,
) -> Result<(), FoldError> {
    let hash = entity_hash(token);
    let place = of.hold(hash);
    let open: Option<Hold> = get_json(writer, &place)?;
    let due = open.as_ref().and_then(|open| open.failed.as_ref()).filter(|failed| !failed.is_dead_letter());
    if let Some(failed) =
        due.filter(|failed| step.discarded.iter().any(|one| one.sequence == failed.sequence))
    {
        // It was a dead letter by then: it had been tried once more, of which nothing else is told.
        change(writer, of, failed.sequence, |exception| exception.failures += 1)?;
    }
    let pass = |writer: &mut Writer<'_>, open: &Hold, up_to: u64, later: Vec<u64>| {
        let passed = Passed {
            begin: open.begin,
            since_ms: open.since_ms,
            until_ms: telling.at_ms,
            since: open.since,
            until: telling.sequence,
            later,
        };
        let key = of.held(hash).sequence(up_to).sequence(telling.sequence);
        writer.put(key.into_bytes(), passed.to_bytes());
    };
    let Some(held) = held else {
        if let Some(open) = open {
            let later = stand.pending.iter().copied().filter(|sequence| *sequence >= open.from).collect();
            pass(writer, &open, stand.next.saturating_sub(1), later);
            writer.remove(place);
        }
        return Ok(());
    };
    if let Some(open) = open.as_ref().filter(|open| open.from < held.from) {
        pass(writer, open, held.from - 1, Vec::new());
    }
    let again = held.failed.as_ref().filter(|failed| {
        open.as_ref().and_then(|open| open.failed.as_ref()).is_none_or(|before| before != *failed)
    });
    if let Some(failed) = again {
        change(writer, of, failed.sequence, |exception| exception.failures += 1)?;
    }
    let hold = Hold {
        from: held.from,
        begin: open.as_ref().map_or(held.from, |open| open.begin),
        since_ms: open.as_ref().map_or(telling.at_ms, |open| open.since_ms),
        since: open.as_ref().map_or(telling.sequence, |open| open.since),
        failed: held.failed.clone(),
    };
    put_json(writer, place, &hold);
    Ok(())
}

fn fold_exceptions(writer: &mut Writer<'_>, of: Of, step: &Step, telling: Telling) -> Result<(), FoldError> {
    let at_ms = telling.at_ms;
    for sequence in &step.withheld {
        change(writer, of, *sequence, |exception| exception.withheld_ms = Some(at_ms))?;
    }
    for one in &step.discarded {
        let given_up = GivenUp { at_ms, reason: one.reason.clone(), by: one.by.clone() };
        change(writer, of, one.sequence, |exception| exception.discarded = Some(given_up))?;
    }
    Ok(())
}

fn fold_rule(names: &mut Names, writer: &mut Writer<'_>, of: Of, rule: &Rule) -> Result<(), FoldError> {
    put_json(writer, of.rules().sequence(rule.from).into_bytes(), rule);
    let consumer = names.number(writer, rule.cover.consumer.as_str())?;
    // What a system gets back of its own is no flow to another.
    let flows =
        rule.cover.flows.iter().filter(|(provider, kind)| {
            *provider != rule.cover.consumer && rule.filter.may_have(provider, kind)
        });
    for (provider, kind) in flows {
        let provider = names.number(writer, provider.as_str())?;
        let kind = names.number(writer, kind.as_str())?;
        let from = keys::delivered_from(provider).number(of.stream).number(kind).number(consumer);
        writer.put(from.into_bytes(), []);
        let to = keys::delivered_to(consumer).number(of.stream).number(provider).number(kind);
        writer.put(to.into_bytes(), []);
    }
    Ok(())
}

fn change(
    writer: &mut Writer<'_>,
    of: Of,
    sequence: u64,
    how: impl FnOnce(&mut Exception),
) -> Result<(), FoldError> {
    let place = of.exceptions().sequence(sequence).into_bytes();
    let mut exception: Exception = get_json(writer, &place)?.unwrap_or_default();
    how(&mut exception);
    put_json(writer, place, &exception);
    Ok(())
}

fn get_json<T: DeserializeOwned>(writer: &Writer<'_>, key: &[u8]) -> Result<Option<T>, FoldError> {
    Ok(writer.get(key)?.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
}

fn put_json(writer: &mut Writer<'_>, key: Vec<u8>, value: &impl Serialize) {
    writer.put(key, serde_json::to_vec(value).unwrap_or_default());
}
