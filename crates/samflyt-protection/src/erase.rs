//! Destroying a person's keys.
//!
//! First it is put on disk that a key is destroyed (`e.<key id>`, with the person's entry sealed in it): from then on nobody
//! opens anything with it. Then the key's bytes are overwritten, then the person's entry loses it, and at last the note is
//! emptied, so that nothing connects the key with a person. What breaks off in between is finished at the next start.

use crate::Protection;
use crate::bucket::{Family, Key, PutError};
use crate::error::{EraseError, StoreError};
use crate::keys::KeyId;
use crate::mark::KeyPosition;
use crate::resolve::ATTEMPTS_MAX;
use crate::subject::{Lookup, Person, Pseudonym, Record};

/// Which of a person's retention classes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Classes<'c> {
    All,
    Only(&'c [&'c str]),
}

/// What an erasure did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erasure {
    /// Whom the log knows as this; none where nothing was known of the person.
    pub pseudonym: Option<Pseudonym>,
    /// How many keys were destroyed. The broker has confirmed each.
    pub keys: usize,
    /// The classes that are kept. None left: nothing connects identifier and pseudonym any more.
    pub kept: Vec<String>,
    /// To be kept with the event that records it.
    pub position: KeyPosition,
}

impl Protection {
    /// Destroys a person's keys of some classes. What was sealed with them opens nowhere again.
    ///
    /// # Errors
    /// [`EraseError`]; doing it again is harmless.
    pub async fn erase(&self, person: &Person, classes: Classes<'_>) -> Result<Erasure, EraseError> {
        let lookup = self.secrets.lookup(person);
        let (mut pseudonym, mut keys, mut kept) = (None, 0, Vec::new());
        for _ in 0..ATTEMPTS_MAX {
            let held = self.bucket.get(&Key::Person(lookup)).await.map_err(StoreError::from)?;
            let record = held.map(|held| self.open_record(lookup, &held)).transpose()?;
            // Somebody with another pseudonym came after the erasure.
            let record = record.filter(|record| pseudonym.is_none_or(|known| known == record.pseudonym));
            let gone = record.as_ref().map(|record| selected(record, classes)).unwrap_or_default();
            pseudonym = pseudonym.or(record.as_ref().map(|record| record.pseudonym));
            kept = record.map(|record| record.keys.into_keys().collect()).unwrap_or_default();
            if gone.is_empty() {
                return Ok(Erasure { pseudonym, keys, kept, position: self.position() });
            }
            for id in &gone {
                keys += usize::from(self.condemn(lookup, *id).await?);
            }
            self.finish(lookup, &gone).await?;
        }
        tracing::warn!(tenant = %self.tenant, kept = kept.len(), "an erasure was overtaken again and again");
        Err(StoreError::Contended.into())
    }

    /// Puts on disk that a key is destroyed. False: somebody else did.
    async fn condemn(&self, lookup: Lookup, id: KeyId) -> Result<bool, StoreError> {
        let note = self.secrets.seal(&self.note_place(id), lookup.to_string().as_bytes());
        let note = note.ok_or(StoreError::Random)?;
        let put = self.bucket.put(&Key::Erased(id), note, 0).await;
        self.cache.lock().forget(&id);
        match put {
            Ok(revision) => {
                self.saw(revision);
                Ok(true)
            }
            Err(PutError::Conflict) => Ok(false),
            Err(PutError::Bucket(error)) => Err(error.into()),
        }
    }

    /// Carries out what was put on disk. Harmless where it was done already.
    async fn finish(&self, lookup: Lookup, gone: &[KeyId]) -> Result<(), StoreError> {
        for id in gone {
            self.bucket.destroy(&Key::Data(*id)).await?;
        }
        self.clear_record(lookup, gone).await?;
        for id in gone {
            let Some(note) = self.bucket.get(&Key::Erased(*id)).await? else { continue };
            if note.value.is_empty() {
                continue;
            }
            match self.bucket.replace(&Key::Erased(*id), Vec::new(), note.revision).await {
                Ok(revision) => self.saw(revision),
                Err(PutError::Conflict) => {}
                Err(PutError::Bucket(error)) => return Err(error.into()),
            }
        }
        Ok(())
    }

    async fn clear_record(&self, lookup: Lookup, gone: &[KeyId]) -> Result<(), StoreError> {
        for _ in 0..ATTEMPTS_MAX {
            let Some(held) = self.bucket.get(&Key::Person(lookup)).await? else { return Ok(()) };
            let record = self.open_record(lookup, &held)?;
            if !record.keys.values().flatten().any(|id| gone.contains(id)) {
                return Ok(());
            }
            self.forget_in_record(lookup, &record, held.revision, gone).await?;
        }
        Err(StoreError::Contended)
    }

    /// Finishes what broke off after a revision of the key store.
    pub(crate) async fn finish_erasures(&self, after: u64) -> Result<(), StoreError> {
        for (id, note) in self.bucket.scan(Family::Erased, after).await? {
            if note.value.is_empty() {
                continue;
            }
            let id = KeyId::parse(&id).ok_or_else(|| self.damaged())?;
            let lookup = self.secrets.open(&self.note_place(id), &note.value);
            let lookup = lookup.and_then(|text| Lookup::parse(std::str::from_utf8(&text).ok()?));
            self.finish(lookup.ok_or_else(|| self.damaged())?, &[id]).await?;
        }
        Ok(())
    }

    fn note_place(&self, id: KeyId) -> String {
        format!("erased 1 {} {} {id}", self.tenant, self.store)
    }
}

fn selected(record: &Record, classes: Classes<'_>) -> Vec<KeyId> {
    let is_selected = |class: &str| match classes {
        Classes::All => true,
        Classes::Only(these) => these.contains(&class),
    };
    let chosen = record.keys.iter().filter(|(class, _)| is_selected(class));
    chosen.flat_map(|(_, ids)| ids.iter().copied()).collect()
}

#[cfg(test)]
mod tests;
