//! Uploads that have begun: one file each, `uploads/<tenant>/<digest>.<size>.<party>.part`.
//!
//! Consumes pieces; gives how far an upload came. Kept true: a file holds the beginning of what its sender sent, without a
//! gap; its length is how far the upload came, also after a restart. Senders have files of their own, so that nobody's
//! wrong bytes spoil another's upload; pieces that one sender sends side by side go into one file.

mod name;
mod part;

use std::collections::HashMap;
use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};

use parking_lot::Mutex;
use samflyt_events::{Reason, Refusal, TenantId};
use time::OffsetDateTime;

use crate::documents::error::{StoreError, blocking};

pub(crate) use name::PartName;
pub(crate) use part::{Part, PartState};

#[derive(Debug)]
pub(crate) struct Staging {
    dir: PathBuf,
    open: Mutex<HashMap<PartName, Weak<Part>>>,
    /// How many uploads came of which nothing was known when they began.
    arrivals: AtomicU64,
}

impl Staging {
    /// # Errors
    /// Where the folder cannot be made.
    pub fn in_folder(dir: PathBuf) -> Result<Self, StoreError> {
        fs::create_dir_all(&dir).map_err(StoreError::file("make the folder of uploads"))?;
        Ok(Self { dir, open: Mutex::default(), arrivals: AtomicU64::new(0) })
    }

    /// The upload of that name: the one that is open, or the one that broke off, or a new one.
    ///
    /// # Errors
    /// `LIMIT_REACHED` for a new one where there are `open_max` already; `STORE_UNAVAILABLE`.
    pub fn open(&self, name: &PartName, open_max: u32) -> Result<Arc<Part>, Refusal> {
        let mut open = self.open.lock();
        if let Some(part) = open.get(name).and_then(Weak::upgrade).filter(|part| !part.is_over()) {
            return Ok(part);
        }
        open.retain(|_, part| part.strong_count() > 0);
        let path = self.path(name);
        if !path.exists() {
            self.allow_another(&name.tenant, open_max)?;
        }
        let part = Arc::new(Part::open(name.clone(), path)?);
        open.insert(name.clone(), Arc::downgrade(&part));
        Ok(part)
    }

    fn allow_another(&self, tenant: &TenantId, open_max: u32) -> Result<(), Refusal> {
        if self.begun(tenant)? < open_max as usize {
            return Ok(());
        }
        let message = format!(
            "{open_max} uploads have begun and are not finished (`archive.uploads_open_max`): \
             finish them, or wait until they are cleared"
        );
        Err(Refusal::new(Reason::LimitReached, message))
    }

    /// A place for an upload of which nothing is known yet.
    ///
    /// # Errors
    /// `LIMIT_REACHED` where there are `open_max` already; `STORE_UNAVAILABLE`.
    pub fn begin(&self, tenant: &TenantId, open_max: u32) -> Result<PathBuf, Refusal> {
        self.allow_another(tenant, open_max)?;
        // An earlier process may have left some behind.
        loop {
            let number = self.arrivals.fetch_add(1, Ordering::Relaxed);
            let path = self.dir.join(tenant.as_str()).join(format!("{number}.arriving"));
            if !path.exists() {
                return Ok(path);
            }
        }
    }

    /// Takes over a whole upload from its place, under a name that no other has.
    ///
    /// # Errors
    /// `STORE_UNAVAILABLE`.
    pub fn adopt(&self, from: &std::path::Path, name: &PartName) -> Result<Arc<Part>, Refusal> {
        let path = self.path(name);
        fs::rename(from, &path).map_err(StoreError::file("name an upload"))?;
        let part = Arc::new(Part::open(name.clone(), path)?);
        self.open.lock().insert(name.clone(), Arc::downgrade(&part));
        Ok(part)
    }

    /// How far an upload came, on disk. 0 where there is none.
    pub async fn came(&self, name: &PartName) -> Result<u64, StoreError> {
        let path = self.path(name);
        let failed = StoreError::file("ask how far an upload came");
        blocking(move || match fs::File::open(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(0),
            // Told means kept: whoever is told goes on from there, also after a power cut.
            file => file
                .and_then(|file| file.sync_all().and_then(|()| file.metadata()))
                .map_err(failed)
                .map(|m| m.len()),
        })
        .await
    }

