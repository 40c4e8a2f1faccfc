//! A building permit: form, application, neighbours, permit, cadastre, archive, fee.

use serde_json::json;
use time::OffsetDateTime;

use super::archiving::{self, Handover};
use super::calendar::date_after;
use super::casework::{self, Matter};
use super::house::House;
use super::invoicing::{self, Claim};
use super::people::Person;
use super::scribe::{Fact, Scribe, Told};

const MEASURES: [&str; 5] = ["dwelling", "cabin", "garage", "extension", "farm-building"];
const PERMIT_DAYS: i64 = 3 * 365;

struct Application<'h> {
    id: String,
    case: String,
    property: String,
    area_m2: i64,
    applicant: &'h Person,
}

/// An application that is decided within the week where that has time.
pub fn permit(scribe: &mut Scribe, house: &House<'_>, at: OffsetDateTime) -> Option<Told> {
    let (application, opened) = arrive(scribe, house, at)?;
    let notified = notify_neighbours(scribe, house, &opened, &application)?;
    let granted = grant(scribe, house, &notified, &application)?;
    let matter = matter(application.applicant);
    let at = scribe.after_at_work(&granted, 5..=60);
    let decided = casework::decide(scribe, house, &granted, at, &application.case, &matter, "granted")?;
    let handover = Handover {
        system: house.building(decided.at),
        case: &application.case,
        title: "Building permit",
        recipient: application.applicant,
        screening: None,
    };
    archiving::deposit(scribe, house, &decided, &handover)?;
    register(scribe, house, &granted, &application);
    let claim = Claim {
        system: house.building(decided.at),
        reference: &application.case,
        recipient: application.applicant,
        service: "building-fee",
        amount: 6000 + 40 * application.area_m2,
    };
    invoicing::invoice(scribe, house, &decided, &claim)
}

fn matter(applicant: &Person) -> Matter<'_> {
    Matter {
        title: "Application for a building permit",
        class: "L42",
        unit: "Building",
        parties: vec![applicant],
    }
}

fn arrive<'h>(
    scribe: &mut Scribe,
    house: &'h House<'_>,
    at: OffsetDateTime,
) -> Option<(Application<'h>, Told)> {
    let applicant = house.people.adult(&mut scribe.chance);
    let submission = scribe.number(house, "form-");
    let data = json!({
        "submission": submission, "form": "building-application", "applicant": applicant.number,
        "name": applicant.name, "address": applicant.address,
    });
    let submitted = scribe.begin(house, at, Fact { system: house.forms, kind: "form.submitted", data })?;

    let id = scribe.number(house, "BYGG-2026-");
    let property = property(scribe, house);
    let area_m2 = scribe.chance.within(12..=260);
    let measure = *scribe.chance.pick(&MEASURES);
    let at = scribe.after(&submitted, 1..=10);
    let data = json!({
        "application": id, "property": property, "applicant": applicant.number, "name": applicant.name,
        "measure": measure, "area_m2": area_m2,
    });
    let fact = Fact { system: house.building(at), kind: "building.application-received", data };
    let received = scribe.follow(house, &submitted, at, fact)?;

    let at = scribe.after_at_work(&received, 10..=300);
    let (case, opened) = casework::open(scribe, house, Some(&received), at, &matter(applicant))?;
    Some((Application { id, case, property, area_m2, applicant }, opened))
}

fn notify_neighbours(
    scribe: &mut Scribe,
    house: &House<'_>,
    opened: &Told,
    application: &Application<'_>,
) -> Option<Told> {
    let count = scribe.chance.within(1..=5);
    let neighbours: Vec<&str> =
        (0..count).map(|_| house.people.adult(&mut scribe.chance).number.as_str()).collect();
    let at = scribe.after_at_work(opened, 60..=900);
    let data = json!({
        "application": application.id, "property": application.property, "neighbours": neighbours,
        "comment_by": date_after(at, 14),
    });
    scribe.follow(
        house,
        opened,
        at,
        Fact { system: house.building(at), kind: "building.neighbours-notified", data },
    )
}

fn grant(
    scribe: &mut Scribe,
    house: &House<'_>,
    notified: &Told,
    application: &Application<'_>,
) -> Option<Told> {
    // Where all neighbours have agreed in writing, nobody waits for their comments.
    let at = scribe.after_at_work(notified, 400..=5000);
    let data = json!({
        "application": application.id, "case": application.case, "property": application.property,
        "applicant": application.applicant.number, "conditions": scribe.chance.within(0..=4),
        "valid_until": date_after(at, PERMIT_DAYS),
    });
    scribe.follow(
        house,
        notified,
        at,
        Fact { system: house.building(at), kind: "building.permit-granted", data },
    )
}

fn register(
    scribe: &mut Scribe,
    house: &House<'_>,
    granted: &Told,
    application: &Application<'_>,
) -> Option<Told> {
    let at = scribe.after_at_work(granted, 60..=1500);
    let data = json!({
        "building": format!("3{}", scribe.chance.digits(8)), "property": application.property,
        "area_m2": application.area_m2,
    });
    scribe.follow(
        house,
        granted,
        at,
        Fact { system: house.cadastre, kind: "property.building-registered", data },
    )
}

/// Municipality, farm number and title number (*gards- og bruksnummer*).
pub fn property(scribe: &mut Scribe, house: &House<'_>) -> String {
    let (farm, title) = (scribe.chance.within(1..=160), scribe.chance.within(1..=400));
    format!("{}-{farm}/{title}", house.tenant.municipality_number)
}
