//! Care: from a referral to a decision and the first visits; and the visits of every day.

use serde_json::json;
use time::{Duration, OffsetDateTime};

use super::archiving::{self, Handover};
use super::calendar::{self, date_after, date_time};
use super::house::House;
use super::people::Person;
use super::scribe::{Fact, Scribe, Told};

const SERVICES: [&str; 4] = ["home-nursing", "practical-help", "safety-alarm", "short-stay"];
const REASONS: [&str; 4] =
    ["Fall at home", "Wound after surgery", "Help with medicine", "Rehabilitation after stroke"];
const TASKS: [&str; 5] = ["medicine", "wound", "meal", "hygiene", "supervision"];
const VISITS_BEGIN_HOUR: usize = 7;
const VISITS_END_HOUR: usize = 21;

/// A referral, what the patient needs, what is decided, and the first visits.
pub fn assessment(scribe: &mut Scribe, house: &House<'_>, at: OffsetDateTime) -> Option<Told> {
    let patient = scribe.chance.pick(house.people.patients());
    let referral = scribe.number(house, "R-2026-");
    let data = json!({
        "referral": referral, "patient": patient.number, "name": patient.name, "address": patient.address,
        "sender": scribe.chance.pick(&["hospital", "hospital", "general-practitioner", "relative"]),
        "urgency": scribe.chance.pick(&["today", "week", "ordinary"]), "reason": scribe.chance.pick(&REASONS),
    });
    let referred =
        scribe.begin(house, at, Fact { system: house.referrals, kind: "care.referral-received", data })?;

    let case = scribe.number(house, "OMS-2026-");
    let at = scribe.after_at_work(&referred, 120..=2500);
    let data = json!({
        "case": case, "referral": referral, "patient": patient.number, "function": scribe.chance.within(1..=5),
        "household_income": scribe.chance.within(20..=90) * 10_000, "assessed_on": date_after(at, 0),
    });
    let assessed =
        scribe.follow(house, &referred, at, Fact { system: house.care, kind: "care.need-assessed", data })?;

    let at = scribe.after_at_work(&assessed, 60..=1600);
    let data = json!({
        "case": case, "patient": patient.number, "service": scribe.chance.pick(&SERVICES),
        "hours_per_week": scribe.chance.within(1..=20), "from": date_after(at, 0), "appeal_by": date_after(at, 28),
    });
    let decided = scribe.follow(
        house,
        &assessed,
        at,
        Fact { system: house.care, kind: "care.service-decided", data },
    )?;
    let handover = Handover {
        system: house.care,
        case: &case,
        title: "Decision on health and care services",
        recipient: patient,
        screening: Some("offentleglova § 13"),
    };
    archiving::deposit(scribe, house, &decided, &handover);
    let mut last = None;
    for days in 1..=2 {
        let at = decided.at + Duration::days(days);
        let planned =
            plan(scribe, house, Some(&decided), decided.at + Duration::hours(1), at, &case, patient)?;
        last = carry_out(scribe, house, &planned, at);
    }
    last
}

/// One of the visits that fill the days: rounds from morning to evening, day after day.
pub fn visit(scribe: &mut Scribe, house: &House<'_>, nth: usize, carried_out: bool) {
    let patients = house.people.patients();
    let (patient, round) = (nth % patients.len(), nth / patients.len());
    let hour = VISITS_BEGIN_HOUR + (round / 7 * 4 + patient) % (VISITS_END_HOUR - VISITS_BEGIN_HOUR);
    let (day, hour) = (i64::try_from(round % 7).unwrap_or(0), i64::try_from(hour).unwrap_or(12));
    let planned_for = calendar::on(day, hour, scribe.chance.within(0..=59));
    let at = scribe.sometime(day, 5..7);
    let case = format!("OMS-2025-{}", patient + 1);
    let planned = plan(scribe, house, None, at, planned_for, &case, &patients[patient]);
    if let (Some(planned), true) = (planned, carried_out) {
        carry_out(scribe, house, &planned, planned_for);
    }
}

struct Visit {
    told: Told,
    id: String,
    patient: String,
    minutes: i64,
}

fn plan(
    scribe: &mut Scribe,
    house: &House<'_>,
    cause: Option<&Told>,
    at: OffsetDateTime,
    planned_for: OffsetDateTime,
    case: &str,
    patient: &Person,
) -> Option<Visit> {
    let id = scribe.number(house, "V-");
    let minutes = scribe.chance.within(2..=12) * 5;
    let mut tasks = vec![*scribe.chance.pick(&TASKS), *scribe.chance.pick(&TASKS)];
    tasks.dedup();
    let data = json!({
        "visit": id, "case": case, "patient": patient.number, "address": patient.address,
        "planned_at": date_time(planned_for), "minutes": minutes, "tasks": tasks,
    });
    let fact = Fact { system: house.care, kind: "care.visit-planned", data };
    let told = match cause {
        Some(cause) => scribe.follow(house, cause, at, fact)?,
        None => scribe.begin(house, at, fact)?,
    };
    Some(Visit { told, id, patient: patient.number.clone(), minutes })
}

fn carry_out(
    scribe: &mut Scribe,
    house: &House<'_>,
    visit: &Visit,
    planned_for: OffsetDateTime,
) -> Option<Told> {
    let minutes = visit.minutes + scribe.chance.within(0..=10);
    let at = planned_for + Duration::minutes(minutes) + Duration::seconds(scribe.chance.within(0..=59));
    let data = json!({
        "visit": visit.id, "patient": visit.patient, "minutes": minutes, "deviation": scribe.chance.one_in(25),
    });
    scribe.follow(
        house,
        &visit.told,
        at,
        Fact { system: house.mobile_care, kind: "care.visit-carried-out", data },
    )
}
