//! XML and JSON to documents.
//!
//! What comes from outside is checked against its grammar: every problem is told with its place, and never with the text that
//! was there, which may be about a person. XML is read without a DTD: entities other than the five of XML itself do not exist.

mod check;
mod decode;
mod glance;
mod json;
mod scope;
mod simple;
mod tree;

use serde::Serialize;
use serde_json::Value;

pub use self::glance::{Glance, glance};
use crate::grammar::{Complex, Root};

/// As many problems of one document are told.
pub const PROBLEMS_MAX: usize = 100;
pub(crate) const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// Something in a document that is not as its grammar says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{path} {rule}: {advice}")]
pub struct Problem {
    /// Where: `/arkivmelding/registrering/dokumentbeskrivelse[2]/tittel` in XML, a JSON pointer in JSON.
    pub path: String,
    /// In XML, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// What is wrong, such as `is missing`.
    pub rule: String,
    /// What to do about it.
    pub advice: String,
}

impl Problem {
    pub(crate) fn new(path: &str, line: Option<u32>, rule: &str, advice: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, rule: rule.to_owned(), advice: advice.into() }
    }
}

/// A document from XML. How large it may be is for the caller to say.
///
/// White space around a value that is not text is left out. The type of an element that others are derived from is always
/// named in the document, also where the XML left it to be understood.
///
/// # Errors
/// All problems, up to [`PROBLEMS_MAX`]; one only where it is not well-formed.
pub fn xml(bytes: &[u8], root: &Root) -> Result<Value, Vec<Problem>> {
    let source = decode::text(bytes).map_err(|problem| vec![problem])?;
    let tree = tree::parse(&source).map_err(|problem| vec![problem])?;
    check::document(&tree, &source, root)
}

/// Checks a document that came as JSON. `at` is the JSON pointer of the value.
///
/// # Errors
/// All problems, up to [`PROBLEMS_MAX`].
pub fn json(value: &Value, of: &'static Complex, at: &str) -> Result<(), Vec<Problem>> {
    json::document(value, of, at)
}

/// Whether XML 1.0 allows a character.
pub fn is_xml(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | ' '..='\u{FFFD}' | '\u{10000}'..)
}

/// Problems as they are found.
#[derive(Debug, Default)]
struct Problems(Vec<Problem>);

impl Problems {
    fn push(&mut self, problem: Problem) {
        if self.0.len() < PROBLEMS_MAX {
            self.0.push(problem);
        }
    }

    fn or<T>(self, value: T) -> Result<T, Vec<Problem>> {
        if self.0.is_empty() { Ok(value) } else { Err(self.0) }
    }
}

/// Names as they are listed in advice.
fn listed(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
