//! Folding the log into sled: checkpoint, verification, rebuild.
//!
//! Consumes streams of the log through a [`Fold`]; gives [`View`]s of the state that was folded, each with the position it
//! reflects at least. Keeps true:
//!
//! - State and checkpoint are stored in one atomic batch, so a crash at any moment leaves a state that the log had. What
//!   was folded is visible before that.
//! - An entry is folded once, in the order of its stream. A gap in the log, or a log that is behind the checkpoint, is an
//!   alarm, and everything is folded anew.
//! - The checkpoint carries the count and an order-independent hash of everything stored, which is compared with all that
//!   is there before the first answer: what does not agree, does not open, or makes sled panic is set aside, and folded
//!   anew from the log. No answer is silently wrong.
//!
//! Sled's cost is its number of items, not their size. So entries are stored in sorted blocks of some sixteen (`pack`),
//! which no caller sees: a third of the memory, half of the disk, an eighth of the time to verify.

mod config;
mod error;
mod pack;
mod runner;
mod source;
mod store;
mod sum;
mod view;
mod writer;

pub use config::{Clock, ProjectionConfig};
pub use error::{FoldError, ProjectionError, StoreError};
pub use runner::{Lifecycle, Progress, Runner};
pub use source::Source;
pub use view::{StreamPosition, View};
pub use writer::Writer;

use samflyt_log::Entry;

/// A key and its value.
pub type Pair = (Vec<u8>, Vec<u8>);

/// State folded from the log.
///
/// A fold is a pure function of the entries it was given: no clock, no chance, nothing read but through its [`Writer`].
/// Streams are folded in any interleaving, so what one stream writes must not depend on how far another is.
pub trait Fold: Send + Sync + 'static {
    /// Names the directory. Persisted, keep stable. Lower-case letters, digits and hyphens.
    const NAME: &'static str;
    /// Another version's state is not read but folded anew.
    const VERSION: u32;

    /// Folds one entry. An error keeps what was written before it: decide first, write last.
    ///
    /// # Errors
    /// [`FoldError::Refused`] is logged, and the entry skipped; [`FoldError::Store`] must be handed on.
    fn fold(&self, entry: &Entry, stream: &str, writer: &mut Writer<'_>) -> Result<(), FoldError>;

    /// How many entries of a key family (a key's first byte) share a block: few where keys are random (a write rewrites
    /// the block), many where they grow. Limits new writes only; may change without a new version.
    fn block_entries(family: u8) -> usize {
        let _ = family;
        16
    }
}
