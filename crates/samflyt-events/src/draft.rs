//! An event as a publisher gave it, whatever the way it came: the first step, *parse*.

use bytes::Bytes;
use serde_json::Value;
use time::{Duration, OffsetDateTime, format_description::well_known::Rfc3339};

use crate::{
    ContractVersion, CorrelationId, DigestKey, EntityId, Event, EventId, EventRef, EventType, Refusal,
    SOURCE_PREFIX, SystemId, TYPE_PREFIX, TenantId, Violation, parse_strict, refusal::Reason,
};

/// The largest event, attributes and data together, in bytes.
pub const MAX_EVENT_BYTES_DEFAULT: usize = 1024 * 1024;

/// What a publisher may send at most.
#[derive(Debug, Clone, Copy)]
pub struct Extent {
    pub event_bytes_max: usize,
    /// How far ahead of the hub's clock an event may say that it happened.
    pub clock_skew_max: Duration,
}

impl Default for Extent {
    fn default() -> Self {
        Self { event_bytes_max: MAX_EVENT_BYTES_DEFAULT, clock_skew_max: Duration::minutes(5) }
    }
}

/// The attributes as text, by their CloudEvents names; empty means absent.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    pub id: String,
    pub source: String,
    pub kind: String,
    pub tenant: String,
    pub subject: String,
    pub time: String,
    pub dataschema: String,
    pub datacontenttype: String,
    pub correlationid: String,
    pub causationid: String,
    pub corrects: String,
    pub retracts: String,
    pub backfill: String,
    pub traceparent: String,
    pub data: Bytes,
}

/// A draft that is well-formed: the event, the contract version that it asked for, and its data as a value.
#[derive(Debug, Clone)]
pub struct ParsedDraft {
    /// Its contract, publisher and digest are still unset.
    pub event: Event,
    pub contract: Option<ContractVersion>,
    pub value: Value,
}

impl Draft {
    /// Its size as it counts against the limit.
    pub fn bytes(&self) -> usize {
        self.attributes().iter().map(|(_, text)| text.len()).sum::<usize>() + self.data.len()
    }

