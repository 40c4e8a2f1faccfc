//! A unit in the table: its searchable values in a row of bytes.
//!
//! A row is things, each: sort, whether it is shielded by itself, length, values; a value is its slot, who sees it, length,
//! bytes. Numbers have 8 bytes. Kept true: [`Things`] gives of a thing, at each sight, what the shielded document says of it.

use std::collections::BTreeSet;

use serde_json::Value;

use super::felt::{Slot, Thing};
use super::verdi;
use crate::access::{HIDDEN, Sight, part_is_secret};
use crate::records::{Stored, external_key, list};

/// Who sees a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Shown {
    Always,
    /// Where its thing is not hidden.
    Clear,
    /// Where its thing is hidden: what stands there instead.
    Masked,
}

/// What a row needs to know that its document does not say.
#[derive(Debug)]
pub(super) struct Around<'a> {
    /// The code of its arkivdel.
    pub arkivdel: Option<&'a str>,
    pub identity: &'a BTreeSet<String>,
}

/// Makes a row.
#[derive(Default)]
struct Maker {
    bytes: Vec<u8>,
    open: usize,
}

impl Maker {
    fn thing(&mut self, thing: Thing, secret: bool, fill: impl FnOnce(&mut Self)) {
        let start = self.bytes.len();
        self.bytes.extend([thing as u8, u8::from(secret), 0, 0, 0, 0]);
        self.open = self.bytes.len();
        fill(self);
        let length = length(self.bytes.len() - self.open);
        self.bytes[start + 2..start + 6].copy_from_slice(&length);
    }

    fn put(&mut self, slot: Slot, shown: Shown, bytes: &[u8]) {
        self.bytes.extend([slot as u8, shown as u8]);
        self.bytes.extend(length(bytes.len()));
        self.bytes.extend(bytes);
    }

    fn text(&mut self, slot: Slot, shown: Shown, value: Option<&Value>) {
        if let Some(text) = value.and_then(Value::as_str) {
            self.put(slot, shown, verdi::folded(text).as_bytes());
        }
    }

    fn texts(&mut self, slot: Slot, shown: Shown, doc: &Value, member: &str) {
        list(doc, member).iter().for_each(|value| self.text(slot, shown, Some(value)));
    }

    fn code(&mut self, slot: Slot, shown: Shown, doc: &Value, member: &str) {
        self.text(slot, shown, doc.get(member).and_then(|of| of.get("kode")));
    }

    /// A person or office, by any of its names.
    fn named(&mut self, slot: Slot, shown: Shown, doc: &Value, member: &str) {
        for name in ["navn", "identifikator", "initialer"] {
            self.text(slot, shown, doc.get(member).and_then(|of| of.get(name)));
        }
    }

    fn number(&mut self, slot: Slot, shown: Shown, value: Option<i64>) {
        if let Some(number) = value {
            self.put(slot, shown, &number.to_le_bytes());
        }
    }

    fn int(&mut self, slot: Slot, shown: Shown, doc: &Value, member: &str) {
        self.number(slot, shown, doc.get(member).and_then(Value::as_i64));
    }

    fn day(&mut self, slot: Slot, doc: &Value, member: &str) {
        let day = doc.get(member).and_then(Value::as_str).and_then(verdi::day);
        self.number(slot, Shown::Always, day);
    }

    fn moment(&mut self, slot: Slot, doc: &Value, member: &str) {
        let moment = doc.get(member).and_then(Value::as_str).and_then(verdi::moment);
        self.number(slot, Shown::Always, moment);
    }

    fn key(&mut self, doc: &Value) {
        if let Some((fagsystem, noekkel)) = external_key(doc) {
            let whole = [fagsystem.as_bytes(), &[0], noekkel.as_bytes()].concat();
            self.put(Slot::EksternNoekkel, Shown::Clear, &whole);
            self.put(Slot::EksternId, Shown::Clear, verdi::folded(noekkel).as_bytes());
        }
    }

