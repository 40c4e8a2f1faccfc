//! How fast searches are over many records, and how much memory their table has. Run it alone, optimised.

use std::time::{Duration, Instant};

use samflyt_noark::unit::{Kind, Unit};
use serde_json::{Value, json};

use super::super::Searches;
use super::{free, parameter, request};
use crate::innsyn::testing::viewer;
use crate::records::Step;
use crate::records::testing::Archive;

const NAMES: [&str; 8] = ["Anna", "Bjørn", "Cecilie", "David", "Eli", "Frode", "Guri", "Håkon"];
const SUBJECTS: [&str; 8] = [
    "Søknad om barnehageplass",
    "Byggesøknad for garasje",
    "Klage på vedtak om skjenkeløyve",
    "Tilskudd til idrettslag",
    "Avtale om leige av lokale",
    "Reguleringsplan for sentrum",
    "Høyring om skulestruktur",
    "Tilsyn med avløpsanlegg",
];

/// A record in five is a mappe, one in ten of those is shielded; each journalpost has two parties and a document.
fn unit(at: usize) -> Unit {
    let id = |kind: u32, at: usize| format!("00000000-0000-4000-{kind:04}-{at:012}");
    let (name, subject) = (NAMES[at % 8], SUBJECTS[at / 8 % 8]);
    let place = format!("{name}sgata {}", at % 97);
    let opened = format!("2026-{:02}-{:02}T10:00:00Z", at % 12 + 1, at % 28 + 1);
    if at.is_multiple_of(5) {
        let mut doc = json!({"@type": "saksmappe", "systemID": id(1, at), "mappeID": format!("2026/{at}"), "tittel":
            format!("{subject}, {place}"), "offentligTittel": subject, "opprettetDato": opened, "opprettetAv": name,
            "saksaar": 2026, "sakssekvensnummer": at, "saksdato": &opened[..10], "saksstatus": {"kode": "B"},
            "administrativEnhet": {"navn": "Oppvekst"}, "saksansvarlig": {"navn": name},
            "klassifikasjon": [{"klassifikasjonssystemID": "FA", "klasseID": format!("K{}", at % 50)}],
            "referanseEksternNoekkel": {"fagsystem": "acos", "noekkel": at.to_string()}});
        if at.is_multiple_of(50) {
            doc["skjerming"] =
                json!({"tilgangsrestriksjon": {"kode": "UO"}, "skjermingshjemmel": "offl. § 13"});
        }
        return Unit { system_id: id(1, at), kind: Kind::Mappe, parent: None, arkivdel: None, doc };
    }
    let party = |kind: &str, name: &str| {
        json!({"korrespondansepartID": id(4, at), "korrespondanseparttype": {"kode": kind},
            "korrespondansepartNavn": format!("{name} Nordmann {}", at % 1000), "postadresse": [place],
            "postnummer": format!("38{:02}", at % 100), "poststed": "Seljord"})
    };
    let number = at % 5;
    let doc = json!({"@type": "journalpost", "systemID": id(2, at), "registreringsID": format!("2026/{}-{number}", at - number),
        "tittel": format!("{subject} – brev {at} frå {name}"), "opprettetDato": opened, "opprettetAv": name,
        "journalaar": 2026, "journalsekvensnummer": at, "journalpostnummer": number, "journaldato": &opened[..10],
        "journalposttype": {"kode": if at.is_multiple_of(2) { "I" } else { "U" }}, "journalstatus": {"kode": "J"},
        "dokumentetsDato": &opened[..10], "korrespondansepart": [party("EA", name), party("IM", "Oppvekst")],
        "dokumentbeskrivelse": [{"systemID": id(3, at), "tittel": subject, "opprettetDato": opened,
            "opprettetAv": name, "dokumenttype": {"kode": "KORR"}, "dokumentstatus": {"kode": "F"}, "dokumentnummer": 1,
            "tilknyttetRegistreringSom": {"kode": "H"}, "tilknyttetDato": opened, "tilknyttetAv": name}]});
    Unit {
        system_id: id(2, at),
        kind: Kind::Registrering,
        parent: Some(id(1, at - number)),
        arkivdel: None,
        doc,
    }
}

