//! Which rule of disposal (*kassasjon*) holds for a document: its own, or one that it inherits.
//!
//! What stands nearest prevails: dokumentbeskrivelse, registrering, mappe by mappe outwards (krav 6.1.11), then the arkivdel,
//! which prevails over classes (krav 6.1.3), then the classes (krav 6.1.1). Where several classes say something, one that
//! keeps prevails, then the one that keeps longest.

use std::collections::HashMap;

use samflyt_noark::unit::{Kind, Unit};
use samflyt_projection::StoreError;
use serde_json::Value;
use time::format_description::well_known::Rfc3339;
use time::{Date, Month, OffsetDateTime};

use super::super::calendar;
use crate::records::fold::list;
use crate::records::{Records, Stored};

/// A rule, and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Rule {
    /// A code of `kassasjonsvedtak`.
    pub decision: String,
    /// The law or decision that it follows from.
    pub basis: Option<String>,
    /// For how many years after the mappe was closed.
    years: Option<i32>,
    /// As given.
    date: Option<Date>,
    /// What it stands on, such as `klasse K03`.
    pub stands_on: String,
}

impl Rule {
    fn of(doc: &Value, stands_on: impl FnOnce() -> String) -> Option<Self> {
        let kassasjon = doc.get("kassasjon")?;
        let text = |member: &str| kassasjon.get(member).and_then(Value::as_str);
        let years = kassasjon.get("bevaringstid").and_then(Value::as_i64);
        Some(Self {
            decision: kassasjon.pointer("/kassasjonsvedtak/kode")?.as_str()?.to_owned(),
            basis: text("kassasjonshjemmel").map(str::to_owned),
            years: years.and_then(|years| years.try_into().ok()),
            date: text("kassasjonsdato").and_then(date),
            stands_on: stands_on(),
        })
    }

    /// Whether it ends what it is for; all else keeps it (B), or has somebody look at it first (G).
    pub fn disposes(&self) -> bool {
        self.decision == "K"
    }

    /// The day from which on it disposes: as given, else so many years after the mappe was closed (krav 6.1.6, 6.1.8).
    pub fn due(&self, closed: Option<Date>) -> Option<Date> {
        self.date.or_else(|| Some(after(closed?, self.years?)))
    }
}

/// Where a registrering is.
pub(crate) struct Place {
    /// The mapper that hold it, the innermost first.
    pub mapper: Vec<Stored>,
    pub arkivdel: Option<Stored>,
    /// What it inherits.
    rule: Option<Rule>,
}

impl Place {
    /// The day when the last of its mapper was closed, or its arkivdel where it is in none; none: not yet.
    pub fn closed(&self) -> Option<Date> {
        let day = |unit: &Unit| unit.text("/avsluttetDato").and_then(day_of);
        if self.mapper.is_empty() {
            return self.arkivdel.as_ref().and_then(|arkivdel| day(&arkivdel.unit));
        }
        self.mapper.iter().map(|mappe| day(&mappe.unit)).try_fold(Date::MIN, |last, day| Some(last.max(day?)))
    }

    /// What holds for a dokumentbeskrivelse.
    pub fn rule(&self, registrering: &Unit, described: &Value) -> Option<Rule> {
        Rule::of(described, || "dokumentbeskrivelsen".to_owned())
            .or_else(|| Rule::of(&registrering.doc, || "registreringen".to_owned()))
            .or_else(|| self.rule.clone())
    }
}

/// Looks places up, and remembers what is asked for again and again.
pub(crate) struct Places<'r> {
    records: &'r Records,
    arkivdeler: HashMap<String, Option<Stored>>,
    classes: HashMap<(String, String), Option<Rule>>,
}

/// Classes that are remembered: of systems that grow with the cases there may be many.
const CLASSES_MAX: usize = 4_096;

impl<'r> Places<'r> {
    pub fn new(records: &'r Records) -> Self {
        Self { records, arkivdeler: HashMap::new(), classes: HashMap::new() }
    }

