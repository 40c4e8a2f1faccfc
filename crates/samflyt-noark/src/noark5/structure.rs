//! `arkivstruktur.xml`, written as the archive is walked: units are opened, their children written, and closed.
//!
//! Kept true: no more than the open units and what was not [taken](Structure::take) yet is in memory; elements of an
//! extension, such as a saksmappe's, come after the children; what is counted is what was written.

use serde_json::Value;

use super::grammar::{ARKIVDEL, KLASSE, KLASSIFIKASJONSSYSTEM, MAPPE_TYPES, REGISTRERING_TYPES, ROOT};
use crate::grammar::{Complex, Element};
use crate::write::{TYPE, WriteError, Writer};

/// A unit that holds others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    Arkivdel,
    Klassifikasjonssystem,
    Klasse,
    Mappe,
}

/// What was written so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub mapper: u64,
    pub registreringer: u64,
    pub journalposter: u64,
    pub dokumentbeskrivelser: u64,
    pub dokumentobjekter: u64,
    /// Something is hidden.
    pub skjermet: bool,
    /// Something was disposed of.
    pub kassert: bool,
    /// Something is to be disposed of.
    pub skal_kasseres: bool,
    pub virksomhetsspesifikke: bool,
}

#[derive(Debug)]
pub struct Structure {
    writer: Writer,
    counts: Counts,
    open: Vec<(&'static Complex, Value)>,
}

type Elements = Vec<(&'static str, &'static Element)>;

const CHILDREN: [&str; 6] = ["arkiv", "arkivdel", "klassifikasjonssystem", "klasse", "mappe", "registrering"];

impl Structure {
    /// Begins with an arkiv; documents are in the words of [`super::say`].
    ///
    /// # Errors
    /// [`WriteError`] where a document is not as its grammar says, here and below.
    pub fn begin(arkiv: Value) -> Result<Self, WriteError> {
        let mut structure = Self { writer: Writer::new(), counts: Counts::default(), open: Vec::new() };
        structure.writer.open_root(&ROOT);
        structure.head(ROOT.content, arkiv)?;
        Ok(structure)
    }

    /// Opens a unit inside the one that is open.
    ///
    /// # Errors
    /// As [`Structure::begin`].
    pub fn open(&mut self, level: Level, doc: Value) -> Result<(), WriteError> {
        let (name, of) = match level {
            Level::Arkivdel => ("arkivdel", &ARKIVDEL),
            Level::Klassifikasjonssystem => ("klassifikasjonssystem", &KLASSIFIKASJONSSYSTEM),
            Level::Klasse => ("klasse", &KLASSE),
            Level::Mappe => ("mappe", self.derived(MAPPE_TYPES, &doc, "mappe")?),
        };
        self.writer.open(name, of.namespace, of, doc.get(TYPE).is_some());
        self.counts.mapper += u64::from(level == Level::Mappe);
        self.head(of, doc)
    }

    /// Closes the unit that was opened last.
    ///
    /// # Errors
    /// As [`Structure::begin`].
    pub fn close(&mut self) -> Result<(), WriteError> {
        let Some((of, doc)) = self.open.pop() else { return Ok(()) };
        self.writer.some(&split(of).1, &doc)?;
        self.writer.close();
        Ok(())
    }

    /// A whole registrering.
    ///
    /// # Errors
    /// As [`Structure::begin`].
    pub fn registrering(&mut self, doc: &Value) -> Result<(), WriteError> {
        let of = self.derived(REGISTRERING_TYPES, doc, "registrering")?;
        self.writer.open("registrering", of.namespace, of, doc.get(TYPE).is_some());
        self.writer.inside(of, doc)?;
        self.writer.close();
        self.counts.registreringer += 1;
        self.counts.journalposter += u64::from(of.name == "journalpost");
        self.counts.see("registrering", doc);
        Ok(())
    }

    /// Closes all that is open.
    ///
    /// # Errors
    /// As [`Structure::begin`].
    pub fn end(&mut self) -> Result<Counts, WriteError> {
        while !self.open.is_empty() {
            self.close()?;
        }
        Ok(self.counts)
    }

    /// What was written so far.
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    /// How much waits to be taken, in bytes.
    pub fn len(&self) -> usize {
        self.writer.len()
    }

    pub fn is_empty(&self) -> bool {
        self.writer.is_empty()
    }

    /// What was written since it was last taken.
    pub fn take(&mut self) -> String {
        self.writer.take()
    }

    fn head(&mut self, of: &'static Complex, doc: Value) -> Result<(), WriteError> {
        let (head, tail) = split(of);
        let known =
            |name: &str| name == TYPE || head.iter().chain(&tail).any(|(_, element)| element.name == name);
        if let Some(unknown) = doc.as_object().and_then(|members| members.keys().find(|name| !known(name))) {
            return Err(WriteError { path: format!("{}/{unknown}", of.name), rule: "does not belong here" });
        }
        self.counts.see(of.name, &doc);
        self.writer.some(&head, &doc)?;
        self.open.push((of, doc));
        Ok(())
    }

    fn derived(
        &self,
        types: &[&'static Complex],
        doc: &Value,
        at: &str,
    ) -> Result<&'static Complex, WriteError> {
        let name = doc.get(TYPE).and_then(Value::as_str);
        let of = name.map_or(types.first(), |name| types.iter().find(|of| of.name == name));
        let rule = "is of a type that does not belong here";
        of.copied().ok_or_else(|| WriteError { path: at.to_owned(), rule })
    }
}

/// The elements of a type before and after the units that it holds.
fn split(of: &'static Complex) -> (Elements, Elements) {
    let all = of.all();
    let is_child = |(_, element): &(&str, &Element)| CHILDREN.contains(&element.name) && element.many;
    let first = all.iter().position(is_child).unwrap_or(all.len());
    let after = all.iter().rposition(is_child).map_or(all.len(), |last| last + 1);
    (all[..first].to_vec(), all[after..].to_vec())
}

impl Counts {
    /// Takes in what a document and those inside it say.
    fn see(&mut self, name: &str, value: &Value) {
        match name {
            "dokumentbeskrivelse" => self.dokumentbeskrivelser += 1,
            "dokumentobjekt" => self.dokumentobjekter += 1,
            "skjerming" => self.skjermet = true,
            "utfoertKassasjon" => self.kassert = true,
            "virksomhetsspesifikkeMetadata" => self.virksomhetsspesifikke = true,
            "kassasjonsvedtak" => self.skal_kasseres |= value == "Kasseres",
            _ => {}
        }
        for (member, value) in value.as_object().into_iter().flatten() {
            match value {
                Value::Array(items) => items.iter().for_each(|item| self.see(member, item)),
                value => self.see(member, value),
            }
        }
    }
}
