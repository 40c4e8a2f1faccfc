//! What a reference of the protocol leads to.

use samflyt_noark::unit::{Kind, Unit};
use serde_json::{Value, json};

use super::Problem;
use super::trouble::Trouble;
use crate::records::fold::list;
use crate::records::keys::{Number, Series};
use crate::records::{Records, Stored, external_key};

/// By `systemID`, `mappeID`, `saksnummer` or `referanseEksternNoekkel`; where several are given, all must lead to the same.
pub(crate) fn mappe(records: &Records, reference: &Value, at: &str) -> Result<Stored, Trouble> {
    let mut ways = Ways::new(at);
    if let Some(id) = text(reference, "systemID") {
        ways.led(records.unit(Kind::Mappe, &id.to_lowercase())?);
    }
    if let Some(id) = text(reference, "mappeID") {
        ways.led(records.by_mappe_id(id)?);
    }
    if let Some((year, number)) = numbers(reference, "saksnummer", ["saksaar", "sakssekvensnummer"]) {
        ways.led(numbered(records, Series::Sak, year, number)?);
    }
    if let Some((fagsystem, noekkel)) = external_key(reference) {
        ways.led(records.by_external_key(Kind::Mappe, fagsystem, noekkel)?);
    }
    ways.end("mappe")
}

/// By `systemID`, `registreringsID`, `journalnummer`, `saksJournalpostnummer` or `referanseEksternNoekkel`.
pub(crate) fn registrering(records: &Records, reference: &Value, at: &str) -> Result<Stored, Trouble> {
    let mut ways = Ways::new(at);
    if let Some(id) = text(reference, "systemID") {
        ways.led(records.unit(Kind::Registrering, &id.to_lowercase())?);
    }
    if let Some(id) = text(reference, "registreringsID") {
        ways.led(records.by_registrerings_id(id)?);
    }
    if let Some((year, number)) = numbers(reference, "journalnummer", ["journalaar", "journalsekvensnummer"])
    {
        ways.led(numbered(records, Series::Journal, year, number)?);
    }
    if let Some((year, number)) =
        numbers(reference, "saksJournalpostnummer", ["saksaar", "sakssekvensnummer"])
    {
        let post = reference.pointer("/saksJournalpostnummer/journalpostnummer").and_then(Value::as_i64);
        let case = numbered(records, Series::Sak, year, number)?;
        let found = case.zip(post).map(|(case, number)| {
            records.numbered(&Number { series: Series::Post, of: case.unit.system_id, year: 0, number })
        });
        ways.led(found.transpose()?.flatten());
    }
    if let Some((fagsystem, noekkel)) = external_key(reference) {
        ways.led(records.by_external_key(Kind::Registrering, fagsystem, noekkel)?);
    }
    ways.end("registrering")
}

/// By `systemID`, `referanseEksternNoekkel` or `journalpostDokumentnummer`: the registrering, and the index of its
/// dokumentbeskrivelse. A key that is a registrering's own leads to its hoveddokument
/// (docs/decisions/0020-where-we-are-lenient.md).
pub(crate) fn dokumentbeskrivelse(
    records: &Records,
    reference: &Value,
    at: &str,
) -> Result<(Stored, usize), Trouble> {
    let not_found = || Trouble::NotFound(nowhere(at, "dokumentbeskrivelse"));
    let with_id = |id: &str| -> Result<(Stored, usize), Trouble> {
        let holder = records.holder_of_part(id)?.ok_or_else(not_found)?;
        let index = position(&holder, |described| text(described, "systemID") == Some(id));
        index.map(|index| (holder, index)).ok_or_else(not_found)
    };
    if let Some(id) = text(reference, "systemID") {
        return with_id(&id.to_lowercase());
    }
    if let Some((fagsystem, noekkel)) = external_key(reference) {
        if let Some(id) = records.description_by_external_key(fagsystem, noekkel)? {
            return with_id(&id);
        }
        let holder =
            records.by_external_key(Kind::Registrering, fagsystem, noekkel)?.ok_or_else(not_found)?;
        let main = position(&holder, |described| {
            described.pointer("/tilknyttetRegistreringSom/kode") == Some(&json!("H"))
        });
        let only = (list(&holder.unit.doc, "dokumentbeskrivelse").len() == 1).then_some(0);
        return main.or(only).map(|index| (holder, index)).ok_or_else(not_found);
    }
    if let Some(named) = reference.get("journalpostDokumentnummer") {
        let within = format!("{at}/journalpostDokumentnummer/referanseTilJournalpost");
        let journalpost = named.get("referanseTilJournalpost").unwrap_or(&Value::Null);
        let holder = registrering(records, journalpost, &within)?;
        let number = named.get("dokumentnummer");
        let index = position(&holder, |described| described.get("dokumentnummer") == number);
        return index.map(|index| (holder, index)).ok_or_else(not_found);
    }
    Err(empty(at))
}

/// Whether a reference means a mappe that is being made and is not in the records yet.
pub(crate) fn means(reference: &Value, made: &Unit) -> bool {
    let by_key = external_key(reference).is_some_and(|key| external_key(&made.doc) == Some(key));
    let by_id = text(reference, "systemID").is_some_and(|id| id.eq_ignore_ascii_case(&made.system_id));
    by_key || by_id
}

fn position(holder: &Stored, is: impl Fn(&Value) -> bool) -> Option<usize> {
    list(&holder.unit.doc, "dokumentbeskrivelse").iter().position(is)
}

fn text<'v>(reference: &'v Value, member: &str) -> Option<&'v str> {
    reference.get(member)?.as_str()
}

fn numbers(reference: &Value, member: &str, parts: [&str; 2]) -> Option<(i32, i64)> {
    let named = reference.get(member)?;
    let year = named.get(parts[0])?.as_i64()?;
    Some((year.try_into().ok()?, named.get(parts[1])?.as_i64()?))
}

/// A number within any arkiv of the tenant.
fn numbered(records: &Records, series: Series, year: i32, number: i64) -> Result<Option<Stored>, Trouble> {
    for arkiv in records.all(Kind::Arkiv) {
        let of = arkiv?.unit.system_id;
        if let Some(found) = records.numbered(&Number { series, of, year, number })? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

fn nowhere(at: &str, kind: &str) -> Problem {
    Problem::new(at, format!("leads to no {kind} of this archive"), "refer to one that is there")
}

fn empty(at: &str) -> Trouble {
    Problem::new(at, "is empty", "give a systemID, a number or an external key").into()
}

/// The ways that a reference names something, and what they led to.
struct Ways<'w> {
    at: &'w str,
    led: Vec<Option<Stored>>,
}

impl<'w> Ways<'w> {
    fn new(at: &'w str) -> Self {
        Self { at, led: Vec::new() }
    }

    fn led(&mut self, to: Option<Stored>) {
        self.led.push(to);
    }

    fn end(self, kind: &str) -> Result<Stored, Trouble> {
        let at = self.at;
        let mut all = self.led.into_iter();
        let first = all.next().ok_or_else(|| empty(at))?;
        let first = first.ok_or_else(|| Trouble::NotFound(nowhere(at, kind)))?;
        let same = |other: &Option<Stored>| {
            other.as_ref().is_some_and(|other| other.unit.system_id == first.unit.system_id)
        };
        if all.all(|other| same(&other)) {
            return Ok(first);
        }
        let advice = "give one way to name it, or ways that agree";
        Err(Problem::new(at, format!("does not lead to one {kind}: its parts disagree"), advice).into())
    }
}
