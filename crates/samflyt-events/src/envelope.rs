//! The envelope: an event as the log holds it, in CloudEvents 1.0 binary mode of the NATS binding (section 5 of the
//! design).

use bytes::Bytes;
use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use crate::{
    CONTRACT_PREFIX, ContractVersion, CorrelationId, Digest, EntityId, EventId, EventRef, EventType,
    OrganisationNumber, SOURCE_PREFIX, SystemId, TYPE_PREFIX, TenantId,
};

/// What the HTTP and NATS bindings of CloudEvents percent-encode in a header's value.
const ENCODED: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'%');

/// A fact that happened, checked, with what the hub adds to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    pub id: EventId,
    pub system: SystemId,
    pub kind: EventType,
    pub tenant: TenantId,
    pub entity: EntityId,
    /// When it happened.
    pub time: OffsetDateTime,
    pub correlation: CorrelationId,
    pub causation: Option<EventRef>,
    pub corrects: Option<EventRef>,
    pub retracts: Option<EventRef>,
    /// History: triggers nothing.
    pub backfill: bool,
    pub traceparent: Option<String>,
    /// The contract that the data was checked against. None for the hub's own catalogue events.
    pub contract: Option<ContractVersion>,
    /// Organisation of the token.
    pub publisher: Option<OrganisationNumber>,
    pub digest: Option<Digest>,
    /// One JSON value.
    pub data: Bytes,
}

/// An event and its place in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedEvent {
    pub event: Event,
    pub sequence: u64,
    /// When the hub learned of it: the log's own timestamp.
    pub learned_at: OffsetDateTime,
}

/// A message of the log that is no event. Only a foreign hand can have written it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the header `{header}` is missing or not of its form")]
pub struct HeaderError {
    pub header: &'static str,
}

/// A text as it stands in a header.
pub fn header_value(text: &str) -> String {
    utf8_percent_encode(text, ENCODED).to_string()
}

impl Event {
    /// The event's name outside its system.
    pub fn reference(&self) -> EventRef {
        EventRef { system: self.system.clone(), id: self.id.clone() }
    }

    /// The message's headers, values encoded.
    pub fn headers(&self) -> Vec<(&'static str, String)> {
        let encode = header_value;
        let mut headers = Vec::with_capacity(20);
        headers.push(("ce-specversion", "1.0".to_owned()));
        headers.push(("ce-id", encode(self.id.as_str())));
        headers.push(("ce-source", format!("{SOURCE_PREFIX}{}", self.system)));
        headers.push(("ce-type", format!("{TYPE_PREFIX}{}", self.kind)));
        headers.push(("ce-subject", encode(self.entity.as_str())));
        headers.push(("ce-time", self.time.format(&Rfc3339).unwrap_or_default()));
        headers.push(("ce-datacontenttype", "application/json".to_owned()));
        if let Some(version) = self.contract {
            headers.push(("ce-dataschema", format!("{CONTRACT_PREFIX}{}:{version}", self.kind)));
        }
        headers.push(("ce-tenant", self.tenant.to_string()));
        headers.push(("ce-correlationid", encode(self.correlation.as_str())));
        for (header, reference) in [
            ("ce-causationid", &self.causation),
            ("ce-corrects", &self.corrects),
            ("ce-retracts", &self.retracts),
        ] {
            headers.extend(reference.as_ref().map(|reference| (header, encode(&reference.to_string()))));
        }
        if self.backfill {
            headers.push(("ce-backfill", "true".to_owned()));
        }
        headers.extend(self.publisher.as_ref().map(|publisher| ("ce-publisher", publisher.to_string())));
        headers.extend(self.digest.map(|digest| ("ce-digest", digest.to_string())));
        headers.extend(self.traceparent.clone().map(|parent| ("traceparent", parent)));
        headers
    }

    /// What the broker tells resends by: `<system id>/<event id>`, encoded like a header.
    pub fn message_id(&self) -> String {
        header_value(&self.reference().to_string())
    }

