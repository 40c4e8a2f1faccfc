//! Decisions, apart from all I/O.

mod limit;
mod place;

pub(crate) use limit::{claimed, quota};
pub(crate) use place::{Misplaced, place};
