//! A folder that takes files of rows, each of which is an event: CSV, or JSON lines.
//!
//! A mapping says what a row means. A file is taken when it is whole; what the hub accepts of it is accepted, what is refused is
//! put beside it with the number of its line and the reason. Kept true: a file that comes twice is the same events, by the id that
//! a row has or by its digest; events of one entity are published in the order of their rows.

mod mapping;
mod outcome;
mod round;
mod rows;
mod value;

use std::path::PathBuf;
use std::time::Duration;

use serde::Serialize;

pub use mapping::{Mapping, MappingError};
pub use round::{Failed, run};

/// What is watched.
#[derive(Debug, Clone)]
pub struct DropConfig {
    pub folder: PathBuf,
    /// Between two looks.
    pub poll: Duration,
    /// Ends when nothing is left that can be published.
    pub once: bool,
}

/// What happens, for people and for machines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "what")]
pub enum Told {
    /// All of it, or a part: then the refused lines are beside it.
    Done {
        name: String,
        accepted: u64,
        refused: u64,
        to: PathBuf,
    },
    /// Nothing of it.
    Refused {
        name: String,
        refused: u64,
        to: PathBuf,
    },
    /// Nothing is published for now.
    Stuck {
        cause: String,
        again_in_s: u64,
    },
    GoesOn,
}

/// What became of all since the start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    pub files: u64,
    /// Events.
    pub accepted: u64,
    /// Lines.
    pub refused: u64,
}

impl std::fmt::Display for Told {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Done { name, accepted, refused, to } => {
                write!(f, "{name}: {accepted} accepted, {refused} refused, now in {}", to.display())
            }
            Self::Refused { name, refused, to } => {
                write!(f, "{name}: nothing accepted, {refused} refused, now in {}", to.display())
            }
            Self::Stuck { cause, again_in_s } => {
                write!(f, "nothing can be published, tried again in {again_in_s} s: {cause}")
            }
            Self::GoesOn => f.write_str("it goes on"),
        }
    }
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} files, {} events accepted, {} lines refused", self.files, self.accepted, self.refused)
    }
}
