//! Klassifikasjonssystemer and classes, and what is in them.
//!
//! The schema lets an arkivdel hold either klassifikasjonssystemer, mapper or registreringer, and a class either classes,
//! mapper or registreringer. What is of another kind than the first is written in a class of its own after it; what is in no
//! class, where others are, in a klassifikasjonssystem for that. Those that only the extraction has say so.

use samflyt_noark::noark5::say;
use samflyt_noark::noark5::structure::Level;
use samflyt_noark::unit::{Kind, Unit};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::outgoing::Ended;
use super::walk::Walk;
use crate::records::Stored;
use crate::records::decide::create::klasse::is_open;

const ONLY_HERE: &str = "Finnes bare i uttrekket";

/// What a class is written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Within {
    Klasser,
    Mapper,
    Registreringer,
}

impl Walk<'_> {
    /// All that the arkivdel holds.
    pub(super) fn classes(&mut self) -> Result<(), Ended> {
        let mut systems: Vec<String> = self.extract.scope.systems().map(str::to_owned).collect();
        // A mappe may be in a class of any klassifikasjonssystem of the archive.
        for other in self.extract.records.all(Kind::Klassifikasjonssystem) {
            let id = other?.unit.system_id;
            if !systems.contains(&id) {
                systems.push(id);
            }
        }
        let listed = self.extract.scope.systems().count();
        let mut any = false;
        for (index, id) in systems.iter().enumerate() {
            let Some(system) = self.extract.records.unit(Kind::Klassifikasjonssystem, id)? else { continue };
            any |= self.system(&system.unit, index < listed)?;
        }
        self.unclassified(any)
    }

    /// Whether there was anything to write of a klassifikasjonssystem. Of one that the arkivdel does not use, or whose classes
    /// are made by use, only the classes that something is in.
    fn system(&mut self, system: &Unit, is_listed: bool) -> Result<bool, Ended> {
        let all = is_listed && !is_open(system);
        let mut is_written = false;
        for klasse in self.extract.records.children(&system.system_id, Kind::Klasse) {
            let klasse = klasse?;
            if !self.extract.scope.is_known(&klasse) || !(all || self.is_used(&klasse.unit, system)?) {
                continue;
            }
            if !is_written {
                let said = say::klassifikasjonssystem(&system.doc);
                self.open(Level::Klassifikasjonssystem, said, &system.system_id)?;
                is_written = true;
            }
            self.klasse(&klasse.unit, system, all)?;
        }
        if is_written {
            self.close()?;
        }
        Ok(is_written)
    }

    /// Whether something is in a class, or in one below it.
    fn is_used(&self, klasse: &Unit, system: &Unit) -> Result<bool, Ended> {
        for kind in [Kind::Mappe, Kind::Registrering] {
            if self.placed(Some(name(klasse, system)), kind).next().transpose()?.is_some() {
                return Ok(true);
            }
        }
        for below in self.extract.records.children(&klasse.system_id, Kind::Klasse) {
            if self.is_used(&below?.unit, system)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn klasse(&mut self, klasse: &Unit, system: &Unit, all: bool) -> Result<(), Ended> {
        let mut within = Vec::new();
        if self.extract.records.children(&klasse.system_id, Kind::Klasse).next().transpose()?.is_some() {
            within.push(Within::Klasser);
        }
        for (kind, what) in [(Kind::Mappe, Within::Mapper), (Kind::Registrering, Within::Registreringer)] {
            if self.placed(Some(name(klasse, system)), kind).next().transpose()?.is_some() {
                within.push(what);
            }
        }
        if within.is_empty() {
            within.push(Within::Klasser);
        }
        for (index, what) in within.into_iter().enumerate() {
            let id = if index == 0 { klasse.system_id.clone() } else { id_of(&klasse.system_id, what) };
            let mut said = self.extract.saying(|extraction| say::klasse(&klasse.doc, &id, extraction));
            if index > 0 {
                said["beskrivelse"] = json!(ONLY_HERE);
            }
            self.open(Level::Klasse, said, &klasse.system_id)?;
            match what {
                Within::Klasser => {
                    for below in self.extract.records.children(&klasse.system_id, Kind::Klasse) {
                        let below = below?;
                        if self.extract.scope.is_known(&below)
                            && (all || self.is_used(&below.unit, system)?)
                        {
                            self.klasse(&below.unit, system, all)?;
                        }
                    }
                }
                what => self.all_placed(Some(name(klasse, system)), what)?,
            }
            self.close()?;
        }
        Ok(())
    }

    /// What is in no class.
    fn unclassified(&mut self, any_system: bool) -> Result<(), Ended> {
        let mut within = Vec::new();
        for (kind, what) in [(Kind::Mappe, Within::Mapper), (Kind::Registrering, Within::Registreringer)] {
            if self.placed(None, kind).next().transpose()?.is_some() {
                within.push(what);
            }
        }
        if within.is_empty() {
            return Ok(());
        }
        if !any_system && within.len() == 1 {
            return within.into_iter().try_for_each(|what| self.all_placed(None, what));
        }
        let arkivdel = self.extract.scope.id().to_owned();
        let said = self.only_here(&id_of(&arkivdel, Within::Klasser), "Uten klassifikasjon");
        self.open(Level::Klassifikasjonssystem, said, &arkivdel)?;
        for what in within {
            let title = if what == Within::Mapper { "Mapper" } else { "Registreringer" };
            let mut said = self.only_here(&id_of(&arkivdel, what), title);
            said["klasseID"] = json!(title);
            self.open(Level::Klasse, said, &arkivdel)?;
            self.all_placed(None, what)?;
            self.close()?;
        }
        self.close()
    }

    fn only_here(&self, id: &str, title: &str) -> Value {
        json!({"systemID": id, "tittel": title, "beskrivelse": ONLY_HERE, "opprettetDato": self.extract.at,
            "opprettetAv": self.extract.by})
    }

    fn all_placed(&mut self, class: Option<(&str, &str)>, what: Within) -> Result<(), Ended> {
        if what == Within::Mapper {
            return self.placed(class, Kind::Mappe).try_for_each(|mappe| self.mappe(&mappe?, None));
        }
        self.placed(class, Kind::Registrering).try_for_each(|one| self.registrering(&one?, None))
    }

    /// What is in a class, of what the extraction holds.
    fn placed(
        &self,
        class: Option<(&str, &str)>,
        kind: Kind,
    ) -> impl Iterator<Item = Result<Stored, samflyt_projection::StoreError>> + use<> {
        let (until, period) = (self.extract.scope.until, self.extract.scope.period.clone());
        let placed = self.extract.records.placed(self.extract.scope.id(), class, kind);
        placed.filter(move |unit| {
            unit.as_ref().map_or(true, |unit| super::scope::holds(until, period.as_ref(), unit))
        })
    }
}

/// What a class is called where something is placed in it.
fn name<'u>(klasse: &'u Unit, system: &'u Unit) -> (&'u str, &'u str) {
    let text = |unit: &'u Unit, pointer: &str| unit.text(pointer).unwrap_or_default();
    (text(system, "/klassifikasjonssystemID"), text(klasse, "/klasseID"))
}

/// The systemID of what only the extraction has: the same in each.
fn id_of(system_id: &str, what: Within) -> String {
    let digest: [u8; 32] = Sha256::digest(format!("{system_id} {what:?}")).into();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    crate::records::uuid(bytes)
}
