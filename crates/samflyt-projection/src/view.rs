//! Reading what was folded.

use std::{ops::Range, sync::Arc};

use time::OffsetDateTime;

use crate::{Pair, StoreError, store::Store};

/// How far a stream was folded, and where its end was when last seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamPosition {
    pub stream: String,
    /// Everything up to this is in the answer.
    pub sequence: u64,
    /// The last sequence the log is known to have.
    pub head: u64,
    /// None: the log has not answered yet.
    pub head_observed_at: Option<OffsetDateTime>,
}

/// The state as of now: the positions were taken when the view was made, so what it gives afterwards reflects at least
/// them. Sled has no snapshots: it may reflect more, by what was folded since. Make one per answer.
#[derive(Clone)]
pub struct View {
    pub(crate) store: Arc<Store>,
    pub(crate) positions: Vec<StreamPosition>,
    pub(crate) rebuilding: bool,
}

impl View {
    pub fn positions(&self) -> &[StreamPosition] {
        &self.positions
    }

    pub fn position(&self, stream: &str) -> Option<&StreamPosition> {
        self.positions.iter().find(|position| position.stream == stream)
    }

    /// Whether the state is being folded from the beginning, and much of it may be missing.
    pub fn rebuilding(&self) -> bool {
        self.rebuilding
    }

    /// What readers of this state share beside it. Only for what never changes once it is there: a state that is folded
    /// anew begins with another.
    pub fn remembered<T: Default + Send + Sync + 'static>(&self) -> Arc<T> {
        self.store.remembered()
    }

    /// A key's value.
    ///
    /// # Errors
    /// [`StoreError`] where the store cannot be read.
    pub fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.store.get(key)
    }

    /// All entries whose key begins so, in order.
    pub fn scan_prefix(&self, prefix: &[u8]) -> impl Iterator<Item = Result<Pair, StoreError>> + use<> {
        self.store.scan(prefix.to_vec(), end_of_prefix(prefix), false)
    }

    /// All entries whose key begins so, the last first.
    pub fn scan_prefix_backward(
        &self,
        prefix: &[u8],
    ) -> impl Iterator<Item = Result<Pair, StoreError>> + use<> {
        self.store.scan(prefix.to_vec(), end_of_prefix(prefix), true)
    }

    /// All entries with a key in the range, in order.
    pub fn range(&self, keys: Range<&[u8]>) -> impl Iterator<Item = Result<Pair, StoreError>> + use<> {
        self.store.scan(keys.start.to_vec(), Some(keys.end.to_vec()), false)
    }

    /// All entries with a key in the range, the last first.
    pub fn range_backward(
        &self,
        keys: Range<&[u8]>,
    ) -> impl Iterator<Item = Result<Pair, StoreError>> + use<> {
        self.store.scan(keys.start.to_vec(), Some(keys.end.to_vec()), true)
    }
}

/// The least key that is greater than all with the prefix.
pub(crate) fn end_of_prefix(prefix: &[u8]) -> Option<Vec<u8>> {
    let kept = prefix.iter().rposition(|&byte| byte != u8::MAX)?;
    let mut end = prefix[..=kept].to_vec();
    end[kept] += 1;
    Some(end)
}
