//! A cell as what the mapping says that it is. Pure; never repeats a value where it is wrong.

use serde_json::{Map, Value};
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{Date, OffsetDateTime, Time};

use super::mapping::Kind;

/// A rule that was broken, and what to do.
pub(super) type Broken = (&'static str, &'static str);

/// A row by its columns.
pub(super) type Cells = Map<String, Value>;

/// The cell; none where it is empty.
pub(super) fn cell<'c>(cells: &'c Cells, column: &str) -> Option<&'c Value> {
    cells.get(column).filter(|cell| !matches!(cell, Value::Null) && cell.as_str() != Some(""))
}

/// As text: of an attribute of the envelope.
pub(super) fn text(cell: &Value) -> Result<String, Broken> {
    match cell {
        Value::String(text) => Ok(text.clone()),
        Value::Number(number) => Ok(number.to_string()),
        _ => Err(("is not a text", "write a text or a number")),
    }
}

pub(super) fn moment(cell: &Value) -> Result<OffsetDateTime, Broken> {
    let text = text(cell)?;
    if let Ok(moment) = OffsetDateTime::parse(&text, &Rfc3339) {
        return Ok(moment);
    }
    let date = Date::parse(&text, format_description!("[year]-[month]-[day]"));
    let broken = ("is no time", "write 2026-03-01T08:30:00+01:00, or a date such as 2026-03-01");
    date.map(|date| date.with_time(Time::MIDNIGHT).assume_utc()).map_err(|_| broken)
}

/// As a member of the data.
pub(super) fn typed(cell: &Value, kind: Kind) -> Result<Value, Broken> {
    let written = cell.as_str().map(str::trim);
    match kind {
        Kind::Any => Ok(cell.clone()),
        Kind::Text => text(cell).map(Value::String),
        Kind::Integer => {
            let read = written.map_or_else(|| cell.as_i64(), |text| text.parse().ok());
            read.map(Value::from).ok_or(("is not a whole number", "write digits only"))
        }
        Kind::Number => {
            let read = written.map_or_else(|| cell.as_f64(), |text| text.replacen(',', ".", 1).parse().ok());
            let read = read.and_then(serde_json::Number::from_f64).map(Value::Number);
            read.ok_or(("is not a number", "write digits, with a point or a comma before decimals"))
        }
        Kind::Boolean => {
            let read = match written.map(str::to_lowercase).as_deref() {
                None => cell.as_bool(),
                Some("true" | "ja" | "1") => Some(true),
                Some("false" | "nei" | "0") => Some(false),
                Some(_) => None,
            };
            read.map(Value::Bool)
                .ok_or(("is neither true nor false", "write true or false, ja or nei, 1 or 0"))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_cell_is_read_as_its_type_or_refused() {
        for (cell, kind, value) in [
            (json!(" 41 "), Kind::Integer, Some(json!(41))),
            (json!(41), Kind::Integer, Some(json!(41))),
            (json!("41,5"), Kind::Integer, None),
            (json!("41,5"), Kind::Number, Some(json!(41.5))),
            (json!("NaN"), Kind::Number, None),
            (json!("Ja"), Kind::Boolean, Some(json!(true))),
            (json!("kanskje"), Kind::Boolean, None),
            (json!("007"), Kind::Text, Some(json!("007"))),
            (json!({"a": 1}), Kind::Text, None),
            (json!({"a": 1}), Kind::Any, Some(json!({"a": 1}))),
        ] {
            assert_eq!(typed(&cell, kind).ok(), value, "{cell} {kind:?}");
        }
    }

    #[test]
    fn a_date_is_its_midnight() {
        assert_eq!(moment(&json!("2026-03-01")).unwrap().unix_timestamp(), 1_772_323_200);
        assert_eq!(moment(&json!("2026-03-01T01:00:00+01:00")).unwrap().unix_timestamp(), 1_772_323_200);
        assert!(moment(&json!("1.3.2026")).is_err());
    }
}
