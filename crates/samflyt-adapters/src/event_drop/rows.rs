//! A file as rows, and each row as an event or as what is wrong with it. Pure.

use std::ops::Range;

use samflyt_proto::common::{Event, Refusal, Violation};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::mapping::{Format, Mapping};
use super::value::{self, Broken, Cells};
use crate::document::hexadecimal;

/// What ids that are digests begin with.
const DIGEST_PREFIX: &str = "row-";
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// A file's rows.
#[derive(Debug)]
pub(super) struct Rows {
    /// The header of CSV, with its end.
    pub header: Range<usize>,
    pub rows: Vec<Row>,
}

#[derive(Debug)]
pub(super) struct Row {
    /// Of the file, counted from 1.
    pub line: u64,
    /// Its bytes in the file.
    pub place: Range<usize>,
    pub event: Result<Event, Refusal>,
}

/// Whose events they are.
#[derive(Debug, Clone)]
pub(super) struct Owner {
    pub tenant: String,
    pub system: String,
}

/// # Errors
/// What is wrong with the file as a whole, and what to do.
pub(super) fn read(bytes: &[u8], mapping: &Mapping, owner: &Owner) -> Result<Rows, String> {
    std::str::from_utf8(bytes).map_err(|_| "it is not UTF-8: save it as UTF-8".to_owned())?;
    let begin = if bytes.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
    let of_row = |cells: Result<Cells, Broken>, raw: &[u8]| match cells {
        Ok(cells) => event(&cells, raw, mapping, owner),
        Err(broken) => Err(refusal(vec![violation("", broken)])),
    };
    match mapping.format {
        Format::Csv => csv(bytes, begin, mapping, of_row),
        Format::JsonLines => Ok(json_lines(bytes, begin, of_row)),
    }
}

fn json_lines(
    bytes: &[u8],
    begin: usize,
    of_row: impl Fn(Result<Cells, Broken>, &[u8]) -> Result<Event, Refusal>,
) -> Rows {
    let (mut rows, mut at) = (Vec::new(), begin);
    for (line, text) in (1..).zip(bytes[begin..].split_inclusive(|byte| *byte == b'\n')) {
        let place = at..at + text.len();
        at = place.end;
        let raw = text.trim_ascii();
        if raw.is_empty() {
            continue;
        }
        let cells = match samflyt_events::parse_strict(raw) {
            Ok(Value::Object(cells)) => Ok(cells),
            _ => Err(("is no JSON object", "write one JSON object on each line, no member twice")),
        };
        rows.push(Row { line, place, event: of_row(cells, raw) });
    }
    Rows { header: 0..begin, rows }
}

