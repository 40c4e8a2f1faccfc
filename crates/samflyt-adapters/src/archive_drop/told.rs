//! What happens in a folder, for people and for machines.

use std::fmt;
use std::path::PathBuf;

use serde::Serialize;

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "what")]
pub enum Told {
    /// Kept, and moved.
    Done { name: String, kept_as: String, to: PathBuf },
    /// Set aside, with the reason beside it.
    Refused { name: String, problems: Vec<String>, to: PathBuf },
    /// It stays until something comes; told once.
    Waits { name: String, cause: String },
    /// Nothing is sent for now.
    Stuck { cause: String, again_in_s: u64 },
    /// What was stuck goes on.
    GoesOn,
}

/// What became of all since the start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    pub done: u64,
    pub refused: u64,
    /// Not whole at the end.
    pub left: u64,
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Done { name, kept_as, to } if kept_as.is_empty() => {
                write!(f, "{name}: done, now in {}", to.display())
            }
            Self::Done { name, kept_as, to } => {
                write!(f, "{name}: done as {kept_as}, now in {}", to.display())
            }
            Self::Refused { name, problems, to } => {
                write!(f, "{name}: refused, now in {}", to.display())?;
                problems.iter().try_for_each(|problem| write!(f, "\n  {problem}"))
            }
            Self::Waits { name, cause } => write!(f, "{name}: waits: {cause}"),
            Self::Stuck { cause, again_in_s } => {
                write!(f, "nothing can be sent, tried again in {again_in_s} s: {cause}")
            }
            Self::GoesOn => write!(f, "it goes on"),
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} done, {} refused, {} not whole", self.done, self.refused, self.left)
    }
}
