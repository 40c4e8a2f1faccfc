//! CloudEvents 1.0: the JSON event format, and attributes in headers (HTTP binding section 3.1, NATS binding section 3.1).

use bytes::Bytes;
use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;
use samflyt_events::{Draft, Reason, Refusal, Violation, parse_strict};
use serde_json::Value;
use serde_json::value::RawValue;

/// A structured event: one JSON object with attributes and `data`.
///
/// # Errors
/// `ENVELOPE_INVALID` where it is not JSON, not an object, or has attributes that the hub does not know.
pub(crate) fn structured(text: &[u8]) -> Result<Draft, Refusal> {
    match parse_strict(text) {
        Ok(Value::Object(_)) => {}
        Ok(_) => {
            return Err(refusal("", "is not a JSON object", "send one CloudEvent in the JSON event format"));
        }
        Err(error) => {
            return Err(refusal("", error.to_string(), "send one CloudEvent in the JSON event format"));
        }
    }
    let members: BTreeMap<String, &RawValue> = serde_json::from_slice(text)
        .map_err(|_| refusal("", "is not a JSON object", "send one CloudEvent"))?;
    let mut draft = Draft::default();
    let mut version = String::new();
    for (name, value) in members {
        match name.as_str() {
            "data" => draft.data = Bytes::copy_from_slice(value.get().as_bytes()),
            "data_base64" => draft.data = decode_base64(value)?.into(),
            name => {
                let text = attribute_text(name, value)?;
                set(&mut draft, &mut version, name, text)?;
            }
        }
    }
    check_version(&version)?;
    Ok(draft)
}

/// A binary event: attributes as `ce-…` headers, percent-encoded, the data as the body.
///
/// # Errors
/// `ENVELOPE_INVALID` where a header is no attribute that the hub knows, or not UTF-8.
pub(crate) fn binary<'h>(
    headers: impl Iterator<Item = (&'h str, &'h [u8])>,
    content_type: &str,
    data: &[u8],
) -> Result<Draft, Refusal> {
    let mut draft = Draft {
        data: Bytes::copy_from_slice(data),
        datacontenttype: content_type.to_owned(),
        ..Draft::default()
    };
    let mut version = String::new();
    for (header, value) in headers {
        let header = header.to_ascii_lowercase();
        let name = match header.as_str() {
            "traceparent" => "traceparent",
            other => match other.strip_prefix("ce-") {
                Some(name) => name,
                None => continue,
            },
        };
        let text = std::str::from_utf8(value).ok().map(|text| percent_decode_str(text.trim()).decode_utf8());
        let Some(Ok(text)) = text else {
            return Err(refusal(
                shown(name),
                "is not UTF-8, percent-encoded",
                "encode it as the binding says",
            ));
        };
        set(&mut draft, &mut version, name, text.into_owned())?;
    }
    check_version(&version)?;
    Ok(draft)
}

fn set(draft: &mut Draft, version: &mut String, name: &str, text: String) -> Result<(), Refusal> {
    let attribute = match name {
        "specversion" => version,
        "id" => &mut draft.id,
        "source" => &mut draft.source,
        "type" => &mut draft.kind,
        "tenant" => &mut draft.tenant,
        "subject" => &mut draft.subject,
        "time" => &mut draft.time,
        "dataschema" => &mut draft.dataschema,
        "datacontenttype" => &mut draft.datacontenttype,
        "correlationid" => &mut draft.correlationid,
        "causationid" => &mut draft.causationid,
        "corrects" => &mut draft.corrects,
        "retracts" => &mut draft.retracts,
        "backfill" => &mut draft.backfill,
        "traceparent" => &mut draft.traceparent,
        // W3C trace state is of no use without a vendor of ours in it.
        "tracestate" => return Ok(()),
        _ => {
            let advice =
                "nothing is appended that no contract describes: put it into the data, or leave it out";
            return Err(refusal(shown(name), "is an attribute that the hub does not know", advice));
        }
    };
    *attribute = text;
    Ok(())
}

/// An attribute's name may be anything, also a person's number: it is told only where it is of the standard's form.
fn shown(name: &str) -> &str {
    let of_the_standard = name.len() <= 20 && name.bytes().all(|b| b.is_ascii_lowercase());
    if of_the_standard { name } else { "…" }
}

fn attribute_text(name: &str, value: &RawValue) -> Result<String, Refusal> {
    match serde_json::from_str(value.get()) {
        Ok(Value::String(text)) => Ok(text),
        Ok(Value::Bool(flag)) if name == "backfill" => Ok(flag.to_string()),
        Ok(Value::Null) => Ok(String::new()),
        _ => Err(refusal(shown(name), "is not a string", "attributes are strings")),
    }
}

fn decode_base64(value: &RawValue) -> Result<Vec<u8>, Refusal> {
    let invalid = || refusal("data_base64", "is not base64", "send JSON as `data`");
    let text: String = serde_json::from_str(value.get()).map_err(|_| invalid())?;
    STANDARD.decode(text).map_err(|_| invalid())
}

fn check_version(version: &str) -> Result<(), Refusal> {
    match version {
        "1.0" => Ok(()),
        "" => Err(refusal("specversion", "is missing", "this is no CloudEvent: send one of version 1.0")),
        _ => Err(refusal("specversion", "is not 1.0", "send CloudEvents 1.0")),
    }
}

fn refusal(name: &str, rule: impl Into<String>, advice: &str) -> Refusal {
    let field = if name.is_empty() { String::new() } else { format!("/{name}") };
    let rule = rule.into();
    let message = if field.is_empty() { format!("the event {rule}") } else { format!("`{field}` {rule}") };
    Refusal {
        violations: vec![Violation::new(field, rule, advice)],
        ..Refusal::new(Reason::EnvelopeInvalid, message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn structured_and_binary_say_the_same() {
        let structured = structured(
            br#"{"specversion":"1.0","id":"a","source":"s","type":"t","tenant":"n","subject":"2026/1 x","backfill":true,"data":{"b": 1}}"#,
        )
        .unwrap();
        let headers: [(&str, &[u8]); 7] = [
            ("CE-specversion", b"1.0"),
            ("ce-id", b"a"),
            ("ce-source", b"s"),
            ("ce-type", b"t"),
            ("ce-tenant", b"n"),
            ("ce-subject", b"2026/1%20x"),
            ("ce-backfill", b"true"),
        ];
        let binary = binary(headers.into_iter(), "", br#"{"b": 1}"#).unwrap();
        assert_eq!(format!("{structured:?}"), format!("{binary:?}"));
    }

    #[test]
    fn what_is_no_cloudevent_is_refused_by_field_and_not_repeated() {
        for (text, field) in [
            (&b"SECRET"[..], ""),
            (b"[1]", ""),
            (br#"{"id":"a"}"#, "/specversion"),
            (br#"{"specversion":"0.3"}"#, "/specversion"),
            (br#"{"specversion":"1.0","id":7}"#, "/id"),
            (br#"{"specversion":"1.0","owner":"SECRET"}"#, "/owner"),
            (br#"{"specversion":"1.0","01810112345":"SECRET"}"#, "/\u{2026}"),
            (br#"{"specversion":"1.0","data_base64":"SECRET!"}"#, "/data_base64"),
        ] {
            let refusal = structured(text).unwrap_err();
            assert_eq!(refusal.violations[0].field, field);
            assert!(!refusal.to_string().contains("SECRET"));
        }
    }
}