fn csv(
    bytes: &[u8],
    begin: usize,
    mapping: &Mapping,
    of_row: impl Fn(Result<Cells, Broken>, &[u8]) -> Result<Event, Refusal>,
) -> Result<Rows, String> {
    let delimiter = u8::try_from(mapping.delimiter).unwrap_or(b',');
    let mut reader =
        ::csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(&bytes[begin..]);
    let header =
        reader.headers().map_err(|_| "it has no header: name the columns in the first line".to_owned())?;
    let header: Vec<String> = header.iter().map(|name| name.trim().to_owned()).collect();
    for column in columns(mapping) {
        if !header.iter().any(|name| name == column) {
            return Err(format!(
                "the header has no column `{column}`, which the mapping names: see to the column names and to `delimiter`"
            ));
        }
    }
    // The reader stops between CR and LF, and begins before blank lines.
    let end = |position: &::csv::Position| {
        let end = begin + usize::try_from(position.byte()).unwrap_or(usize::MAX);
        if bytes.get(end.saturating_sub(1)..=end) == Some(b"\r\n") { end + 1 } else { end }
    };
    let end_of_header = end(reader.position());
    let (mut rows, mut record) = (Vec::new(), ::csv::StringRecord::new());
    let (mut line, mut counted) = (1, 0);
    loop {
        let from = end(reader.position());
        let blank = bytes[from..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let from = from + blank;
        line += bytes[counted..from].iter().filter(|byte| **byte == b'\n').count() as u64;
        counted = from;
        match reader.read_record(&mut record) {
            Ok(true) => {}
            Ok(false) => break,
            Err(_) => return Err(format!("from line {line} on it is no CSV")),
        }
        let place = from..end(reader.position());
        let cells = if record.len() == header.len() {
            let cells = header.iter().zip(record.iter());
            Ok(cells.map(|(name, cell)| (name.clone(), Value::String(cell.trim().to_owned()))).collect())
        } else {
            Err(("has not as many cells as the header", "see to its delimiters and quotes"))
        };
        let event = of_row(cells, bytes[place.clone()].trim_ascii());
        rows.push(Row { line, place, event });
    }
    Ok(Rows { header: 0..end_of_header, rows })
}

fn columns(mapping: &Mapping) -> impl Iterator<Item = &str> {
    let envelope =
        [Some(&mapping.entity), Some(&mapping.time), mapping.id.as_ref(), mapping.correlation.as_ref()];
    let data = mapping.data.values().map(|member| member.column.as_str());
    envelope.into_iter().flatten().map(String::as_str).chain(data)
}

fn event(cells: &Cells, raw: &[u8], mapping: &Mapping, owner: &Owner) -> Result<Event, Refusal> {
    let mut violations = Vec::new();
    let mut take = |column: &str| match value::cell(cells, column) {
        None => {
            violations.push(violation(column, ("is empty", "fill it in")));
            None
        }
        Some(cell) => Some(cell),
    };
    let (entity, time) = (take(&mapping.entity), take(&mapping.time));
    let id = mapping.id.as_ref().map(|column| (column, take(column)));
    let mut read = |column: &str, cell: Option<&Value>| {
        let text = cell.map(value::text)?;
        text.map_err(|broken| violations.push(violation(column, broken))).ok()
    };
    let entity = read(&mapping.entity, entity);
    let id = match id {
        None => Some(format!("{DIGEST_PREFIX}{}", digest(raw, mapping))),
        Some((column, cell)) => read(column, cell),
    };
    let correlation = mapping.correlation.as_ref().map(|column| read(column, value::cell(cells, column)));
    let time = time
        .map(value::moment)
        .and_then(|moment| moment.map_err(|broken| violations.push(violation(&mapping.time, broken))).ok());
    let data = data(cells, mapping, &mut violations);
    if !violations.is_empty() {
        return Err(refusal(violations));
    }
    Ok(Event {
        id: id.unwrap_or_default(),
        system: owner.system.clone(),
        r#type: mapping.kind.clone(),
        tenant: owner.tenant.clone(),
        entity: entity.unwrap_or_default(),
        time: time.map(samflyt_runtime::refused::timestamp),
        correlation_id: correlation.flatten().unwrap_or_default(),
        data: Value::Object(data).to_string().into(),
        ..Event::default()
    })
}

fn data(cells: &Cells, mapping: &Mapping, violations: &mut Vec<Violation>) -> Map<String, Value> {
    if mapping.data.is_empty() {
        return cells.clone();
    }
    let mut data = Map::new();
    for (name, member) in &mapping.data {
        match value::cell(cells, &member.column) {
            None if member.optional => {}
            None => violations.push(violation(&member.column, ("is empty", "fill it in"))),
            Some(cell) => match value::typed(cell, member.kind) {
                Ok(value) => drop(data.insert(name.clone(), value)),
                Err(broken) => violations.push(violation(&member.column, broken)),
            },
        }
    }
    data
}

/// By the type too: one file may be dropped under two mappings.
fn digest(raw: &[u8], mapping: &Mapping) -> String {
    let mut hasher = Sha256::new_with_prefix(mapping.kind.as_bytes());
    hasher.update([0]);
    hasher.update(raw);
    hexadecimal(hasher)[..40].to_owned()
}

fn violation(column: &str, (rule, advice): Broken) -> Violation {
    let field = if column.is_empty() { "the row".to_owned() } else { format!("column `{column}`") };
    Violation { field, rule: rule.to_owned(), advice: advice.to_owned() }
}

fn refusal(violations: Vec<Violation>) -> Refusal {
    Refusal {
        reason: "ROW_INVALID".to_owned(),
        message: "the row is no event by the mapping".to_owned(),
        violations,
        retry_after: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CSV: &str = "format = 'csv'\ndelimiter = ';'\ntype = 'kindergarten.place-offered'\nentity = 'sak'\n\
        time = 'dato'\n[data]\ncase = {column = 'sak'}\nhours = {column = 'timer', type = 'integer'}\n\
        note = {column = 'merknad', optional = true}\n";

    fn of(text: &str, mapping: &str) -> Rows {
        let owner = Owner { tenant: "seljord".to_owned(), system: "seljord-gat".to_owned() };
        read(text.as_bytes(), &Mapping::parse(mapping).unwrap(), &owner).unwrap()
    }

    #[test]
    fn a_row_of_csv_is_an_event_and_a_bad_one_says_why_by_its_line() {
        let text = "\u{feff}sak;dato;timer;merknad\r\n1;2026-03-01;41;\"to\nlinjer\"\r\n2;;x;\r\n3;2026-03-02;20;\r\n4;2026\r\n";
        let found = of(text, CSV);
        let lines: Vec<u64> = found.rows.iter().map(|row| row.line).collect();
        assert_eq!(lines, [2, 4, 5, 6]);
        let first = found.rows[0].event.as_ref().unwrap();
        assert_eq!((first.entity.as_str(), first.tenant.as_str()), ("1", "seljord"));
        assert_eq!(&first.data[..], br#"{"case":"1","hours":41,"note":"to\nlinjer"}"#);
        assert_eq!(&found.rows[2].event.as_ref().unwrap().data[..], br#"{"case":"3","hours":20}"#);
        let told: Vec<String> =
            found.rows[1].event.as_ref().unwrap_err().violations.iter().map(|v| v.field.clone()).collect();
        assert_eq!(told, ["column `dato`", "column `timer`"]);
        assert_eq!(found.rows[3].event.as_ref().unwrap_err().violations[0].field, "the row");
        assert_eq!(text[found.rows[2].place.clone()].trim_end(), "3;2026-03-02;20;");
        assert_eq!(&text[found.header.clone()], "\u{feff}sak;dato;timer;merknad\r\n");
    }

    #[test]
    fn a_row_has_the_same_id_wherever_it_stands_and_another_row_another() {
        let mapping = "format = 'json-lines'\ntype = 'a.b'\nentity = 'c'\ntime = 't'\n";
        let (one, two) = (r#"{"c":7,"t":"2026-03-01"}"#, r#"{"c":8,"t":"2026-03-01"}"#);
        let ids = |text: String| {
            let rows = of(&text, mapping).rows;
            rows.into_iter().map(|row| row.event.unwrap().id).collect::<Vec<_>>()
        };
        let (first, second) = (ids(format!("{one}\n\n{two}\n")), ids(format!("{two}\r\n{one}")));
        assert_eq!((&first[0], &first[1]), (&second[1], &second[0]));
        assert_ne!(first[0], first[1]);
        assert_eq!(of(one, mapping).rows[0].event.as_ref().unwrap().entity, "7");
        let named = of(r#"{"c":7,"t":"2026-03-01","n":12}"#, &format!("{mapping}id = 'n'\n"));
        assert_eq!(named.rows[0].event.as_ref().unwrap().id, "12");
        assert!(of("[1]\n{", mapping).rows.iter().all(|row| row.event.is_err()));
    }

    #[test]
    fn a_column_that_is_not_there_is_told_of_the_file() {
        let mapping = Mapping::parse(CSV).unwrap();
        let owner = Owner { tenant: "seljord".to_owned(), system: "seljord-gat".to_owned() };
        let told = read(b"sak,dato,timer\n1,2,3\n", &mapping, &owner).unwrap_err();
        assert!(told.contains("no column `sak`") && told.contains("delimiter"), "{told}");
        assert!(read(b"sak;d\xE5to\n", &mapping, &owner).unwrap_err().contains("UTF-8"));
    }
}
