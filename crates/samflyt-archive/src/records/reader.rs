//! The records of one tenant as they are now.

use std::sync::Arc;

use samflyt_events::subject::archive_stream;
use samflyt_events::{Refusal, TenantId};
use samflyt_noark::unit::{Kind, Unit};
use samflyt_projection::{StoreError, View};
use samflyt_proto::common::{Completeness, Position};
use samflyt_runtime::refused::timestamp;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::fold::elsewhere;
use super::keys::{Number, Of, Place, Series};
use super::labels::{class_hash, kind_word};
use super::{Actor, Seal, unreadable};
use crate::Digest;

/// A unit, and how it came to be as it is. Persisted, sealed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Stored {
    pub unit: Unit,
    pub place: Place,
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    pub changed_at: OffsetDateTime,
    /// Who made it.
    pub by: Actor,
}

impl Stored {
    pub fn open(seal: &Seal, key: &[u8], sealed: &[u8]) -> Result<Self, StoreError> {
        let clear = seal.open(&place_of(key), sealed);
        let clear = clear.map_err(|_| StoreError::Corrupt("a stored record does not open"))?;
        serde_json::from_slice(&clear).map_err(|_| StoreError::Corrupt("a stored record is not of its form"))
    }
}

/// What a stored value is sealed for.
pub(crate) fn place_of(key: &[u8]) -> Vec<u8> {
    [b"sled ", key].concat()
}

/// Reads a tenant's records.
#[derive(Clone)]
pub(crate) struct Records {
    pub tenant: TenantId,
    pub view: View,
    pub seal: Arc<Seal>,
}

