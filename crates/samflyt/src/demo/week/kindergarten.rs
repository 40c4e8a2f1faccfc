//! A kindergarten application: from the form to the decision, the archive and the invoice.

use std::ops::RangeInclusive;

use serde_json::json;
use time::OffsetDateTime;

use super::archiving::{self, Handover};
use super::calendar::date_after;
use super::casework::{self, Matter};
use super::house::House;
use super::invoicing::{self, Claim};
use super::people::Person;
use super::scribe::{Fact, Scribe, Told};

const KINDERGARTENS: [&str; 4] = ["Prøveheimen", "Dømestova", "Testtunet", "Øvingslia"];
/// The national maximum price of 2026 is a matter of the state budget; this one is the demo's.
const MONTHLY_FEE_NOK: i64 = 1200;
const TITLE: &str = "Application for a kindergarten place";
const CLASS: &str = "A10";

struct Application<'h> {
    id: String,
    case: String,
    child: &'h Person,
    guardian: &'h Person,
    kindergarten: &'static str,
}

/// How fast the municipality works, in minutes.
pub struct Pace {
    pub offer: RangeInclusive<i64>,
    pub answer: RangeInclusive<i64>,
}

pub const USUAL: Pace = Pace { offer: 300..=6000, answer: 60..=3000 };
pub const SWIFT: Pace = Pace { offer: 200..=300, answer: 60..=180 };

/// Gives the last event where the whole affair fits into the week.
pub fn application(scribe: &mut Scribe, house: &House<'_>, at: OffsetDateTime, pace: &Pace) -> Option<Told> {
    let (application, opened) = arrive(scribe, house, at)?;
    let offered = offer(scribe, house, &opened, &application, pace)?;
    decide(scribe, house, &offered, &application)?;
    accept(scribe, house, &offered, &application, pace)
}

/// The form, the application, and the case that is opened for it.
fn arrive<'h>(
    scribe: &mut Scribe,
    house: &'h House<'_>,
    at: OffsetDateTime,
) -> Option<(Application<'h>, Told)> {
    let guardian = house.people.adult(&mut scribe.chance);
    let child = house.people.child(&mut scribe.chance);
    let submission = scribe.number(house, "form-");
    let data = json!({
        "submission": submission, "form": "kindergarten-application", "applicant": guardian.number,
        "name": guardian.name, "address": guardian.address, "language": "nn",
    });
    let submitted = scribe.begin(house, at, Fact { system: house.forms, kind: "form.submitted", data })?;

    let id = scribe.number(house, "søknad 2026-");
    let mut guardians = vec![guardian.number.as_str()];
    if scribe.chance.one_in(2) {
        guardians.push(house.people.adult(&mut scribe.chance).number.as_str());
        guardians.dedup();
    }
    let wishes = scribe.chance.below(3) + 1;
    let first = scribe.chance.below(KINDERGARTENS.len());
    let kindergarten = KINDERGARTENS[first];
    let wanted: Vec<&str> = KINDERGARTENS.iter().cycle().skip(first).take(wishes).copied().collect();
    let data = json!({
        "application": id, "child": child.number, "child_name": child.name, "guardians": guardians,
        "address": guardian.address, "household_income": scribe.chance.within(20..=120) * 10_000,
        "kindergartens": wanted, "from": "2026-08-17", "hours_per_week": 41,
    });
    let at = scribe.after(&submitted, 0..=4);
    let fact = Fact { system: house.kindergartens, kind: "kindergarten.application-received", data };
    let received = scribe.follow(house, &submitted, at, fact)?;

    let at = scribe.after_at_work(&received, 5..=120);
    let (case, opened) = casework::open(scribe, house, Some(&received), at, &matter(guardian))?;
    Some((Application { id, case, child, guardian, kindergarten }, opened))
}

fn matter(guardian: &Person) -> Matter<'_> {
    Matter { title: TITLE, class: CLASS, unit: "Kindergartens", parties: vec![guardian] }
}

fn offer(
    scribe: &mut Scribe,
    house: &House<'_>,
    opened: &Told,
    application: &Application<'_>,
    pace: &Pace,
) -> Option<Told> {
    let at = scribe.after_at_work(opened, pace.offer.clone());
    let data = json!({
        "application": application.id, "case": application.case, "child": application.child.number,
        "kindergarten": application.kindergarten, "from": "2026-08-17", "hours_per_week": 41,
        "answer_by": date_after(at, 14),
    });
    scribe.follow(
        house,
        opened,
        at,
        Fact { system: house.kindergartens, kind: "kindergarten.place-offered", data },
    )
}

fn decide(
    scribe: &mut Scribe,
    house: &House<'_>,
    offered: &Told,
    application: &Application<'_>,
) -> Option<Told> {
    let at = scribe.after(offered, 1..=20);
    let matter = matter(application.guardian);
    let decided = casework::decide(scribe, house, offered, at, &application.case, &matter, "granted")?;
    let handover = Handover {
        system: house.kindergartens,
        case: &application.case,
        title: "Offer of a kindergarten place",
        recipient: application.guardian,
        screening: Some("offentleglova § 13"),
    };
    archiving::deposit(scribe, house, &decided, &handover)
}

fn accept(
    scribe: &mut Scribe,
    house: &House<'_>,
    offered: &Told,
    application: &Application<'_>,
    pace: &Pace,
) -> Option<Told> {
    let at = scribe.after(offered, pace.answer.clone());
    let data = json!({
        "application": application.id, "child": application.child.number, "guardian": application.guardian.number,
        "kindergarten": application.kindergarten, "from": "2026-08-17", "monthly_fee": MONTHLY_FEE_NOK,
    });
    let fact = Fact { system: house.kindergartens, kind: "kindergarten.place-accepted", data };
    let accepted = scribe.follow(house, offered, at, fact)?;
    let claim = Claim {
        system: house.kindergartens,
        reference: &application.case,
        recipient: application.guardian,
        service: "kindergarten",
        amount: MONTHLY_FEE_NOK,
    };
    invoicing::invoice(scribe, house, &accepted, &claim)
}
