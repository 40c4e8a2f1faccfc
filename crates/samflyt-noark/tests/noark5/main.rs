//! The extraction's files, of units made at random, against its schemas.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod journalpost;
mod schemas;
mod units;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use samflyt_noark::noark5::Extraction;
use samflyt_noark::noark5::addml::{DataFile, Description, Period, arkivuttrekk};
use samflyt_noark::noark5::grammar::{endringslogg, loepende_journal, offentlig_journal};
use samflyt_noark::noark5::say::{self, Changed, Journal, JournalHead, Post};
use samflyt_noark::noark5::structure::{Counts, Level, Structure};
use samflyt_noark::unit::{Edit, Kind, Unit};
use samflyt_noark::write;
use serde_json::{Value, json};

const AT: &str = "2026-11-25T05:00:00Z";

fn find(_: Kind, reference: &Value) -> Option<String> {
    reference.get("systemID").and_then(Value::as_str).map(str::to_owned)
}

fn extraction() -> Extraction<'static> {
    Extraction { at: AT, by: "Uttrekk", find: &find }
}

/// A few cases, the same in each run.
fn cases<S: Strategy>(strategy: S, test: impl Fn(S::Value) -> Result<(), String>) {
    let config = Config { cases: 40, failure_persistence: None, ..Config::default() };
    let random =
        proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(config, random);
    runner.run(&strategy, |value| test(value).map_err(TestCaseError::fail)).unwrap();
}

#[test]
fn whatever_the_records_say_the_structure_is_valid() {
    let Some(dir) = schemas::folder() else { return };
    let archive = (units::arkivdel(), units::klasse(), prop::collection::vec(units::case(), 0..4));
    cases(archive, |(arkivdel, klasse, saker)| {
        let mut structure = Structure::begin(say::arkiv(&units::arkiv(), &extraction())).unwrap();
        structure.open(Level::Arkivdel, say::arkivdel(&arkivdel, &extraction())).unwrap();
        structure.open(Level::Klassifikasjonssystem, say::klassifikasjonssystem(&units::system())).unwrap();
        structure.open(Level::Klasse, say::klasse(&klasse, units::ID, &extraction())).unwrap();
        let registreringer: usize = saker.iter().map(|(_, within)| within.len()).sum();
        for (mappe, within) in &saker {
            let secondary = [units::ID.to_owned()];
            structure.open(Level::Mappe, say::mappe(mappe, &secondary, &extraction())).unwrap();
            for registrering in within {
                structure.registrering(&say::registrering(registrering, &extraction())).unwrap();
            }
            structure.close().unwrap();
        }
        let counts = structure.end().unwrap();
        assert_eq!((counts.mapper, counts.registreringer), (saker.len() as u64, registreringer as u64));
        schemas::validate(&dir.join("noark5/v5.0/arkivstruktur.xsd"), &structure.take())
    });
}

#[test]
fn whatever_the_records_say_both_journals_are_valid_and_the_public_one_says_nothing_that_is_hidden() {
    let Some(dir) = schemas::folder() else { return };
    cases((units::klasse(), units::saksmappe(), units::journalpost()), |(klasse, sak, post)| {
        let arkiv = units::arkiv();
        let head = JournalHead { from: "2026-01-01", to: "2026-11-25", posts: 1, arkiv: &arkiv };
        for (journal, root, file) in [
            (Journal::Loepende, &loepende_journal::ROOT, "loependeJournal.xsd"),
            (Journal::Offentlig, &offentlig_journal::ROOT, "offentligJournal.xsd"),
        ] {
            let entry = Post { klasse: Some(&klasse), saksmappe: Some(&sak), journalpost: &post };
            let entry = say::journalregistrering(journal, entry, &extraction());
            let whole = json!({"journalhode": say::journalhode(&head), "journalregistrering": [entry]});
            let xml = write::document(root, &whole).unwrap();
            schemas::validate(&dir.join("noark5/v5.0").join(file), &xml)?;
            if journal == Journal::Offentlig && post.get("skjerming").is_some() {
                assert!(
                    !xml.contains(units::NAME) && !xml.contains(post["tittel"].as_str().unwrap()),
                    "{xml}"
                );
            }
            assert!(journal == Journal::Loepende || !xml.contains(units::IDENTITY_NUMBER), "{xml}");
        }
        Ok(())
    });
}

#[test]
fn corrections_are_entries_of_the_unit_and_member_that_they_are_of() {
    let doc = json!({"dokumentbeskrivelse": [{"systemID": units::ID, "tittel": "Ny"}]});
    let unit = Unit {
        system_id: units::OTHER.to_owned(),
        kind: Kind::Registrering,
        parent: None,
        arkivdel: None,
        doc,
    };
    let edit = |path: &str, old: Option<Value>, new: Option<Value>| Edit { path: path.to_owned(), old, new };
    let edits = [
        edit("/journalstatus/kode", Some(json!("M")), Some(json!("J"))),
        edit("/dokumentbeskrivelse/0/tittel", Some(json!("Gammel")), Some(json!("Ny"))),
        edit("/saksansvarlig", None, Some(json!({"initialer": "KN"}))),
    ];
    let changed = Changed { at: AT, by: "vinje-elements" };
    let said = say::endringer(&unit, &edits, changed);
    let short: Vec<_> = said
        .iter()
        .map(|entry| {
            ["referanseArkivenhet", "referanseMetadata", "tidligereVerdi", "nyVerdi"]
                .map(|member| entry[member].as_str().unwrap())
        })
        .collect();
    assert_eq!(
        short,
        [
            [units::OTHER, "journalstatus", "Midlertidig registrering av innkommet dokument", "Journalført"],
            [units::ID, "tittel", "Gammel", "Ny"],
            [units::OTHER, "saksansvarlig", "Ingen verdi", "KN"],
        ]
    );
    let Some(dir) = schemas::folder() else { return };
    let xml = write::document(&endringslogg::ROOT, &json!({"endring": said})).unwrap();
    schemas::validate(&dir.join("noark5/v5.0/endringslogg.xsd"), &xml).unwrap();
}

#[test]
fn the_description_of_an_extraction_is_valid_addml_and_lists_only_files_that_are_there() {
    let schemas = [("arkivstruktur.xsd".to_owned(), "ab".repeat(32))];
    let files =
        vec![DataFile { name: "arkivstruktur", sha256: "cd".repeat(32), occurrences: vec![("mappe", 3)] }];
    let xml = arkivuttrekk(&Description {
        arkivskaper: vec!["Vinje & Tokke"],
        system: "Samflyt",
        arkiv: "Arkiv",
        from: "2026-01-01",
        to: "2026-12-31",
        before: Period::Sharp,
        after: Period::Soft,
        counts: Counts { skjermet: true, ..Counts::default() },
        document_files: 7,
        files,
        schemas: &schemas,
    });
    assert!(xml.contains("<value>arkivstruktur.xml</value>") && !xml.contains("endringslogg"));
    let Some(dir) = schemas::folder() else { return };
    for version in ["8.2", "8.3"] {
        schemas::validate(&dir.join(format!("addml/addml-{version}.xsd")), &xml).unwrap();
    }
}
