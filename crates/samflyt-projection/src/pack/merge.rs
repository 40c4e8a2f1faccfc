//! Sorted writes into blocks, as one batch.

use std::{collections::BTreeMap, ops::Bound};

use sled::{Batch, Tree};

use super::{Block, block_of, encode};
use crate::{Pair, StoreError, sum::Sum};

/// What a batch writes: none removes.
pub(crate) type Writes = BTreeMap<Vec<u8>, Option<Vec<u8>>>;

/// A block is split above this, however few entries it has.
const BLOCK_BYTES_MAX: usize = 4_096;

/// Adds the writes to the batch, block by block, and keeps the sum.
pub(crate) fn merge(
    tree: &Tree,
    writes: &Writes,
    entries_max: fn(u8) -> usize,
    sum: &mut Sum,
    batch: &mut Batch,
) -> Result<(), StoreError> {
    let mut current: Option<Open> = None;
    for (key, value) in writes {
        let holds = match &mut current {
            Some(open) => open.holds(tree, key)?,
            None => false,
        };
        let open = match current.take() {
            Some(open) if holds => open,
            other => {
                if let Some(done) = other {
                    done.close(entries_max, batch);
                }
                Open::load(tree, key)?
            }
        };
        current.insert(open).write(key, value.as_deref(), sum);
    }
    if let Some(done) = current {
        done.close(entries_max, batch);
    }
    Ok(())
}

/// A block that is being written.
struct Open {
    name: Vec<u8>,
    pairs: Vec<Pair>,
    changed: bool,
    /// Whether all that was new came behind what was there: keys that grow.
    appended_only: bool,
    /// Name of the next block of the family, once it was asked for.
    next: Option<Option<Vec<u8>>>,
}

impl Open {
    fn load(tree: &Tree, key: &[u8]) -> Result<Self, StoreError> {
        let (name, pairs) = match block_of(tree, key)? {
            Some((name, content)) => (name.to_vec(), Block::parse(&content)?.pairs()?),
            None => (key.to_vec(), Vec::new()),
        };
        Ok(Self { name, pairs, changed: false, appended_only: true, next: None })
    }

    fn holds(&mut self, tree: &Tree, key: &[u8]) -> Result<bool, StoreError> {
        if self.name.first() != key.first() {
            return Ok(false);
        }
        if self.pairs.last().is_some_and(|(last, _)| key <= last.as_slice()) {
            return Ok(true);
        }
        if self.next.is_none() {
            let beyond = (Bound::Excluded(self.name.as_slice()), Bound::Unbounded);
            let next = tree.range::<&[u8], _>(beyond).next().transpose()?;
            let next = next.map(|(name, _)| name.to_vec()).filter(|name| name.first() == self.name.first());
            self.next = Some(next);
        }
        Ok(self.next.iter().flatten().all(|next| key < next.as_slice()))
    }

    fn write(&mut self, key: &[u8], value: Option<&[u8]>, sum: &mut Sum) {
        let at = match self.pairs.last() {
            Some((last, _)) if last.as_slice() >= key => {
                self.pairs.binary_search_by(|(other, _)| other.as_slice().cmp(key))
            }
            _ => Err(self.pairs.len()),
        };
        match (at, value) {
            (Ok(at), Some(value)) if self.pairs[at].1 == value => return,
            (Ok(at), Some(value)) => {
                sum.subtract(key, &self.pairs[at].1);
                sum.add(key, value);
                self.pairs[at].1 = value.to_vec();
            }
            (Ok(at), None) => {
                let (_, old) = self.pairs.remove(at);
                sum.subtract(key, &old);
            }
            (Err(at), Some(value)) => {
                self.appended_only &= at == self.pairs.len();
                sum.add(key, value);
                self.pairs.insert(at, (key.to_vec(), value.to_vec()));
            }
            (Err(_), None) => return,
        }
        self.changed = true;
    }

    fn close(self, entries_max: fn(u8) -> usize, batch: &mut Batch) {
        if !self.changed {
            return;
        }
        if self.pairs.is_empty() {
            batch.remove(self.name);
            return;
        }
        let entries_max = entries_max(self.name[0]).max(1);
        let mut name = Some(self.name);
        for part in parts(&self.pairs, entries_max, self.appended_only) {
            // The first part keeps the name, even where it is less than its first key by now.
            batch.insert(name.take().unwrap_or_else(|| part[0].0.clone()), encode(part));
        }
    }
}

/// Cuts a block that is too full: into full ones where keys grow, into equal ones where they fall anywhere.
fn parts(pairs: &[Pair], entries_max: usize, appended_only: bool) -> Vec<&[Pair]> {
    let bytes: usize = pairs.iter().map(size).sum();
    if pairs.len() <= entries_max && bytes <= BLOCK_BYTES_MAX {
        return vec![pairs];
    }
    let bytes_max = if appended_only { BLOCK_BYTES_MAX } else { (bytes / 2).clamp(1, BLOCK_BYTES_MAX) };
    let count = if appended_only {
        entries_max
    } else {
        pairs.len().div_ceil(pairs.len().div_ceil(entries_max).max(2))
    };
    let (mut parts, mut from, mut filled) = (Vec::new(), 0, 0);
    for (at, pair) in pairs.iter().enumerate() {
        if at > from && (at - from >= count || filled + size(pair) > bytes_max) {
            parts.push(&pairs[from..at]);
            (from, filled) = (at, 0);
        }
        filled += size(pair);
    }
    parts.push(&pairs[from..]);
    parts
}

fn size((key, value): &Pair) -> usize {
    key.len() + value.len()
}
