//! The records: event-sourced Noark 5.
//!
//! Consumes commands; emits [`Change`]s to `ARCHIVE_<tenant>`, sealed under the archive's own key; gives the units as they
//! are now. Keeps true: a change is in the log whole or not at all, decided on the state that the log had just before it;
//! numbers come from the state, so none is used twice; a cause that was carried out is not carried out again; every
//! correction keeps the old value, who and when.

mod change;
pub(crate) mod decide;
mod fold;
pub(crate) mod keys;
mod reader;
mod recorder;
mod seal;

pub(crate) use change::{Actor, Change, Step};
pub(crate) use fold::RecordFold;
pub(crate) use reader::{Records, Stored, external_key};
pub(crate) use recorder::{Carried, Decision, NotCarried, Recorder, unreadable};
pub use seal::KeyError;
pub(crate) use seal::{Keys, Seal};
