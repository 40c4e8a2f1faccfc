//! Rosters and payroll: shifts every day; on Thursday a run that asks the rosters for hours, and pays on Friday.

use serde_json::json;
use time::{Duration, OffsetDateTime};

use super::calendar::{self, date_time};
use super::house::House;
use super::people::Person;
use super::scribe::{Fact, Scribe, Told};

const UNITS: [&str; 5] =
    ["Home care", "Nursing home", "Housing with services", "Fire and rescue", "Cleaning"];
/// Kind, from what hour, minutes.
const SHIFTS: [(&str, i64, i64); 3] = [("day", 7, 450), ("evening", 15, 420), ("night", 22, 540)];
const SHIFTS_OF_WEEK: i64 = 4;
const SALARIES_OF_PAYMENT: usize = 50;
const WRONG_SHIFTS: usize = 60;

struct Salary {
    told: Told,
    net: i64,
}

/// Every second employee works shifts.
fn works_shifts(nth: usize) -> bool {
    nth.is_multiple_of(2)
}

/// The shifts of the week, told when they end; a few are corrected or retracted.
pub fn rosters(scribe: &mut Scribe, house: &House<'_>) {
    for (nth, employee) in house.people.employees().iter().enumerate().filter(|(nth, _)| works_shifts(*nth)) {
        let unit = UNITS[nth / 2 % UNITS.len()];
        let first = scribe.chance.within(0..=2);
        for day in first..first + SHIFTS_OF_WEEK {
            shift(scribe, house, employee, unit, day);
        }
    }
}

fn shift(scribe: &mut Scribe, house: &House<'_>, employee: &Person, unit: &str, day: i64) -> Option<()> {
    let (kind, hour, minutes) = *scribe.chance.pick(&SHIFTS);
    let from = calendar::on(day, hour, 0);
    let minutes = minutes + scribe.chance.within(-4..=9);
    let to = from + Duration::minutes(minutes);
    let id = scribe.number(house, "S-");
    let data = json!({
        "shift": id, "employee": employee.number, "unit": unit, "kind": kind, "from": date_time(from),
        "to": date_time(to), "minutes": minutes,
    });
    let fact = |data| Fact { system: house.rosters, kind: "roster.shift-worked", data };
    let at = to + Duration::seconds(scribe.chance.within(0..=900));
    let worked = scribe.begin(house, at, fact(data.clone()))?;
    if scribe.chance.one_in(WRONG_SHIFTS) {
        let mut longer = data;
        longer["to"] = date_time(to + Duration::minutes(45)).into();
        longer["minutes"] = (minutes + 45).into();
        let at = scribe.after_at_work(&worked, 60..=1500);
        scribe.correct(house, &worked, at, fact(longer))?;
    } else if scribe.chance.one_in(WRONG_SHIFTS * 2) {
        let at = scribe.after_at_work(&worked, 60..=1500);
        scribe.retract(house, &worked, at, fact(data))?;
    }
    Some(())
}

/// The run of March: one affair with all that it pays.
pub fn run(scribe: &mut Scribe, house: &House<'_>) -> Option<Told> {
    let run = format!("{}-2026-03", house.tenant.municipality_number);
    let employees = house.people.employees();
    let at = scribe.sometime(3, 8..9);
    let data = json!({ "run": run, "period": "2026-03", "employees": employees.len() });
    let started =
        scribe.begin(house, at, Fact { system: house.economy, kind: "payroll.run-started", data })?;
    let mut salaries = Vec::new();
    for (nth, employee) in employees.iter().enumerate() {
        let (cause, hours) = if works_shifts(nth) {
            approve_hours(scribe, house, &started, &run, employee)?
        } else {
            (started.clone(), 150)
        };
        salaries.push(calculate(scribe, house, &cause, &run, employee, hours)?);
    }
    salaries.sort_by_key(|salary| salary.told.at);
    let payments = salaries.chunks(SALARIES_OF_PAYMENT).map(|batch| pay(scribe, house, &run, batch));
    payments.last()?
}

fn approve_hours(
    scribe: &mut Scribe,
    house: &House<'_>,
    started: &Told,
    run: &str,
    employee: &Person,
) -> Option<(Told, i64)> {
    let timesheet = scribe.number(house, "TL-2026-02-");
    let (hours, overtime) = (scribe.chance.within(60..=160), scribe.chance.within(0..=12));
    let at = scribe.after(started, 10..=400);
    let data = json!({
        "timesheet": timesheet, "run": run, "employee": employee.number, "hours": hours, "overtime": overtime,
    });
    let fact = Fact { system: house.rosters, kind: "roster.hours-approved", data };
    Some((scribe.follow(house, started, at, fact)?, hours))
}

fn calculate(
    scribe: &mut Scribe,
    house: &House<'_>,
    cause: &Told,
    run: &str,
    employee: &Person,
    hours: i64,
) -> Option<Salary> {
    let payslip = scribe.number(house, &format!("{run}-"));
    let gross = hours * scribe.chance.within(230..=420);
    let tax = gross * scribe.chance.within(22..=38) / 100;
    let night = calendar::on(4, 1, 0);
    let at: OffsetDateTime = night + Duration::seconds(scribe.chance.within(0..=10_000));
    let data = json!({
        "payslip": payslip, "run": run, "employee": employee.number, "hours": hours, "gross": gross, "tax": tax,
        "net": gross - tax,
    });
    let fact = Fact { system: house.economy, kind: "payroll.salary-calculated", data };
    Some(Salary { told: scribe.follow(house, cause, at, fact)?, net: gross - tax })
}

/// The last salary of a batch lets it go to the bank.
fn pay(scribe: &mut Scribe, house: &House<'_>, run: &str, batch: &[Salary]) -> Option<Told> {
    let last = batch.last()?;
    let order = scribe.number(house, &format!("B-{}-", house.tenant.municipality_number));
    let total: i64 = batch.iter().map(|salary| salary.net).sum();
    let at = scribe.after_at_work(&last.told, 300..=500);
    let data =
        json!({ "order": order, "run": run, "payees": batch.len(), "total": total, "pay_on": "2026-03-12" });
    scribe.follow(
        house,
        &last.told,
        at,
        Fact { system: house.economy, kind: "payroll.payment-ordered", data },
    )
}
