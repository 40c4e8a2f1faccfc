//! Values: what text may be, and what it is in a document.

use serde_json::{Number, Value};
use time::{Date, Month, Time, UtcOffset};

use super::{is_xml, listed};
use crate::grammar::Simple;

/// What is wrong, and what to do.
pub(super) type Flaw = (&'static str, String);

/// The value of the text of an element.
pub(super) fn from_text(simple: Simple, text: &str) -> Result<Value, Flaw> {
    // XML Schema collapses white space for all types that are not text.
    let trimmed = text.trim_matches([' ', '\t', '\n', '\r']);
    Ok(match simple {
        Simple::Int | Simple::Count => {
            let number = trimmed.parse::<i32>().ok().filter(|number| simple == Simple::Int || *number >= 0);
            Value::from(number.ok_or_else(|| flaw(simple))?)
        }
        Simple::Bytes => Value::from(trimmed.parse::<u64>().map_err(|_| flaw(simple))?),
        Simple::Double => {
            let number = trimmed
                .parse::<f64>()
                .ok()
                .filter(|_| trimmed.ends_with(|c: char| c.is_ascii_digit() || c == '.'));
            Value::Number(number.and_then(Number::from_f64).ok_or_else(|| flaw(simple))?)
        }
        Simple::Boolean => match trimmed {
            "true" | "1" => Value::Bool(true),
            "false" | "0" => Value::Bool(false),
            _ => return Err(flaw(simple)),
        },
        Simple::Date | Simple::DateTime => Value::from(matching(simple, trimmed)?),
        Simple::String | Simple::NonEmpty | Simple::Uuid | Simple::Land | Simple::OneOf(_) => {
            Value::from(matching(simple, text)?)
        }
    })
}

/// Checks a value that came as JSON.
pub(super) fn check(simple: Simple, value: &Value) -> Result<(), Flaw> {
    let right = match (simple, value) {
        (Simple::Int, Value::Number(number)) => {
            number.as_i64().is_some_and(|number| i32::try_from(number).is_ok())
        }
        (Simple::Count, Value::Number(number)) => {
            number.as_u64().is_some_and(|number| i32::try_from(number).is_ok())
        }
        (Simple::Bytes, Value::Number(number)) => number.is_u64(),
        (Simple::Double, Value::Number(_)) | (Simple::Boolean, Value::Bool(_)) => true,
        (Simple::Int | Simple::Count | Simple::Bytes | Simple::Double | Simple::Boolean, _) => false,
        (_, Value::String(text)) if !text.chars().all(is_xml) => {
            return Err((
                "holds a character that XML 1.0 does not allow",
                "remove control characters".to_owned(),
            ));
        }
        (_, Value::String(text)) => matching(simple, text).is_ok(),
        _ => false,
    };
    if right { Ok(()) } else { Err(flaw(simple)) }
}

fn matching(simple: Simple, text: &str) -> Result<&str, Flaw> {
    let right = match simple {
        Simple::NonEmpty => !text.is_empty(),
        Simple::Uuid => is_uuid(text),
        Simple::Land => text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase()),
        Simple::OneOf(values) => values.contains(&text),
        Simple::Date => is_date(text),
        Simple::DateTime => is_moment(text),
        _ => true,
    };
    if right { Ok(text) } else { Err(flaw(simple)) }
}

