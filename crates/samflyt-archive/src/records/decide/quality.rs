//! An archivist's work on single entries of the journal: journalføring of what came in, assessment for publicity, and
//! withdrawal.
//!
//! Consumes a reference and what is decided; gives the edits. Kept true: what may change is decided by [`update`] alone, as
//! for a message of a fagsystem; the number of an entry never changes.

use samflyt_noark::unit::Unit;
use serde_json::{Map, Value, json};
use time::OffsetDateTime;

use super::update::{Update, update};
use super::{Problem, Trouble, avskrivning, calendar, find};
use crate::records::{Actor, Decision, Records, Stored};

/// Where the reference to the entry stands in a command.
pub(crate) const AT: &str = "/entry";
/// Statuses of an entry that somebody has yet to look at.
pub(crate) const UNCHECKED: [&str; 4] = ["M", "S", "R", "F"];

/// Who does what to which entry, when.
pub(crate) struct Work<'w> {
    /// In the words of `referanseTilRegistrering`.
    pub entry: &'w Value,
    pub by: &'w Actor,
    pub now: OffsetDateTime,
}

/// What an assessment says beside that it was made.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Assessment {
    pub skjerming: Skjerming,
    /// Where it is to be another.
    pub public_title: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) enum Skjerming {
    /// As it is.
    #[default]
    Kept,
    Removed,
    Set {
        /// A code of `tilgangsrestriksjon`.
        code: String,
        /// The law that it follows from.
        basis: String,
    },
}

/// Takes an entry that was looked at into the journal (J), or on to the archived ones (A). Its date stays.
///
/// # Errors
/// [`Trouble`]: it is no journalpost, or may not become that.
pub(crate) fn journalise(
    records: &Records,
    work: &Work<'_>,
    archived: bool,
    ids: &mut dyn FnMut() -> String,
) -> Result<Decision, Trouble> {
    let stored = entry(records, work.entry)?;
    let mut given = json!({"journalstatus": {"kode": if archived { "A" } else { "J" }}});
    if let Some(date) = stored.unit.doc.get("journaldato") {
        given["journaldato"] = date.clone();
    }
    change(records, work, &stored.unit, given, ids)
}

/// Sets that an entry was assessed for publicity today, and what the assessment came to.
///
/// # Errors
/// [`Trouble`]: it is no journalpost, or what is set is not whole.
pub(crate) fn assess(
    records: &Records,
    work: &Work<'_>,
    assessment: &Assessment,
    ids: &mut dyn FnMut() -> String,
) -> Result<Decision, Trouble> {
    let stored = entry(records, work.entry)?;
    let mut given = json!({"offentlighetsvurdertDato": calendar::date_text(work.now)});
    match &assessment.skjerming {
        Skjerming::Kept => {}
        Skjerming::Removed => given["skjermingOppdateringer"] = json!({"slett": true}),
        Skjerming::Set { code, basis } => {
            let mut set = Map::new();
            // What is empty is as missing as what is not there.
            if !code.trim().is_empty() {
                set.insert("tilgangsrestriksjon".to_owned(), json!({"kode": code.trim()}));
            }
            if !basis.trim().is_empty() {
                set.insert("skjermingshjemmel".to_owned(), json!(basis.trim()));
            }
            // What was there before goes as a whole: an end that was set for another reason would end this one.
            given["skjermingOppdateringer"] = json!({"slett": true, "oppdatering": set});
        }
    }
    if let Some(title) = &assessment.public_title {
        given["offentligTittel"] = json!(title);
    }
    change(records, work, &stored.unit, given, ids)
}

/// Withdraws an entry (*utgår*): it keeps its number, and a remark says why.
///
/// # Errors
/// [`Trouble`]: it is no journalpost, is withdrawn already, or is bound to another by an avskrivning.
pub(crate) fn withdraw(
    records: &Records,
    work: &Work<'_>,
    reason: &str,
    ids: &mut dyn FnMut() -> String,
) -> Result<Decision, Trouble> {
    let stored = entry(records, work.entry)?;
    let mut problems = Vec::new();
    if stored.unit.code("journalstatus") == Some("U") {
        problems.push(Problem::new(AT, "is withdrawn already", "leave it: its remark says why"));
    }
    if reason.trim().is_empty() {
        let advice = "say why it is withdrawn: it is kept as a remark";
        problems.push(Problem::new("/reason", "is missing", advice));
    }
    if let Some(other) = avskrivning::bound(records, &stored.unit)? {
        let rule = format!("writes off or is written off by {other}");
        problems.push(Problem::new(AT, rule, "delete that avskrivning first"));
    }
    if !problems.is_empty() {
        return Err(Trouble::Invalid(problems));
    }
    let remark = json!({
        "merknadstype": {"kode": "MA"},
        "merknadstekst": format!("Utgår: {}", reason.trim()),
    });
    let given = json!({"journalstatus": {"kode": "U"}, "merknadOppdateringer": {"ny": [remark]}});
    change(records, work, &stored.unit, given, ids)
}

fn entry(records: &Records, reference: &Value) -> Result<Stored, Trouble> {
    let stored = find::registrering(records, reference, AT)?;
    if stored.unit.type_name() != Some("journalpost") {
        return Err(Problem::new(AT, "is no journalpost", "name an entry of the journal").into());
    }
    Ok(stored)
}

/// Carries out what a message would say in `registreringOppdateringer`.
fn change(
    records: &Records,
    work: &Work<'_>,
    unit: &Unit,
    mut given: Value,
    ids: &mut dyn FnMut() -> String,
) -> Result<Decision, Trouble> {
    given["referanseTilRegistrering"] = json!({"systemID": unit.system_id});
    let doc = json!({"registreringOppdateringer": given});
    update(records, &Update { doc: &doc, by: work.by, now: work.now }, ids).map_err(placed)
}

/// Problems where the command has what they are about.
fn placed(trouble: Trouble) -> Trouble {
    let Trouble::Invalid(mut problems) = trouble else { return trouble };
    for problem in &mut problems {
        let of_shield = ["tilgangsrestriksjon", "skjermingshjemmel"];
        let member = of_shield.into_iter().find(|member| problem.field.ends_with(*member));
        problem.field = match member {
            Some(member) => format!("/skjerming/{member}"),
            None => AT.to_owned(),
        };
    }
    Trouble::Invalid(problems)
}

#[cfg(test)]
mod tests;
