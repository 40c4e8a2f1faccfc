//! Tables of resources, as people have them: a spreadsheet saved as CSV.
//!
//! Consumes bytes in whatever encoding and with whatever delimiter; gives entries (one resource each) and the problems of
//! rows. Keeps true: an entry becomes a whole document or none; a cell that is empty changes nothing; the same table gives
//! the same documents again. `docs/TABLES.md` lists the headings.

mod cell;
mod columns;
mod document;
mod encoding;
mod slug;

use std::collections::HashMap;

use samflyt_events::catalogue::Kind;
use samflyt_events::personal::holds_identity_number;
use samflyt_events::{Reason, Refusal};

use columns::Column;
pub(crate) use document::{document, in_rows};

/// The largest table, in rows.
const ROWS_MAX: usize = 5_000;
/// The longest heading that is repeated, in characters.
const HEADING_MAX: usize = 80;

/// What is wrong with a row. Never repeats what is in a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    /// As a spreadsheet numbers it: the row of headings is 1.
    pub row: u32,
    pub column: String,
    pub rule: String,
    pub advice: String,
}

impl Problem {
    pub fn new(row: u32, column: &str, rule: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { row, column: column.to_owned(), rule: rule.into(), advice: advice.into() }
    }
}

/// A table that was read.
#[derive(Debug)]
pub(crate) struct Table {
    pub kind: Kind,
    /// `utf-8`, `utf-16` or `latin-1`.
    pub encoding: &'static str,
    pub delimiter: char,
    headings: Vec<Heading>,
    pub entries: Vec<Entry>,
    pub problems: Vec<Problem>,
}

/// A column of the table, with what it means; none: it means nothing here, which is told.
#[derive(Debug)]
struct Heading {
    text: String,
    column: Option<&'static Column>,
}

/// The rows of one resource: one, but for a process, which has one for each step.
#[derive(Debug, Default)]
pub(crate) struct Entry {
    rows: Vec<Row>,
}

impl Entry {
    pub fn row(&self) -> u32 {
        self.rows.first().map_or(0, |row| row.number)
    }

    pub fn rows(&self) -> impl Iterator<Item = u32> {
        self.rows.iter().map(|row| row.number)
    }
}

#[derive(Debug)]
struct Row {
    number: u32,
    cells: Vec<String>,
}

impl Table {
    /// # Errors
    /// `REQUEST_INVALID` where it is no table of the kind at all; what is wrong with single rows is in `problems`.
    pub fn read(kind: Kind, bytes: &[u8]) -> Result<Self, Refusal> {
        let known = columns::of(kind).ok_or_else(|| {
            let rule = format!("has no tables: `{}` is described by documents only", kind.as_str());
            Refusal::of_field(Reason::RequestInvalid, "/kind", rule, "put the documents one by one")
        })?;
        let (text, encoding) = encoding::decode(bytes);
        let (delimiter, texts) = delimiter(&text, known).ok_or_else(|| {
            let members: Vec<&str> = known.iter().map(|column| column.member).collect();
            let advice = format!("the first row names the columns: {}", members.join(", "));
            let rule = format!("has no heading that a {} has", kind.as_str());
            Refusal::of_field(Reason::RequestInvalid, "/table", rule, advice)
        })?;
        let mut table = Self {
            kind,
            encoding,
            delimiter,
            headings: Vec::new(),
            entries: Vec::new(),
            problems: Vec::new(),
        };
        table.take_headings(texts, known);
        table.take_rows(&text)?;
        Ok(table)
    }

    fn take_headings(&mut self, texts: Vec<String>, known: &'static [Column]) {
        for (at, text) in texts.into_iter().enumerate() {
            let mut column = columns::find(known, &text);
            let text = shown(&text, at);
            let taken = |other: &Heading| {
                column.is_some() && other.column.map(|c| c.member) == column.map(|c| c.member)
            };
            if let Some(first) = self.headings.iter().find(|other| taken(other)) {
                let rule = format!("means the same as the column `{}`, and is left out", first.text);
                self.problems.push(Problem::new(1, &text, rule, "keep one of the two"));
                column = None;
            } else if column.is_none() && !text.is_empty() {
                let rule = format!("is no column of a {}, and is left out", self.kind.as_str());
                let advice = match columns::other_kind(self.kind, &text) {
                    Some(other) => format!("import the table as `{}` too", other.as_str()),
                    None => "rename it as in docs/TABLES.md, or leave it".to_owned(),
                };
                self.problems.push(Problem::new(1, &text, rule, advice));
            }
            self.headings.push(Heading { text, column });
        }
    }

