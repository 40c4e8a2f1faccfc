//! A Noark 5 extraction by the command line: valid by the standard's own schemas, right in each checksum and count, the same
//! as the API says, gone on with after a kill, and ended by a damaged document.

mod demo;
mod records;
mod uttrekk;

use std::path::Path;
use std::process::Output;

use samflyt::client::Client;
use samflyt_proto::archive::GetRecordRequest;
use samflyt_proto::archive::get_record_request::Reference;
use samflyt_testkit::hub::{SELJORD, register};
use serde_json::{Value, json};

use self::records::Casework;
use self::uttrekk::Uttrekk;
use super::{file, sha256};
use crate::process::HubProcess;

fn arguments<'a>(schemas: &'a str, to: &'a str) -> Vec<&'a str> {
    let options =
        ["--tenant", "seljord", "--arkivdel", "SAK", "--schemas", schemas, "--to-folder", to, "--json"];
    [&["archive", "export"][..], &options].concat()
}

async fn export(hub: &HubProcess, schemas: &str, to: &str) -> Output {
    hub.command(&arguments(schemas, to)).output().await.unwrap()
}

#[track_caller]
fn told(output: &Output) -> Value {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

async fn document_of(client: &Client, tenant: &str, system_id: &str) -> Value {
    let reference = Some(Reference::SystemId(system_id.to_owned()));
    let request = GetRecordRequest { tenant: tenant.to_owned(), reference };
    let record = client.records().get_record(request).await.unwrap().into_inner().record.unwrap();
    serde_json::from_slice(&record.document).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_extraction_is_valid_says_the_same_as_the_api_and_each_checksum_and_count_in_it_is_right() {
    let Some(conformance) = super::fiks::published::conformance() else { return };
    let dir = tempfile::tempdir().unwrap();
    let hub = HubProcess::start(&dir.path().join("hub"), &[]).await;
    let client = hub.operator().await;
    register(&client, SELJORD).await;
    let casework = Casework::of(&client);
    casework.everything().await;
    let schemas = conformance.join("noark5/v5.0");
    let schemas = schemas.to_str().unwrap();
    let to = dir.path().join("uttrekk");
    let to = to.to_str().unwrap();

    let open = export(&hub, schemas, to).await;
    let said = String::from_utf8_lossy(&open.stderr).into_owned();
    assert!(
        !open.status.success() && said.contains("is not closed") && said.contains("give a period"),
        "{said}"
    );

    casework.close().await;
    let counted = told(&export(&hub, schemas, to).await);
    let uttrekk = Uttrekk::of(Path::new(to));
    uttrekk.is_valid(&conformance);
    let of = |name: &str| counted[name].as_u64().unwrap();
    assert_eq!((of("mapper"), of("registreringer"), of("journalposter")), (5, 9, 8), "{counted}");
    assert_eq!((of("documents"), of("documents_fetched")), (9, 9), "{counted}");
    assert_eq!(uttrekk.count("arkivstruktur.xml", "mappe"), 5);
    assert_eq!(uttrekk.count("arkivstruktur.xml", "registrering"), 9);
    assert_eq!(uttrekk.count("loependeJournal.xml", "journalregistrering"), 8);
    assert_eq!(
        uttrekk.count("offentligJournal.xml", "journalregistrering") as u64,
        of("public_journalposter")
    );
    assert_eq!(uttrekk.count("endringslogg.xml", "endring") as u64, of("endringer"));
    uttrekk.describes_itself_rightly();

    let structure = uttrekk.structure();
    let registreringer = structure.registreringer();
    assert_eq!(registreringer.len(), 9);
    for said in &registreringer {
        let kept = document_of(&client, SELJORD.tenant, said["systemID"].as_str().unwrap()).await;
        says_the_same(&uttrekk, said, &kept);
    }
    what_is_hidden_is_in_the_structure_and_not_in_the_public_journal(&uttrekk);
    let log = uttrekk.read("endringslogg.xml");
    assert!(
        log.contains("<tidligereVerdi>Barnehageplass</tidligereVerdi>")
            && log.contains("<nyVerdi>Plass</nyVerdi>")
    );
    assert!(log.contains("<nyVerdi>Avsluttet periode</nyVerdi>"), "{log}");
    hub.kill().await;
}

/// A registrering of an extraction, and the same by the API.
#[track_caller]
fn says_the_same(uttrekk: &Uttrekk, said: &Value, kept: &Value) {
    for member in ["tittel", "registreringsID", "journalsekvensnummer", "opprettetDato", "offentligTittel"] {
        assert_eq!(said.get(member), kept.get(member), "{member} of {said}");
    }
    let parts = |doc: &Value| -> Vec<Value> {
        let parts = doc.get("korrespondansepart").and_then(Value::as_array).cloned().unwrap_or_default();
        parts.iter().map(|part| part["korrespondansepartNavn"].clone()).collect()
    };
    assert_eq!(parts(said), parts(&kept));
    let object = |doc: &Value| doc.pointer("/dokumentbeskrivelse/0/dokumentobjekt/0").unwrap().clone();
    let (said, kept) = (object(said), object(&kept));
    assert_eq!((&said["sjekksum"], &said["filstoerrelse"]), (&kept["sjekksum"], &kept["filstoerrelse"]));
    let copied = std::fs::read(uttrekk.path(said["referanseDokumentfil"].as_str().unwrap())).unwrap();
    assert_eq!(json!(sha256(&copied)), kept["sjekksum"]);
}

#[track_caller]
fn what_is_hidden_is_in_the_structure_and_not_in_the_public_journal(uttrekk: &Uttrekk) {
    let (structure, public) = (uttrekk.read("arkivstruktur.xml"), uttrekk.read("offentligJournal.xml"));
    for hidden in [records::HIDDEN_TITLE, records::HIDDEN_PARTY] {
        assert!(
            structure.contains(hidden) && uttrekk.read("loependeJournal.xml").contains(hidden),
            "{hidden}"
        );
        assert!(!public.contains(hidden), "{public}");
    }
    assert!(structure.contains(records::IDENTITY_NUMBER) && !public.contains(records::IDENTITY_NUMBER));
    assert!(public.contains("Vedtak om plass"), "{public}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_period_has_what_was_opened_in_it_and_what_was_moved_is_where_it_is_now() {
    let Some(conformance) = super::fiks::published::conformance() else { return };
    let dir = tempfile::tempdir().unwrap();
    let hub = HubProcess::start(&dir.path().join("hub"), &[]).await;
    let client = hub.operator().await;
    register(&client, SELJORD).await;
    let casework = Casework::of(&client);
    casework.moves().await;
    let schemas = conformance.join("noark5/v5.0");
    let schemas = schemas.to_str().unwrap();
    let (period, whole) = (dir.path().join("periode"), dir.path().join("alt"));

    let mut arguments = arguments(schemas, period.to_str().unwrap());
    arguments.extend(["--from", "2024-01-01", "--to", "2024-12-31"]);
    let counted = told(&hub.command(&arguments).output().await.unwrap());
    assert_eq!((&counted["mapper"], &counted["registreringer"]), (&json!(1), &json!(2)), "{counted}");
    let uttrekk = Uttrekk::of(&period);
    uttrekk.is_valid(&conformance);
    uttrekk.describes_itself_rightly();
    let structure = uttrekk.read("arkivstruktur.xml");
    assert!(structure.contains("I perioden") && !structure.contains("Etter perioden"), "{structure}");
    let log = uttrekk.read("endringslogg.xml");
    assert_eq!(log.matches("<referanseMetadata>referanseForelder</referanseMetadata>").count(), 1, "{log}");

    casework.close().await;
    let counted = told(&export(&hub, schemas, whole.to_str().unwrap()).await);
    assert_eq!((&counted["mapper"], &counted["registreringer"]), (&json!(2), &json!(4)), "{counted}");
    let uttrekk = Uttrekk::of(&whole);
    uttrekk.is_valid(&conformance);
    uttrekk.describes_itself_rightly();
    assert!(!uttrekk.read("arkivstruktur.xml").contains("I ein annan arkivdel"));
    hub.kill().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_extraction_that_was_killed_goes_on_and_one_with_a_damaged_document_ends_and_names_it() {
    let Some(conformance) = super::fiks::published::conformance() else { return };
    let dir = tempfile::tempdir().unwrap();
    let hub = HubProcess::start(&dir.path().join("hub"), &[]).await;
    let client = hub.operator().await;
    register(&client, SELJORD).await;
    let casework = Casework::of(&client);
    casework.structure("A").await;
    let documents = casework.letters(40, 1_500_000).await;
    casework.close().await;
    let schemas = conformance.join("noark5/v5.0");
    let schemas = schemas.to_str().unwrap();
    let to = dir.path().join("uttrekk");
    let uttrekk = Uttrekk::of(&to);
    let to = to.to_str().unwrap();

    let mut killed = hub.command(&arguments(schemas, to)).spawn().unwrap();
    while uttrekk.documents().len() < 3 {
        assert_eq!(killed.try_wait().unwrap(), None);
        tokio::task::yield_now().await;
    }
    killed.kill().await.unwrap();
    assert!(!uttrekk.path("arkivuttrekk.xml").exists());

    // A byte of the last document is another.
    let (registrering, digest) = documents.last().unwrap();
    let stored = file(&dir.path().join("hub"), digest);
    let good = std::fs::read(&stored).unwrap();
    let mut bad = good.clone();
    bad[700_000] ^= 1;
    std::fs::write(&stored, &bad).unwrap();
    let ended = export(&hub, schemas, to).await;
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert!(
        !ended.status.success() && said.contains(registrering) && said.contains("DOCUMENT_DAMAGED"),
        "{said}"
    );
    assert!(!uttrekk.path("arkivuttrekk.xml").exists());

    std::fs::write(&stored, &good).unwrap();
    let counted = told(&export(&hub, schemas, to).await);
    assert_eq!(counted["documents"], 40, "{counted}");
    assert!(counted["documents_kept"].as_u64().unwrap() >= 3, "{counted}");
    assert!(counted["documents_fetched"].as_u64().unwrap() >= 1, "{counted}");
    uttrekk.is_valid(&conformance);
    uttrekk.describes_itself_rightly();
    let again = told(&export(&hub, schemas, to).await);
    assert_eq!((&again["documents_kept"], &again["documents_fetched"]), (&json!(40), &json!(0)));
    hub.kill().await;
}
