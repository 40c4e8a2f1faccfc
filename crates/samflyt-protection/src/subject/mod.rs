//! From a person to the person's pseudonym and keys, and back for nobody.
//!
//! The way goes through an entry whose name is a keyed hash of the identifier and whose content is sealed. It is gone with
//! the last of the person's keys: then nothing connects identifier and pseudonym, and who comes again is somebody new.

mod person;
mod record;
mod secrets;

pub use person::{Person, Pseudonym};
pub(crate) use record::Record;
pub(crate) use secrets::{Lookup, Secrets};