    fn take_rows(&mut self, text: &str) -> Result<(), Refusal> {
        let mut reader = reader(text, self.delimiter);
        let (mut number, mut line, mut count) = (0_u32, 1_u64, 0);
        let mut entries = HashMap::new();
        let mut record = csv::StringRecord::new();
        while reader.read_record(&mut record).unwrap_or(false) {
            let inner: usize = record.iter().map(|cell| cell.matches('\n').count()).sum();
            // A spreadsheet counts the empty rows that the reader skips.
            let passed = reader.position().line().saturating_sub(line).saturating_sub(1 + inner as u64);
            line = reader.position().line();
            number = number.saturating_add(1).saturating_add(u32::try_from(passed).unwrap_or(u32::MAX));
            if number == 1 || record.iter().all(|cell| cell.trim().is_empty()) {
                continue;
            }
            count += 1;
            if count > ROWS_MAX {
                let rule = format!("has more than {ROWS_MAX} rows");
                return Err(Refusal::of_field(Reason::TooLarge, "/table", rule, "split it"));
            }
            let is_last = usize::try_from(reader.position().byte()).is_ok_and(|read| read >= text.len());
            if is_last && inner > 0 && text.matches('"').count() % 2 == 1 {
                let rule = "has a quotation mark that is not closed: all that follows was read as one cell";
                let advice = "close it, or write it twice within a cell";
                self.problems.push(Problem::new(number, "", rule, advice));
            } else if let Some(row) = self.take_row(number, &record) {
                self.take_entry(row, &mut entries);
            }
        }
        Ok(())
    }

    fn take_row(&mut self, number: u32, record: &csv::StringRecord) -> Option<Row> {
        let (cells, headings) = (record.len(), self.headings.len());
        let more = record.iter().skip(headings).any(|cell| !cell.trim().is_empty());
        if cells < headings || more {
            let rule = format!("has {cells} cells under {headings} headings");
            let advice = "put a cell that holds a line break or the delimiter between quotation marks";
            self.problems.push(Problem::new(number, "", rule, advice));
            return None;
        }
        let cells = record.iter().take(headings).map(|cell| cell.trim().to_owned()).collect();
        Some(Row { number, cells })
    }

    fn take_entry(&mut self, row: Row, entries: &mut HashMap<String, usize>) {
        let key = group(&self.headings, self.kind, &row);
        if let Some(&at) = entries.get(&key).filter(|_| !key.is_empty()) {
            return self.entries[at].rows.push(row);
        }
        entries.insert(key, self.entries.len());
        self.entries.push(Entry { rows: vec![row] });
    }
}

/// What the rows of one process have in common; empty where each row is an entry of its own.
fn group(headings: &[Heading], kind: Kind, row: &Row) -> String {
    if kind != Kind::Process {
        return String::new();
    }
    let cell = |member: &str| {
        let at = headings.iter().position(|heading| heading.column.is_some_and(|c| c.member == member));
        at.map_or("", |at| row.cells[at].as_str())
    };
    format!("{}\n{}", cell("id"), cell("name")).trim().to_owned()
}

/// A heading as it may be repeated: a table without headings has data there.
fn shown(text: &str, at: usize) -> String {
    let text = text.trim();
    if holds_identity_number(text) {
        format!("column {}", at + 1)
    } else {
        text.chars().take(HEADING_MAX).collect()
    }
}

fn reader(text: &str, delimiter: char) -> csv::Reader<&[u8]> {
    let delimiter = u8::try_from(delimiter).unwrap_or(b',');
    csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes())
}

/// The delimiter under which most headings are known, with the headings.
fn delimiter(text: &str, known: &[Column]) -> Option<(char, Vec<String>)> {
    let mut best: Option<(usize, char, Vec<String>)> = None;
    for delimiter in [';', ',', '\t'] {
        let mut record = csv::StringRecord::new();
        if !reader(text, delimiter).read_record(&mut record).unwrap_or(false) {
            continue;
        }
        let headings: Vec<String> = record.iter().map(ToOwned::to_owned).collect();
        let found = headings.iter().filter(|heading| columns::find(known, heading).is_some()).count();
        if found > best.as_ref().map_or(0, |(most, ..)| *most) {
            best = Some((found, delimiter, headings));
        }
    }
    best.map(|(_, delimiter, headings)| (delimiter, headings))
}

#[cfg(test)]
mod tests;
