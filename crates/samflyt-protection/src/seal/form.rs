//! How a sealed field stands in the data: `{"samflyt:sealed": "1.<sealed>"}`, and for a person's identifier
//! `{"samflyt:sealed": "1.<pseudonym>.<sealed>"}`.
//!
//! `<sealed>` is base64url without padding of the key's id (16 bytes), the nonce (12), the ciphertext and its tag (16). An
//! object with one member that no contract may use, rather than a string with a prefix: any reader can tell it from a value,
//! whatever text a publisher sends; a schema can say "this, or sealed"; and a field that was a number does not become a
//! text that passes for one.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use crate::keys::KeyId;
use crate::subject::Pseudonym;

/// The one member of a sealed field. Whoever publishes data that has it is refused.
pub const SEALED_MEMBER: &str = "samflyt:sealed";
const VERSION: &str = "1";

/// A sealed field, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SealedField {
    pub pseudonym: Option<Pseudonym>,
    pub key: KeyId,
    /// Nonce, ciphertext and tag.
    pub sealed: Vec<u8>,
}

impl SealedField {
    /// The field for what [`crate::keys::DataKey::seal`] gave, with the key's id as its head.
    pub fn value(pseudonym: Option<&Pseudonym>, with_head: &[u8]) -> Value {
        let mut text = String::with_capacity(2 + 33 + with_head.len().div_ceil(3) * 4);
        text.push_str(VERSION);
        text.push('.');
        if let Some(pseudonym) = pseudonym {
            text.push_str(&pseudonym.to_string());
            text.push('.');
        }
        URL_SAFE_NO_PAD.encode_string(with_head, &mut text);
        Value::Object(Map::from_iter([(SEALED_MEMBER.to_owned(), Value::String(text))]))
    }

    /// None where the value has the member and not the form.
    pub fn parse(value: &Value) -> Option<Self> {
        let text = member(value)?.as_str()?;
        let mut parts = text.split('.');
        parts.next().filter(|version| *version == VERSION)?;
        let (first, second) = (parts.next()?, parts.next());
        parts.next().is_none().then_some(())?;
        let (pseudonym, encoded) = match second {
            Some(encoded) => (Some(Pseudonym::parse(first)?), encoded),
            None => (None, first),
        };
        let bytes = URL_SAFE_NO_PAD.decode(encoded).ok()?;
        let (id, sealed) = bytes.split_first_chunk::<16>()?;
        Some(Self { pseudonym, key: KeyId(*id), sealed: sealed.to_vec() })
    }
}

fn member(value: &Value) -> Option<&Value> {
    let members = value.as_object().filter(|members| members.len() == 1)?;
    members.get(SEALED_MEMBER)
}

/// Whether a value stands where a sealed one does.
pub fn is_sealed(value: &Value) -> bool {
    member(value).is_some()
}

/// The person that a sealed identifier names, without a key.
pub fn pseudonym_of(value: &Value) -> Option<Pseudonym> {
    SealedField::parse(value)?.pseudonym
}

/// Whether the member is anywhere in the data.
pub(crate) fn holds_sealed(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().any(holds_sealed),
        Value::Object(members) => members.contains_key(SEALED_MEMBER) || members.values().any(holds_sealed),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_sealed_field_is_told_from_anything_else() {
        let pseudonym = Pseudonym::random();
        for pseudonym in [None, pseudonym] {
            let value = SealedField::value(pseudonym.as_ref(), &[[7; 16].as_slice(), b"rest"].concat());
            let parsed = SealedField::parse(&value).unwrap();
            assert_eq!(parsed, SealedField { pseudonym, key: KeyId([7; 16]), sealed: b"rest".to_vec() });
            assert!(is_sealed(&value) && pseudonym_of(&value) == pseudonym);
        }
        for other in [json!("1.x"), json!({}), json!({"samflyt:sealed": "1.AAAA", "b": 1}), json!(null)] {
            assert!(!is_sealed(&other), "{other}");
        }
        for broken in ["", "1", "2.AAAA", "1.AAAA", "1.a.b.c", "1.é"] {
            let value = json!({ SEALED_MEMBER: broken });
            assert!(is_sealed(&value) && SealedField::parse(&value).is_none(), "{broken}");
        }
        assert!(holds_sealed(&json!([{"a": {"samflyt:sealed": 1, "b": 2}}])));
    }
}