    pub fn of(&mut self, registrering: &Unit) -> Result<Place, StoreError> {
        let mut mapper = Vec::new();
        let mut above = registrering.parent.clone();
        while let Some(mappe) = above.map(|id| self.records.unit(Kind::Mappe, &id)).transpose()?.flatten() {
            above = mappe.unit.parent.clone();
            mapper.push(mappe);
        }
        let arkivdel = self.arkivdel(registrering.arkivdel.as_deref().unwrap_or_default())?;
        let named = |unit: &Unit| format!("mappe {}", unit.text("/mappeID").unwrap_or_default());
        let of_mappe = mapper.iter().find_map(|mappe| Rule::of(&mappe.unit.doc, || named(&mappe.unit)));
        let of_arkivdel = || {
            let unit = &arkivdel.as_ref()?.unit;
            Rule::of(&unit.doc, || format!("arkivdel {}", unit.text("/kode").unwrap_or_default()))
        };
        let rule = match of_mappe.or_else(of_arkivdel) {
            Some(rule) => Some(rule),
            None => self.of_classes(registrering, &mapper)?,
        };
        Ok(Place { mapper, arkivdel, rule })
    }

    fn arkivdel(&mut self, id: &str) -> Result<Option<Stored>, StoreError> {
        if let Some(known) = self.arkivdeler.get(id) {
            return Ok(known.clone());
        }
        let found = self.records.unit(Kind::Arkivdel, id)?;
        self.arkivdeler.insert(id.to_owned(), found.clone());
        Ok(found)
    }

    fn of_classes(&mut self, registrering: &Unit, mapper: &[Stored]) -> Result<Option<Rule>, StoreError> {
        let mut units = std::iter::once(registrering).chain(mapper.iter().map(|mappe| &mappe.unit));
        let classes =
            units.find_map(|unit| Some(list(&unit.doc, "klassifikasjon")).filter(|all| !all.is_empty()));
        let mut rules = Vec::new();
        for class in classes.unwrap_or_default() {
            let text = |member: &str| class.get(member).and_then(Value::as_str).unwrap_or_default();
            rules.extend(self.of_class(text("klassifikasjonssystemID"), text("klasseID"))?);
        }
        Ok(rules.into_iter().max_by_key(|rule| (!rule.disposes(), rule.years.unwrap_or(i32::MAX))))
    }

    fn of_class(&mut self, system: &str, class: &str) -> Result<Option<Rule>, StoreError> {
        let key = (system.to_owned(), class.to_owned());
        if let Some(known) = self.classes.get(&key) {
            return Ok(known.clone());
        }
        let mut rule = None;
        let system = self.records.klassifikasjonssystem(system)?;
        let mut at = match system {
            Some(system) => self.records.klasse(&system.unit.system_id, class)?,
            None => None,
        };
        while let Some(Stored { unit, .. }) = at {
            rule = Rule::of(&unit.doc, || format!("klasse {}", unit.text("/klasseID").unwrap_or_default()));
            at = match unit.parent.filter(|_| rule.is_none()) {
                Some(above) => self.records.unit(Kind::Klasse, &above)?,
                None => None,
            };
        }
        if self.classes.len() < CLASSES_MAX {
            self.classes.insert(key, rule.clone());
        }
        Ok(rule)
    }
}

/// The same day so many years later; the 29th of February becomes the 1st of March.
fn after(day: Date, years: i32) -> Date {
    let year = day.year().saturating_add(years);
    day.replace_year(year).or_else(|_| Date::from_calendar_date(year, Month::March, 1)).unwrap_or(Date::MAX)
}

/// An `xs:date`, which may have a zone behind it.
pub(crate) fn date(text: &str) -> Option<Date> {
    let mut parts = text.get(..10)?.split('-');
    let mut next = || parts.next()?.parse::<u16>().ok();
    let (year, month, day) = (next()?, next()?, next()?);
    let month = Month::try_from(u8::try_from(month).ok()?).ok()?;
    Date::from_calendar_date(year.into(), month, u8::try_from(day).ok()?).ok()
}

/// The Norwegian date of an `xs:dateTime`.
fn day_of(text: &str) -> Option<Date> {
    let moment = OffsetDateTime::parse(text, &Rfc3339).ok();
    moment.map(|moment| calendar::local(moment).date()).or_else(|| date(text))
}
