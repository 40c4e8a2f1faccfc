//! What is written is read again as it was, and is what the schemas of the protocol want.
#![allow(clippy::unwrap_used)]

mod random;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use proptest::collection::vec;
use proptest::prelude::*;
use samflyt_noark::fiks::Schema;
use samflyt_noark::grammar::{Complex, Content};
use samflyt_noark::{read, write};
use serde_json::Value;

use self::random::{Choices, document};

/// The published material of the protocol, where this machine has it.
fn published() -> Option<PathBuf> {
    let folder =
        std::env::var_os("SAMFLYT_CONFORMANCE_DIR").map(|folder| PathBuf::from(folder).join("fiks-arkiv"));
    if folder.is_none() {
        eprintln!("SAMFLYT_CONFORMANCE_DIR is not set: nothing is held against the published material");
    }
    folder
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_of_every_schema_is_read_as_it_was(choices in vec(any::<u16>(), 0..1500)) {
        for schema in Schema::ALL {
            let root = schema.root();
            let made = document(root.content, &mut Choices::new(&choices));
            let xml = write::document(root, &made).map_err(|error| TestCaseError::fail(format!("{schema:?}: {error}")))?;
            prop_assert_eq!(read::xml(xml.as_bytes(), root), Ok(made), "{:?}: {}", schema, xml);
        }
    }

    #[test]
    fn a_document_made_by_its_grammar_is_right_as_json(choices in vec(any::<u16>(), 0..1500)) {
        for schema in Schema::ALL {
            let made = document(schema.root().content, &mut Choices::new(&choices));
            prop_assert_eq!(read::json(&made, schema.root().content, ""), Ok(()), "{:?}: {}", schema, made);
        }
    }

    #[test]
    fn bytes_of_any_kind_are_read_or_refused(bytes in vec(any::<u8>(), 0..200), text in "(<|/|>|a|&|;|#|xmlns=|'|\"|!--|\\[| ){0,30}") {
        let root = Schema::Sok.root();
        prop_assert!(read::xml(&bytes, root).is_err());
        prop_assert!(read::xml(text.as_bytes(), root).is_err());
    }
}

/// The published schema whose root element a message has.
fn xsd(folder: &Path, schema: Schema) -> PathBuf {
    let target = format!("targetNamespace=\"{}\"", schema.root().namespace);
    let files = std::fs::read_dir(folder.join("schema")).unwrap().map(|entry| entry.unwrap().path());
    let mut found = files.filter(|file| std::fs::read_to_string(file).unwrap().contains(&target));
    found.next().unwrap_or_else(|| panic!("no published schema has {target}"))
}

/// Numbers that are the same in every run.
struct Seeded(u64);

impl Seeded {
    fn next(&mut self) -> u16 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        u16::try_from(self.0 >> 48).unwrap()
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::from(self.next()) % limit
    }

    fn document(&mut self, schema: Schema, choices: usize) -> Value {
        let choices: Vec<u16> = (0..choices).map(|_| self.next()).collect();
        document(schema.root().content, &mut Choices::new(&choices))
    }

    /// Small ones and large ones; the more, the more types a schema has far inside.
    fn documents(&mut self, schema: Schema) -> impl Iterator<Item = Value> {
        let count = if schema == Schema::ArkivmeldingOppdater { 2000 } else { 500 };
        (0..count).map(move |number| self.document(schema, number % 200 * 40))
    }
}

/// Every element of a type and of what is in it, as type and name.
fn elements(of: &'static Complex, all: &mut BTreeSet<(&'static str, &'static str, &'static str)>) {
    for (_, element) in of.all() {
        if !all.insert((of.namespace, of.name, element.name)) {
            continue;
        }
        match element.content {
            Content::Complex(inner) | Content::Repeated(inner) => elements(inner, all),
            Content::Derived(types) => types.iter().for_each(|inner| elements(inner, all)),
            Content::Text(_) | Content::Any => {}
        }
    }
}

