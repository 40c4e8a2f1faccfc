//! One process, one runner: sled would take a directory that another holds for a broken one.

use std::{
    fs::{File, TryLockError},
    io,
    path::Path,
    time::{Duration, Instant},
};

/// Held by every open store; the file goes on being there.
pub(crate) struct Lock {
    _file: File,
}

/// For one that is just shutting down.
const PATIENCE: Duration = Duration::from_secs(5);

impl Lock {
    /// None where another holds it. Blocks for some seconds at most.
    pub fn take(path: &Path) -> io::Result<Option<Self>> {
        let file = File::options().create(true).append(true).open(path)?;
        let asked = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Some(Self { _file: file })),
                Err(TryLockError::WouldBlock) if asked.elapsed() < PATIENCE => {
                    std::thread::sleep(Duration::from_millis(20))
                }
                Err(TryLockError::WouldBlock) => return Ok(None),
                Err(TryLockError::Error(error)) => return Err(error),
            }
        }
    }
}
