//! Who sees what is shielded (*skjermet*).
//!
//! Consumes what the configuration gives to organisations and systems; gives each caller's view of a record. Kept true: what
//! a record shields is in no answer to a caller without access, neither as text nor by whether a search finds it; the record
//! in the store stays whole. A mappe's skjerming and gradering hold for all that it holds (krav 2.8.1).

mod shield;
#[cfg(test)]
pub(crate) mod testing;

use std::collections::BTreeSet;

use samflyt_events::TenantId;
use samflyt_noark::unit::{Kind, Unit};
use samflyt_projection::StoreError;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;

use crate::records::decide::calendar;
use crate::records::{Actor, Records, Stored};

pub(crate) use shield::{HIDDEN, part_is_secret};

/// Access to records with certain codes of `tilgangsrestriksjon`: one `[[archive.access]]` of the configuration.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AccessConfig {
    /// Of which municipality's records, by id. Empty: of all.
    pub tenant: String,
    /// Organisation number of the caller's token. Empty: of any that speaks for one of `systems`.
    pub organisation: String,
    /// The systems that it is for. Empty: all of the organisation's.
    pub systems: Vec<String>,
    /// Codes of `tilgangsrestriksjon` and of `grad`; `*`: all.
    pub tilgangsrestriksjon: Vec<String>,
}

impl AccessConfig {
    /// Whom it names; one that names nobody gives nothing.
    fn is_for(&self, tenant: &TenantId, organisation: &str, system: Option<&str>) -> bool {
        let named = !self.organisation.is_empty() || !self.systems.is_empty();
        let in_systems = system.is_some_and(|system| self.systems.iter().any(|one| one == system));
        named
            && (self.tenant.is_empty() || self.tenant == tenant.as_str())
            && (self.organisation.is_empty() || self.organisation == organisation)
            && (self.systems.is_empty() || in_systems)
    }
}

/// Who looks into the archive, and on which day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Viewer {
    pub organisation: String,
    pub system: Option<String>,
    /// Sees everything.
    pub all: bool,
    pub codes: BTreeSet<String>,
    /// As `xs:date`: a skjerming may have ended.
    pub today: String,
}

/// How much of a unit a viewer sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Sight {
    /// All of it: an administrator, or who deposited it.
    Whole,
    /// It is shielded, and the viewer has access.
    Cleared,
    /// It is not shielded; single parties, remarks and documents may be.
    Open,
    /// Shielded: what identifies it, and nothing that it shields.
    Masked,
    /// Graded: not even that it is there.
    Unknown,
}

/// What a unit itself says about who may see it, apart from what holds it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct Shield {
    /// The code of its `tilgangsrestriksjon`, empty where it names none; none: it is not shielded.
    pub code: Option<String>,
    /// The day after which it is not shielded any more.
    pub until: Option<String>,
    pub grade: Option<String>,
    pub graded_until: Option<String>,
}

impl Shield {
    /// Of a unit or a dokumentbeskrivelse.
    pub fn of(doc: &Value) -> Self {
        let code_at = |pointer: &str| doc.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
        let code =
            doc.get("skjerming").map(|_| code_at("/skjerming/tilgangsrestriksjon/kode").unwrap_or_default());
        // S and A end by themselves; all others need somebody's decision.
        let ends = matches!(code_at("/skjerming/skjermingOpphoererAksjon/kode").as_deref(), Some("S" | "A"));
        let until = doc.pointer("/skjerming/skjermingOpphoererDato").and_then(Value::as_str).and_then(day);
        let grade = doc.get("gradering").map(|_| code_at("/gradering/grad/kode").unwrap_or_default());
        let graded_until = doc.pointer("/gradering/nedgraderingsdato").and_then(Value::as_str).and_then(day);
        Self { code, until: until.filter(|_| ends), grade, graded_until }
    }
}

/// The date of an `xs:date` or `xs:dateTime`; none: it is not of the usual form, and nothing ends by it.
fn day(text: &str) -> Option<String> {
    let date = text.get(..10)?;
    let form =
        |(at, byte): (usize, u8)| if matches!(at, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() };
    date.bytes().enumerate().all(form).then(|| date.to_owned())
}

