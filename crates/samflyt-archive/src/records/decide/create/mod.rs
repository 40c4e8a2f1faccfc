//! `arkivmelding.opprett`: a mappe, a registrering, or both.
//!
//! Kept true: what has an external key that is known is not made again; numbers are the next ones of their series; a
//! document that is referred to came with the command; what is closed takes nothing new.

mod dokument;
mod dokumentobjekt;
pub(crate) mod klasse;
mod mappe;
mod number;
pub(crate) mod receipt;
mod registrering;

use std::collections::{HashMap, HashSet};

use samflyt_noark::unit::Unit;
use serde_json::{Map, Value, json};
use time::OffsetDateTime;

use super::Problem;
use super::calendar;
use super::files::{FileFact, Files};
use super::trouble::Trouble;
use crate::records::keys::Series;
use crate::records::{Actor, Decision, Records, Step, Stored};

pub(crate) use dokument::complete;
pub(crate) use dokumentobjekt::create_dokumentobjekt;

/// What is to be made, and for whom.
pub(crate) struct Create<'c> {
    /// A document in the words of `arkivmelding` (opprett): `mappe`, `registrering`.
    pub doc: &'c Value,
    /// The files that came with it, all of them in the document store.
    pub files: &'c [FileFact],
    pub by: &'c Actor,
    pub now: OffsetDateTime,
    /// Whether a mappe is made where the registrering in it cannot be (the protocol's receipt of a partial failure), or
    /// nothing then.
    pub partial: bool,
}

/// Makes what can be made; the answer is a document in the words of `arkivmeldingKvittering`.
///
/// # Errors
/// [`Trouble::Invalid`] with all that is wrong, where nothing can be made; places are JSON pointers into the document.
pub(crate) fn create(
    records: &Records,
    create: &Create<'_>,
    ids: &mut dyn FnMut() -> String,
) -> Result<Decision, Trouble> {
    let mut making = Making::new(records, create, ids);
    let mut answer = Map::new();
    let mut problems = Vec::new();
    let mut known = 0;
    if let Some(doc) = create.doc.get("mappe") {
        match making.mappe(doc) {
            Ok(receipt) => drop(answer.insert("mappeKvittering".to_owned(), receipt)),
            Err(trouble) => {
                let found = trouble.into_problems()?;
                making.steps.clear();
                making.is_without_mappe = true;
                answer.insert("mappeFeilet".to_owned(), failed(&found));
                problems.extend(found);
            }
        }
        known += 1;
    }
    if let Some(doc) = create.doc.get("registrering") {
        let steps = making.steps.len();
        match making.registrering(doc, &mut Files::new(create.files)) {
            Ok(receipt) => drop(answer.insert("registreringKvittering".to_owned(), receipt)),
            Err(trouble) => {
                let found = trouble.into_problems()?;
                making.steps.truncate(steps);
                answer.insert("registreringFeilet".to_owned(), failed(&found));
                problems.extend(found);
            }
        }
        known += 1;
    }
    if known == 0 {
        let advice = "give a mappe, a registrering, or both";
        return Err(Problem::new("", "holds neither a mappe nor a registrering", advice).into());
    }
    let made_something = answer.keys().any(|member| member.ends_with("Kvittering"));
    if problems.is_empty() || (create.partial && made_something) {
        return Ok(Decision { steps: making.steps, answer: Value::Object(answer) });
    }
    Err(Trouble::Invalid(problems))
}

/// What the protocol says of a part that failed, in one text.
fn failed(problems: &[Problem]) -> Value {
    json!({ "problems": problems })
}

struct Making<'m> {
    records: &'m Records,
    by: &'m Actor,
    now: OffsetDateTime,
    ids: &'m mut dyn FnMut() -> String,
    steps: Vec<Step>,
    /// What this decision gave out so far.
    counted: HashMap<(Series, String, i32), i64>,
    /// The mappe of this message, which its registrering belongs to.
    made: Option<Unit>,
    /// That mappe could not be made.
    is_without_mappe: bool,
    /// The systemIDs that the message gave.
    given_ids: HashSet<String>,
}

impl<'m> Making<'m> {
    fn new(records: &'m Records, create: &Create<'m>, ids: &'m mut dyn FnMut() -> String) -> Self {
        Self {
            records,
            by: create.by,
            now: create.now,
            ids,
            steps: Vec::new(),
            counted: HashMap::new(),
            made: None,
            is_without_mappe: false,
            given_ids: HashSet::new(),
        }
    }

    fn id(&mut self) -> String {
        (self.ids)()
    }

    fn today(&self) -> String {
        calendar::date_text(self.now)
    }

    fn moment(&self) -> String {
        calendar::moment_text(self.now)
    }

    /// The systemID that a document gives, if it is free; else a new one.
    fn system_id(&mut self, doc: &Value, at: &str) -> Result<String, Trouble> {
        let Some(given) = doc.get("systemID").and_then(Value::as_str) else { return Ok(self.id()) };
        let given = given.to_lowercase();
        let known = self.records.get(&given)?.is_some() || self.records.holder_of_part(&given)?.is_some();
        if known || !self.given_ids.insert(given.clone()) {
            let advice = "leave it out, or refer to what has it";
            return Err(Problem::new(format!("{at}/systemID"), "is in use", advice).into());
        }
        Ok(given)
    }

    /// Gives every item of a list that has none an id of its own.
    fn number_items(&mut self, doc: &mut Map<String, Value>, list: &str, id: &str) {
        let Some(items) = doc.get_mut(list).and_then(Value::as_array_mut) else { return };
        for item in items.iter_mut().filter_map(Value::as_object_mut) {
            if !item.contains_key(id) {
                item.insert(id.to_owned(), json!((self.ids)()));
            }
        }
    }

    /// The ids of all that a mappe and a registrering may hold, who made it and when.
    fn complete(&mut self, doc: &mut Map<String, Value>, system_id: &str) {
        doc.insert("systemID".to_owned(), json!(system_id));
        let moment = self.moment();
        doc.entry("opprettetDato").or_insert_with(|| json!(moment));
        doc.entry("opprettetAv").or_insert_with(|| json!(self.by.name()));
        for (list, id) in [
            ("part", "partID"),
            ("merknad", "merknadID"),
            ("kryssreferanse", "kryssreferanseID"),
            ("korrespondansepart", "korrespondansepartID"),
            ("punkt", "punktID"),
        ] {
            self.number_items(doc, list, id);
        }
        for remark in doc.get_mut("merknad").and_then(Value::as_array_mut).into_iter().flatten() {
            if let Some(remark) = remark.as_object_mut() {
                remark.entry("merknadsdato").or_insert_with(|| json!(moment));
                remark.entry("merknadRegistrertAv").or_insert_with(|| json!(self.by.name()));
            }
        }
    }
}

/// An arkivdel or a mappe that takes something new.
fn open_for_new(stored: &Stored, at: &str) -> Result<(), Trouble> {
    if stored.unit.doc.get("avsluttetDato").is_some() {
        let advice = "it takes nothing new: reopen it, or use another";
        return Err(Problem::new(at, "leads to what is closed", advice).into());
    }
    Ok(())
}

#[cfg(test)]
mod tests;