/// Takes out those that a document has.
fn take_out(
    value: &Value,
    of: &'static Complex,
    all: &mut BTreeSet<(&'static str, &'static str, &'static str)>,
) {
    for (_, element) in of.all() {
        let Some(member) = value.get(element.name) else { continue };
        all.remove(&(of.namespace, of.name, element.name));
        let one = std::slice::from_ref(member);
        for item in member.as_array().map_or(one, Vec::as_slice) {
            match element.content {
                Content::Complex(inner) | Content::Repeated(inner) => take_out(item, inner, all),
                Content::Derived(types) => {
                    let inner = types.iter().find(|inner| item[write::TYPE] == inner.name).unwrap();
                    take_out(item, inner, all);
                }
                Content::Text(_) | Content::Any => {}
            }
        }
    }
}

#[test]
fn the_documents_made_at_random_have_every_element_of_every_schema() {
    let mut seeded = Seeded(17);
    let mut all = BTreeSet::new();
    Schema::ALL.iter().for_each(|schema| elements(schema.root().content, &mut all));
    assert!(all.len() > 1000, "{}", all.len());
    for schema in Schema::ALL {
        for made in seeded.documents(*schema) {
            take_out(&made, schema.root().content, &mut all);
        }
    }
    assert_eq!(all, BTreeSet::new());
}

/// What xmllint says of each: whether it is valid, and why not.
fn xmllint(folder: &Path, schema: Schema, documents: &[String]) -> Vec<(bool, String)> {
    let written = tempfile::tempdir().unwrap();
    let files: Vec<_> =
        (0..documents.len()).map(|number| written.path().join(format!("{number}.xml"))).collect();
    for (file, document) in files.iter().zip(documents) {
        std::fs::write(file, document).unwrap();
    }
    let mut xmllint = Command::new("xmllint");
    xmllint.args(["--noout", "--nonet", "--schema"]).arg(xsd(folder, schema)).args(&files);
    let said = String::from_utf8(xmllint.output().unwrap().stderr).unwrap();
    let verdict = |file: &PathBuf| {
        let name = format!("{}", file.display());
        let about: String =
            said.lines().filter(|line| line.starts_with(&name)).collect::<Vec<_>>().join("\n");
        (about.ends_with(" validates"), about)
    };
    files.iter().map(verdict).collect()
}

#[test]
fn what_is_written_of_every_schema_is_valid_against_the_published_one() {
    let Some(folder) = published() else { return };
    let mut seeded = Seeded(17);
    for schema in Schema::ALL {
        let made = seeded.documents(*schema);
        let documents: Vec<_> = made.map(|made| write::document(schema.root(), &made).unwrap()).collect();
        for ((valid, why), document) in xmllint(&folder, *schema, &documents).iter().zip(&documents) {
            assert!(valid, "{schema:?}: {why}\n{document}");
        }
    }
}

/// Changes a document in one place: a line, which is a small element or a tag, is left out, comes twice, or later.
fn change(document: &str, seeded: &mut Seeded) -> String {
    let mut lines: Vec<_> = document.lines().collect();
    let at = 1 + seeded.below(lines.len() - 1);
    match seeded.below(4) {
        0 => drop(lines.remove(at)),
        1 => lines.insert(at, lines[at]),
        2 => {
            let other = (at + 1 + seeded.below(3)).min(lines.len() - 1);
            lines.swap(at, other);
        }
        _ => {
            let line = lines[at].replace("mappe\"", "registrering\"").replace(">2", ">x").replace("ID", "id");
            return document.replacen(lines[at], &line, 1);
        }
    }
    lines.join("\n")
}

#[test]
fn what_is_read_is_what_the_published_schemas_hold_for_valid() {
    let Some(folder) = published() else { return };
    let mut seeded = Seeded(4);
    let mut refused = 0;
    for schema in Schema::ALL {
        let documents: Vec<_> = (0..60).map(|number| seeded.document(*schema, 40 + number * 10)).collect();
        let changed: Vec<_> = documents
            .iter()
            .map(|made| change(&write::document(schema.root(), made).unwrap(), &mut seeded))
            .collect();
        for ((valid, why), document) in xmllint(&folder, *schema, &changed).iter().zip(&changed) {
            let read = read::xml(document.as_bytes(), schema.root());
            assert_eq!(read.is_ok(), *valid, "{schema:?}: {read:#?}\nxmllint: {why}\n{document}");
            refused += usize::from(!valid);
        }
    }
    assert!(refused > 300, "only {refused} documents were changed for the worse");
}

#[test]
fn every_published_case_is_read_without_problems_and_its_codes_are_known() {
    let Some(folder) = published() else { return };
    let mut read_types = BTreeSet::new();
    let mut count = 0;
    for case in std::fs::read_dir(folder.join("cases")).unwrap() {
        let case = case.unwrap().path();
        let about = std::fs::read_to_string(case.join("testInformation.json")).unwrap();
        let name = about.split("\"messageType\":").nth(1).and_then(|rest| rest.split('"').nth(1)).unwrap();
        let of = samflyt_noark::fiks::MessageType::parse(name).unwrap();
        let root = of.payload().unwrap().root();
        let files = std::fs::read_dir(&case).unwrap().map(|entry| entry.unwrap().path());
        for file in files.filter(|file| file.extension().is_some_and(|extension| extension == "xml")) {
            let document = read::xml(&std::fs::read(&file).unwrap(), root);
            let document = document.unwrap_or_else(|problems| panic!("{}: {problems:#?}", file.display()));
            assert_eq!(samflyt_noark::fiks::codes::check_codes(&document, root), [], "{}", file.display());
            let again = write::document(root, &document).unwrap();
            assert_eq!(read::xml(again.as_bytes(), root), Ok(document), "{}", file.display());
            read_types.insert(name.to_owned());
            count += 1;
        }
    }
    assert!(count >= 16 && read_types.len() >= 6, "{count} cases of {read_types:?}");
}
