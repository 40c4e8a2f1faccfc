//! A watched folder, whatever its files mean.
//!
//! `inn/` is where others write; `ferdig/<date>/<name>/` is what is done; `avvist/<name>/` is what was refused, until somebody
//! mends it. Kept true: a file is in `inn` until what became of it is on disk; then it is moved, by renames only.

mod inbox;
mod moving;
mod stamp;

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use time::Date;

pub use inbox::{Inbox, Seen};
pub use moving::{Moved, Plan};
pub use stamp::Stamp;

const INN: &str = "inn";
const FERDIG: &str = "ferdig";
const AVVIST: &str = "avvist";
/// What is being moved; at most one thing at a time.
const FLYTTER: &str = ".flytter";

/// A folder that one process watches.
#[derive(Debug)]
pub struct Folder {
    root: PathBuf,
    /// Held as long as the folder is watched.
    _lock: File,
}

/// Where something that is settled belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Done(Date),
    Refused,
}

impl Folder {
    /// Makes what is missing of the folder, and keeps others from watching it at the same time.
    ///
    /// # Errors
    /// Where it cannot be written to, or another process watches it.
    pub fn open(root: &Path) -> io::Result<Self> {
        for part in [INN, FERDIG, AVVIST, FLYTTER] {
            fs::create_dir_all(root.join(part))?;
        }
        let lock = File::create(root.join(FLYTTER).join("laas"))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { root: root.to_owned(), _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(io::Error::other("another process watches this folder")),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    /// Where others write.
    pub fn inn(&self) -> PathBuf {
        self.root.join(INN)
    }

    /// Where something of that name belongs, if no other has the name.
    pub fn place(&self, place: Place, name: &str) -> PathBuf {
        match place {
            Place::Done(date) => self.root.join(FERDIG).join(date.to_string()).join(name),
            Place::Refused => self.root.join(AVVIST).join(name),
        }
    }

    fn moving(&self) -> PathBuf {
        self.root.join(FLYTTER)
    }
}

/// Makes renames in a folder last.
fn sync(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

/// Work on files, in a task that is not given up in its middle.
pub(crate) async fn blocking<R: Send + 'static>(
    work: impl FnOnce() -> io::Result<R> + Send + 'static,
) -> io::Result<R> {
    tokio::task::spawn_blocking(work).await.map_err(io::Error::other)?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_process_watches_a_folder() {
        let dir = tempfile::tempdir().unwrap();
        let first = Folder::open(dir.path()).unwrap();
        let second = Folder::open(dir.path()).unwrap_err();
        assert_eq!(second.to_string(), "another process watches this folder");
        drop(first);
        Folder::open(dir.path()).unwrap();
    }
}