    fn title(&mut self, doc: &Value) {
        self.text(Slot::Tittel, Shown::Clear, doc.get("tittel"));
        let public = doc.get("offentligTittel").cloned().unwrap_or_else(|| Value::from(HIDDEN));
        self.text(Slot::Tittel, Shown::Masked, Some(&public));
    }

    fn shield(&mut self, doc: &Value) {
        let Some(skjerming) = doc.get("skjerming") else { return };
        self.thing(Thing::Skjerming, false, |row| {
            row.code(Slot::Tilgangsrestriksjon, Shown::Always, skjerming, "tilgangsrestriksjon");
            row.text(Slot::Skjermingshjemmel, Shown::Always, skjerming.get("skjermingshjemmel"));
            row.text(Slot::Skjermingsvarighet, Shown::Always, skjerming.get("skjermingsvarighet"));
            row.day(Slot::SkjermingOpphoerer, skjerming, "skjermingOpphoererDato");
        });
    }
}

/// The row of a mappe or registrering.
pub(super) fn of_unit(stored: &Stored, around: &Around<'_>) -> Vec<u8> {
    let doc = &stored.unit.doc;
    let mut row = Maker::default();
    row.thing(Thing::Unit, false, |row| unit(row, stored, around));
    row.shield(doc);
    for class in list(doc, "klassifikasjon") {
        let system = class.get("klassifikasjonssystemID").and_then(Value::as_str).unwrap_or_default();
        let secret = part_is_secret(class) || around.identity.contains(system);
        row.thing(Thing::Klassifikasjon, secret, |row| {
            row.text(Slot::Klassifikasjonssystem, Shown::Clear, class.get("klassifikasjonssystemID"));
            row.text(Slot::Klasse, Shown::Clear, class.get("klasseID"));
            row.text(Slot::Tittel, Shown::Clear, class.get("tittel"));
        });
    }
    for party in list(doc, "part") {
        row.thing(Thing::Part, part_is_secret(party), |row| {
            row.code(Slot::Rolle, Shown::Always, party, "partRolle");
            row.text(Slot::Navn, Shown::Clear, party.get("partNavn"));
            row.text(Slot::Organisasjonsid, Shown::Clear, party.pointer("/organisasjonID/identifikator"));
            row.text(Slot::Personid, Shown::Clear, party.pointer("/personID/identifikator"));
            address(row, party);
        });
    }
    for party in list(doc, "korrespondansepart") {
        row.thing(Thing::Korrespondansepart, part_is_secret(party), |row| korrespondansepart(row, party));
    }
    places(&mut row, doc);
    row.bytes
}

/// The row of a dokumentbeskrivelse.
pub(super) fn of_document(doc: &Value) -> Vec<u8> {
    let mut row = Maker::default();
    row.thing(Thing::Unit, false, |row| {
        row.title(doc);
        row.key(doc);
        row.text(Slot::Beskrivelse, Shown::Clear, doc.get("beskrivelse"));
        row.moment(Slot::Opprettet, doc, "opprettetDato");
        row.code(Slot::Dokumenttype, Shown::Always, doc, "dokumenttype");
        row.code(Slot::Dokumentstatus, Shown::Always, doc, "dokumentstatus");
    });
    row.shield(doc);
    for party in list(doc, "part") {
        row.thing(Thing::Part, part_is_secret(party), |row| {
            row.text(Slot::Navn, Shown::Clear, party.get("partNavn"));
        });
    }
    row.bytes
}

