//! Pure: what becomes of a command, by the records as they are.

pub(crate) mod avskrivning;
pub(crate) mod calendar;
pub(crate) mod create;
pub(crate) mod disposal;
pub(crate) mod edit;
pub(crate) mod files;
pub(crate) mod find;
pub(crate) mod quality;
pub(crate) mod structure;
mod trouble;
pub(crate) mod update;

/// Something that keeps a command from being carried out.
pub(crate) use samflyt_events::Violation as Problem;
pub(crate) use trouble::Trouble;
