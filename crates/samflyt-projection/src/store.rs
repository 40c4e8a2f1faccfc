//! One generation of a projection: entries in blocks, the checkpoint beside them, one tree; and what is not stored yet.

mod checkpoint;
mod directory;
mod lock;
mod open;
mod pending;

use std::{
    any::{Any, TypeId},
    collections::{BTreeMap, HashMap},
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
};

pub(crate) use checkpoint::{Checkpoint, Position};
pub(crate) use directory::Directory;
pub(crate) use lock::Lock;

use parking_lot::Mutex;

use crate::{
    Pair, ProjectionConfig, StoreError,
    error::describe,
    pack::{self, Scan, Writes},
};
use pending::Pending;

/// What of a fold the store needs to know.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Layout {
    pub name: &'static str,
    pub version: u32,
    pub block_entries: fn(u8) -> usize,
}

pub(crate) struct Store {
    tree: sled::Db,
    pending: Pending,
    layout: Layout,
    damage: Arc<Damage>,
    remembered: Mutex<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>,
    /// Behind sled, so that it is dropped after it.
    grave: Grave,
}

/// What went wrong first, whoever met it.
#[derive(Default)]
struct Damage(Mutex<Option<String>>);

struct Grave {
    path: PathBuf,
    _lock: Arc<Lock>,
    /// Whether the directory goes when the last reader has gone.
    doomed: AtomicBool,
}

impl Store {
    /// Opens what is there and compares it with its checkpoint; makes an empty one where nothing is. Blocks for as long as
    /// it takes to read everything once.
    pub fn open(
        path: PathBuf,
        lock: Arc<Lock>,
        layout: Layout,
        config: &ProjectionConfig,
    ) -> Result<(Arc<Self>, Checkpoint), StoreError> {
        let (tree, checkpoint) = open::open_guarded(&path, layout.version, config)?;
        let grave = Grave { path, _lock: lock, doomed: AtomicBool::new(false) };
        let (pending, damage, remembered) = (Pending::default(), Arc::default(), Mutex::default());
        Ok((Arc::new(Self { tree, pending, layout, damage, remembered, grave }), checkpoint))
    }

    /// What readers remember of this store; gone with it.
    pub fn remembered<T: Default + Send + Sync + 'static>(&self) -> Arc<T> {
        let mut remembered = self.remembered.lock();
        let kept = remembered.entry(TypeId::of::<T>()).or_insert_with(|| Arc::new(T::default()));
        // It is of the type that it is kept under.
        Arc::clone(kept).downcast().unwrap_or_default()
    }

    pub fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        match self.pending.get(key) {
            Some(pending) => Ok(pending),
            None => self.damage.guarded(|| pack::get(&self.tree, key)),
        }
    }

    /// All entries with `from <= key < to`.
    pub fn scan(
        &self,
        from: Vec<u8>,
        to: Option<Vec<u8>>,
        backward: bool,
    ) -> impl Iterator<Item = Result<Pair, StoreError>> + use<> {
        self.pending.over(&from.clone(), to.clone().as_deref(), backward, || {
            let mut scan = Scan::new(sled::Tree::clone(&self.tree), from, to, backward);
            let (damage, mut failed) = (self.damage.clone(), false);
            std::iter::from_fn(move || {
                if failed {
                    return None;
                }
                let next = damage.guarded(|| scan.step());
                failed = next.is_err();
                next.transpose()
            })
        })
    }

    /// Shows entries to readers; the next commit stores them.
    pub fn show(&self, writes: Writes) {
        self.pending.add(writes);
    }

    /// Stores what was shown, and the streams' new positions, all or nothing. Gives the checkpoint after it.
    pub fn commit(
        &self,
        checkpoint: Checkpoint,
        positions: &BTreeMap<Arc<str>, Position>,
    ) -> Result<Checkpoint, StoreError> {
        self.damage.guarded(|| {
            self.pending.store(|writes| {
                let mut next = checkpoint;
                let mut batch = sled::Batch::default();
                pack::merge(&self.tree, writes, self.layout.block_entries, &mut next.sum, &mut batch)?;
                for (stream, position) in positions {
                    next.set_position(stream, *position, &mut batch);
                }
                next.write_summary(self.layout.version, &mut batch);
                self.tree.apply_batch(batch)?;
                Ok(next)
            })
        })
    }

    pub fn flush(&self) -> Result<(), StoreError> {
        self.damage.guarded(|| Ok(self.tree.flush().map(drop)?))
    }

    /// Why the store is not to be used any more.
    pub fn damage(&self) -> Option<String> {
        self.damage.0.lock().clone()
    }

    pub fn path(&self) -> &PathBuf {
        &self.grave.path
    }

    /// Deletes the directory once nobody reads it any more.
    pub fn doom(&self) {
        self.grave.doomed.store(true, Relaxed);
    }
}

impl Drop for Grave {
    fn drop(&mut self) {
        if !self.doomed.load(Relaxed) {
            return;
        }
        if let Err(error) = std::fs::remove_dir_all(&self.path) {
            tracing::warn!(path = %self.path.display(), %error, "a projection that is used no more cannot be deleted");
        }
    }
}

impl Damage {
    /// Sled panics on pages it cannot read; that is an error like any other here.
    fn guarded<T>(&self, work: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
        let done = catch_unwind(AssertUnwindSafe(work));
        let done = done.unwrap_or_else(|panic| Err(StoreError::Panicked(panic_text(&*panic))));
        if let Err(error) = &done {
            self.0.lock().get_or_insert_with(|| describe(error));
        }
        done
    }
}

/// What a panic said.
pub(crate) fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(ToString::to_string);
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no message".to_owned())
}

#[cfg(test)]
mod tests;
