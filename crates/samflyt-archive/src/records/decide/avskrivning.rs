//! Writing a journalpost off: on the korrespondansepart that it is for.

use samflyt_noark::unit::{Kind, Unit};
use serde_json::{Map, Value, json};
use time::OffsetDateTime;

use super::{Problem, Trouble, calendar, edit, find, update};
use crate::records::fold::list;
use crate::records::{Actor, Decision, Records, Stored, settled};

/// A document in the words of `nyAvskrivning` or `slettAvskrivning`, and whose it is.
pub(crate) struct WriteOff<'w> {
    pub doc: &'w Value,
    pub by: &'w Actor,
    pub now: OffsetDateTime,
}

/// `avskrivning.opprett`. One that is there and refers to the same is replaced: a journalpost may be answered by several
/// (krav 3.4.3).
///
/// # Errors
/// [`Trouble`]: the journalpost or the part is not there, or may not be written off.
pub(crate) fn opprett(
    records: &Records,
    command: &WriteOff<'_>,
    ids: &mut dyn FnMut() -> String,
) -> Result<Decision, Trouble> {
    let doc = command.doc;
    let stored = journalpost(records, doc)?;
    // Krav 3.4.5 names I and N; X is taken too (decision 0022).
    if !matches!(stored.unit.code("journalposttype"), Some("I" | "N" | "X")) {
        let advice = "write off what came in (I) or is to be followed up (N)";
        return Err(Problem::new(AT, "is of a type that is not written off", advice).into());
    }
    if stored.unit.code("journalstatus") == Some("U") {
        return Err(Problem::new(AT, "is withdrawn", "there is nothing to be written off").into());
    }
    let new = written(records, doc.get("avskrivning").unwrap_or(&Value::Null), &stored)?;
    let (index, guessed) = part(&stored.unit, doc)?;
    let mut changed = stored.unit.doc.clone();
    let part = &mut changed["korrespondansepart"][index];
    let is_other =
        |kept: &&Value| !new.iter().any(|new| REFERENCES.iter().all(|of| kept.get(of) == new.get(of)));
    let mut all: Vec<Value> = list(part, "avskrivning").iter().filter(is_other).cloned().collect();
    all.extend(new.iter().cloned());
    part["avskrivning"] = json!(all);
    if guessed {
        let remark = json!({
            "merknadID": ids(),
            "merknadstype": {"kode": "MA"},
            "merknadstekst": "Avskrivningen oppga en korrespondansepartID som ingen har; \
                den er ført på den ene korrespondanseparten som kan være ment.",
            "merknadsdato": calendar::moment_text(command.now),
            "merknadRegistrertAv": command.by.name(),
        });
        append(&mut changed, "merknad", remark);
    }
    Ok(Decision { steps: edit::edited(&stored, &changed).into_iter().collect(), answer: Value::Null })
}

/// `avskrivning.slett`: all of a korrespondansepart. Where there is none, nothing is changed.
///
/// # Errors
/// [`Trouble`]: the journalpost or the part is not there.
pub(crate) fn slett(records: &Records, doc: &Value) -> Result<Decision, Trouble> {
    let stored = journalpost(records, doc)?;
    let (index, _) = part(&stored.unit, doc)?;
    let mut changed = stored.unit.doc.clone();
    if let Some(part) = changed["korrespondansepart"][index].as_object_mut() {
        part.remove("avskrivning");
    }
    // Krav 3.2.9.
    let mappe = stored.unit.parent.as_deref().map_or(Ok(None), |id| records.unit(Kind::Mappe, id))?;
    if mappe.is_some_and(|mappe| update::is_closed(&mappe.unit)) && !owing(&changed).is_empty() {
        let advice = "open its mappe again first";
        return Err(Problem::new(AT, "is in a closed mappe, and would be owing again", advice).into());
    }
    Ok(Decision { steps: edit::edited(&stored, &changed).into_iter().collect(), answer: Value::Null })
}

