//! The running and the public journal.
//!
//! Kept true: in the public one is only what was assessed for publicity and was entered in the journal for good; of what is
//! hidden there are neither titles nor names, and nowhere an identity number.

use serde_json::{Value, json};

use super::arkiv::arkivskaper;
use super::felles::hidden;
use super::registrering::avskrivninger;
use crate::noark5::Extraction;
use crate::noark5::said::{NOT_SAID, Said, list, name, text};
use crate::noark5::words;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Journal {
    Loepende,
    Offentlig,
}

/// What the head of a journal says.
#[derive(Debug)]
pub struct JournalHead<'h> {
    /// First and last date of the journal, as `xs:date`.
    pub from: &'h str,
    pub to: &'h str,
    pub posts: u64,
    /// The document of the arkiv.
    pub arkiv: &'h Value,
}

/// A journalpost with what is around it; each a document.
#[derive(Debug, Clone, Copy)]
pub struct Post<'p> {
    pub klasse: Option<&'p Value>,
    /// None: the journalpost is in no saksmappe.
    pub saksmappe: Option<&'p Value>,
    pub journalpost: &'p Value,
}

/// Journal statuses of what has been entered for good: journalført, ekspedert, arkivert.
const ENTERED: [&str; 3] = ["J", "E", "A"];
const HIDDEN: &str = "Skjermet";

pub fn journalhode(head: &JournalHead<'_>) -> Value {
    Said::of(head.arkiv)
        .with("journalStartDato", Some(json!(head.from)))
        .with("journalSluttDato", Some(json!(head.to)))
        .with("antallJournalposter", Some(json!(head.posts)))
        .each("arkivskaper", arkivskaper)
        .done()
}

/// Whether a journalpost is in the public journal.
pub fn is_public(journalpost: &Value) -> bool {
    let status = journalpost.pointer("/journalstatus/kode").and_then(Value::as_str);
    let is_assessed = text(journalpost, "offentlighetsvurdertDato").is_some();
    let is_graded = journalpost.get("gradering").is_some();
    is_assessed && !is_graded && status.is_some_and(|code| ENTERED.contains(&code))
}

pub fn journalregistrering(journal: Journal, post: Post<'_>, extraction: &Extraction<'_>) -> Value {
    let is_hidden = |doc: Option<&Value>| doc.is_some_and(|doc| doc.get("erSkjermet") == Some(&json!(true)));
    let of = Of {
        journal,
        all_hidden: is_closed(post.journalpost),
        case_hidden: post.saksmappe.is_some_and(is_closed),
    };
    let klasse = post.klasse.filter(|klasse| journal == Journal::Loepende || !is_hidden(Some(klasse)));
    Said::of(post.journalpost)
        .with("klasse", klasse.map(|klasse| of.klasse(klasse)))
        .with("saksmappe", Some(of.saksmappe(post)))
        .with("journalpost", Some(of.journalpost(post.journalpost, extraction)))
        .done()
}

/// Whether something of it is hidden from the public.
fn is_closed(doc: &Value) -> bool {
    doc.get("skjerming").is_some() || doc.get("gradering").is_some()
}

struct Of {
    journal: Journal,
    all_hidden: bool,
    case_hidden: bool,
}

impl Of {
    fn is_public(&self) -> bool {
        self.journal == Journal::Offentlig
    }

    /// What the public may read of a title: the public one, else the whole one where nothing is hidden.
    fn title(&self, said: &Value, hidden: bool) -> Option<Value> {
        let title = text(said, "offentligTittel").or_else(|| text(said, "tittel").filter(|_| !hidden));
        title.map(|title| json!(without_identity_numbers(title)))
    }

    fn klasse(&self, doc: &Value) -> Value {
        let said = Said::of(doc).same(&["klasseID", "tittel"]);
        if self.is_public() {
            let title = text(doc, "tittel").unwrap_or(NOT_SAID);
            return said.with("tittel", Some(json!(without_identity_numbers(title)))).done();
        }
        said.done()
    }

    fn saksmappe(&self, post: Post<'_>) -> Value {
        let none = json!({"saksaar": post.journalpost.get("journalaar"), "sakssekvensnummer": 0,
            "tittel": NOT_SAID});
        let doc = post.saksmappe.unwrap_or(&none);
        let named = |member: &str| doc.get(member).and_then(name).map(Value::from);
        let said = Said::of(doc)
            .same(&["mappeID", "saksaar", "sakssekvensnummer"])
            .with("administrativEnhet", named("administrativEnhet"))
            .with("saksansvarlig", named("saksansvarlig"));
        if self.is_public() {
            return access(said.with("offentligTittel", self.title(doc, self.case_hidden)), doc, false)
                .done();
        }
        let hides = self.case_hidden.then(|| hidden(doc, "mappe").remove(0));
        said.same(&["tittel", "offentligTittel"]).with("skjermingMetadata", hides).done()
    }

