//! What lineage folds from the log. One store, one key family a question.

mod affairs;
pub(crate) mod deliveries;
pub(crate) mod delivery_values;
mod events;
mod flows;
pub(crate) mod keys;
mod names;
pub(crate) mod values;

use samflyt_events::subject::{EVENTS_TEMPLATE, delivery_tenant};
use samflyt_events::{ContractVersion, SOURCE_PREFIX, TYPE_PREFIX};
use samflyt_log::Entry;
use samflyt_projection::{Fold, FoldError, Writer};
use samflyt_runtime::telemetry::{EVENT_TARGET, propagation};

pub(crate) use names::Names;

use keys::{EventKey, Place, event_key_of};

/// Folds events into lineage, of which it needs headers only, and what was delivered, which it needs whole.
#[derive(Debug, Default)]
pub(crate) struct Lineage;

impl Fold for Lineage {
    const NAME: &'static str = "lineage";
    const VERSION: u32 = 5;
    fn fold(&self, entry: &Entry, stream: &str, writer: &mut Writer<'_>) -> Result<(), FoldError> {
        if let Some(tenant) = delivery_tenant(stream) {
            let mut names = writer.remember::<Names>();
            let folded = deliveries::fold(&mut names, writer, &tenant, entry);
            writer.keep(names);
            return folded;
        }
        let seen = Seen::read(entry).ok_or_else(|| FoldError::Refused("it is no event".to_owned()))?;
        let mut names = writer.remember::<Names>();
        let place = Place { stream: names.number(writer, stream)?, sequence: entry.sequence };
        let joined = events::fold(&mut names, writer, place, &seen)?;
        let ordinal = flows::fold(&mut names, writer, place, &seen, &joined)?;
        affairs::fold(&mut names, writer, place, &seen, &joined, ordinal)?;
        writer.keep(names);
        trace(entry);
        Ok(())
    }

    /// Hashes scatter: a block is rewritten for each. Counters are rewritten again and again. All else grows.
    fn block_entries(family: u8) -> usize {
        match family {
            b'e' => 16,
            b'F' | b'f' | b's' | b'v' | b'd' => 4,
            _ => 32,
        }
    }
}

/// The last step of an event's way, in the trace of the publisher.
fn trace(entry: &Entry) {
    let span = tracing::trace_span!(
        target: EVENT_TARGET,
        "process event",
        otel.name = format_args!("process {EVENTS_TEMPLATE}"),
        otel.kind = "consumer",
        messaging.system = "nats",
        messaging.operation.type = "process",
        messaging.destination.template = EVENTS_TEMPLATE,
        messaging.consumer.group.name = Lineage::NAME,
    );
    propagation::follow_from(&span, entry.header("traceparent"));
}

/// What lineage reads of an event. Borrowed from the headers: nothing is decoded that is not needed.
#[derive(Debug)]
pub(crate) struct Seen<'e> {
    pub key: EventKey,
    /// `<system>/<id>`, percent-encoded.
    pub reference: &'e str,
    pub system: &'e str,
    pub kind: &'e str,
    pub correlation: &'e str,
    /// What it is about, percent-encoded.
    pub entity: &'e str,
    pub causation: Option<&'e str>,
    pub corrects: Option<&'e str>,
    pub retracts: Option<&'e str>,
    /// The version that it was checked against; none for the catalogue's own events.
    pub contract: Option<ContractVersion>,
    /// When it was learned of, in milliseconds since 1970.
    pub at_ms: u64,
}

const DAY_MS: u64 = 86_400_000;

/// The day of a time of the log.
pub(crate) fn day_of(at_ms: u64) -> u16 {
    u16::try_from(at_ms / DAY_MS).unwrap_or(u16::MAX)
}

impl<'e> Seen<'e> {
    fn read(entry: &'e Entry) -> Option<Self> {
        let reference = entry.header("Nats-Msg-Id")?;
        let at_ms = u64::try_from(entry.learned_at.unix_timestamp_nanos() / 1_000_000).ok()?;
        let kind = entry.header("ce-type")?.strip_prefix(TYPE_PREFIX)?;
        Some(Self {
            contract: entry.header("ce-dataschema").and_then(|uri| ContractVersion::of_uri(uri, kind)),
            kind,
            key: event_key_of(reference.as_bytes()),
            reference,
            system: entry.header("ce-source")?.strip_prefix(SOURCE_PREFIX)?,
            correlation: entry.header("ce-correlationid")?,
            entity: entry.header("ce-subject").unwrap_or_default(),
            causation: entry.header("ce-causationid"),
            corrects: entry.header("ce-corrects"),
            retracts: entry.header("ce-retracts"),
            at_ms,
        })
    }
}