/// The korrespondanseparter of a journalpost that still have to be answered (*restanse*), by their places.
///
/// An incoming journalpost is answered once; an internal one by each receiver for itself (krav 3.4.6), copies never
/// (krav 3.4.9).
pub(crate) fn owing(journalpost: &Value) -> Vec<usize> {
    let code = |member: &str| journalpost.get(member).and_then(|of| of.get("kode")).and_then(Value::as_str);
    if code("journalstatus") == Some("U") || journalpost.get("avskrivningsdato").is_some() {
        return Vec::new();
    }
    let parts = list(journalpost, "korrespondansepart");
    match code("journalposttype") {
        Some("I") if parts.iter().any(is_written_off) => Vec::new(),
        Some("I") => {
            let not_a_copy = || parts.iter().position(|part| !matches!(kind(part), Some("EK" | "IK")));
            responsible(parts).or_else(not_a_copy).into_iter().collect()
        }
        Some("N") => {
            let owes = |part: &Value| is_receiver(part) && !is_written_off(part);
            (0..parts.len()).filter(|index| owes(&parts[*index])).collect()
        }
        _ => Vec::new(),
    }
}

/// Writes off what is owing because its mappe is closed (krav 3.4.5).
pub(super) fn close(journalpost: &mut Value, today: &str, by: &str) {
    for index in owing(journalpost) {
        journalpost["korrespondansepart"][index]["avskrivning"] = json!([{
            "avskrivningsdato": today,
            "avskrevetAv": {"navn": by},
            "avskrivningsmaate": {"kode": "SA", "beskrivelse": "Saken ble avsluttet"},
        }]);
    }
}

/// Another journalpost that this one writes off, or is written off by: its registreringsID.
pub(super) fn bound(records: &Records, unit: &Unit) -> Result<Option<String>, Trouble> {
    let other = match settled(&unit.doc).next() {
        Some(other) => Some(other.to_owned()),
        None => records.settled_by(&unit.system_id).next().transpose()?,
    };
    other.map(|other| name(records, &other)).transpose()
}

/// Avskrivninger that come with their korrespondansepart: the journalposter that they refer to are kept by their systemIDs.
/// One that is not there is kept as it was given: it may have been deposited elsewhere.
pub(super) fn resolve(records: &Records, doc: &mut Map<String, Value>) -> Result<(), Trouble> {
    let parts = doc.get_mut("korrespondansepart").and_then(Value::as_array_mut).into_iter().flatten();
    let all = parts.filter_map(|part| part.get_mut("avskrivning")?.as_array_mut()).flatten();
    for reference in all.filter_map(Value::as_object_mut).flat_map(|one| one.iter_mut()) {
        if !REFERENCES.contains(&reference.0.as_str()) {
            continue;
        }
        match find::registrering(records, reference.1, "") {
            Ok(found) => *reference.1 = json!({"systemID": found.unit.system_id}),
            Err(Trouble::Unreadable(error)) => return Err(error.into()),
            Err(_) => {}
        }
    }
    Ok(())
}

const AT: &str = "/referanseTilJournalpost";
/// By which journalpost it is written off, and which it writes off.
const REFERENCES: [&str; 2] = ["referanseAvskrivesAvJournalpost", "referanseAvskriverJournalpost"];

fn journalpost(records: &Records, doc: &Value) -> Result<Stored, Trouble> {
    let stored = find::registrering(records, doc.get("referanseTilJournalpost").unwrap_or(&Value::Null), AT)?;
    if stored.unit.type_name() != Some("journalpost") {
        return Err(Problem::new(AT, "is no journalpost", "name a journalpost").into());
    }
    Ok(stored)
}

fn name(records: &Records, system_id: &str) -> Result<String, Trouble> {
    let unit = records.get(system_id)?.map(|stored| stored.unit);
    let id = unit.as_ref().and_then(|unit| unit.text("/registreringsID"));
    Ok(id.unwrap_or(system_id).to_owned())
}

