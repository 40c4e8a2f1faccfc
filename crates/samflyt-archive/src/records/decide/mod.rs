//! Pure: what becomes of a command, by the records as they are.

/// Something that keeps a command from being carried out.
pub(crate) use samflyt_events::Violation as Problem;
