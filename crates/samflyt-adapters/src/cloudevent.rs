//! A line as an event of the API: a CloudEvent in the JSON event format, read as the gateway reads it over HTTP.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use prost_types::Timestamp;
use samflyt_events::{
    CONTRACT_PREFIX, JsonError, Reason, Refusal, SOURCE_PREFIX, TYPE_PREFIX, Violation, parse_strict,
};
use samflyt_proto::common::Event;
use serde_json::Value;
use serde_json::value::RawValue;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

const ONE_EVENT: &str = "write one CloudEvent in the JSON event format on each line";

/// Reads a line. What the API has a place for goes there unchecked: the hub checks it.
///
/// # Errors
/// `ENVELOPE_INVALID`, with all that is wrong, where the line does not fit the API; never repeats a value.
pub fn parse(line: &[u8], backfill: bool) -> Result<Event, Refusal> {
    match parse_strict(line) {
        Ok(Value::Object(_)) => {}
        Ok(_) => return Err(refusal(vec![Violation::new("", "is not a JSON object", ONE_EVENT)])),
        // A line is one line to the parser, whatever its number in the file.
        Err(JsonError::Syntax { column, .. }) => {
            return Err(refusal(vec![Violation::new(
                "",
                format!("is not JSON (column {column})"),
                ONE_EVENT,
            )]));
        }
        Err(JsonError::MemberTwice { column, .. }) => {
            let rule = format!("has an object with the same member twice (column {column})");
            return Err(refusal(vec![Violation::new("", rule, ONE_EVENT)]));
        }
    }
    let members: BTreeMap<String, &RawValue> = serde_json::from_slice(line)
        .map_err(|_| refusal(vec![Violation::new("", "is not a JSON object", ONE_EVENT)]))?;
    let mut form = Form { event: Event { backfill, ..Event::default() }, ..Form::default() };
    // The contract's version stands behind the type.
    let (schema, others): (Vec<_>, Vec<_>) = members.into_iter().partition(|(name, _)| name == "dataschema");
    for (name, value) in others.into_iter().chain(schema) {
        if let Err((rule, advice)) = form.take(&name, value) {
            form.violations.push(Violation::new(field(&name), rule, advice));
        }
    }
    if !form.is_cloudevent && form.violations.is_empty() {
        form.violations.push(Violation::new(
            "/specversion",
            "is missing",
            "this is no CloudEvent: write version 1.0",
        ));
    }
    if form.violations.is_empty() { Ok(form.event) } else { Err(refusal(form.violations)) }
}

/// A rule that was broken, and what to do.
type Broken = (&'static str, &'static str);

#[derive(Default)]
struct Form {
    event: Event,
    is_cloudevent: bool,
    violations: Vec<Violation>,
}

