//! Cases in the case system, their decisions, and the cases that nothing else led to.

use samflyt_events::SystemId;
use serde_json::json;
use time::OffsetDateTime;

use super::archiving::{self, Handover};
use super::calendar::date_after;
use super::house::House;
use super::people::Person;
use super::scribe::{Fact, Scribe, Told};

/// What a case is about.
pub struct Matter<'a> {
    pub title: &'a str,
    pub class: &'a str,
    pub unit: &'a str,
    pub parties: Vec<&'a Person>,
}

impl Matter<'_> {
    fn numbers(&self) -> Vec<&str> {
        self.parties.iter().map(|person| person.number.as_str()).collect()
    }
}

const MATTERS: [(&str, &str, &str); 8] = [
    ("Grant for a choir", "C83", "Culture"),
    ("Licence to serve alcohol at an event", "U63", "Service centre"),
    ("Snowmobile permit for transport of goods", "K01", "Environment"),
    ("Disabled parking permit", "Q52", "Service centre"),
    ("Reduction of the property tax", "F10", "Economy"),
    ("Division of a farm property", "V60", "Agriculture"),
    ("Start-up loan", "L72", "Social services"),
    ("Right of way over a municipal road", "Q14", "Technical services"),
];

/// A case that somebody wrote a letter about, to the archive.
pub fn ordinary(scribe: &mut Scribe, house: &House<'_>, at: OffsetDateTime) -> Option<Told> {
    let (title, class, unit) = *scribe.chance.pick(&MATTERS);
    let party = house.people.adult(&mut scribe.chance);
    let parties = vec![party];
    let matter = Matter { title, class, unit, parties };
    let (case, opened) = open(scribe, house, None, at, &matter)?;
    let at = scribe.after_at_work(&opened, 120..=4000);
    let outcome = *scribe.chance.pick(&["granted", "granted", "granted", "partly-granted", "refused"]);
    let decided = decide(scribe, house, &opened, at, &case, &matter, outcome)?;
    let handover = Handover { system: house.archive, case: &case, title, recipient: party, screening: None };
    archiving::deposit(scribe, house, &decided, &handover)
}

/// Opens a case; shows it in the public journal where there is one.
pub fn open(
    scribe: &mut Scribe,
    house: &House<'_>,
    cause: Option<&Told>,
    at: OffsetDateTime,
    matter: &Matter<'_>,
) -> Option<(String, Told)> {
    let case = scribe.number(house, "2026/");
    let access =
        if matter.class.starts_with('B') || matter.class.starts_with('H') { "exempt" } else { "open" };
    let data = json!({
        "case": case, "title": matter.title, "class": matter.class, "unit": matter.unit, "access": access,
        "parties": matter.numbers(),
    });
    let fact = Fact { system: house.archive, kind: "case.opened", data };
    let opened = match cause {
        Some(cause) => scribe.follow(house, cause, at, fact)?,
        None => scribe.begin(house, at, fact)?,
    };
    if let (Some(journal), "open") = (house.public_journal, access) {
        publish(scribe, house, journal, &opened, &case, matter.title);
    }
    Some((case, opened))
}

fn publish(
    scribe: &mut Scribe,
    house: &House<'_>,
    journal: &SystemId,
    opened: &Told,
    case: &str,
    title: &str,
) -> Option<Told> {
    let data = json!({ "case": case, "title": title, "journal_date": date_after(opened.at, 0) });
    let at = scribe.after(opened, 900..=1600);
    scribe.follow(house, opened, at, Fact { system: journal, kind: "case.published", data })
}

/// Decides a case.
pub fn decide(
    scribe: &mut Scribe,
    house: &House<'_>,
    cause: &Told,
    at: OffsetDateTime,
    case: &str,
    matter: &Matter<'_>,
    outcome: &str,
) -> Option<Told> {
    let data = json!({
        "case": case, "decision": outcome, "unit": matter.unit, "appeal_by": date_after(at, 21),
        "parties": matter.numbers(),
    });
    scribe.follow(house, cause, at, Fact { system: house.archive, kind: "case.decided", data })
}
