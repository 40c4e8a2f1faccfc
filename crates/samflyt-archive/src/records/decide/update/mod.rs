//! `arkivmelding.oppdater`: a mappe, a registrering or a dokumentbeskrivelse that is there is changed.
//!
//! Kept true: nothing is changed where anything of the message cannot be; what is closed, journalført, archived or
//! withdrawn changes only by the rules ([`frozen`]); every change is an edit that keeps the old value.

mod closing;
mod dokument;
mod frozen;
mod klassifikasjon;
mod lists;
mod mappe;
mod moetesak;
mod moving;
mod registrering;
mod single;
mod status;

use samflyt_noark::unit::{Kind, Unit};
use samflyt_noark::write::TYPE;
use serde_json::{Map, Value, json};
use time::OffsetDateTime;

pub(super) use self::frozen::is_closed;
use self::lists::Listed;
use super::{Problem, Trouble, calendar};
use crate::records::{Actor, Decision, Records, Step, external_key};

/// Whether a registrering is archived, withdrawn, or in a closed mappe: what it holds stays as it is.
pub(crate) fn is_settled(registrering: &Unit, mappe: Option<&Unit>) -> bool {
    frozen::is_fixed(registrering, mappe.is_some_and(frozen::is_closed))
}

/// Whether a journalpost of this status is ekspedert, journalført or archived.
pub(crate) fn is_journalfoert(status: Option<&str>) -> bool {
    status::is_journalfoert(status)
}

/// What is to be changed, and for whom.
pub(crate) struct Update<'u> {
    /// A document in the words of `arkivmeldingOppdatering`.
    pub doc: &'u Value,
    pub by: &'u Actor,
    pub now: OffsetDateTime,
}

/// Changes what the message names.
///
/// # Errors
/// [`Trouble::NotFound`] where what it is about is not there; [`Trouble::Invalid`] with all that is wrong. Places are JSON
/// pointers into the document.
pub(crate) fn update(
    records: &Records,
    update: &Update<'_>,
    ids: &mut dyn FnMut() -> String,
) -> Result<Decision, Trouble> {
    let mut updating =
        Updating { records, by: update.by, now: update.now, ids, problems: Vec::new(), steps: Vec::new() };
    let part = |member: &str| update.doc.get(member).map(|given| (given, format!("/{member}")));
    let mappe = part("mappeOppdateringer");
    let registrering = part("registreringOppdateringer");
    let dokument = part("dokumentbeskrivelseOppdateringer");
    if mappe.is_none() && registrering.is_none() && dokument.is_none() {
        let advice = "give mappeOppdateringer, registreringOppdateringer or dokumentbeskrivelseOppdateringer";
        updating.problem("", "changes nothing", advice);
    }
    if let Some((given, at)) = mappe {
        updating.mappe(given, &at)?;
    }
    if let Some((given, at)) = registrering {
        updating.registrering(given, &at)?;
    }
    if let Some((given, at)) = dokument {
        updating.dokumentbeskrivelse(given, &at)?;
    }
    if !updating.problems.is_empty() {
        return Err(Trouble::Invalid(updating.problems));
    }
    Ok(Decision { steps: updating.steps, answer: Value::Null })
}

struct Updating<'u> {
    records: &'u Records,
    by: &'u Actor,
    now: OffsetDateTime,
    ids: &'u mut dyn FnMut() -> String,
    problems: Vec<Problem>,
    steps: Vec<Step>,
}

impl Updating<'_> {
    fn id(&mut self) -> String {
        (self.ids)()
    }

    fn today(&self) -> String {
        calendar::date_text(self.now)
    }

    fn moment(&self) -> String {
        calendar::moment_text(self.now)
    }

    fn problem(&mut self, at: impl Into<String>, rule: impl Into<String>, advice: &str) {
        self.problems.push(Problem::new(at, rule, advice));
    }

    /// The document of a mappe or a registrering, with what both change alike.
    fn begin(
        &mut self,
        unit: &Unit,
        given: &Value,
        members: &[&str],
        lists: &[&Listed],
        at: &str,
    ) -> Map<String, Value> {
        self.check_type(given, unit, at);
        let mut doc = unit.doc.as_object().cloned().unwrap_or_default();
        plain(&mut doc, given, members);
        single::description(&mut doc, given);
        single::presedens(&mut doc, given);
        if let Some(changes) = given.get("virksomhetsspesifikkeMetadataOppdateringer") {
            single::metadata(&mut doc, changes);
        }
        lists.iter().for_each(|listed| self.list(&mut doc, given, listed, at));
        doc
    }

    /// A saksmappe is not changed as a moetemappe; the general types fit all.
    fn check_type(&mut self, given: &Value, unit: &Unit, at: &str) {
        let Some(of) = given.get(TYPE).and_then(Value::as_str) else { return };
        let of = of.strip_suffix("Oppdatering").unwrap_or(of);
        let general = matches!(of, "mappe" | "registrering");
        if !general && unit.type_name() != Some(of) {
            let rule = format!("is for a {of}, and this is a {}", unit.type_name().unwrap_or("general one"));
            self.problem(format!("{at}/{TYPE}"), rule, "use the type that belongs to what is changed");
        }
    }

    /// Takes over another external key, if nothing else has it.
    fn key(
        &mut self,
        doc: &mut Map<String, Value>,
        given: &Value,
        unit: &Unit,
        at: &str,
    ) -> Result<(), Trouble> {
        let Some((fagsystem, noekkel)) = external_key(given) else { return Ok(()) };
        let known = self.records.by_external_key(unit.kind, fagsystem, noekkel)?;
        if known.is_some_and(|known| known.unit.system_id != unit.system_id) {
            let what = if unit.kind == Kind::Mappe { "mappe" } else { "registrering" };
            let rule = format!("is the key of another {what}");
            self.problem(format!("{at}/referanseEksternNoekkel"), rule, "use a key of its own for each");
        }
        doc.insert("referanseEksternNoekkel".to_owned(), json!({"fagsystem": fagsystem, "noekkel": noekkel}));
        Ok(())
    }
}

/// Members that are taken over as they come.
fn plain(doc: &mut Map<String, Value>, given: &Value, members: &[&str]) {
    for member in members {
        if let Some(value) = given.get(*member) {
            doc.insert((*member).to_owned(), value.clone());
        }
    }
}

/// The code of a member of a document.
fn code<'d>(doc: &'d Map<String, Value>, member: &str) -> Option<&'d str> {
    doc.get(member)?.get("kode")?.as_str()
}

#[cfg(test)]
pub(crate) mod tests;