fn unit(row: &mut Maker, stored: &Stored, around: &Around<'_>) {
    let doc = &stored.unit.doc;
    row.title(doc);
    row.text(Slot::OffentligTittel, Shown::Always, doc.get("offentligTittel"));
    row.key(doc);
    row.text(Slot::Beskrivelse, Shown::Clear, doc.get("beskrivelse"));
    row.texts(Slot::Noekkelord, Shown::Clear, doc, "noekkelord");
    row.text(Slot::Nummer, Shown::Always, doc.get("mappeID"));
    row.text(Slot::Nummer, Shown::Always, doc.get("registreringsID"));
    row.moment(Slot::Opprettet, doc, "opprettetDato");
    row.number(Slot::Endret, Shown::Always, Some(verdi::micros(stored.changed_at)));
    row.moment(Slot::Avsluttet, doc, "avsluttetDato");
    if let Some(code) = around.arkivdel {
        row.put(Slot::Arkivdel, Shown::Always, verdi::folded(code).as_bytes());
    }
    row.code(Slot::Mappetype, Shown::Always, doc, "mappetype");
    row.day(Slot::Saksdato, doc, "saksdato");
    row.int(Slot::Saksaar, Shown::Always, doc, "saksaar");
    row.int(Slot::Sakssekvensnummer, Shown::Always, doc, "sakssekvensnummer");
    row.code(Slot::Saksstatus, Shown::Always, doc, "saksstatus");
    row.named(Slot::AdministrativEnhet, Shown::Always, doc, "administrativEnhet");
    row.named(Slot::Ansvarlig, Shown::Always, doc, "saksansvarlig");
    row.int(Slot::Journalaar, Shown::Always, doc, "journalaar");
    row.int(Slot::Journalsekvensnummer, Shown::Always, doc, "journalsekvensnummer");
    row.int(Slot::Journalpostnummer, Shown::Always, doc, "journalpostnummer");
    row.code(Slot::Journalposttype, Shown::Always, doc, "journalposttype");
    row.code(Slot::Journalstatus, Shown::Always, doc, "journalstatus");
    row.day(Slot::Journaldato, doc, "journaldato");
    row.day(Slot::DokumentetsDato, doc, "dokumentetsDato");
    row.day(Slot::Forfallsdato, doc, "forfallsdato");
    // The office and person that answer for a journalpost are those of the party that is behandlingsansvarlig.
    for party in list(doc, "korrespondansepart").iter().filter(|party| answers_for(party)) {
        row.named(Slot::AdministrativEnhet, Shown::Clear, party, "administrativEnhet");
        row.named(Slot::Ansvarlig, Shown::Clear, party, "saksbehandler");
    }
}

/// Whether a korrespondansepart answers for the registrering, and anybody who sees the unit may know who it is.
fn answers_for(party: &Value) -> bool {
    party.get("erBehandlingsansvarlig") == Some(&Value::Bool(true)) && !part_is_secret(party)
}

fn korrespondansepart(row: &mut Maker, party: &Value) {
    row.code(Slot::Rolle, Shown::Always, party, "korrespondanseparttype");
    row.text(Slot::Navn, Shown::Clear, party.get("korrespondansepartNavn"));
    row.text(Slot::Organisasjonsid, Shown::Clear, party.pointer("/organisasjonid"));
    row.text(Slot::Personid, Shown::Clear, party.pointer("/personid"));
    row.code(Slot::Forsendelsesmaate, Shown::Clear, party, "forsendelsesmaate");
    row.text(Slot::DeresReferanse, Shown::Clear, party.get("deresReferanse"));
    row.named(Slot::AdministrativEnhet, Shown::Clear, party, "administrativEnhet");
    row.named(Slot::Saksbehandler, Shown::Clear, party, "saksbehandler");
    address(row, party);
}

fn address(row: &mut Maker, party: &Value) {
    row.put(Slot::Navn, Shown::Masked, HIDDEN.as_bytes());
    row.texts(Slot::Postadresse, Shown::Clear, party, "postadresse");
    row.text(Slot::Postnummer, Shown::Clear, party.get("postnummer"));
    row.text(Slot::Poststed, Shown::Clear, party.get("poststed"));
    row.text(Slot::Epostadresse, Shown::Clear, party.get("epostadresse"));
}