    fn journalpost(&self, doc: &Value, extraction: &Extraction<'_>) -> Value {
        let responsible =
            list(doc, "korrespondansepart").iter().find(|part| part.get("saksbehandler").is_some());
        let named =
            |member: &str| responsible.and_then(|part| part.get(member)).and_then(name).map(Value::from);
        let written = avskrivninger(doc, extraction).into_iter().next().unwrap_or_default();
        let said = Said::of(doc)
            .same(&["systemID", "registreringsID", "journalaar", "journalsekvensnummer", "journalpostnummer"])
            .same(&["journaldato", "dokumentetsDato"])
            .with("skjermingMetadata", self.all_hidden.then(|| hidden(doc, "registrering").remove(0)))
            .with("avskrivningsdato", written.get("avskrivningsdato").cloned())
            .with("avskrivningsmaate", written.get("avskrivningsmaate").cloned())
            .with("referanseAvskrivesAvJournalpost", written.get("referanseAvskrivesAvJournalpost").cloned())
            .with("administrativEnhet", named("administrativEnhet"))
            .with("saksbehandler", named("saksbehandler"))
            .all("korrespondansepart", self.parts(doc));
        let said = access(said, doc, true);
        if self.is_public() {
            let hidden = self.all_hidden || self.case_hidden;
            return said.with("offentligTittel", self.title(doc, hidden)).done();
        }
        said.same(&["tittel", "offentligTittel", "offentlighetsvurdertDato", "antallVedlegg", "journalenhet"])
            .done()
    }

    /// The journal wants at least one.
    fn parts(&self, doc: &Value) -> Vec<Value> {
        let parts = list(doc, "korrespondansepart");
        if parts.is_empty() {
            return vec![
                json!({"korrespondanseparttype": "Intern avsender", "korrespondansepartNavn": NOT_SAID}),
            ];
        }
        parts.iter().map(|part| self.part(part)).collect()
    }

    fn part(&self, doc: &Value) -> Value {
        let hidden = self.all_hidden || self.case_hidden || doc.get("erSkjermet") == Some(&json!(true));
        let name = text(doc, "korrespondansepartNavn").unwrap_or(NOT_SAID);
        let said =
            Said::of(doc).words(&["korrespondanseparttype"]).required(&["korrespondanseparttype"], NOT_SAID);
        match (self.journal, hidden) {
            (Journal::Offentlig, true) => said.with("korrespondansepartNavn", Some(json!(HIDDEN))).done(),
            (Journal::Offentlig, false) => {
                said.with("korrespondansepartNavn", Some(json!(without_identity_numbers(name)))).done()
            }
            (Journal::Loepende, hidden) => said
                .with("korrespondansepartNavn", Some(json!(name)))
                .with("skjermingMetadata", hidden.then(|| json!("Skjerming navn avsender og mottaker")))
                .done(),
        }
    }
}

/// By which rule something is hidden.
fn access<'d>(said: Said<'d>, doc: &Value, with_grade: bool) -> Said<'d> {
    let of = |member: &str, within: &str| doc.get(member).and_then(|of| of.get(within));
    let restriction =
        of("skjerming", "tilgangsrestriksjon").and_then(|code| words::word("tilgangsrestriksjon", code));
    let grade = of("gradering", "grad").filter(|_| with_grade).and_then(|code| words::word("grad", code));
    said.with("tilgangsrestriksjon", restriction.map(Value::from))
        .with("skjermingshjemmel", of("skjerming", "skjermingshjemmel").cloned())
        .with("grad", grade.map(Value::from))
}

/// Eleven digits, also with a space after the sixth, become stars.
pub(super) fn without_identity_numbers(text: &str) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    let mut start = 0;
    while start < chars.len() {
        let end = (start..chars.len()).find(|at| !is_part(&chars, start, *at)).unwrap_or(chars.len());
        let digits = chars[start..end].iter().filter(|char| char.is_ascii_digit()).count();
        if digits == 11 {
            chars[start..end].iter_mut().filter(|char| char.is_ascii_digit()).for_each(|char| *char = '*');
        }
        start = end.max(start + 1);
    }
    chars.into_iter().collect()
}

fn is_part(chars: &[char], start: usize, at: usize) -> bool {
    let is_digit = |at: usize| chars.get(at).is_some_and(char::is_ascii_digit);
    is_digit(at) || (chars[at] == ' ' && at == start + 6 && is_digit(at + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identity_number_becomes_stars_and_another_number_stays() {
        assert_eq!(without_identity_numbers("Søknad 01810199999."), "Søknad ***********.");
        assert_eq!(without_identity_numbers("født 018101 99999"), "født ****** *****");
        assert_eq!(without_identity_numbers("sak 2026 og 123456789"), "sak 2026 og 123456789");
    }
}
