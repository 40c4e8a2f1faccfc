//! Texts of requests into what they should be, each refusal naming the field.

use std::fmt::Display;

use samflyt_events::catalogue::AsOf;
use samflyt_events::{Reason, Refusal};
use samflyt_runtime::refused;
use time::Date;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;

const DATE: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day]");

pub(super) fn invalid(field: &str, rule: impl Display) -> Refusal {
    Refusal::of_field(Reason::RequestInvalid, field, rule.to_string(), "mend it and send it again")
}

pub(super) fn parse<T, E: Display>(
    field: &str,
    text: &str,
    parse: impl Fn(&str) -> Result<T, E>,
) -> Result<T, Refusal> {
    parse(text).map_err(|rule| invalid(field, rule))
}

pub(super) fn date(field: &str, text: &str, today: Date) -> Result<Date, Refusal> {
    if text.is_empty() {
        return Ok(today);
    }
    Date::parse(text, DATE).map_err(|_| invalid(field, "is not a date such as 2026-03-01"))
}

pub(super) fn text(field: &str, text: String) -> Result<String, Refusal> {
    match text.chars().count() {
        0 => Err(invalid(field, "is missing")),
        1..=400 if !samflyt_events::personal::holds_identity_number(&text) => Ok(text),
        1..=400 => Err(invalid(field, "holds what looks like a national identity number")),
        _ => Err(invalid(field, "has more than 400 characters")),
    }
}

pub(super) fn date_text(date: Date) -> String {
    date.format(DATE).unwrap_or_default()
}

/// The moment that is asked about; none: now.
pub(super) fn moment(field: &str, at: Option<prost_types::Timestamp>) -> Result<AsOf, Refusal> {
    let Some(at) = at else { return Ok(None) };
    refused::moment(&at).map(Some).ok_or_else(|| invalid(field, "is out of range"))
}
