//! Schools, and the child welfare service that Kviteseid runs for the region.

use serde_json::json;
use time::OffsetDateTime;

use super::calendar::date_after;
use super::house::House;
use super::scribe::{Fact, Scribe, Told};

const SCHOOLS: [&str; 3] = ["Dømeskulen", "Prøveskulen", "Øvingsskulen"];
const ABSENCES: [&str; 5] = ["illness", "illness", "illness", "leave", "unexplained"];

/// A pupil is absent.
pub fn absence(scribe: &mut Scribe, house: &House<'_>, at: OffsetDateTime) -> Option<Told> {
    let absence = scribe.number(house, "A-2026-");
    let pupil = &house.people.child(&mut scribe.chance).number;
    let data = json!({
        "absence": absence, "pupil": pupil, "school": scribe.chance.pick(&SCHOOLS), "date": date_after(at, 0),
        "kind": scribe.chance.pick(&ABSENCES),
    });
    scribe.begin(house, at, Fact { system: house.schools, kind: "school.absence-registered", data })
}

/// A report of concern, and what the service makes of it.
pub fn report_of_concern(scribe: &mut Scribe, house: &House<'_>, at: OffsetDateTime) -> Option<Told> {
    let report = scribe.number(house, &format!("BM-{}-2026-", house.tenant.municipality_number));
    let child = &house.people.child(&mut scribe.chance).number;
    let data = json!({
        "report": report, "child": child, "reporter": scribe.chance.pick(&["school", "kindergarten", "police", "private"]),
        "urgent": scribe.chance.one_in(8), "received_on": date_after(at, 0),
    });
    let fact = Fact { system: house.child_welfare, kind: "child-welfare.report-received", data };
    let received = scribe.begin(house, at, fact)?;
    let at = scribe.after_at_work(&received, 200..=7000);
    let outcome = scribe.chance.pick(&["investigate", "investigate", "dismiss"]);
    let data = json!({ "report": report, "child": child, "outcome": outcome });
    let fact = Fact { system: house.child_welfare, kind: "child-welfare.report-assessed", data };
    scribe.follow(house, &received, at, fact)
}
