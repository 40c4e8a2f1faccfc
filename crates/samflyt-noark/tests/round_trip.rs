//! What is written is read again as it was, and is what the schemas of the protocol want.

mod random;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use proptest::collection::vec;
use proptest::prelude::*;
use samflyt_noark::fiks::Schema;
use samflyt_noark::{read, write};

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
            let made = document(root.content, &mut Choices(&choices));
            let xml = write::document(root, &made).map_err(|error| TestCaseError::fail(format!("{schema:?}: {error}")))?;
            prop_assert_eq!(read::xml(xml.as_bytes(), root), Ok(made), "{:?}: {}", schema, xml);
        }
    }

    #[test]
    fn a_document_made_by_its_grammar_is_right_as_json(choices in vec(any::<u16>(), 0..1500)) {
        for schema in Schema::ALL {
            let made = document(schema.root().content, &mut Choices(&choices));
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

#[test]
fn what_is_written_of_every_schema_is_valid_against_the_published_one() {
    let Some(folder) = published() else { return };
    let written = tempfile::tempdir().unwrap();
    let mut state = 17_u32;
    let mut seeded = |_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        u16::try_from(state >> 16).unwrap()
    };
    for schema in Schema::ALL {
        let mut files = Vec::new();
        for number in 0..12 {
            let choices: Vec<u16> = (0..number * 200).map(&mut seeded).collect();
            let made = document(schema.root().content, &mut Choices(&choices));
            let file = written.path().join(format!("{schema:?}-{number}.xml"));
            std::fs::write(&file, write::document(schema.root(), &made).unwrap()).unwrap();
            files.push(file);
        }
        let schema_file = xsd(&folder, *schema);
        let mut xmllint = Command::new("xmllint");
        let output =
            xmllint.args(["--noout", "--nonet", "--schema"]).arg(&schema_file).args(&files).output().unwrap();
        assert!(output.status.success(), "{schema:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
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