impl Viewer {
    pub fn new(
        access: &[AccessConfig],
        tenant: &TenantId,
        organisation: &str,
        system: Option<&str>,
        is_administrator: bool,
        now: OffsetDateTime,
    ) -> Self {
        let given = access.iter().filter(|one| one.is_for(tenant, organisation, system));
        let codes: BTreeSet<String> = given.flat_map(|one| one.tilgangsrestriksjon.iter().cloned()).collect();
        Self {
            organisation: organisation.to_owned(),
            system: system.map(str::to_owned),
            all: is_administrator || codes.contains("*"),
            codes,
            today: calendar::date_text(now),
        }
    }

    /// Whether it deposited what this actor deposited.
    pub fn is(&self, by: &Actor) -> bool {
        self.system.is_some() && self.system == by.system
    }

    /// What a unit's own shield leaves to be seen.
    pub fn through(&self, shield: &Shield) -> Sight {
        let is_over = |until: &Option<String>| until.as_ref().is_some_and(|until| *until < self.today);
        let may = |code: &Option<String>| code.as_ref().is_none_or(|code| self.codes.contains(code));
        let shielded = shield.code.is_some() && !is_over(&shield.until);
        let graded = shield.grade.is_some() && !is_over(&shield.graded_until);
        match (graded, shielded) {
            _ if self.all => Sight::Whole,
            (true, _) if !may(&shield.grade) => Sight::Unknown,
            (_, true) if !may(&shield.code) => Sight::Masked,
            (false, false) => Sight::Open,
            _ => Sight::Cleared,
        }
    }

    /// How much it sees of a unit, by itself and the mapper that hold it.
    ///
    /// # Errors
    /// Where the records cannot be read.
    pub fn sight(&self, records: &Records, stored: &Stored) -> Result<Sight, StoreError> {
        if self.all || self.is(&stored.by) {
            return Ok(Sight::Whole);
        }
        let mut sight = self.through(&Shield::of(&stored.unit.doc));
        let mut parent = holder(records, &stored.unit)?;
        while let Some(above) = parent {
            sight = combined(sight, self.through(&Shield::of(&above.unit.doc)));
            parent = holder(records, &above.unit)?;
        }
        Ok(sight)
    }

    /// A unit's document as it may see it; none: it may not know of it.
    ///
    /// # Errors
    /// Where the records cannot be read.
    pub fn view(&self, records: &Records, stored: &Stored) -> Result<Option<Value>, StoreError> {
        let sight = self.sight(records, stored)?;
        if sight == Sight::Unknown {
            return Ok(None);
        }
        let identity = if sight == Sight::Whole { BTreeSet::new() } else { identity_systems(records)? };
        Ok(Some(self.shield(&stored.unit.doc, sight, &identity)))
    }
}

/// Of a unit in a mappe: the narrower of both, and cleared where one of them is.
pub(crate) fn combined(own: Sight, above: Sight) -> Sight {
    match (own, above) {
        (Sight::Open, Sight::Cleared) | (Sight::Cleared, Sight::Open) => Sight::Cleared,
        _ => own.max(above),
    }
}

fn holder(records: &Records, unit: &Unit) -> Result<Option<Stored>, StoreError> {
    unit.parent.as_ref().map_or(Ok(None), |parent| records.unit(Kind::Mappe, parent))
}

/// The ids of the klassifikasjonssystemer whose classes are persons' identity numbers.
///
/// # Errors
/// Where the records cannot be read.
pub(crate) fn identity_systems(records: &Records) -> Result<BTreeSet<String>, StoreError> {
    let mut systems = BTreeSet::new();
    for system in records.all(Kind::Klassifikasjonssystem) {
        let unit = system?.unit;
        if unit.code("klassifikasjonstype") == Some("PNR") {
            systems.extend(unit.text("/klassifikasjonssystemID").map(str::to_owned));
        }
    }
    Ok(systems)
}
