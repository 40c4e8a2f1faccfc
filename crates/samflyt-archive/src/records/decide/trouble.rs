//! Why a command is not carried out.

use samflyt_projection::StoreError;

use super::Problem;

#[derive(Debug)]
pub(crate) enum Trouble {
    /// What the command is about is not there, or not for this caller to know.
    NotFound(Problem),
    /// All that is wrong with it.
    Invalid(Vec<Problem>),
    Unreadable(StoreError),
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        Self::Unreadable(error)
    }
}

impl From<Problem> for Trouble {
    fn from(problem: Problem) -> Self {
        Self::Invalid(vec![problem])
    }
}

impl Trouble {
    /// The problems, where it is not the store that failed. `NotFound` counts as one: for commands that make something, a
    /// reference that leads nowhere is a fault of theirs.
    pub fn into_problems(self) -> Result<Vec<Problem>, StoreError> {
        match self {
            Self::NotFound(problem) => Ok(vec![problem]),
            Self::Invalid(problems) => Ok(problems),
            Self::Unreadable(error) => Err(error),
        }
    }
}