fn flaw(simple: Simple) -> Flaw {
    match simple {
        Simple::String => ("is not text", "write text".to_owned()),
        Simple::NonEmpty => ("is empty", "write text, or leave it out where it may be left out".to_owned()),
        Simple::Uuid => ("is not a UUID", "write it like `b3f7c1de-0000-4000-8000-000000000000`".to_owned()),
        Simple::Int => ("is not a whole number", "write digits, within 32 bits".to_owned()),
        Simple::Count => ("is not a whole number from 0", "write digits, at most 2147483647".to_owned()),
        Simple::Bytes => ("is not a whole number from 0", "write digits".to_owned()),
        Simple::Double => ("is not a number", "write it like `59.41`".to_owned()),
        Simple::Boolean => ("is not true or false", "write `true` or `false`".to_owned()),
        Simple::Date => ("is not a date", "write it like `2026-01-31`".to_owned()),
        Simple::DateTime => ("is not a moment", "write it like `2026-01-31T12:00:00+01:00`".to_owned()),
        Simple::Land => ("is not a country", "write two capital letters (ISO 3166-1), like `NO`".to_owned()),
        Simple::OneOf(values) => {
            ("is not one of the values that it may have", format!("write one of {}", listed(values)))
        }
    }
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

fn is_date(text: &str) -> bool {
    text.get(..10).is_some_and(is_day) && text.get(10..).is_some_and(is_zone)
}

fn is_moment(text: &str) -> bool {
    let Some((day, rest)) = text.split_once('T') else { return false };
    let at = rest.find(['Z', '+', '-']).unwrap_or(rest.len());
    is_day(day) && is_time(&rest[..at]) && is_zone(&rest[at..])
}

fn is_day(text: &str) -> bool {
    let &[year, month, day] = &text.split('-').collect::<Vec<_>>()[..] else { return false };
    let (Some(year), Some(month), Some(day)) = (digits(year, 4), digits(month, 2), digits(day, 2)) else {
        return false;
    };
    let month = u8::try_from(month).ok().and_then(|month| Month::try_from(month).ok());
    let (Some(month), Ok(day)) = (month, u8::try_from(day)) else {
        return false;
    };
    Date::from_calendar_date(i32::from(year), month, day).is_ok() && year > 0
}

fn is_time(text: &str) -> bool {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let &[hour, minute, second] = &whole.split(':').collect::<Vec<_>>()[..] else { return false };
    let parts = [hour, minute, second].map(|part| digits(part, 2).and_then(|part| u8::try_from(part).ok()));
    let [Some(hour), Some(minute), Some(second)] = parts else { return false };
    let midnight = (hour, minute, second) == (24, 0, 0) && fraction.bytes().all(|byte| byte == b'0');
    let right = Time::from_hms(hour, minute, second).is_ok() || midnight;
    right && !fraction.is_empty() && fraction.bytes().all(|byte| byte.is_ascii_digit())
}

/// None, `Z`, or up to 14 hours before or after.
fn is_zone(text: &str) -> bool {
    if matches!(text, "" | "Z") {
        return true;
    }
    let Some((hours, minutes)) = text.strip_prefix(['+', '-']).and_then(|zone| zone.split_once(':')) else {
        return false;
    };
    let (Some(hours), Some(minutes)) = (digits(hours, 2), digits(minutes, 2)) else { return false };
    let (Ok(hours), Ok(minutes)) = (i8::try_from(hours), i8::try_from(minutes)) else { return false };
    UtcOffset::from_hms(hours, minutes, 0).is_ok() && (hours < 14 || (hours, minutes) == (14, 0))
}

fn digits(text: &str, length: usize) -> Option<u16> {
    (text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn dates_and_moments_are_those_of_xml_schema() {
        for right in ["2024-02-29", "2026-01-31Z", "2026-01-31+01:00", " 2026-01-31\n", "2026-01-31-14:00"] {
            assert!(from_text(Simple::Date, right).is_ok(), "{right}");
        }
        for wrong in [
            "2026-02-29",
            "31.01.2026",
            "2026-1-31",
            "26-01-31",
            "2026-01-31T00:00:00",
            "2026-01-31+14:01",
            "å",
        ] {
            assert_eq!(from_text(Simple::Date, wrong).unwrap_err().0, "is not a date", "{wrong}");
        }
        for right in [
            "2026-01-31T23:59:59",
            "2026-01-31T24:00:00",
            "2026-01-31T01:02:03.1234567+01:00",
            "2026-01-31T00:00:00Z",
        ] {
            assert!(from_text(Simple::DateTime, right).is_ok(), "{right}");
        }
        for wrong in [
            "2026-01-31",
            "2026-01-31T24:00:01",
            "2026-01-31 10:00:00",
            "2026-01-31T10:00",
            "2026-01-31T10:00:00.",
        ] {
            assert_eq!(from_text(Simple::DateTime, wrong).unwrap_err().0, "is not a moment", "{wrong}");
        }
    }

    #[test]
    fn numbers_and_truths_become_those_of_json_and_white_space_around_them_is_left_out() {
        assert_eq!(from_text(Simple::Int, " -07 "), Ok(json!(-7)));
        assert_eq!(from_text(Simple::Boolean, "1"), Ok(json!(true)));
        assert_eq!(from_text(Simple::Boolean, "\tfalse "), Ok(json!(false)));
        assert_eq!(from_text(Simple::Double, "59.5"), Ok(json!(59.5)));
        for (simple, text) in [
            (Simple::Int, "2147483648"),
            (Simple::Int, ""),
            (Simple::Count, "-1"),
            (Simple::Boolean, "ja"),
            (Simple::Double, "NaN"),
            (Simple::Double, "infinity"),
            (Simple::Uuid, "en-id"),
            (Simple::Land, "no"),
            (Simple::NonEmpty, ""),
            (Simple::OneOf(&["a"]), "A"),
        ] {
            assert!(from_text(simple, text).is_err(), "{simple:?} {text}");
        }
    }

    #[test]
    fn values_from_json_are_of_the_type_that_documents_use() {
        assert!(check(Simple::Int, &json!(7)).is_ok());
        assert!(check(Simple::Double, &json!(7.5)).is_ok());
        assert!(check(Simple::Date, &json!("2026-01-31")).is_ok());
        for (simple, value) in [
            (Simple::Int, json!("7")),
            (Simple::Int, json!(7.5)),
            (Simple::Int, json!(2_147_483_648_i64)),
            (Simple::Count, json!(-1)),
            (Simple::Boolean, json!(1)),
            (Simple::String, json!(7)),
            (Simple::String, json!("\u{b}")),
            (Simple::Date, json!(" 2026-01-31")),
        ] {
            assert!(check(simple, &value).is_err(), "{simple:?} {value}");
        }
    }
}