/// One avskrivning for each journalpost that it writes off: records hold one reference of each kind, as their standard does.
fn written(records: &Records, given: &Value, of: &Stored) -> Result<Vec<Value>, Trouble> {
    let [by, off] = REFERENCES;
    let mut one = given.clone();
    if let Some(reference) = given.get(by) {
        one[by] = answer(records, reference, &format!("/avskrivning/{by}"), true, of)?;
    }
    if list(given, off).is_empty() {
        return Ok(vec![one]);
    }
    let each = list(given, off).iter().enumerate().map(|(index, reference)| {
        let mut one = one.clone();
        one[off] = answer(records, reference, &format!("/avskrivning/{off}/{index}"), false, of)?;
        Ok(one)
    });
    each.collect()
}

/// The journalpost that an avskrivning refers to, by its systemID; `answers`: it is one that can be an answer (krav 3.4.3,
/// 3.4.7, 3.4.8).
fn answer(
    records: &Records,
    reference: &Value,
    at: &str,
    answers: bool,
    of: &Stored,
) -> Result<Value, Trouble> {
    let other = match find::registrering(records, reference, at) {
        Err(Trouble::NotFound(problem)) => return Err(problem.into()),
        found => found?.unit,
    };
    if other.system_id == of.unit.system_id {
        return Err(Problem::new(at, "is the journalpost itself", "name the one that answers it").into());
    }
    if other.type_name() != Some("journalpost") {
        return Err(Problem::new(at, "is no journalpost", "name a journalpost").into());
    }
    if answers && !matches!(other.code("journalposttype"), Some("U" | "N" | "X")) {
        let advice = "name one that was made here (U, N or X)";
        return Err(Problem::new(at, "is no journalpost that can be an answer", advice).into());
    }
    Ok(json!({"systemID": other.system_id}))
}

/// Which korrespondansepart is meant, and whether that had to be inferred: the protocol's own case names an id that nobody
/// gave (decision 0022).
fn part(unit: &Unit, doc: &Value) -> Result<(usize, bool), Trouble> {
    let parts = list(&unit.doc, "korrespondansepart");
    let wanted = doc.get("korrespondansepartID");
    if let Some(index) =
        parts.iter().position(|part| wanted.is_some() && part.get("korrespondansepartID") == wanted)
    {
        return Ok((index, false));
    }
    responsible(parts).map(|index| (index, true)).ok_or_else(|| {
        let advice = "use one of the ids that `registrering.hent` gives";
        let problem =
            Problem::new("/korrespondansepartID", "is the id of no korrespondansepart of it", advice);
        Trouble::NotFound(problem)
    })
}

/// The one that is responsible for the answer, else the only receiver.
fn responsible(parts: &[Value]) -> Option<usize> {
    let only = |is: &dyn Fn(&Value) -> bool| {
        let mut found = (0..parts.len()).filter(|index| is(&parts[*index]));
        found.next().filter(|_| found.next().is_none())
    };
    only(&|part| part.get("erBehandlingsansvarlig") == Some(&json!(true))).or_else(|| only(&is_receiver))
}

fn kind(part: &Value) -> Option<&str> {
    part.get("korrespondanseparttype")?.get("kode")?.as_str()
}

fn is_receiver(part: &Value) -> bool {
    matches!(kind(part), Some("EM" | "IM"))
}

fn is_written_off(part: &Value) -> bool {
    !list(part, "avskrivning").is_empty()
}

fn append(doc: &mut Value, member: &str, item: Value) {
    let Some(doc) = doc.as_object_mut() else { return };
    let list = doc.entry(member).or_insert_with(|| json!([]));
    list.as_array_mut().into_iter().for_each(|list| list.push(item.clone()));
}

#[cfg(test)]
mod tests;
