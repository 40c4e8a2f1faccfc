//! Disposal (*kassasjon*): which documents are due, and the deed.
//!
//! Consumes the rules that stand on documents and on what holds them ([`inherited`]), and what an archivist decided; gives
//! what is due with why, and one change. Kept true: only what a rule disposes of (K), whose day has come, in closed mapper
//! and archived, is disposed of; its metadata stay, and say when and by whom; a document that another record refers to is
//! not released.

pub(crate) mod inherited;

use std::collections::{BTreeSet, HashMap};

use samflyt_noark::unit::{Kind, Unit};
use samflyt_projection::StoreError;
use serde_json::{Value, json};
use time::{Date, OffsetDateTime};

use super::{Problem, Trouble, calendar, edit};
use crate::records::fold::list;
use crate::records::{Actor, Decision, Records, Step, Stored};
use inherited::{Place, Places, Rule};

/// How many registreringer one change disposes of: it is one message of the log.
pub(crate) const AT_ONCE_MAX: usize = 100;

/// A registrering with documents whose day has come.
#[derive(Debug, Clone)]
pub(crate) struct Due {
    pub documents: Vec<DueDocument>,
    /// Why nothing of it may be disposed of yet, all the same.
    pub held_back: Option<&'static str>,
}

#[derive(Debug, Clone)]
pub(crate) struct DueDocument {
    /// Which dokumentbeskrivelse it is.
    pub index: usize,
    pub rule: Rule,
    pub since: Date,
    /// How many files it has.
    pub files: usize,
}

/// What an archivist decided.
pub(crate) struct Disposal<'d> {
    /// By systemID.
    pub registreringer: &'d [String],
    /// Who decided that, and when, in words.
    pub decision: &'d str,
    pub by: &'d Actor,
    pub now: OffsetDateTime,
}

/// What is due of a registrering on a day; none: nothing.
///
/// # Errors
/// Where the records cannot be read.
pub(crate) fn due(places: &mut Places<'_>, unit: &Unit, today: Date) -> Result<Option<Due>, StoreError> {
    let has_files = |one: &Value| !is_disposed(one) && !list(one, "dokumentobjekt").is_empty();
    let described = list(&unit.doc, "dokumentbeskrivelse");
    if !described.iter().any(has_files) {
        return Ok(None);
    }
    let place = places.of(unit)?;
    let closed = place.closed();
    let mut documents = Vec::new();
    for (index, one) in described.iter().enumerate().filter(|(_, one)| has_files(one)) {
        let Some(rule) = place.rule(unit, one).filter(Rule::disposes) else { continue };
        let Some(since) = rule.due(closed).filter(|since| *since <= today) else { continue };
        let files = list(one, "dokumentobjekt").len();
        documents.push(DueDocument { index, rule, since, files });
    }
    Ok((!documents.is_empty()).then(|| Due { documents, held_back: held_back(unit, &place, closed) }))
}

/// What is due is not disposed of as long as somebody works on it.
fn held_back(unit: &Unit, place: &Place, closed: Option<Date>) -> Option<&'static str> {
    if !place.mapper.is_empty() && closed.is_none() {
        return Some("its mappe is open");
    }
    let is_post = unit.type_name() == Some("journalpost");
    (is_post && !matches!(unit.code("journalstatus"), Some("A" | "U"))).then_some("it is not archived (A)")
}

fn is_disposed(described: &Value) -> bool {
    described.get("utfoertKassasjon").is_some() || described.get("sletting").is_some()
}

