//! By what it is told that a file has changed.

use std::io;
use std::path::Path;
use std::time::UNIX_EPOCH;

use serde::{Deserialize, Serialize};

/// Size and time of the last change, as the file system has them; they are only compared with each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// Since 1970.
    pub modified_ns: i64,
    pub size: u64,
}

impl Stamp {
    /// None where there is no such file: a folder and a link are none.
    ///
    /// # Errors
    /// Where the file system does not say.
    pub fn of(path: &Path) -> io::Result<Option<Self>> {
        let found = match std::fs::symlink_metadata(path) {
            Ok(found) => found,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        if !found.is_file() {
            return Ok(None);
        }
        let modified = found.modified()?;
        let since = match modified.duration_since(UNIX_EPOCH) {
            Ok(after) => i64::try_from(after.as_nanos()).unwrap_or(i64::MAX),
            Err(before) => -i64::try_from(before.duration().as_nanos()).unwrap_or(i64::MAX),
        };
        Ok(Some(Self { modified_ns: since, size: found.len() }))
    }
}
