//! Giving out numbers.

use samflyt_noark::unit::{Kind, Unit};
use samflyt_projection::StoreError;

use super::super::calendar;
use super::Making;
use crate::records::Stored;
use crate::records::keys::{Number, Series};

impl Making<'_> {
    /// The next number of a series.
    pub(super) fn next(&mut self, series: Series, of: &str, year: i32) -> Result<Number, StoreError> {
        let key = (series, of.to_owned(), year);
        let last = match self.counted.get(&key) {
            Some(last) => *last,
            None => self.records.last(series, of, year)?,
        };
        self.counted.insert(key, last + 1);
        Ok(Number { series, of: of.to_owned(), year, number: last + 1 })
    }

    /// The year in which something is numbered now: the Norwegian one.
    pub(super) fn year(&self) -> i32 {
        calendar::local(self.now).year()
    }

    /// The arkiv that an arkivdel is in: its numbers are of that arkiv's series.
    pub(super) fn arkiv_of(&self, arkivdel: &Unit) -> String {
        arkivdel.parent.clone().unwrap_or_default()
    }

    /// The arkivdel of a mappe or registrering.
    pub(super) fn arkivdel_of(&self, unit: &Unit) -> Result<Stored, StoreError> {
        let id = unit.arkivdel.as_deref().unwrap_or_default();
        let missing = StoreError::Corrupt("a record is in no arkivdel");
        self.records.unit(Kind::Arkivdel, id)?.ok_or(missing)
    }
}
