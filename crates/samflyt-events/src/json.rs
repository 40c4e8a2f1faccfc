//! JSON as the hub takes it: no member twice. Which of two members counts differs between readers, and what is
//! validated must be what is read.

use std::fmt;

use serde::de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// Why a text is not JSON that the hub takes. Holds no part of the text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JsonError {
    #[error("has an object with the same member twice (line {line}, column {column})")]
    MemberTwice { line: usize, column: usize },
    #[error("is not JSON (line {line}, column {column})")]
    Syntax { line: usize, column: usize },
}

const MEMBER_TWICE: &str = "member twice";

/// Reads one JSON value and nothing after it. Nesting is limited to 128 levels by the parser.
///
/// # Errors
/// [`JsonError`] with the place.
pub fn parse_strict(text: &[u8]) -> Result<Value, JsonError> {
    let mut reader = serde_json::Deserializer::from_slice(text);
    let parsed = Strict.deserialize(&mut reader).and_then(|value| reader.end().map(|()| value));
    parsed.map_err(|error| {
        let (line, column) = (error.line(), error.column());
        if error.to_string().starts_with(MEMBER_TWICE) {
            JsonError::MemberTwice { line, column }
        } else {
            JsonError::Syntax { line, column }
        }
    })
}

struct Strict;

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;
    fn deserialize<D: serde::Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut array = Vec::new();
        while let Some(item) = items.next_element_seed(Strict)? {
            array.push(item);
        }
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            let value = members.next_value_seed(Strict)?;
            if object.insert(name, value).is_some() {
                return Err(A::Error::custom(MEMBER_TWICE));
            }
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_that_comes_twice_is_refused_at_any_depth() {
        assert_eq!(parse_strict(br#"{"a":[1,2.5,null,true,"x"]}"#).unwrap()["a"][1], 2.5);
        assert!(matches!(parse_strict(br#"[{"a":{"b":1,"b":2}}]"#), Err(JsonError::MemberTwice { .. })));
    }

    #[test]
    fn what_is_no_json_is_refused_and_not_repeated() {
        let deep = "[".repeat(100_000);
        for text in ["", "{", "secret", "1 2", deep.as_str(), "\"\u{0}\""] {
            let error = parse_strict(text.as_bytes()).unwrap_err();
            assert!(!error.to_string().contains("secret"));
        }
    }
}