fn searches(round: usize) -> Vec<(&'static str, Value)> {
    let text = |text: String| json!({"stringvalues": {"value": [text]}});
    let int = |number: usize| json!({"intvalues": {"value": [number]}});
    let days = json!({"datevalues": {"value": ["2026-03-01T00:00:00Z", "2026-05-31T00:00:00Z"]}});
    let of = |target: &str, parameters: Value, sorted: Value| {
        let mut asked =
            request(target, json!({"responstype": "minimum", "parametere": parameters, "sortering": sorted}));
        asked["take"] = json!(100);
        asked
    };
    let mut words = free("journalpost", "brev nordmann");
    let mut rare = free("registrering", &format!("{} nordmann", 5 * round + 1));
    (words["take"], rare["take"]) = (json!(100), json!(100));
    let newest = json!([{"felt": "journalpostJournaldato", "type": "synkende"}]);
    vec![
        (
            "title begins so",
            of("mappe", json!([parameter("mappeTittel", "wildcardquery", text("bygge*".into()))]), json!([])),
        ),
        (
            "title holds, journalposts",
            of(
                "journalpost",
                json!([parameter("registreringTittel", "wildcardquery", text(format!("*brev {round}1*")))]),
                json!([]),
            ),
        ),
        (
            "number",
            of(
                "saksmappe",
                json!([
                    parameter("sakSaksaar", "equal", int(2026)),
                    parameter("sakSaksekvensnummer", "equal", int(round * 5))
                ]),
                json!([]),
            ),
        ),
        (
            "case's number",
            of(
                "journalpostMedSaksmappe",
                json!([
                    parameter("journalpostSaksaar", "equal", int(2026)),
                    parameter("journalpostSakssekvensnummer", "equal", int(round * 5))
                ]),
                json!([]),
            ),
        ),
        (
            "journaldato between, newest first",
            of("journalpost", json!([parameter("journalpostJournaldato", "between", days)]), newest),
        ),
        (
            "party",
            of(
                "registrering",
                json!([
                    parameter(
                        "registreringKorrespondansepartKorrespondansepartNavn",
                        "equal",
                        text(format!("anna nordmann {round}"))
                    ),
                    parameter("registreringKorrespondansepartPoststed", "equal", text("seljord".into()))
                ]),
                json!([]),
            ),
        ),
        (
            "class",
            of(
                "mappe",
                json!([
                    parameter("mappeKlasseKlassifikasjonssystemID", "equal", text("fa".into())),
                    parameter("mappeKlasseKlasseID", "equal", text(format!("k{}", round % 50)))
                ]),
                json!([]),
            ),
        ),
        (
            "documents by title",
            of(
                "dokumentbeskrivelse",
                json!([parameter("dokumentbeskrivelseTittel", "wildcardquery", text("*garasje".into()))]),
                json!([]),
            ),
        ),
        (
            "every journalpost, sorted",
            of(
                "journalpost",
                json!([parameter("journalpostJournalaar", "equal", int(2026))]),
                json!([{"felt": "journalpostJournalaar-journalsekvensnummer", "type": "synkende"}]),
            ),
        ),
        ("free text, many", words),
        ("free text, few", rare),
    ]
}

fn at(sorted: &[Duration], part: f64) -> f64 {
    let index = (sorted.len() as f64 * part) as usize;
    sorted[index.min(sorted.len() - 1)].as_secs_f64() * 1000.0
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "measures"]
async fn searches_over_many_records_are_fast() {
    let (archive, all, viewer) = (Archive::with_structure().await, Searches::new(1000), viewer(&[]));
    let mut made = 0;
    for size in [20_000, 60_000, 200_000] {
        while made < size {
            let units = (made..made + 500).map(unit);
            archive.take(units.map(|unit| Step::Created { unit, numbers: Vec::new() }).collect()).await;
            made += 500;
        }
        let records = archive.records();
        let begun = Instant::now();
        // A table of its own, built in one go.
        let fresh = Searches::new(1000);
        fresh.sok(&records, &viewer, &searches(0)[0].1).unwrap();
        let built = begun.elapsed();
        all.sok(&records, &viewer, &searches(0)[0].1).unwrap();
        let (mut every, mut worst) = (Vec::new(), std::collections::BTreeMap::<_, Vec<_>>::new());
        for round in 0..60 {
            for (name, asked) in searches(round) {
                let begun = Instant::now();
                all.sok(&records, &viewer, &asked).unwrap();
                every.push(begun.elapsed());
                worst.entry(name).or_default().push(begun.elapsed());
            }
        }
        every.sort();
        let memory = fresh.memory(&records.tenant).unwrap();
        println!(
            "{size} records: p50 {:.1} ms, p99 {:.1} ms, max {:.1} ms of {}; table {:.1} MB, {} bytes a record, built in {:.1} s",
            at(&every, 0.5),
            at(&every, 0.99),
            at(&every, 1.0),
            every.len(),
            memory as f64 / 1e6,
            memory / size,
            built.as_secs_f64()
        );
        for (name, mut took) in worst {
            took.sort();
            println!("    {name}: p50 {:.1} ms, max {:.1} ms", at(&took, 0.5), at(&took, 1.0));
        }
    }
}