/// Where a case is about: of a shielded one nothing of it is seen.
fn places(row: &mut Maker, doc: &Value) {
    let clear = Shown::Clear;
    for matrikkel in list(doc, "matrikkelnummer") {
        row.thing(Thing::Matrikkelnummer, false, |row| {
            row.text(Slot::Kommunenummer, clear, matrikkel.get("kommunenummer"));
            row.int(Slot::Gardsnummer, clear, matrikkel, "gardsnummer");
            row.int(Slot::Bruksnummer, clear, matrikkel, "bruksnummer");
            row.int(Slot::Festenummer, clear, matrikkel, "festenummer");
            row.int(Slot::Seksjonsnummer, clear, matrikkel, "seksjonsnummer");
        });
    }
    for bygg in list(doc, "byggident") {
        row.thing(Thing::Byggident, false, |row| {
            row.int(Slot::Bygningsnummer, clear, bygg, "bygningsnummer");
            row.int(Slot::Endringsloepenummer, clear, bygg, "endringsloepenummer");
        });
    }
    for plan in list(doc, "planident") {
        row.thing(Thing::Planident, false, |row| {
            row.code(Slot::Landkode, clear, plan, "landkode");
            row.text(Slot::Fylkesnummer, clear, plan.get("fylkesnummer"));
            row.text(Slot::Kommunenummer, clear, plan.get("kommunenummer"));
            row.text(Slot::Planidentifikasjon, clear, plan.get("planidentifikasjon"));
        });
    }
    for punkt in list(doc, "punkt") {
        row.thing(Thing::Punkt, false, |row| {
            row.code(Slot::Koordinatsystem, clear, punkt, "koordinatsystem");
            for (slot, member) in [(Slot::X, "x"), (Slot::Y, "y")] {
                if let Some(value) = punkt.get(member).and_then(Value::as_f64) {
                    row.put(slot, clear, &value.to_le_bytes());
                }
            }
        });
    }
}

/// The things of a row.
pub(super) struct Things<'r>(pub &'r [u8]);

/// A thing as a viewer sees it.
#[derive(Clone, Copy)]
pub(super) struct Seen<'r> {
    pub thing: u8,
    hidden: bool,
    bytes: &'r [u8],
}

impl<'r> Things<'r> {
    pub fn next(&mut self, sight: Sight) -> Option<Seen<'r>> {
        let (head, rest) = self.0.split_first_chunk::<6>()?;
        let (bytes, rest) = rest.split_at_checked(read_length(&head[2..]))?;
        self.0 = rest;
        let secret = head[1] == 1 && matches!(sight, Sight::Open | Sight::Masked | Sight::Unknown);
        let masked = sight >= Sight::Masked && head[0] != Thing::Klassifikasjon as u8;
        Some(Seen { thing: head[0], hidden: secret || masked, bytes })
    }
}

impl<'r> Seen<'r> {
    /// Its values that the viewer sees: slot and bytes.
    pub fn values(self) -> impl Iterator<Item = (u8, &'r [u8])> {
        let mut rest = self.bytes;
        let hidden = self.hidden;
        std::iter::from_fn(move || {
            loop {
                let (head, after) = rest.split_first_chunk::<6>()?;
                let (value, after) = after.split_at_checked(read_length(&head[2..]))?;
                rest = after;
                let unseen = if hidden { Shown::Clear } else { Shown::Masked };
                if head[1] != unseen as u8 {
                    return Some((head[0], value));
                }
            }
        })
    }

    pub fn of(self, slot: Slot) -> impl Iterator<Item = &'r [u8]> {
        self.values().filter(move |(of, _)| *of == slot as u8).map(|(_, value)| value)
    }

    pub fn number(self, slot: Slot) -> Option<i64> {
        self.of(slot).next().and_then(number)
    }
}

pub(super) fn number(bytes: &[u8]) -> Option<i64> {
    bytes.try_into().ok().map(i64::from_le_bytes)
}

fn length(of: usize) -> [u8; 4] {
    u32::try_from(of).unwrap_or(u32::MAX).to_le_bytes()
}

fn read_length(bytes: &[u8]) -> usize {
    bytes.try_into().map_or(0, |bytes| u32::from_le_bytes(bytes) as usize)
}