    /// Reads a message of the log.
    ///
    /// # Errors
    /// [`HeaderError`] names the header.
    pub fn from_headers<'h>(get: impl Fn(&str) -> Option<&'h str>, data: Bytes) -> Result<Self, HeaderError> {
        let reader = Reader(get);
        let system = reader.prefixed("ce-source", SOURCE_PREFIX, SystemId::new)?;
        let kind = reader.prefixed("ce-type", TYPE_PREFIX, EventType::new)?;
        let contract = match (reader.0)("ce-dataschema") {
            None => None,
            Some(uri) => Some(
                ContractVersion::of_uri(uri, kind.as_str()).ok_or(HeaderError { header: "ce-dataschema" })?,
            ),
        };
        Ok(Self {
            id: reader.required("ce-id", |text| EventId::new(text).ok())?,
            entity: reader.required("ce-subject", |text| EntityId::new(text).ok())?,
            time: reader.required("ce-time", |text| OffsetDateTime::parse(text, &Rfc3339).ok())?,
            tenant: reader.required("ce-tenant", |text| TenantId::new(text).ok())?,
            correlation: reader.required("ce-correlationid", |text| CorrelationId::new(text).ok())?,
            causation: reader.optional("ce-causationid", |text| EventRef::parse(text).ok())?,
            corrects: reader.optional("ce-corrects", |text| EventRef::parse(text).ok())?,
            retracts: reader.optional("ce-retracts", |text| EventRef::parse(text).ok())?,
            backfill: (reader.0)("ce-backfill") == Some("true"),
            traceparent: (reader.0)("traceparent").map(str::to_owned),
            contract,
            publisher: reader.optional("ce-publisher", |text| OrganisationNumber::new(text).ok())?,
            digest: reader.optional("ce-digest", Digest::parse)?,
            system,
            kind,
            data,
        })
    }
}

struct Reader<F>(F);

impl<'h, F: Fn(&str) -> Option<&'h str>> Reader<F> {
    fn optional<T>(
        &self,
        header: &'static str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, HeaderError> {
        let Some(encoded) = (self.0)(header) else { return Ok(None) };
        let text = percent_decode_str(encoded).decode_utf8().map_err(|_| HeaderError { header })?;
        parse(&text).map(Some).ok_or(HeaderError { header })
    }

    fn required<T>(&self, header: &'static str, parse: impl Fn(&str) -> Option<T>) -> Result<T, HeaderError> {
        self.optional(header, parse)?.ok_or(HeaderError { header })
    }

    fn prefixed<T, E>(
        &self,
        header: &'static str,
        prefix: &str,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Result<T, HeaderError> {
        self.required(header, |text| parse(text.strip_prefix(prefix)?).ok())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn an_event_comes_back_from_its_headers(
            id in "[a-zæøå%\"=./:-]{1,40}", entity in "[A-Zæ%\"][A-Zøå %\"./]{0,30}[a-z]", caused in any::<bool>(),
            seconds in 0i64..4_000_000_000, nanos in 0i64..1_000_000_000, minor in any::<u16>()
        ) {
            let system = SystemId::new("seljord-ephorte").unwrap();
            let id = EventId::new(&id).unwrap();
            let reference = EventRef { system: system.clone(), id: id.clone() };
            let event = Event {
                correlation: reference.as_correlation(),
                causation: caused.then(|| reference.clone()),
                corrects: None,
                retracts: caused.then_some(reference),
                id, system,
                kind: EventType::new("case.opened").unwrap(),
                tenant: TenantId::new("seljord").unwrap(),
                entity: EntityId::new(&entity).unwrap(),
                time: OffsetDateTime::from_unix_timestamp(seconds).unwrap() + time::Duration::nanoseconds(nanos),
                backfill: caused,
                traceparent: None,
                contract: Some(ContractVersion { major: 1, minor }),
                publisher: OrganisationNumber::new("964963282").ok(),
                digest: Some(Digest([7; 16])),
                data: Bytes::from_static(b"{}"),
            };
            let headers: HashMap<&str, String> = event.headers().into_iter().collect();
            prop_assert!(headers.values().all(|value| value.bytes().all(|b| (0x21..=0x7e).contains(&b))));
            let back = Event::from_headers(|name| headers.get(name).map(String::as_str), Bytes::from_static(b"{}")).unwrap();
            prop_assert_eq!(back, event);
        }
    }

    #[test]
    fn a_foreign_message_is_named_by_its_missing_header() {
        let error = Event::from_headers(|_| None, Bytes::new()).unwrap_err();
        assert_eq!(error.header, "ce-source");
    }
}