impl Form {
    fn take(&mut self, name: &str, value: &RawValue) -> Result<(), Broken> {
        if name == "data" {
            self.event.data = value.get().as_bytes().to_vec().into();
            return Ok(());
        }
        let text = text(name, value)?;
        if text.is_empty() {
            return Ok(());
        }
        let event = &mut self.event;
        match name {
            "specversion" if text == "1.0" => self.is_cloudevent = true,
            "specversion" => return Err(("is not 1.0", "write CloudEvents 1.0")),
            "id" => event.id = text,
            "source" => {
                event.system = bare(&text, SOURCE_PREFIX, "does not begin with `urn:samflyt:system:`")?
            }
            "type" => event.r#type = bare(&text, TYPE_PREFIX, "does not begin with `no.samflyt.`")?,
            "tenant" => event.tenant = text,
            "subject" => event.entity = text,
            "time" => event.time = Some(timestamp(&text)?),
            "dataschema" => event.contract_version = version(&text, &event.r#type)?,
            "datacontenttype" => json_media(&text)?,
            "correlationid" => event.correlation_id = text,
            "causationid" => event.causation_id = text,
            "corrects" => event.corrects = text,
            "retracts" => event.retracts = text,
            "backfill" => event.backfill |= flag(&text)?,
            "traceparent" => event.traceparent = text,
            "tracestate" => {}
            "data_base64" => {
                let decoded = STANDARD.decode(text).map_err(|_| ("is not base64", "write JSON as `data`"))?;
                event.data = decoded.into();
            }
            _ => {
                return Err((
                    "is an attribute that the hub does not know",
                    "put it into the data, or leave it out",
                ));
            }
        }
        Ok(())
    }
}

fn text(name: &str, value: &RawValue) -> Result<String, Broken> {
    match serde_json::from_str(value.get()) {
        Ok(Value::String(text)) => Ok(text),
        Ok(Value::Bool(flag)) if name == "backfill" => Ok(flag.to_string()),
        Ok(Value::Null) => Ok(String::new()),
        _ => Err(("is not a string", "attributes are strings")),
    }
}

fn bare(text: &str, prefix: &str, rule: &'static str) -> Result<String, Broken> {
    text.strip_prefix(prefix).map(str::to_owned).ok_or((rule, "write it with its prefix"))
}

fn timestamp(text: &str) -> Result<Timestamp, Broken> {
    let broken = ("is not a time of RFC 3339 with its offset", "such as 2026-03-01T08:30:00+01:00");
    let moment = OffsetDateTime::parse(text, &Rfc3339).map_err(|_| broken)?;
    Ok(samflyt_runtime::refused::timestamp(moment))
}

fn version(text: &str, kind: &str) -> Result<String, Broken> {
    let rest = text.strip_prefix(CONTRACT_PREFIX).and_then(|rest| rest.strip_prefix(kind)?.strip_prefix(':'));
    let rule = "is not `urn:samflyt:contract:<type>:<major>.<minor>` of the event's own type";
    rest.filter(|version| !version.is_empty())
        .map(str::to_owned)
        .ok_or((rule, "mend it, or leave it out: then the contract in force counts"))
}

fn json_media(text: &str) -> Result<(), Broken> {
    let media = text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let is_json = media == "application/json" || media.ends_with("+json");
    is_json
        .then_some(())
        .ok_or(("is not JSON", "the data of an event is JSON; upload documents and refer to them"))
}

fn flag(text: &str) -> Result<bool, Broken> {
    text.parse().map_err(|_| ("is neither true nor false", "write true or false"))
}

/// A name that is not of the standard's form may be anything, also a person's number.
fn field(name: &str) -> String {
    let standard = name.len() <= 20 && name.bytes().all(|b| b.is_ascii_lowercase());
    if standard || name == "data_base64" { format!("/{name}") } else { "/…".to_owned() }
}

fn refusal(violations: Vec<Violation>) -> Refusal {
    Refusal { violations, ..Refusal::new(Reason::EnvelopeInvalid, "the line is no event that the hub takes") }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"{"specversion":"1.0","id":"e-1","source":"urn:samflyt:system:seljord-gat","tenant":"seljord",
        "dataschema":"urn:samflyt:contract:roster.changed:1.2","type":"no.samflyt.roster.changed","subject":"2026/1",
        "time":"2026-03-01T09:30:00+01:00","traceparent":"00-x","data":{"b": 1.0}}"#;

    #[test]
    fn a_line_becomes_an_event_with_its_data_as_it_was_written() {
        let event = parse(GOOD.as_bytes(), false).unwrap();
        assert_eq!((event.system.as_str(), event.r#type.as_str()), ("seljord-gat", "roster.changed"));
        assert_eq!((event.contract_version.as_str(), event.traceparent.as_str()), ("1.2", "00-x"));
        assert_eq!(event.time.unwrap().seconds, 1_772_353_800);
        assert_eq!(&event.data[..], br#"{"b": 1.0}"#);
        assert!(!event.backfill);
        assert!(parse(GOOD.as_bytes(), true).unwrap().backfill);
    }

    #[test]
    fn a_bad_line_is_told_by_field_and_never_repeated() {
        for (line, field) in [
            (r#"SECRET"#, ""),
            (r#"["SECRET"]"#, ""),
            (r#"{"specversion":"1.0","id":"a","id":"SECRET"}"#, ""),
            (r#"{"id":"SECRET"}"#, "/specversion"),
            (r#"{"specversion":"1.0","id":7}"#, "/id"),
            (r#"{"specversion":"1.0","source":"SECRET"}"#, "/source"),
            (r#"{"specversion":"1.0","time":"SECRET"}"#, "/time"),
            (
                r#"{"specversion":"1.0","type":"no.samflyt.a.b","dataschema":"urn:samflyt:contract:a.c:1.0"}"#,
                "/dataschema",
            ),
            (r#"{"specversion":"1.0","backfill":"SECRET"}"#, "/backfill"),
            (r#"{"specversion":"1.0","data_base64":"SECRET!"}"#, "/data_base64"),
            (r#"{"specversion":"1.0","01810112345":"SECRET"}"#, "/…"),
        ] {
            let refusal = parse(line.as_bytes(), false).unwrap_err();
            assert_eq!(refusal.violations[0].field, field, "{line}");
            assert!(!format!("{refusal:?}").contains("SECRET"), "{refusal:?}");
        }
    }
}
