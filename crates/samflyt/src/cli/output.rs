//! Standard output: text that ends quietly where its reader does, and tables.

use std::io::{self, Write};

use anyhow::Context;
use serde_json::Value;

/// Writes one text and a line end. A reader that has gone (`| head`) is no failure.
pub(super) fn print(text: &str) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    let written = out.write_all(text.trim_end_matches('\n').as_bytes()).and_then(|()| out.write_all(b"\n"));
    match written.and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        done => done.context("cannot write to standard output"),
    }
}

/// One answer as JSON.
pub(super) fn print_json(value: &Value) -> anyhow::Result<()> {
    print(&format!("{value:#}"))
}

/// One of many answers, as a line of JSON.
pub(super) fn print_json_line(value: &Value) -> anyhow::Result<()> {
    print(&value.to_string())
}

/// A name from elsewhere as a terminal may show it: control characters would be obeyed, not shown.
pub(super) fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

/// Rows under a heading, in aligned columns. A heading that begins with `#` is right-aligned, for numbers.
pub(crate) struct Table {
    headings: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn new(headings: &[&str]) -> Self {
        Self { headings: headings.iter().map(|heading| (*heading).to_owned()).collect(), rows: Vec::new() }
    }

    /// A row has as many cells as there are headings.
    pub(crate) fn row<const N: usize>(&mut self, cells: [&str; N]) {
        debug_assert_eq!(N, self.headings.len());
        self.rows.push(cells.into_iter().map(plain).collect());
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The text, or what to say where there is no row.
    pub(super) fn or(self, nothing: &str) -> String {
        if self.is_empty() { format!("{nothing}\n") } else { self.render() }
    }

    pub(crate) fn render(&self) -> String {
        let headings: Vec<String> =
            self.headings.iter().map(|heading| heading.trim_start_matches('#').to_owned()).collect();
        let width = |column: usize| {
            let cells = self.rows.iter().chain([&headings]).filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..headings.len()).map(width).collect();
        let mut text = String::new();
        for row in [&headings].into_iter().chain(&self.rows) {
            let mut line = String::new();
            for ((cell, width), heading) in row.iter().zip(&widths).zip(&self.headings) {
                let gap = " ".repeat(width - cell.chars().count());
                line += &if heading.starts_with('#') {
                    format!("{gap}{cell}  ")
                } else {
                    format!("{cell}{gap}  ")
                };
            }
            text += line.trim_end();
            text.push('\n');
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_by_characters_and_numbers_to_the_right() {
        let mut table = Table::new(&["tenant", "#events", "name"]);
        table.row(["bø", "7", "Bø"]);
        table.row(["kviteseid", "12 345", "a\u{1b}[2Jb"]);
        assert_eq!(
            table.render(),
            "tenant     events  name\nbø              7  Bø\nkviteseid  12 345  a\u{fffd}[2Jb\n"
        );
    }
}
