//! Names on the broker: streams, subjects, and the escaping of a token (section 5 of the design).

use std::fmt::Write as _;

use crate::{EntityId, EventType, IdError, SystemId, TenantId};

/// The subject's template, for span names and documents.
pub const EVENTS_TEMPLATE: &str = "events.{tenant}.{domain}.{event}.{system}.{entity}";
/// The stream of what the catalogue shares between all tenants.
pub const REGISTRY_STREAM: &str = "REGISTRY";

/// `EVENTS_seljord`.
pub fn events_stream(tenant: &TenantId) -> String {
    format!("EVENTS_{tenant}")
}

/// `REGISTRY_seljord`.
pub fn tenant_registry_stream(tenant: &TenantId) -> String {
    format!("REGISTRY_{tenant}")
}

/// `ARCHIVE_seljord`: the archive's records.
pub fn archive_stream(tenant: &TenantId) -> String {
    format!("ARCHIVE_{tenant}")
}

/// The tenant of an `ARCHIVE_` stream.
pub fn archive_tenant(stream: &str) -> Option<TenantId> {
    TenantId::new(stream.strip_prefix("ARCHIVE_")?).ok()
}

/// The one subject of an `ARCHIVE_` stream, so that its last sequence is the stream's.
pub fn archive_changes(tenant: &TenantId) -> String {
    format!("archive.{tenant}.changes")
}

/// `MESSAGES_seljord`: what the archive was asked by messages, and what it answered; kept for a time only.
pub fn messages_stream(tenant: &TenantId) -> String {
    format!("MESSAGES_{tenant}")
}

/// What the streams of deliveries begin with.
pub const DELIVERY_STREAMS: &str = "DELIVERY_";

/// `DELIVERY_seljord`: the municipality's subscriptions, and what was delivered.
pub fn delivery_stream(tenant: &TenantId) -> String {
    format!("{DELIVERY_STREAMS}{tenant}")
}

/// The tenant of a `DELIVERY_` stream.
pub fn delivery_tenant(stream: &str) -> Option<TenantId> {
    TenantId::new(stream.strip_prefix(DELIVERY_STREAMS)?).ok()
}

/// What was delivered, of all of a tenant's subscriptions.
pub fn delivery_progress(tenant: &TenantId) -> String {
    format!("delivery.{tenant}.progress")
}

/// The states of one subscription.
pub fn delivery_subscription(tenant: &TenantId, id: &str) -> String {
    format!("delivery.{tenant}.subscription.{id}")
}

/// All subjects of a tenant's log.
pub fn events_of(tenant: &TenantId) -> String {
    format!("events.{tenant}.>")
}

/// `events.<tenant>.<domain>.<event>.<system>.<entity>`, always six tokens.
pub fn event(tenant: &TenantId, kind: &EventType, system: &SystemId, entity: &EntityId) -> String {
    let entity = encode_token(entity.as_str());
    format!("events.{tenant}.{}.{}.{system}.{entity}", kind.domain(), kind.event())
}

/// Every event of a type from one system, whatever it is about.
pub fn events_from(tenant: &TenantId, kind: &EventType, system: &SystemId) -> String {
    format!("events.{tenant}.{}.{}.{system}.*", kind.domain(), kind.event())
}

/// Every event of one entity, whatever its type and system.
pub fn events_about(tenant: &TenantId, entity: &EntityId) -> String {
    format!("events.{tenant}.*.*.*.{}", encode_token(entity.as_str()))
}

/// `ingest.<tenant>.<system>`: where systems publish to.
pub fn ingest(tenant: &TenantId, system: &SystemId) -> String {
    format!("ingest.{tenant}.{system}")
}

/// The tenant and the system of an `ingest` subject.
pub fn parse_ingest(subject: &str) -> Option<(TenantId, SystemId)> {
    let (tenant, system) = subject.strip_prefix("ingest.")?.split_once('.')?;
    Some((TenantId::new(tenant).ok()?, SystemId::new(system).ok()?))
}

/// `.`, `*`, `>`, `=`, white space and control characters become `=XX` for each of their bytes in UTF-8.
pub fn encode_token(text: &str) -> String {
    let mut token = String::with_capacity(text.len());
    let mut bytes = [0; 4];
    for c in text.chars() {
        if matches!(c, '.' | '*' | '>' | '=') || c.is_whitespace() || c.is_control() {
            for byte in c.encode_utf8(&mut bytes).bytes() {
                // Writing to a string does not fail.
                let _ = write!(token, "={byte:02X}");
            }
        } else {
            token.push(c);
        }
    }
    token
}

/// The text that [`encode_token`] made the token of.
///
/// # Errors
/// [`IdError::Control`] where the token is no encoding of a text.
pub fn decode_token(token: &str) -> Result<String, IdError> {
    let mut bytes = Vec::with_capacity(token.len());
    let mut rest = token.as_bytes();
    while let [first, tail @ ..] = rest {
        if *first == b'=' {
            let hex = tail.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
            bytes.push(hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()).ok_or(IdError::Control)?);
            rest = &tail[2..];
        } else {
            bytes.push(*first);
            rest = tail;
        }
    }
    String::from_utf8(bytes).map_err(|_| IdError::Control)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_text_becomes_one_token_and_comes_back(text in ".{1,128}") {
            let token = encode_token(&text);
            prop_assert!(!token.contains(['.', '*', '>', ' ', '\n', '\t']));
            prop_assert!(!token.chars().any(|c| c.is_whitespace() || c.is_control()));
            prop_assert_eq!(decode_token(&token).unwrap(), text);
        }

        #[test]
        fn a_subject_always_has_six_tokens(entity in "[^\\p{Cc}]{1,60}") {
            prop_assume!(EntityId::new(&entity).is_ok());
            let subject = event(
                &TenantId::new("seljord").unwrap(),
                &EventType::new("case.opened").unwrap(),
                &SystemId::new("seljord-ephorte").unwrap(),
                &EntityId::new(&entity).unwrap(),
            );
            prop_assert_eq!(subject.split('.').count(), 6);
        }
    }

    #[test]
    fn an_entity_cannot_escape_its_token() {
        assert_eq!(encode_token("a.> *=\u{a0}"), "a=2E=3E=20=2A=3D=C2=A0");
        assert!(decode_token("a=2").is_err() && decode_token("=FF").is_err());
    }
}
