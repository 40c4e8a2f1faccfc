//! What a store in a local folder needs beside `LocalFileSystem`: folders whose own entries are on disk before a document
//! is in them, no remains of an earlier process, and one process only.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::documents::error::StoreError;

#[derive(Debug, Clone)]
pub(super) struct Folder {
    root: PathBuf,
    /// Held as long as the folder is used.
    _lock: Arc<File>,
}

impl Folder {
    pub fn open(root: &Path) -> Result<Self, StoreError> {
        fs::create_dir_all(root).map_err(StoreError::file("make the folder of documents"))?;
        for dir in root.ancestors().take(3).filter(|dir| !dir.as_os_str().is_empty()) {
            sync(dir)?;
        }
        let lock = File::create(root.with_extension("lock")).map_err(StoreError::file("make a lock file"))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { root: root.to_owned(), _lock: Arc::new(lock) }),
            Err(TryLockError::WouldBlock) => Err(StoreError::InUse(root.to_owned())),
            Err(TryLockError::Error(source)) => Err(StoreError::file("lock the folder of documents")(source)),
        }
    }

    /// All 256 folders at once: a folder that a write made is on disk when that write is, but another write that found it
    /// there would not wait for that.
    pub fn prepare(&self, tenant: &str) -> Result<(), StoreError> {
        let dir = self.root.join(tenant);
        for fan in 0..=u8::MAX {
            let fan = dir.join(format!("{fan:02x}"));
            fs::create_dir_all(&fan).map_err(StoreError::file("make a folder for documents"))?;
            sweep(&fan)?;
        }
        sync(&dir)?;
        sync(&self.root)
    }

    /// Lets the machine forget what it remembers of a file, so that reading it asks the disk. A wish: a file that cannot
    /// be opened is found out by who reads it.
    pub fn forget_cached(&self, file: &str) {
        if let Ok(file) = File::open(self.root.join(file)) {
            let _ = rustix::fs::fadvise(&file, 0, None, rustix::fs::Advice::DontNeed);
        }
    }
}

/// Removes files that a killed process had not yet given their name (`<digest>#<n>`, as `LocalFileSystem` names them).
fn sweep(dir: &Path) -> Result<(), StoreError> {
    let failed = StoreError::file("tidy the folder of documents");
    for entry in fs::read_dir(dir).map_err(&failed)? {
        let entry = entry.map_err(&failed)?;
        if entry.file_name().to_string_lossy().contains('#') {
            fs::remove_file(entry.path()).map_err(&failed)?;
        }
    }
    Ok(())
}

fn sync(dir: &Path) -> Result<(), StoreError> {
    let synced = File::open(dir).and_then(|dir| dir.sync_all());
    synced.map_err(StoreError::file("sync a folder of documents"))
}
