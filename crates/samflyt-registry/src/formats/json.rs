//! A record as JSON: what is missing is null, and named once more by itself.

use samflyt_events::Refusal;
use serde_json::{Map, Value, json};

use super::not_written;
use super::record::Record;

pub(super) fn write(record: &Record) -> Result<Vec<u8>, Refusal> {
    let columns = record.columns.iter().map(|column| {
        json!({
            "key": column.key,
            "heading": column.heading,
            "provisions": record.answers.get(column.key),
        })
    });
    let rows = record.rows.iter().map(|row| {
        let mut members = Map::new();
        let mut missing = Vec::new();
        for column in record.columns {
            match row.get(column.key).filter(|cell| !cell.is_empty()) {
                Some(cell) => members.insert(column.key.to_owned(), json!(cell)),
                None => {
                    missing.push(column.key);
                    members.insert(column.key.to_owned(), Value::Null)
                }
            };
        }
        members.insert("missing".to_owned(), json!(missing));
        Value::Object(members)
    });
    let document = json!({
        "record": record.which.as_str(),
        "title": record.which.title(),
        "as_of": record.as_of,
        "positions": record.positions,
        "columns": columns.collect::<Vec<_>>(),
        "rows": rows.collect::<Vec<_>>(),
    });
    let mut text = serde_json::to_vec_pretty(&document).map_err(|error| not_written(&error))?;
    text.push(b'\n');
    Ok(text)
}