    fn attributes(&self) -> [(&'static str, &str); 14] {
        [
            ("/id", &self.id),
            ("/source", &self.source),
            ("/type", &self.kind),
            ("/tenant", &self.tenant),
            ("/subject", &self.subject),
            ("/time", &self.time),
            ("/dataschema", &self.dataschema),
            ("/datacontenttype", &self.datacontenttype),
            ("/correlationid", &self.correlationid),
            ("/causationid", &self.causationid),
            ("/corrects", &self.corrects),
            ("/retracts", &self.retracts),
            ("/backfill", &self.backfill),
            ("/traceparent", &self.traceparent),
        ]
    }

    /// Checks everything that needs no contract. Tells all that is wrong at once.
    ///
    /// # Errors
    /// `TOO_LARGE`, `ENVELOPE_INVALID`, `TIME_IN_FUTURE`.
    pub fn parse(self, now: OffsetDateTime, extent: &Extent) -> Result<ParsedDraft, Refusal> {
        let bytes = self.bytes();
        if bytes > extent.event_bytes_max {
            return Err(too_large(bytes, extent.event_bytes_max));
        }
        let mut form = Form::default();
        let system = form.prefixed("/source", &self.source, SOURCE_PREFIX, SystemId::new);
        let kind = form.prefixed("/type", &self.kind, TYPE_PREFIX, EventType::new);
        let id = form.take("/id", &self.id, EventId::new, "give the id that your system knows the event by");
        let tenant =
            form.take("/tenant", &self.tenant, TenantId::new, "name the municipality whose task it concerns");
        let entity = form.take("/subject", &self.subject, EntityId::new, "name the case, never a person");
        let time = form.take(
            "/time",
            &self.time,
            |text| {
                OffsetDateTime::parse(text, &Rfc3339).map_err(|_| "is not a time of RFC 3339 with its offset")
            },
            "say when it happened, such as 2026-03-01T08:30:00+01:00",
        );
        let reference = "name the event as `<system id>/<event id>`";
        let causation = form.maybe("/causationid", &self.causationid, EventRef::parse, reference);
        let corrects = form.maybe("/corrects", &self.corrects, EventRef::parse, reference);
        let retracts = form.maybe("/retracts", &self.retracts, EventRef::parse, reference);
        let correlation = form.maybe(
            "/correlationid",
            &self.correlationid,
            CorrelationId::new,
            "use the correlation id of the affair's first event",
        );
        let contract = form.maybe(
            "/dataschema",
            &self.dataschema,
            |uri| contract_version(uri, &self.kind),
            "leave it out for the contract in force",
        );
        let backfill = form.maybe("/backfill", &self.backfill, parse_bool, "say true, or leave it out");
        let value = form.data(&self.datacontenttype, &self.data);
        form.relations(&self);
        let traceparent = Some(self.traceparent).filter(|parent| is_traceparent(parent));
        let (Some(system), Some(kind), Some(id), Some(tenant), Some(entity), Some(time), Some(value), true) =
            (system, kind, id, tenant, entity, time, value, form.violations.is_empty())
        else {
            return Err(form.into_refusal());
        };
        if time > now + extent.clock_skew_max {
            return Err(Refusal::of_field(
                Reason::TimeInFuture,
                "/time",
                format!(
                    "is ahead of the hub's clock by more than {} s",
                    extent.clock_skew_max.whole_seconds()
                ),
                "events are facts that happened: mend the clock of the system, or send it when it has happened",
            ));
        }
        let own = EventRef { system: system.clone(), id: id.clone() };
        let event = Event {
            correlation: correlation.unwrap_or_else(|| own.as_correlation()),
            id,
            system,
            kind,
            tenant,
            entity,
            time,
            causation,
            corrects,
            retracts,
            backfill: backfill.unwrap_or(false),
            traceparent,
            contract: None,
            publisher: None,
            digest: None,
            data: self.data,
        };
        Ok(ParsedDraft { event, contract, value })
    }
}

/// The refusal of an event over the limit.
pub fn too_large(bytes: usize, bytes_max: usize) -> Refusal {
    Refusal::of_field(
        Reason::TooLarge,
        "/data",
        format!("makes the event {bytes} bytes, more than the {bytes_max} that this hub takes"),
        "upload documents and refer to them by digest, or ask the operator to raise `gateway.event_bytes_max`",
    )
}

impl ParsedDraft {
    /// The keyed digest over all that the publisher said: what makes a resend the same.
    pub fn digest(&self, key: &DigestKey) -> crate::Digest {
        self.event.digest_of(&self.value, key)
    }
}

impl Event {
    /// The keyed digest over all that its publisher said, with the data as a value.
    pub fn digest_of(&self, data: &Value, key: &DigestKey) -> crate::Digest {
        let canonical = serde_json::to_vec(data).unwrap_or_default();
        let reference = |r: &Option<EventRef>| r.as_ref().map(ToString::to_string).unwrap_or_default();
        key.digest(&[
            self.tenant.as_str().as_bytes(),
            self.kind.as_str().as_bytes(),
            self.entity.as_str().as_bytes(),
            &self.time.unix_timestamp_nanos().to_be_bytes(),
            self.correlation.as_str().as_bytes(),
            reference(&self.causation).as_bytes(),
            reference(&self.corrects).as_bytes(),
            reference(&self.retracts).as_bytes(),
            &[u8::from(self.backfill)],
            &canonical,
        ])
    }
}

fn contract_version(uri: &str, kind: &str) -> Result<ContractVersion, &'static str> {
    let kind = kind.strip_prefix(TYPE_PREFIX).unwrap_or(kind);
    ContractVersion::of_uri(uri, kind)
        .ok_or("is not `urn:samflyt:contract:<type>:<major>.<minor>` of the event's own type")
}

fn parse_bool(text: &str) -> Result<bool, &'static str> {
    match text {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err("is neither true nor false"),
    }
}

