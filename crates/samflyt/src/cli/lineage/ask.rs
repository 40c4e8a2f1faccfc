//! What the questions have in common: how an event, a type and a period are named.

use samflyt_events::EventRef;
use samflyt_proto::lineage::Window;
use time::format_description::BorrowedFormatItem;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{Date, OffsetDateTime};

const DATE: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day]");

/// An event of a tenant.
#[derive(Debug, clap::Args)]
pub(super) struct WhichEvent {
    /// The municipality whose affair it is
    pub tenant: String,
    /// The event: `<system>/<event id>`
    #[arg(value_name = "SYSTEM/EVENT_ID", value_parser = reference)]
    pub event: EventRef,
}

/// A period, in whole days of the log.
#[derive(Debug, clap::Args)]
pub(super) struct Period {
    /// From this day on: YYYY-MM-DD, UTC
    #[arg(long, value_name = "DATE", value_parser = date)]
    from: Option<String>,
    /// Until this day, included: YYYY-MM-DD, UTC
    #[arg(long, value_name = "DATE", value_parser = date)]
    until: Option<String>,
}

impl Period {
    pub(super) fn window(self) -> Window {
        Window { from: self.from.unwrap_or_default(), until: self.until.unwrap_or_default() }
    }
}

/// A moment of the past.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct AsOf {
    /// As it was known then: YYYY-MM-DD (the end of that day, UTC), or a time such as 2026-03-01T08:30:00Z
    #[arg(long, value_name = "TIME", value_parser = moment)]
    as_of: Option<OffsetDateTime>,
}

impl AsOf {
    pub(in crate::cli) fn timestamp(&self) -> Option<prost_types::Timestamp> {
        self.as_of.map(samflyt_runtime::refused::timestamp)
    }
}

/// A streamed answer ends with how complete it is; one that does not was broken off.
///
/// # Errors
/// Where it was.
pub(super) fn whole(told: bool) -> anyhow::Result<()> {
    anyhow::ensure!(told, "the hub broke the answer off: is it stopping? ask again");
    Ok(())
}

fn moment(text: &str) -> Result<OffsetDateTime, String> {
    if let Ok(day) = Date::parse(text, DATE) {
        return Ok(day.with_time(time::macros::time!(23:59:59.999)).assume_utc());
    }
    let rule = "is neither a date such as 2026-03-01 nor a time such as 2026-03-01T08:30:00Z";
    OffsetDateTime::parse(text, &Rfc3339).map_err(|_| rule.to_owned())
}

fn reference(text: &str) -> Result<EventRef, String> {
    EventRef::parse(text).map_err(|rule| rule.to_string())
}

fn date(text: &str) -> Result<String, String> {
    Date::parse(text, DATE)
        .map(|_| text.to_owned())
        .map_err(|_| "is not a date such as 2026-03-01".to_owned())
}

/// An event type, with or without the prefix that CloudEvents have.
pub(super) fn bare_type(text: &str) -> Result<String, std::convert::Infallible> {
    Ok(text.strip_prefix(samflyt_events::TYPE_PREFIX).unwrap_or(text).to_owned())
}
