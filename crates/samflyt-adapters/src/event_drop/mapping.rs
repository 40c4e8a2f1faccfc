//! The mapping file: what a row means as an event.

use std::collections::BTreeMap;
use std::path::Path;
use std::{fs, io};

use serde::Deserialize;

/// What a row means. Columns are those of the CSV header, or members of the JSON object.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Mapping {
    pub format: Format,
    /// Between the cells of CSV, one ASCII character.
    #[serde(default = "comma")]
    pub delimiter: char,
    /// `kindergarten.place-offered`
    #[serde(rename = "type")]
    pub kind: String,
    /// The column of what the event is about.
    pub entity: String,
    /// The column of when it happened: RFC 3339, or a date, which is its midnight in UTC.
    pub time: String,
    /// The column of the id; where none is named, the row's digest.
    pub id: Option<String>,
    /// The column of the affair.
    pub correlation: Option<String>,
    /// The members of the data. Without them, the data of JSON lines is the whole object.
    #[serde(default)]
    pub data: BTreeMap<String, Member>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    Csv,
    JsonLines,
}

/// A member of the data.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Member {
    pub column: String,
    #[serde(rename = "type", default)]
    pub kind: Kind,
    /// Left out where the cell is empty.
    #[serde(default)]
    pub optional: bool,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    #[default]
    Text,
    Integer,
    Number,
    Boolean,
    /// As it is; only of JSON lines.
    Any,
}

/// Why a mapping cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum MappingError {
    #[error("the mapping cannot be read")]
    Read(#[source] io::Error),
    #[error("the mapping is not as it should be: {0}")]
    Form(String),
}

fn comma() -> char {
    ','
}

impl Mapping {
    /// # Errors
    /// Where the file cannot be read, or says what cannot be.
    pub fn of_file(path: &Path) -> Result<Self, MappingError> {
        Self::parse(&fs::read_to_string(path).map_err(MappingError::Read)?)
    }

    /// # Errors
    /// Where it says what cannot be.
    pub fn parse(text: &str) -> Result<Self, MappingError> {
        let mapping: Self = toml::from_str(text).map_err(|error| MappingError::Form(error.to_string()))?;
        let form = |text: &str| Err(MappingError::Form(text.to_owned()));
        if !mapping.delimiter.is_ascii() {
            return form("`delimiter` is one ASCII character, such as `;`");
        }
        if mapping.format == Format::Csv && mapping.data.is_empty() {
            return form("`[data]` is missing: name the members of the data and their columns");
        }
        if mapping.format == Format::Csv && mapping.data.values().any(|member| member.kind == Kind::Any) {
            return form("`any` is of JSON lines only: cells of CSV are text, integer, number or boolean");
        }
        Ok(mapping)
    }

    /// The end of the names of files that are taken.
    pub(super) fn ends(&self) -> &'static [&'static str] {
        match self.format {
            Format::Csv => &["csv"],
            Format::JsonLines => &["jsonl", "ndjson"],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_is_told_before_anything_is_watched() {
        let head = "type = 'a.b'\nentity = 'c'\ntime = 't'\n";
        for (text, told) in [
            ("format = 'csv'", "`[data]` is missing"),
            ("format = 'csv'\ndelimiter = 'ø'", "ASCII"),
            ("format = 'csv'\n[data]\na = {column = 'a', type = 'any'}", "JSON lines only"),
            ("format = 'xml'", "format"),
            ("format = 'json-lines'\nsubject = 'a'", "subject"),
        ] {
            let error = Mapping::parse(&format!("{head}{text}")).unwrap_err();
            assert!(error.to_string().contains(told), "{error}");
        }
        Mapping::parse(&format!("{head}format = 'json-lines'")).unwrap();
    }
}
