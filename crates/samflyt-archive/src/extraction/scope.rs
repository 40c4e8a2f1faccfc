//! Which units are in an extraction.

use samflyt_noark::unit::Kind;
use samflyt_projection::StoreError;

use crate::records::{Records, Stored};

pub(super) struct Scope {
    pub arkiv: Stored,
    pub arkivdel: Stored,
    /// First and last day, as `xs:date`.
    pub period: Option<(String, String)>,
    /// The log position that the extraction reflects.
    pub until: u64,
}

impl Scope {
    pub fn id(&self) -> &str {
        &self.arkivdel.unit.system_id
    }

    /// The klassifikasjonssystemer of the arkivdel, the primary one first.
    pub fn systems(&self) -> impl Iterator<Item = &str> {
        let systems = self.arkivdel.unit.doc.get("klassifikasjonssystem").and_then(|list| list.as_array());
        systems.into_iter().flatten().filter_map(|id| id.as_str())
    }

    /// Whether a unit was there already.
    pub fn is_known(&self, stored: &Stored) -> bool {
        stored.place.sequence <= self.until
    }

    /// Whether a mappe or a registrering, however deep, is in it.
    pub fn is_of(&self, records: &Records, stored: &Stored) -> Result<bool, StoreError> {
        if stored.unit.arkivdel.as_deref() != Some(self.id()) || !self.is_known(stored) {
            return Ok(false);
        }
        if self.period.is_none() {
            return Ok(true);
        }
        let mut top = stored.clone();
        while let Some(parent) = top.unit.parent.as_deref().filter(|parent| *parent != self.id()) {
            match records.unit(Kind::Mappe, parent)? {
                Some(above) => top = above,
                None => return Ok(false),
            }
        }
        Ok(holds(self.until, self.period.as_ref(), &top))
    }
}

/// Whether a unit that an arkivdel itself holds is in an extraction.
pub(super) fn holds(until: u64, period: Option<&(String, String)>, stored: &Stored) -> bool {
    let in_period = |(from, to): &(String, String)| {
        date(stored).is_some_and(|date| (from.as_str()..=to.as_str()).contains(&date))
    };
    stored.place.sequence <= until && period.is_none_or(in_period)
}

/// When a unit was made, as `xs:date`.
pub(super) fn date(stored: &Stored) -> Option<&str> {
    stored.unit.text("/opprettetDato")?.get(..10)
}