    /// Clears uploads that broke off before a moment; says how many.
    pub fn clear(&self, before: OffsetDateTime) -> Result<usize, StoreError> {
        let failed = StoreError::file("clear uploads that broke off");
        let mut cleared = 0;
        for tenant in fs::read_dir(&self.dir).map_err(&failed)? {
            for file in fs::read_dir(tenant.map_err(&failed)?.path()).map_err(&failed)? {
                let path = file.map_err(&failed)?.path();
                let open = self.open.lock();
                let in_use =
                    open.iter().any(|(name, part)| part.strong_count() > 0 && self.path(name) == path);
                // Finished in this moment, where it is gone.
                let Ok(last) = fs::metadata(&path).and_then(|meta| meta.modified()) else { continue };
                if !in_use && OffsetDateTime::from(last) < before {
                    fs::remove_file(&path).map_err(&failed)?;
                    cleared += 1;
                }
            }
        }
        Ok(cleared)
    }

    fn begun(&self, tenant: &TenantId) -> Result<usize, StoreError> {
        let dir = self.dir.join(tenant.as_str());
        fs::create_dir_all(&dir)
            .and_then(|()| Ok(fs::read_dir(&dir)?.count()))
            .map_err(StoreError::file("count the uploads that have begun"))
    }

    fn path(&self, name: &PartName) -> PathBuf {
        self.dir.join(name.tenant.as_str()).join(name.file())
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use samflyt_events::TenantId;
    use time::Duration;

    use super::*;
    use crate::documents::digest::Digest;

    fn name(party: &str) -> PartName {
        PartName::new(TenantId::new("seljord").unwrap(), Digest::of(b"abcdef"), 6, party)
    }

    fn after_now() -> OffsetDateTime {
        OffsetDateTime::from(std::fs::metadata(std::env::temp_dir()).unwrap().modified().unwrap())
            + Duration::days(36_500)
    }

    #[tokio::test]
    async fn an_upload_that_broke_off_goes_on_where_it_was_also_in_another_process() {
        let dir = tempfile::tempdir().unwrap();
        let staging = Staging::in_folder(dir.path().to_owned()).unwrap();
        staging.open(&name("a"), 9).unwrap().append(0, Bytes::from_static(b"abc")).await.unwrap();
        assert_eq!(staging.came(&name("a")).await.unwrap(), 3);
        assert_eq!(staging.came(&name("b")).await.unwrap(), 0, "another sender has another upload");

        let staging = Staging::in_folder(dir.path().to_owned()).unwrap();
        let part = staging.open(&name("a"), 9).unwrap();
        let wrong = part.append(4, Bytes::from_static(b"ef")).await.unwrap_err();
        assert_eq!(wrong.reason, Reason::OffsetWrong);
        assert!(wrong.to_string().contains("came as far as 3"), "{wrong}");
        assert_eq!(part.append(1, Bytes::from_static(b"bcdef")).await.unwrap(), 6);
        assert_eq!(std::fs::read(staging.path(&name("a"))).unwrap(), b"abcdef");
        let beyond = part.append(6, Bytes::from_static(b"g")).await.unwrap_err();
        assert_eq!(beyond.reason, Reason::OffsetWrong);
    }

    #[tokio::test]
    async fn what_broke_off_is_cleared_after_its_time_and_what_is_open_is_not() {
        let dir = tempfile::tempdir().unwrap();
        let staging = Staging::in_folder(dir.path().to_owned()).unwrap();
        let open = staging.open(&name("a"), 9).unwrap();
        drop(staging.open(&name("b"), 9).unwrap());
        assert_eq!(staging.clear(OffsetDateTime::UNIX_EPOCH).unwrap(), 0);
        assert_eq!(staging.clear(after_now()).unwrap(), 1);
        assert!(staging.path(&name("a")).exists() && !staging.path(&name("b")).exists());
        drop(open);
        assert_eq!(staging.clear(after_now()).unwrap(), 1);
        assert!(dir.path().join("seljord").read_dir().unwrap().next().is_none());
    }

    #[tokio::test]
    async fn a_tenant_begins_only_so_many_uploads_and_may_always_go_on_with_one() {
        let dir = tempfile::tempdir().unwrap();
        let staging = Staging::in_folder(dir.path().to_owned()).unwrap();
        drop(staging.open(&name("a"), 1).unwrap());
        assert_eq!(staging.open(&name("b"), 1).unwrap_err().reason, Reason::LimitReached);
        staging.open(&name("a"), 1).unwrap();
    }
}