/// Disposes of all that is due of these registreringer, or of nothing.
///
/// # Errors
/// [`Trouble`]: one is not there, or nothing of it may be disposed of; the decision is not told.
pub(crate) fn dispose(
    records: &Records,
    disposal: &Disposal<'_>,
    ids: &mut dyn FnMut() -> String,
) -> Result<Decision, Trouble> {
    let mut problems = check(disposal);
    let mut places = Places::new(records);
    let mut deed = Deed { disposal, ids, changed: HashMap::new(), removed: BTreeSet::new(), documents: 0 };
    let mut steps = Vec::new();
    for (index, id) in disposal.registreringer.iter().enumerate().take(AT_ONCE_MAX) {
        let at = format!("/registreringer/{index}");
        let Some(stored) = records.unit(Kind::Registrering, id)? else {
            let advice = "name registreringer of the work list `kassasjon`, by their systemIDs";
            problems.push(Problem::new(at, "is no registrering of this archive", advice));
            continue;
        };
        match due(&mut places, &stored.unit, calendar::local(disposal.now).date())? {
            Some(due) => match due.held_back {
                None => steps.extend(deed.of(&stored, &due)),
                Some(why) => {
                    let rule = format!("is due, and held back: {why}");
                    problems.push(Problem::new(at, rule, "close its mappe and archive it (A) first"));
                }
            },
            None => {
                let advice = "see the work list `kassasjon` for what is, and why";
                problems.push(Problem::new(at, "has no document that is due for disposal", advice));
            }
        }
    }
    if !problems.is_empty() {
        return Err(Trouble::Invalid(problems));
    }
    let (mut released, mut kept) = (Vec::new(), 0);
    for digest in &deed.removed {
        if deed.is_held(records, digest)? {
            kept += 1;
        } else {
            released.push(digest.clone());
        }
    }
    let answer = json!({
        "registreringer": steps.len(), "documents": deed.documents, "released": released, "kept": kept,
        "decision": disposal.decision.trim(),
    });
    if !released.is_empty() {
        steps.push(Step::Released { documents: released });
    }
    Ok(Decision { steps, answer })
}

fn check(disposal: &Disposal<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    if disposal.decision.trim().is_empty() {
        let advice = "say who decided it and when: it is kept as a remark";
        problems.push(Problem::new("/decision", "is missing", advice));
    }
    let at = "/registreringer";
    if disposal.registreringer.is_empty() {
        problems.push(Problem::new(at, "names none", "name some of the work list `kassasjon`"));
    }
    if disposal.registreringer.len() > AT_ONCE_MAX {
        let rule = format!("names more than {AT_ONCE_MAX}");
        problems.push(Problem::new(at, rule, "dispose of them in several requests"));
    }
    let different: BTreeSet<&String> = disposal.registreringer.iter().collect();
    if different.len() < disposal.registreringer.len() {
        problems.push(Problem::new(at, "names one twice", "name each once"));
    }
    problems
}

/// What one change takes away.
struct Deed<'d> {
    disposal: &'d Disposal<'d>,
    ids: &'d mut dyn FnMut() -> String,
    /// The documents of the registreringer as they are to be.
    changed: HashMap<String, Value>,
    /// Digests of the files that they had.
    removed: BTreeSet<String>,
    documents: usize,
}

impl Deed<'_> {
    fn of(&mut self, stored: &Stored, due: &Due) -> Option<Step> {
        let mut doc = stored.unit.doc.clone();
        for document in &due.documents {
            let one = doc.get_mut("dokumentbeskrivelse").and_then(|all| all.get_mut(document.index));
            let Some(one) = one.and_then(Value::as_object_mut) else { continue };
            let objects = one.remove("dokumentobjekt").unwrap_or_default();
            let digests =
                objects.as_array().into_iter().flatten().filter_map(|object| object.get("sjekksum"));
            self.removed.extend(digests.filter_map(Value::as_str).map(str::to_owned));
            let (moment, by) = (calendar::moment_text(self.disposal.now), self.disposal.by.name());
            one.insert("utfoertKassasjon".to_owned(), json!({"kassertDato": moment, "kassertAv": by}));
            let remark = json!({
                "merknadID": (self.ids)(),
                "merknadstype": {"kode": "MA"},
                "merknadstekst": format!("Kassert: {}", self.disposal.decision.trim()),
                "merknadsdato": moment,
                "merknadRegistrertAv": by,
            });
            let remarks = one.entry("merknad").or_insert_with(|| json!([]));
            remarks.as_array_mut().into_iter().for_each(|remarks| remarks.push(remark.clone()));
            self.documents += 1;
        }
        let step = edit::edited(stored, &doc);
        self.changed.insert(stored.unit.system_id.clone(), doc);
        step
    }

    /// Whether some record still refers to a document when this is done.
    fn is_held(&self, records: &Records, digest: &str) -> Result<bool, StoreError> {
        for holder in records.holders(digest) {
            let holder = holder?;
            let Some(doc) = self.changed.get(&holder) else { return Ok(true) };
            let refers = |part: &Value| part.get("sjekksum").and_then(Value::as_str) == Some(digest);
            if crate::records::parts(doc).any(refers) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

#[cfg(test)]
mod tests;
