//! Every published case against a running hub, in an order that makes their references exist.

use samflyt::client::Client;
use samflyt_proto::archive::ImportStructureRequest;
use samflyt_testkit::hub::SELJORD;
use serde_json::{Value, json};

use super::letter::journalpost;
use super::published::{Case, cases, conformance};
use super::sending::Sender;
use crate::archive::hub_of_seljord;

const VALIDATOR: &str = "Fiks protokoll validator";

/// The cases that others build on, in their order; what is not named comes after them, by name, and what closes a mappe last.
const FIRST: [&str; 6] = [
    "NySaksmappeN1",
    "HentSaksmappeN1",
    "NyJournalpostN1",
    "NyMappeMedJournalpostN1",
    "NyttDokumentobjektN1",
    "NyAvskrivningN1",
];
const LAST: &str = "OppdaterMappeStatus";

#[tokio::test(flavor = "multi_thread")]
async fn every_published_case_is_answered_as_it_says_and_every_answer_is_valid() {
    let Some(conformance) = conformance() else { return };
    let hub = hub_of_seljord().await;
    import_structure(&hub.operator().await).await;
    let mut sender = Sender::of(&hub, &conformance);
    for (document, files) in prepared() {
        sender.prepare(&document, &files).await;
    }
    let mut cases = cases(&conformance);
    assert!(cases.len() >= 16, "{} cases", cases.len());
    let place = |case: &Case| {
        let first = FIRST.iter().position(|name| *name == case.name).unwrap_or(FIRST.len());
        (case.name.starts_with(LAST), first)
    };
    cases.sort_by_key(place);
    for case in &cases {
        run(&mut sender, case).await;
    }
    hub.end().await;
}

async fn run(sender: &mut Sender, case: &Case) {
    let answers = sender.send(&case.kind, &case.payload, &files_of(&case.payload)).await;
    let kinds: Vec<&str> = answers.iter().map(|answer| answer.kind.as_str()).collect();
    let last = answers.last().unwrap();
    assert_eq!(kinds, case.answers, "{}: {}", case.name, last.text());
    for (path, expected, is_type) in &case.values {
        let value = last.value(path, *is_type);
        let this_year = time::OffsetDateTime::now_utc().year().to_string();
        // The years in the cases are those of their filing.
        let is_year = path.ends_with("saksaar") || path.ends_with("journalaar");
        let expected = if is_year { &this_year } else { expected };
        assert!(
            value == *expected || expected == "*" && !value.is_empty(),
            "{}: {path} is {value:?} in {}",
            case.name,
            last.text()
        );
    }
    println!("{}: as published ({} values)", case.name, case.values.len());
}

/// A small file of each name that a message refers to.
fn files_of(payload: &[u8]) -> Files {
    let utf16 = payload.starts_with(&[0xff, 0xfe]);
    let text = if utf16 {
        let units = payload[2..].chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
        String::from_utf16(&units.collect::<Vec<_>>()).unwrap()
    } else {
        String::from_utf8(payload.to_vec()).unwrap()
    };
    let referred = text.split("<referanseDokumentfil").skip(1).map(|rest| {
        let inside = rest.split_once('>').unwrap().1;
        inside.split('<').next().unwrap().to_owned()
    });
    referred.map(|name| (name.clone(), format!("%PDF-1.4 {name}").into_bytes())).collect()
}

type Files = Vec<(String, Vec<u8>)>;

/// What the cases refer to, and nobody makes.
fn prepared() -> Vec<(Value, Files)> {
    let none = Vec::new;
    let brev = vec![("brev.txt".to_owned(), b"brev".to_vec())];
    let in_first = |system_id: &str| {
        let mut post = journalpost();
        post["systemID"] = system_id.into();
        post["referanseForelderMappe"] = json!({"systemID": "22f05e04-37c4-4051-8b3a-853c8eac4b33"});
        json!({"system": VALIDATOR, "antallFiler": 1, "registrering": post})
    };
    let mut known = in_first("86af5c8f-e06e-4c5c-b49b-97ccb1ce68a2");
    known["registrering"]["referanseEksternNoekkel"] =
        key("86af5c8f-e06e-4c5c-b49b-97ccb1ce68a2")["referanseEksternNoekkel"].take();
    vec![
        (saksmappe(json!({"systemID": "22f05e04-37c4-4051-8b3a-853c8eac4b33"})), none()),
        (saksmappe(key("nøkkel-til-saksmappe")), none()),
        (saksmappe(key("1-skjerming-som-med-ny-nøkkel")), none()),
        (saksmappe(key("ca3ce092-0bfa-46bb-ad18-b00a340cdd8c")), none()),
        (in_first("6f358ced-036d-4c9b-b372-a2b7d83c5cc5"), brev.clone()),
        (in_first("ca3ce092-0bfa-46bb-ad18-b00a340cdd8c"), brev.clone()),
        (known, brev),
    ]
}

fn key(noekkel: &str) -> Value {
    json!({"referanseEksternNoekkel": {"fagsystem": VALIDATOR, "noekkel": noekkel}})
}

fn saksmappe(more: Value) -> Value {
    let mut mappe = json!({
        "@type": "saksmappe", "tittel": "Test",
        "klassifikasjon": [{"klassifikasjonssystemID": "FA", "klasseID": "K01"}],
    });
    mappe.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    json!({"system": VALIDATOR, "antallFiler": 0, "mappe": mappe})
}

/// The archive that the cases take for granted.
async fn import_structure(operator: &Client) {
    let class = |id: &str| json!({"klasseID": id, "tittel": id});
    let structure = json!({"arkiv": [{
        "tittel": "Seljord kommune",
        "arkivskaper": [{"arkivskaperID": "964963282", "arkivskaperNavn": "Seljord kommune"}],
        "klassifikasjonssystem": [
            {"klassifikasjonssystemID": "FA", "klassifikasjonstype": "FH", "tittel": "Felles",
             "klasse": [class("K01"), class("K02")]},
            {"klassifikasjonssystemID": "FH", "klassifikasjonstype": "FH", "tittel": "Funksjoner",
             "klasse": [class("8.3.D12")]},
            {"klassifikasjonssystemID": "GBN", "klassifikasjonstype": "GBN", "tittel": "Gards- og bruksnummer"},
            {"klassifikasjonssystemID": "GBNR", "klassifikasjonstype": "GBN", "tittel": "Eiendom"},
            {"klassifikasjonssystemID": "Personnummer", "klassifikasjonstype": "PNR", "tittel": "Personer"},
        ],
        "arkivdel": [{"kode": "SAK", "tittel": "Sakarkiv", "standard": true,
            "klassifikasjonssystem": ["FA", "FH", "GBN", "GBNR", "Personnummer"]}],
    }]});
    let request = ImportStructureRequest {
        tenant: SELJORD.tenant.to_owned(),
        structure: structure.to_string().into_bytes().into(),
        dry_run: false,
    };
    operator.records().import_structure(request).await.unwrap();
}
