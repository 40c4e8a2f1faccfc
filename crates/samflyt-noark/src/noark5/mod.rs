//! The Noark 5 extraction, version 5.0: the grammars of its files, and how records are said in them.
//!
//! Consumes units with documents in the words of Fiks Arkiv; gives documents in the words of the extraction's schemas, and
//! the files piece by piece. What the standard requires and the records do not have yet is filled as
//! `docs/decisions/0020-what-an-extraction-says.md` says.

pub mod addml;
pub mod grammar;
pub mod say;
pub mod structure;

mod said;
mod words;

use serde_json::Value;

use crate::unit::Kind;

/// The schemas that an extraction has.
pub const SCHEMAS: [&str; 5] = [
    "arkivstruktur.xsd",
    "metadatakatalog.xsd",
    "endringslogg.xsd",
    "loependeJournal.xsd",
    "offentligJournal.xsd",
];

/// What is extracted when and by whom, and how it refers to other records.
pub struct Extraction<'e> {
    /// As `xs:dateTime`: the end of what is open still.
    pub at: &'e str,
    /// Who made the extraction.
    pub by: &'e str,
    /// The systemID of the mappe or registrering that a reference of Fiks Arkiv means.
    pub find: &'e dyn Fn(Kind, &Value) -> Option<String>,
}