impl Records {
    fn of(&self) -> Of<'_> {
        Of(self.tenant.as_str())
    }

    pub fn get(&self, system_id: &str) -> Result<Option<Stored>, StoreError> {
        let key = self.of().unit(system_id);
        self.view.get(&key)?.map(|sealed| Stored::open(&self.seal, &key, &sealed)).transpose()
    }

    /// A unit of a kind.
    pub fn unit(&self, kind: Kind, system_id: &str) -> Result<Option<Stored>, StoreError> {
        Ok(self.get(system_id)?.filter(|stored| stored.unit.kind == kind))
    }

    /// How much of the archive's log an answer reflects.
    pub fn completeness(&self, truncated: bool) -> Completeness {
        let stream = archive_stream(&self.tenant);
        let position = self.view.position(&stream).map(|found| Position {
            tenant: self.tenant.to_string(),
            stream,
            sequence: found.sequence,
            head: found.head,
            lag_events: found.head.saturating_sub(found.sequence),
            head_observed_at: found.head_observed_at.map(timestamp),
        });
        Completeness {
            positions: position.into_iter().collect(),
            truncated,
            rebuilding: self.view.rebuilding(),
        }
    }

    fn looked_up(&self, words: &[&str]) -> Result<Option<String>, StoreError> {
        let found = self.view.get(&self.of().looked_up(self.seal.look_up(words)))?;
        found.map(text).transpose()
    }

    /// The unit that a fagsystem knows by a key of its own.
    pub fn by_external_key(
        &self,
        kind: Kind,
        fagsystem: &str,
        noekkel: &str,
    ) -> Result<Option<Stored>, StoreError> {
        self.named(kind, &["key", kind_word(kind), fagsystem, noekkel])
    }

    /// The systemID of a dokumentbeskrivelse that a fagsystem knows by a key of its own.
    pub fn description_by_external_key(
        &self,
        fagsystem: &str,
        noekkel: &str,
    ) -> Result<Option<String>, StoreError> {
        self.looked_up(&["key", "dokumentbeskrivelse", fagsystem, noekkel])
    }

    /// An arkivdel by the code that messages name it by.
    pub fn arkivdel(&self, code: &str) -> Result<Option<Stored>, StoreError> {
        self.named(Kind::Arkivdel, &["arkivdel", code])
    }

    pub fn klassifikasjonssystem(&self, id: &str) -> Result<Option<Stored>, StoreError> {
        self.named(Kind::Klassifikasjonssystem, &["klassifikasjonssystem", id])
    }

    /// A class by its id within a klassifikasjonssystem (its systemID), however deep.
    pub fn klasse(&self, system: &str, class: &str) -> Result<Option<Stored>, StoreError> {
        self.named(Kind::Klasse, &["klasse", system, class])
    }

    pub fn by_mappe_id(&self, mappe_id: &str) -> Result<Option<Stored>, StoreError> {
        self.named(Kind::Mappe, &["mappeID", mappe_id])
    }

    pub fn by_registrerings_id(&self, id: &str) -> Result<Option<Stored>, StoreError> {
        self.named(Kind::Registrering, &["registreringsID", id])
    }

    fn named(&self, kind: Kind, words: &[&str]) -> Result<Option<Stored>, StoreError> {
        match self.looked_up(words)? {
            Some(id) => self.unit(kind, &id),
            None => Ok(None),
        }
    }

    /// Who has a number.
    pub fn numbered(&self, number: &Number) -> Result<Option<Stored>, StoreError> {
        match self.view.get(&self.of().number(number))? {
            Some(id) => self.get(&text(id)?),
            None => Ok(None),
        }
    }

    /// The last number of a series that was given out; 0: none.
    pub fn last(&self, series: Series, of: &str, year: i32) -> Result<i64, StoreError> {
        let last = self.view.get(&self.of().last(series, of, year))?;
        Ok(last.and_then(|bytes| bytes.try_into().ok()).map_or(0, i64::from_be_bytes))
    }

    /// The numbers of a series that were given out, ascending, each with the systemID that has it.
    pub fn numbers(
        &self,
        series: Series,
        of: &str,
        year: i32,
    ) -> impl Iterator<Item = Result<(i64, String), StoreError>> + use<> {
        self.view.scan_prefix(&self.of().numbers(series, of, year)).map(|pair| {
            let (key, id) = pair?;
            let number = key.last_chunk().map_or(0, |bytes| i64::from_be_bytes(*bytes));
            Ok((number, text(id)?))
        })
    }

    /// Where a series begins, if not with 1: the step that says so.
    pub fn begun(&self, series: Series, of: &str, year: i32) -> Result<Option<super::Step>, StoreError> {
        let key = self.of().begun(series, of, year);
        let Some(sealed) = self.view.get(&key)? else { return Ok(None) };
        let clear = self.seal.open(&place_of(&key), &sealed);
        let clear = clear.map_err(|_| StoreError::Corrupt("a stored record does not open"))?;
        serde_json::from_slice(&clear)
            .map(Some)
            .map_err(|_| StoreError::Corrupt("a series is not of its form"))
    }

    /// The units of a kind that another holds, in the order of their making.
    pub fn children(
        &self,
        parent: &str,
        kind: Kind,
    ) -> impl Iterator<Item = Result<Stored, StoreError>> + use<> {
        self.units_at(self.of().children(parent, kind))
    }

    /// What an arkivdel holds itself of a kind that is first in a class (see [`first_class`]), or in none.
    pub fn placed(
        &self,
        arkivdel: &str,
        class: Option<(&str, &str)>,
        kind: Kind,
    ) -> impl Iterator<Item = Result<Stored, StoreError>> + use<> {
        self.units_at(self.of().all_placed(arkivdel, class_hash(&self.seal, class), kind))
    }

    /// All units of a kind, in the order of their making.
    pub fn all(&self, kind: Kind) -> impl Iterator<Item = Result<Stored, StoreError>> + use<> {
        self.units_at(self.of().all_of_kind(kind))
    }

    /// The units of a kind from a place on, in the order of their making.
    pub fn all_from(
        &self,
        kind: Kind,
        from: Place,
    ) -> impl Iterator<Item = Result<Stored, StoreError>> + use<> {
        let (from, to) = (self.of().of_kind(kind, from), self.of().of_kind(kind, Place::END));
        self.units_in(&from, &to)
    }

    /// The journalposter of some days (`xs:date`), by journaldato and in the order of their making, from a place of the first
    /// day on.
    pub fn dated(
        &self,
        (from, place): (&str, Place),
        to: &str,
    ) -> impl Iterator<Item = Result<Stored, StoreError>> + use<> {
        let (from, to) = (self.of().dated(from, place), self.of().dated(to, Place::END));
        self.units_in(&from, &to)
    }

    /// The documents that were ever released by disposal, each with when that was last.
    pub fn released(&self) -> impl Iterator<Item = Result<(String, OffsetDateTime), StoreError>> + use<> {
        let prefix = self.of().all_released();
        let from = prefix.len();
        self.view.scan_prefix(&prefix).map(move |pair| {
            let (mut key, at) = pair?;
            let wrong = StoreError::Corrupt("a released document is not of its form");
            let at = at.try_into().ok().map(i128::from_be_bytes);
            let at = at.and_then(|nanos| OffsetDateTime::from_unix_timestamp_nanos(nanos).ok());
            Ok((text(key.split_off(from))?, at.ok_or(wrong)?))
        })
    }

    fn units_in(&self, from: &[u8], to: &[u8]) -> impl Iterator<Item = Result<Stored, StoreError>> + use<> {
        self.units_of(self.view.range(from..to))
    }

    fn units_at(&self, prefix: Vec<u8>) -> impl Iterator<Item = Result<Stored, StoreError>> + use<> {
        self.units_of(self.view.scan_prefix(&prefix))
    }

    /// The units whose systemIDs are the values of pairs.
    fn units_of<P>(&self, pairs: P) -> impl Iterator<Item = Result<Stored, StoreError>> + use<P>
    where
        P: Iterator<Item = Result<(Vec<u8>, Vec<u8>), StoreError>>,
    {
        let records = self.clone();
        pairs.filter_map(move |pair| {
            let read = || records.get(&text(pair?.1)?);
            read().transpose()
        })
    }

    /// What the keys under a prefix end with.
    fn ends(&self, prefix: &[u8]) -> impl Iterator<Item = Result<String, StoreError>> + use<> {
        let from = prefix.len();
        self.view.scan_prefix(prefix).map(move |pair| text(pair?.0.split_off(from)))
    }

    /// The registrering that a dokumentbeskrivelse or a dokumentobjekt is part of.
    pub fn holder_of_part(&self, system_id: &str) -> Result<Option<Stored>, StoreError> {
        match self.view.get(&self.of().part(system_id))? {
            Some(id) => self.unit(Kind::Registrering, &text(id)?),
            None => Ok(None),
        }
    }

    /// The systemIDs of the registreringer that refer to a document.
    pub fn holders(&self, digest: &str) -> impl Iterator<Item = Result<String, StoreError>> + use<> {
        self.ends(&self.of().holders(digest))
    }

    /// The documents that records refer to whose digests begin with a byte, ascending.
    pub fn held(&self, fan: u8) -> Result<Vec<Digest>, StoreError> {
        let (all, of_fan) = (self.of().holders("").len(), self.of().holders(&format!("{fan:02x}")));
        let mut digests = Vec::new();
        for pair in self.view.scan_prefix(&of_fan) {
            let key = pair?.0;
            let name = key.get(all..all + 64).and_then(|name| std::str::from_utf8(name).ok());
            // What a record says of a document that came from elsewhere may be no SHA-256.
            digests.extend(name.and_then(|name| Digest::parse(name).ok()));
        }
        digests.dedup();
        Ok(digests)
    }

    /// The systemIDs of the journalposter whose avskrivninger refer to this one.
    pub fn settled_by(&self, journalpost: &str) -> impl Iterator<Item = Result<String, StoreError>> + use<> {
        self.ends(&self.of().all_settled(journalpost))
    }

    /// The arkivdel, kept by an external archive, that holds what these words name.
    pub fn elsewhere(&self, words: &[String]) -> Result<Option<String>, StoreError> {
        let found = self.view.get(&self.of().elsewhere(elsewhere(&self.seal, words)))?;
        found.map(text).transpose()
    }

    /// Whether words that could name something elsewhere name a unit that is kept here.
    pub fn names_own(&self, words: &[String]) -> Result<bool, StoreError> {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        Ok(match words[..] {
            ["id", id] => self.get(id)?.is_some() || self.holder_of_part(id)?.is_some(),
            ["mappeID", id] => self.by_mappe_id(id)?.is_some(),
            ["registreringsID", id] => self.by_registrerings_id(id)?.is_some(),
            ["key", kind @ ("mappe" | "registrering"), system, key] => {
                let kind = if kind == "mappe" { Kind::Mappe } else { Kind::Registrering };
                self.by_external_key(kind, system, key)?.is_some()
            }
            _ => false,
        })
    }

    /// The sequence of the change that a cause led to; none: it was not carried out.
    pub fn done(&self, cause: &str) -> Result<Option<u64>, StoreError> {
        let found = self.view.get(&self.of().cause(self.seal.look_up(&["cause", cause])))?;
        let sequence = |bytes: Vec<u8>| bytes.try_into().map(u64::from_be_bytes);
        found.map(sequence).transpose().map_err(|_| StoreError::Corrupt("a cause is not of its form"))
    }

    /// The sequences of the changes that touched a unit, oldest first.
    pub fn history(&self, system_id: &str) -> impl Iterator<Item = Result<u64, StoreError>> + use<> {
        self.view
            .scan_prefix(&self.of().history(system_id))
            .map(|pair| Ok(pair?.0.last_chunk().map_or(0, |bytes| u64::from_be_bytes(*bytes))))
    }

    /// The years in which a series has numbers.
    pub fn years(&self, series: Series, of: &str) -> Result<Vec<i32>, StoreError> {
        let years = self.view.scan_prefix(&self.of().years(series, of));
        years.map(|pair| Ok(pair?.0.last_chunk().map_or(0, |bytes| i32::from_be_bytes(*bytes)))).collect()
    }

    /// The systemIDs that were touched by changes after a sequence, each change in turn.
    pub fn touched_after(
        &self,
        sequence: u64,
    ) -> impl Iterator<Item = Result<(u64, Vec<String>), StoreError>> + use<> {
        let (from, to) = (self.of().touched(sequence + 1), self.of().touched(u64::MAX));
        self.view.range(&from..&to).map(|pair| {
            let (key, ids) = pair?;
            let at = key.last_chunk().map_or(0, |bytes| u64::from_be_bytes(*bytes));
            let ids = serde_json::from_slice(&ids);
            Ok((at, ids.map_err(|_| StoreError::Corrupt("a list of records is not of its form"))?))
        })
    }
}

/// Reads many records where that keeps nobody else waiting.
///
/// # Errors
/// `STORE_UNAVAILABLE`.
pub(crate) async fn reading<T: Send + 'static>(
    read: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, Refusal> {
    let read = tokio::task::spawn_blocking(read).await;
    read.unwrap_or(Err(StoreError::Corrupt("reading the records was broken off"))).map_err(unreadable)
}

fn text(bytes: Vec<u8>) -> Result<String, StoreError> {
    String::from_utf8(bytes).map_err(|_| StoreError::Corrupt("a name is not of its form"))
}
