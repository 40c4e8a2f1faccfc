//! Which directory is in use. Beside each other: `<name>-<generation>` directories, `<name>.CURRENT` that names one of
//! them, and at most two `<name>-<generation>.corrupt-<n>` for who wants to know what happened.
//!
//! The state of another version of the projection stays, and stays the current one, until that of this version has caught
//! up: until then the other version can be started again, and finds what it left.

use std::{
    fs, io,
    io::Write,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

use parking_lot::Mutex;

use super::{Checkpoint, Layout, Lock, Store};
use crate::{ProjectionConfig, ProjectionError, StoreError};

const CORRUPT_KEPT: usize = 2;

pub(crate) struct Directory {
    lock: Arc<Lock>,
    config: ProjectionConfig,
    layout: Layout,
    /// The newest generation of this process. Numbers are not used again: a store that was set aside may still be open.
    newest: AtomicU64,
    /// The state of another version, which goes when this one has caught up.
    predecessor: Mutex<Option<PathBuf>>,
}

impl Directory {
    /// Takes the directory for this runner. Blocks.
    pub fn take(config: ProjectionConfig, layout: Layout) -> Result<Self, ProjectionError> {
        let failed = |source| ProjectionError::Directory { path: config.dir.clone(), source };
        fs::create_dir_all(&config.dir).map_err(failed)?;
        let path = config.dir.join(format!("{}.lock", layout.name));
        match Lock::take(&path).map_err(failed)? {
            Some(lock) => {
                let (lock, newest, predecessor) = (Arc::new(lock), AtomicU64::new(0), Mutex::default());
                Ok(Self { lock, config, layout, newest, predecessor })
            }
            None => Err(ProjectionError::InUse { path }),
        }
    }

    pub fn name(&self) -> &'static str {
        self.layout.name
    }

    /// Opens the current generation; sets it aside and begins an empty one where it cannot be trusted. Blocks.
    pub fn open_current(&self) -> Result<(Arc<Store>, Checkpoint), ProjectionError> {
        let newest = self.generations().into_iter().map(|(generation, _)| generation).max();
        self.newest.fetch_max(newest.unwrap_or(0), Relaxed);
        let Some(path) = self.read_current().filter(|path| path.exists()) else {
            return self.begin_anew();
        };
        match self.open(path.clone()) {
            Ok(opened) => {
                self.delete_others(&[&path]);
                Ok(opened)
            }
            Err(StoreError::Locked) => Err(ProjectionError::InUse { path }),
            Err(error @ StoreError::Version { .. }) => {
                tracing::info!(path = %path.display(), %error, "folding the projection anew, beside what is there");
                self.open_beside(path)
            }
            Err(error) => {
                self.distrust(&path, &error)?;
                self.begin_anew()
            }
        }
    }

    /// An empty generation, and no other.
    fn begin_anew(&self) -> Result<(Arc<Store>, Checkpoint), ProjectionError> {
        self.delete_others(&[]);
        let new = self.open_new()?;
        self.set_current(&new.0)?;
        Ok(new)
    }

    /// The state of this version beside that of another: one that an earlier start began, or an empty one.
    fn open_beside(&self, other: PathBuf) -> Result<(Arc<Store>, Checkpoint), ProjectionError> {
        let mut begun = self.generations();
        begun.retain(|(_, path)| *path != other);
        begun.sort_unstable_by(|a, b| b.cmp(a));
        let mut found = None;
        for (_, path) in begun {
            match self.open(path.clone()) {
                Ok(opened) => {
                    found = Some(opened);
                    break;
                }
                Err(StoreError::Locked) => return Err(ProjectionError::InUse { path }),
                Err(StoreError::Version { .. }) => {}
                Err(error) => self.distrust(&path, &error)?,
            }
        }
        let kept = found.as_ref().map_or(&other, |(store, _)| store.path());
        self.delete_others(&[&other, kept]);
        *self.predecessor.lock() = Some(other);
        let opened = found.map_or_else(|| self.open_new(), Ok)?;
        if opened.1.complete {
            self.take_over(&opened.0)?;
        }
        Ok(opened)
    }

    fn distrust(&self, path: &Path, error: &StoreError) -> Result<(), ProjectionError> {
        tracing::warn!(path = %path.display(), error = error as &dyn std::error::Error,
            "the projection cannot be trusted: it is set aside and folded anew");
        self.set_aside(path)
    }

    /// Opens an empty store beside the others. Blocks.
    pub fn open_new(&self) -> Result<(Arc<Store>, Checkpoint), ProjectionError> {
        let taken = self.generations().into_iter().map(|(generation, _)| generation).max().unwrap_or(0);
        let generation = taken.max(self.newest.fetch_max(taken, Relaxed)) + 1;
        self.newest.store(generation, Relaxed);
        let path = self.config.dir.join(format!("{}-{generation}", self.layout.name));
        self.open(path.clone()).map_err(|source| ProjectionError::NewStore { path, source })
    }

    fn open(&self, path: PathBuf) -> Result<(Arc<Store>, Checkpoint), StoreError> {
        Store::open(path, self.lock.clone(), self.layout, &self.config)
    }

    /// Makes an empty store the one that is opened next time; not while another version's waits for it to catch up.
    pub fn begin(&self, store: &Store) -> Result<(), ProjectionError> {
        let waits = self.predecessor.lock().is_some();
        if waits { Ok(()) } else { self.set_current(store) }
    }

    /// A store has caught up: if it waited for that, it takes over.
    pub fn caught_up(&self, store: &Store) -> Result<(), ProjectionError> {
        let waits = self.predecessor.lock().is_some();
        if waits { self.take_over(store) } else { Ok(()) }
    }

    /// Makes a store that has caught up the one that is opened next time; the state of another version goes. Blocks.
    pub fn take_over(&self, store: &Store) -> Result<(), ProjectionError> {
        self.set_current(store)?;
        if let Some(path) = self.predecessor.lock().take()
            && let Err(error) = fs::remove_dir_all(&path)
        {
            tracing::warn!(path = %path.display(), %error, "the state of another version cannot be deleted");
        }
        Ok(())
    }

    fn set_current(&self, store: &Store) -> Result<(), ProjectionError> {
        let (target, part) = (self.current_file(), self.current_file().with_extension("CURRENT.part"));
        let name = store.path().file_name().unwrap_or_default().as_encoded_bytes();
        let write = || -> io::Result<()> {
            let mut file = fs::File::create(&part)?;
            file.write_all(name)?;
            file.sync_all()?;
            fs::rename(&part, &target)
        };
        write().map_err(|source| self.failed(&target, source))
    }

    /// Renames a directory that cannot be trusted; it may still be open.
    pub fn set_aside(&self, path: &Path) -> Result<(), ProjectionError> {
        let mut kept = self.corrupt();
        let number = kept.last().map_or(1, |(number, _)| number + 1);
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let aside = path.with_file_name(format!("{name}.corrupt-{number}"));
        fs::rename(path, &aside).map_err(|source| self.failed(path, source))?;
        kept.truncate((kept.len() + 1).saturating_sub(CORRUPT_KEPT));
        for (_, path) in kept {
            fs::remove_dir_all(&path).map_err(|source| self.failed(&path, source))?;
        }
        Ok(())
    }

    fn current_file(&self) -> PathBuf {
        self.config.dir.join(format!("{}.CURRENT", self.layout.name))
    }

    /// Without a readable file, the newest generation: each is verified, and right as far as it goes.
    fn read_current(&self) -> Option<PathBuf> {
        let generations = self.generations();
        let named = fs::read_to_string(self.current_file()).ok();
        let named = named.and_then(|name| generations.iter().find(|(_, path)| path.ends_with(name.trim())));
        named
            .or_else(|| generations.iter().max_by_key(|(generation, _)| *generation))
            .map(|(_, path)| path.clone())
    }

    /// What a rebuild left that was never finished.
    fn delete_others(&self, kept: &[&PathBuf]) {
        for (_, path) in self.generations() {
            if !kept.contains(&&path)
                && let Err(error) = fs::remove_dir_all(&path)
            {
                tracing::warn!(path = %path.display(), %error, "a projection that was never finished cannot be deleted");
            }
        }
    }

    fn generations(&self) -> Vec<(u64, PathBuf)> {
        self.numbered(|name| name.strip_prefix(self.layout.name)?.strip_prefix('-')?.parse().ok())
    }

    /// What was set aside, oldest first.
    fn corrupt(&self) -> Vec<(u64, PathBuf)> {
        let number = |name: &str| {
            let (generation, number) =
                name.strip_prefix(self.layout.name)?.strip_prefix('-')?.split_once(".corrupt-")?;
            generation.parse::<u64>().ok()?;
            number.parse().ok()
        };
        let mut found = self.numbered(number);
        found.sort_unstable();
        found
    }

    fn numbered(&self, number: impl Fn(&str) -> Option<u64>) -> Vec<(u64, PathBuf)> {
        let entries = fs::read_dir(&self.config.dir).into_iter().flatten().flatten();
        entries.filter_map(|entry| Some((number(entry.file_name().to_str()?)?, entry.path()))).collect()
    }

    fn failed(&self, path: &Path, source: io::Error) -> ProjectionError {
        ProjectionError::Directory { path: path.to_owned(), source }
    }
}
