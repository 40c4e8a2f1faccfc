//! A record as Markdown (CommonMark, with tables as GitHub has them): one section for each activity.

use std::fmt::Write;

use super::record::Record;

pub(super) fn write(record: &Record) -> Vec<u8> {
    let mut text = format!("# {}\n\n{}.\n", record.which.title(), escaped(&record.reach));
    let name = |row| {
        ["title", "system", "controller"].iter().find_map(|key| {
            let column = record.columns.iter().find(|column| column.key == *key)?;
            Some(Record::text(row, column))
        })
    };
    for row in &record.rows {
        // Writing to a string does not fail.
        let _ = write!(text, "\n## {}\n\n", escaped(&name(row).unwrap_or_default()));
        text += "| | | provision |\n| --- | --- | --- |\n";
        for column in record.columns {
            let (cell, answered) = (Record::text(row, column), record.answered(column));
            let _ = writeln!(text, "| {} | {} | {} |", column.heading, escaped(&cell), escaped(&answered));
        }
    }
    if record.rows.is_empty() {
        text += "\nThe catalogue holds none.\n";
    }
    text.into_bytes()
}

/// What would be markup is shown instead.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\r' => escaped.push(' '),
            '|' | '\\' | '`' | '*' | '_' | '<' | '>' | '[' | ']' | '#' | '&' | '~' => {
                escaped.push('\\');
                escaped.push(c);
            }
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_cannot_break_out_of_its_cell() {
        assert_eq!(escaped("a|b\n# <c>"), "a\\|b \\# \\<c\\>");
    }
}
