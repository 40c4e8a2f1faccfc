//! A system being replaced: announced on Monday, its data moved on Wednesday evening, the successor at work from
//! Thursday on.

use serde_json::json;
use time::Duration;

use super::calendar::{self, date, date_time};
use super::house::{House, Replacement};
use super::scribe::{Fact, Scribe, Told};

const DATASETS: [(&str, i64); 6] = [
    ("applications", 4120),
    ("neighbours", 15_980),
    ("permits", 3711),
    ("drawings", 22_407),
    ("supervision", 318),
    ("templates", 64),
];

/// The affair of the replacement, where the municipality has one.
pub fn replacement(scribe: &mut Scribe, house: &House<'_>) -> Option<Told> {
    let Replacement { portfolio, system, by, on } = house.replacement.as_ref()?;
    let data = json!({
        "system": system.as_str(), "successor": by.as_str(), "planned_on": date(*on),
        "reason": "The vendor ends support at the end of the year",
    });
    let at = calendar::on(0, 9, 0);
    let fact = Fact { system: portfolio, kind: "system.replacement-announced", data };
    let mut last = scribe.begin(house, at, fact)?;
    let evening = calendar::on(2, 18, 0);
    for (nth, (dataset, records)) in (0..).zip(DATASETS) {
        let data = json!({
            "system": system.as_str(), "successor": by.as_str(), "dataset": dataset, "records": records,
            "rejected": scribe.chance.within(0..=2),
        });
        let at = evening + Duration::minutes(nth * 40 + scribe.chance.within(0..=30));
        last = scribe.follow(house, &last, at, Fact { system: by, kind: "system.data-migrated", data })?;
    }
    let at = calendar::on(2, 23, 50);
    let data = json!({ "system": system.as_str(), "successor": by.as_str(), "completed_at": date_time(at) });
    scribe.follow(house, &last, at, Fact { system: portfolio, kind: "system.cut-over-completed", data })
}