/// `00-<32 hex>-<16 hex>-<2 hex>` (W3C Trace Context, section 3.2). Another is ignored, as that standard says.
fn is_traceparent(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    matches!(parts.as_slice(), [version, trace, span, flags]
        if [version.len(), trace.len(), span.len(), flags.len()] == [2, 32, 16, 2])
        && text.bytes().all(|b| b == b'-' || b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

#[derive(Default)]
struct Form {
    violations: Vec<Violation>,
}

impl Form {
    fn take<T, E: std::fmt::Display>(
        &mut self,
        field: &str,
        text: &str,
        parse: impl Fn(&str) -> Result<T, E>,
        advice: &str,
    ) -> Option<T> {
        if text.is_empty() {
            self.violations.push(Violation::new(field, "is missing", advice));
            return None;
        }
        parse(text).map_err(|rule| self.violations.push(Violation::new(field, rule.to_string(), advice))).ok()
    }

    fn maybe<T, E: std::fmt::Display>(
        &mut self,
        field: &str,
        text: &str,
        parse: impl Fn(&str) -> Result<T, E>,
        advice: &str,
    ) -> Option<T> {
        if text.is_empty() { None } else { self.take(field, text, parse, advice) }
    }

    fn prefixed<T, E: std::fmt::Display>(
        &mut self,
        field: &str,
        text: &str,
        prefix: &str,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Option<T> {
        let advice = format!("it begins with `{prefix}`");
        match text.strip_prefix(prefix) {
            None if !text.is_empty() => {
                self.violations.push(Violation::new(
                    field,
                    format!("does not begin with `{prefix}`"),
                    advice,
                ));
                None
            }
            rest => self.take(field, rest.unwrap_or_default(), parse, &advice),
        }
    }

    fn data(&mut self, content_type: &str, data: &[u8]) -> Option<Value> {
        let media = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        if !media.is_empty() && media != "application/json" && !media.ends_with("+json") {
            let advice = "the data of an event is JSON; upload documents and refer to them";
            self.violations.push(Violation::new("/datacontenttype", "is not JSON", advice));
            return None;
        }
        let rule = match parse_strict(data) {
            Ok(value) => return Some(value),
            Err(_) if data.is_empty() => "is missing".to_owned(),
            Err(error) => error.to_string(),
        };
        self.violations.push(Violation::new("/data", rule, "send one JSON value in UTF-8"));
        None
    }

    fn relations(&mut self, draft: &Draft) {
        let own = draft.source.strip_prefix(SOURCE_PREFIX).map(|system| format!("{system}/{}", draft.id));
        for (field, reference) in [
            ("/causationid", &draft.causationid),
            ("/corrects", &draft.corrects),
            ("/retracts", &draft.retracts),
        ] {
            if !reference.is_empty() && Some(reference) == own.as_ref() {
                self.violations.push(Violation::new(field, "names the event itself", "name another event"));
            }
        }
        if !draft.corrects.is_empty() && !draft.retracts.is_empty() {
            let advice = "correct with new content, or retract: not both";
            self.violations.push(Violation::new("/retracts", "stands beside `corrects`", advice));
        }
    }

    fn into_refusal(self) -> Refusal {
        let message = match self.violations.as_slice() {
            [only] => format!("`{}` {}", only.field, only.rule),
            many => {
                let fields: Vec<&str> = many.iter().map(|violation| violation.field.as_str()).collect();
                format!("{} attributes are not as they should be: {}", many.len(), fields.join(", "))
            }
        };
        Refusal { violations: self.violations, ..Refusal::new(Reason::EnvelopeInvalid, message) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft() -> Draft {
        Draft {
            id: "e-1".into(),
            source: "urn:samflyt:system:seljord-ephorte".into(),
            kind: "no.samflyt.case.opened".into(),
            tenant: "seljord".into(),
            subject: "2026/17".into(),
            time: "2026-03-01T08:30:00+01:00".into(),
            data: Bytes::from_static(br#"{"a":1}"#),
            ..Draft::default()
        }
    }

    fn now() -> OffsetDateTime {
        time::macros::datetime!(2026-03-01 08:00 UTC)
    }

    fn fields(draft: Draft) -> Vec<String> {
        let refusal = draft.parse(now(), &Extent::default()).unwrap_err();
        refusal.violations.into_iter().map(|violation| violation.field).collect()
    }

    #[test]
    fn a_draft_becomes_an_event_whose_affair_is_its_own() {
        let parsed = draft().parse(now(), &Extent::default()).unwrap();
        assert_eq!(parsed.event.correlation.as_str(), "seljord-ephorte/e-1");
        assert_eq!(parsed.contract, None);
    }

    #[test]
    fn everything_that_is_wrong_is_told_at_once() {
        assert_eq!(
            fields(Draft {
                id: "a b".into(),
                time: "yesterday".into(),
                data: Bytes::from_static(b"nei"),
                ..draft()
            }),
            ["/id", "/time", "/data"]
        );
        assert_eq!(fields(Draft { kind: "case.opened".into(), ..draft() }), ["/type"]);
        assert_eq!(fields(Draft { corrects: "seljord-ephorte/e-1".into(), ..draft() }), ["/corrects"]);
        assert_eq!(fields(Draft { datacontenttype: "text/xml".into(), ..draft() }), ["/datacontenttype"]);
    }

    #[test]
    fn the_future_and_the_too_large_have_reasons_of_their_own() {
        let ahead = Draft { time: "2026-03-01T08:30:00+00:00".into(), ..draft() };
        assert_eq!(ahead.parse(now(), &Extent::default()).unwrap_err().reason, Reason::TimeInFuture);
        let large = Draft { data: vec![b' '; MAX_EVENT_BYTES_DEFAULT].into(), ..draft() };
        let refusal = large.parse(now(), &Extent::default()).unwrap_err();
        assert_eq!(refusal.reason, Reason::TooLarge);
        assert!(refusal.message.contains("1048576"), "{}", refusal.message);
    }

    #[test]
    fn the_same_content_has_the_same_digest_however_it_is_written() {
        let key = DigestKey::new(&[3; 32]);
        let digest = |data: &[u8]| {
            Draft { data: Bytes::copy_from_slice(data), ..draft() }
                .parse(now(), &Extent::default())
                .unwrap()
                .digest(&key)
        };
        assert_eq!(digest(br#"{"a":1,"b":2}"#), digest(b"{ \"b\": 2,\n\"a\": 1 }"));
        assert_ne!(digest(br#"{"a":1}"#), digest(br#"{"a":2}"#));
    }
}
