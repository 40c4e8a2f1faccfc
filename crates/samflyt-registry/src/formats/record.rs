//! A record of processing activities as a table, whichever way it is written.

use std::collections::BTreeMap;

use time::Date;

use super::columns::Column;
use super::extent::Extent;
use super::provisions::{self, Answers};

/// What stands where nobody has filled anything in.
pub(super) const MISSING: &str = "(not filled in)";

/// Which of the two records that GDPR article 30 asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Which {
    /// The controller's, article 30(1).
    Controller,
    /// The processor's, article 30(2).
    Processor,
}

impl Which {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Controller => "controller",
            Self::Processor => "processor",
        }
    }

    pub fn title(self) -> &'static str {
        match self {
            Self::Controller => "Record of processing activities",
            Self::Processor => "Record of processing on behalf of controllers",
        }
    }
}

/// What is known of one column of one row: each thing by itself. Empty: nobody has filled it in.
pub(super) type Cell = Vec<String>;

pub(super) struct Record {
    pub which: Which,
    pub as_of: String,
    pub positions: BTreeMap<String, u64>,
    pub reach: String,
    pub columns: &'static [Column],
    /// By key of a column: the provisions that it answers.
    pub answers: BTreeMap<&'static str, Vec<Answers>>,
    /// By key of a column.
    pub rows: Vec<BTreeMap<&'static str, Cell>>,
}

impl Record {
    pub fn new(
        which: Which,
        columns: &'static [Column],
        extent: &Extent<'_>,
        rows: Vec<BTreeMap<&'static str, Cell>>,
    ) -> Self {
        let on: Date = extent.moment().date();
        let in_force =
            |column: &Column| provisions::in_force(&extent.config.provisions, which, column.key, on);
        Self {
            which,
            as_of: extent.moment_text(),
            positions: extent.positions(),
            reach: extent.reach(),
            columns,
            answers: columns.iter().map(|column| (column.key, in_force(column))).collect(),
            rows,
        }
    }

    /// The cell of a row, as text.
    pub fn text(row: &BTreeMap<&'static str, Cell>, column: &Column) -> String {
        match row.get(column.key) {
            Some(cell) if !cell.is_empty() => cell.join("; "),
            _ => MISSING.to_owned(),
        }
    }

    /// The provisions that a column answers, in one line; empty where it answers none.
    pub fn answered(&self, column: &Column) -> String {
        let answers = self.answers.get(column.key).into_iter().flatten();
        answers.map(ToString::to_string).collect::<Vec<_>>().join("; ")
    }
}

/// A text that somebody may have filled in.
pub(super) fn given(text: &str) -> Cell {
    if text.is_empty() { Vec::new() } else { vec![text.to_owned()] }
}
