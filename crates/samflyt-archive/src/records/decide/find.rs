//! Who is meant: the references of the protocol, resolved to units.
//!
//! Kept true: all that a reference says of one unit must hold of it; one that leads nowhere is told apart from one that
//! cannot be right ([`Trouble::NotFound`], [`Trouble::Invalid`]).

use samflyt_noark::unit::{Kind, Unit};
use samflyt_projection::StoreError;
use serde_json::Value;

use super::{Problem, Trouble};
use crate::records::keys::{Number, Series};
use crate::records::{Records, Stored, external_key};

/// `referanseTilMappe`: by systemID, mappeID, saksnummer or external key.
///
/// # Errors
/// [`Trouble`]; places begin with `at`.
pub(crate) fn mappe(records: &Records, reference: &Value, at: &str) -> Result<Stored, Trouble> {
    let mut meant = Meant::new(at);
    if let Some(id) = text(reference, "systemID") {
        meant.by("systemID", unit_ids(records.unit(Kind::Mappe, &id.to_lowercase())?));
    }
    if let Some(id) = text(reference, "mappeID") {
        meant.by("mappeID", unit_ids(records.by_mappe_id(id)?));
    }
    if let Some(number) = reference.get("saksnummer") {
        meant.by("saksnummer", saksmapper(records, number)?);
    }
    if let Some((fagsystem, noekkel)) = external_key(reference) {
        let found = records.by_external_key(Kind::Mappe, fagsystem, noekkel)?;
        meant.by("referanseEksternNoekkel", unit_ids(found));
    }
    unit(records, &meant.one()?)
}

/// Whether a reference is to a mappe that is not in the records yet.
pub(crate) fn means(reference: &Value, mappe: &Unit) -> bool {
    let members = ["systemID", "mappeID", "referanseEksternNoekkel"];
    let given: Vec<&str> = members.into_iter().filter(|member| reference.get(*member).is_some()).collect();
    let number = reference.get("saksnummer");
    let same = |one: &Value, member: &str| one.get(member) == mappe.doc.get(member);
    let same_number =
        number.is_none_or(|number| same(number, "saksaar") && same(number, "sakssekvensnummer"));
    (number.is_some() || !given.is_empty())
        && same_number
        && given.into_iter().all(|member| same(reference, member))
}

/// What each identifier of a reference leads to.
struct Meant<'a> {
    at: &'a str,
    by: Vec<(&'static str, Vec<String>)>,
}

impl<'a> Meant<'a> {
    fn new(at: &'a str) -> Self {
        Self { at, by: Vec::new() }
    }

    fn by(&mut self, member: &'static str, found: Vec<String>) {
        self.by.push((member, found));
    }

    /// The one that all of them lead to.
    fn one(self) -> Result<String, Trouble> {
        let at = self.at;
        if let Some((member, _)) = self.by.iter().find(|(_, found)| found.is_empty()) {
            let advice = "ask for it by `sok`, or name it by another identifier";
            return Err(Trouble::NotFound(Problem::new(
                format!("{at}/{member}"),
                "leads to nothing",
                advice,
            )));
        }
        let mut lists = self.by.into_iter().map(|(_, found)| found);
        let Some(first) = lists.next() else {
            let advice = "give a systemID, a number, or an external key";
            return Err(Problem::new(at, "names nothing", advice).into());
        };
        let mut common = lists.fold(first, |common: Vec<String>, found| {
            common.into_iter().filter(|one| found.contains(one)).collect()
        });
        match common.pop() {
            Some(one) if common.is_empty() => Ok(one),
            Some(_) => {
                let advice = "name it by its systemID: another arkiv has the same number";
                Err(Problem::new(at, "leads to more than one", advice).into())
            }
            None => {
                let advice = "give one identifier, or such as belong together";
                Err(Problem::new(at, "names different things at once", advice).into())
            }
        }
    }
}

fn unit(records: &Records, system_id: &str) -> Result<Stored, Trouble> {
    let gone = StoreError::Corrupt("a record that an index leads to is not there");
    records.get(system_id)?.ok_or(Trouble::Unreadable(gone))
}

fn unit_ids(found: Option<Stored>) -> Vec<String> {
    found.map(|stored| stored.unit.system_id).into_iter().collect()
}

/// Who has a number of a year, in any arkiv: each has a series of its own.
fn numbered(
    records: &Records,
    series: Series,
    year: Option<i32>,
    number: Option<i64>,
) -> Result<Vec<String>, Trouble> {
    let (Some(year), Some(number)) = (year, number) else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for arkiv in records.all(Kind::Arkiv) {
        let of = arkiv?.unit.system_id;
        found.extend(unit_ids(records.numbered(&Number { series, of, year, number })?));
    }
    Ok(found)
}

fn saksmapper(records: &Records, number: &Value) -> Result<Vec<String>, Trouble> {
    numbered(records, Series::Sak, year(number, "saksaar"), int(number, "sakssekvensnummer"))
}

fn text<'v>(doc: &'v Value, member: &str) -> Option<&'v str> {
    doc.get(member)?.as_str()
}

fn int(doc: &Value, member: &str) -> Option<i64> {
    doc.get(member)?.as_i64()
}

fn year(doc: &Value, member: &str) -> Option<i32> {
    int(doc, member)?.try_into().ok()
}
