//! The days on which a flow was seen.

use samflyt_projection::StoreError;

use crate::projections::keys::{self, FlowKey, Tail};
use crate::projections::values::Totals;
use crate::reader::{Period, Reader};

/// Each day of a period with its own count, first and last time.
pub(super) fn of_flow(
    reader: &Reader,
    key: &FlowKey,
    period: Period,
) -> Result<Vec<(u16, Totals)>, StoreError> {
    let mut days = Vec::new();
    let mut before = 0;
    for item in reader.view.scan_prefix(&keys::flow_days(key).into_bytes()) {
        let (name, value) = item?;
        let (Some(day), Some(totals)) = (Tail(&name).day(), Totals::from_bytes(&value)) else { continue };
        let events = totals.events.saturating_sub(before);
        before = totals.events;
        if events > 0 && (period.from..=period.until).contains(&day) {
            days.push((day, Totals { events, ..totals }));
        }
    }
    Ok(days)
}
