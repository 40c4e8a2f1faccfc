//! Deposits by event: accepted with numbers, rejected with every problem, once however often they are sent.

use std::collections::BTreeSet;

use futures::future::join_all;
use samflyt::client::Client;
use samflyt_events::CompiledContract;
use samflyt_proto::archive::{
    Deposit, DepositState, GetDepositRequest, GetRecordRequest, ImportStructureRequest, ListDepositsRequest,
    ListDepositsResponse, get_record_request::Reference,
};
use samflyt_proto::common::Event;
use samflyt_proto::lineage::{AtLeast, GetCoverageRequest, TraceEventRequest, Uncovered};
use samflyt_proto::registry;
use samflyt_runtime::refused::timestamp;
use samflyt_testkit::events::event;
use samflyt_testkit::hub::{SELJORD, TestHub};
use serde_json::{Value, json};
use time::macros::datetime;

use super::{document, hub_of_seljord, sha256, upload};
use crate::answers::{publish, refusal};

pub const WAIT: prost_types::Duration = prost_types::Duration { seconds: 30, nanos: 0 };

/// One arkiv with one arkivdel, which takes what names none.
pub async fn import_structure(operator: &Client) {
    let structure = json!({"arkiv": [{
        "tittel": "Seljord kommune",
        "arkivskaper": [{"arkivskaperID": "964963282", "arkivskaperNavn": "Seljord kommune"}],
        "klassifikasjonssystem": [{
            "klassifikasjonssystemID": "K", "klassifikasjonstype": "KK", "tittel": "K-kodar",
            "klasse": [{"klasseID": "A10", "tittel": "Barnehage"}],
        }],
        "arkivdel": [{"kode": "SAK", "tittel": "Sakarkiv", "klassifikasjonssystem": ["K"], "standard": true}],
    }]});
    let request = ImportStructureRequest {
        tenant: SELJORD.tenant.to_owned(),
        structure: structure.to_string().into_bytes().into(),
        dry_run: false,
    };
    operator.records().import_structure(request).await.unwrap();
}

/// A saksmappe of the system's own case, and an outgoing letter in it.
pub fn data(case: &str, letter: &str, document: &[u8]) -> Value {
    json!({
        "arkivmelding": {
            "mappe": {
                "@type": "saksmappe", "tittel": "Barnehageplass",
                "klassifikasjon": [{"klassifikasjonssystemID": "K", "klasseID": "A10", "tittel": "Barnehage"}],
                "referanseEksternNoekkel": {"fagsystem": SELJORD.system, "noekkel": case},
            },
            "registrering": {
                "@type": "journalpost", "tittel": "Vedtak om plass",
                "referanseForelderMappe": {"referanseEksternNoekkel": {"fagsystem": SELJORD.system, "noekkel": case}},
                "referanseEksternNoekkel": {"fagsystem": SELJORD.system, "noekkel": letter},
                "journalposttype": {"kode": "U"},
                "korrespondansepart": [{"korrespondanseparttype": {"kode": "EM"}, "korrespondansepartNavn": "Prøve Testesen"}],
                "dokumentbeskrivelse": [{
                    "tittel": "Vedtak", "tilknyttetRegistreringSom": {"kode": "H"},
                    "dokumentobjekt": [{"variantformat": {"kode": "P"}, "filnavn": "vedtak.bin", "referanseDokumentfil": "vedtak.bin"}],
                }],
            },
        },
        "documents": [{"name": "vedtak.bin", "sha256": sha256(document), "size": document.len()}],
    })
}

pub fn request(id: &str, entity: &str, data: &Value) -> Event {
    Event {
        id: id.to_owned(),
        system: SELJORD.system.to_owned(),
        r#type: "archive.deposit-requested".to_owned(),
        tenant: SELJORD.tenant.to_owned(),
        entity: entity.to_owned(),
        time: Some(timestamp(datetime!(2026-03-02 8:00 UTC))),
        data: data.to_string().into(),
        ..Event::default()
    }
}

/// The deposit with its answer.
pub async fn answered(client: &Client, id: &str) -> (Deposit, Value) {
    let request = GetDepositRequest {
        tenant: SELJORD.tenant.to_owned(),
        request: format!("{}/{id}", SELJORD.system),
        wait: Some(WAIT),
    };
    let answer = client.deposits().get_deposit(request).await.unwrap().into_inner();
    let data =
        if answer.answer.is_empty() { Value::Null } else { serde_json::from_slice(&answer.answer).unwrap() };
    (answer.deposit.unwrap(), data)
}

pub async fn ready() -> (TestHub, Client) {
    let hub = hub_of_seljord().await;
    let operator = hub.operator().await;
    import_structure(&operator).await;
    let grant = registry::Grant {
        id: "seljord-system".to_owned(),
        organisation: SELJORD.organisation.to_owned(),
        scopes: ["samflyt:publish", "samflyt:query"].map(str::to_owned).to_vec(),
        tenants: vec![SELJORD.tenant.to_owned()],
        systems: vec!["*".to_owned()],
        ..Default::default()
    };
    let request = registry::GiveGrantRequest { grant: Some(grant), ..Default::default() };
    operator.registry().give_grant(request).await.unwrap();
    let client = hub.client_of(SELJORD).await;
    (hub, client)
}

async fn list(client: &Client, state: DepositState) -> ListDepositsResponse {
    let request =
        ListDepositsRequest { tenant: SELJORD.tenant.to_owned(), state: state.into(), ..Default::default() };
    client.deposits().list_deposits(request).await.unwrap().into_inner()
}

fn fields(rejection: &Value) -> BTreeSet<String> {
    let problems = rejection["problems"].as_array().unwrap_or_else(|| panic!("{rejection}")).iter();
    problems.map(|problem| problem["field"].as_str().unwrap().to_owned()).collect()
}

/// Whether an answer keeps to the contract that came with the hub.
fn keeps_to_its_contract(kind: &str, data: &Value) {
    let contracts = samflyt_registry::own_contracts().unwrap();
    let contract = contracts.into_iter().find(|contract| contract.kind.as_str() == kind).unwrap();
    let compiled = CompiledContract::new(contract).unwrap();
    compiled.check(data, &samflyt_events::EntityId::new("2026/17").unwrap(), &[]).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deposit_is_accepted_with_numbers_and_its_receipt_follows_from_it() {
    let (hub, client) = ready().await;
    let document = document(1, 1_000);
    upload(&client, &document).await.unwrap();
    let mut asked = request("vedtak-1", "2026/17", &data("17", "17-1", &document));
    asked.correlation_id = "seljord-skjema/form-1".to_owned();
    asked.backfill = true;
    publish(&client, asked.clone()).await.unwrap();
    let (deposit, receipt) = answered(&client, "vedtak-1").await;
    assert_eq!(deposit.state(), DepositState::Accepted, "{receipt}");
    keeps_to_its_contract("archive.deposit-accepted", &receipt);
    let year = receipt["mappe"]["saksaar"].as_i64().unwrap();
    assert_eq!(receipt["mappe"]["mappeID"], format!("{year}/1"));
    assert_eq!(receipt["registrering"]["registreringsID"], format!("{year}/1-1"));
    assert_eq!(receipt["registrering"]["journalsekvensnummer"], 1);
    let [stored] = receipt["documents"].as_array().unwrap().as_slice() else { panic!("{receipt}") };
    assert_eq!(stored["sha256"], sha256(&document));
    assert_eq!(stored["format"]["approved"], false);
    assert_eq!(receipt["warnings"][0]["field"], "/data/documents/0");
    let reference = Some(Reference::RegistreringsId(format!("{year}/1-1")));
    let request = GetRecordRequest { tenant: SELJORD.tenant.to_owned(), reference };
    let record =
        hub.operator().await.records().get_record(request).await.unwrap().into_inner().record.unwrap();
    let record_doc: Value = serde_json::from_slice(&record.document).unwrap();
    let object = &record_doc["dokumentbeskrivelse"][0]["dokumentobjekt"][0];
    assert_eq!((&object["sjekksum"], &object["systemID"]), (&stored["sha256"], &stored["systemID"]));
    assert_eq!(record.created_by_system, SELJORD.system);

    // Sent again, it is the same event; asked again by another, it is the same record.
    assert!(publish(&client, asked).await.unwrap().duplicate);
    publish(&client, super::deposits::request("vedtak-2", "2026/17", &data("17", "17-1", &document)))
        .await
        .unwrap();
    let (deposit, again) = answered(&client, "vedtak-2").await;
    assert_eq!(deposit.state(), DepositState::Accepted, "{again}");
    assert_eq!(again["registrering"]["opprettetEllerEksisterende"], "Eksisterende");
    assert_eq!(again["registrering"]["systemID"], receipt["registrering"]["systemID"]);
    assert_eq!(again["documents"][0]["systemID"], stored["systemID"]);

    let trace = TraceEventRequest {
        tenant: SELJORD.tenant.to_owned(),
        system: SELJORD.system.to_owned(),
        event_id: "vedtak-1".to_owned(),
        at_least: Some(AtLeast { tenant: SELJORD.tenant.to_owned(), sequence: deposit.answer_sequence }),
        ..Default::default()
    };
    let trace = client.lineage().trace_event(trace).await.unwrap().into_inner();
    let kinds: Vec<_> = trace
        .nodes
        .iter()
        .filter_map(|node| Some(node.event.as_ref()?.event.as_ref()?.r#type.clone()))
        .collect();
    assert_eq!(kinds, ["archive.deposit-requested", "archive.deposit-accepted"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deposit_is_rejected_with_every_problem_and_its_place_and_nothing_of_it_is_kept() {
    let (_hub, client) = ready().await;
    let there = document(2, 1_000);
    upload(&client, &there).await.unwrap();
    let unknown = document(3, 500);
    let mut wrong = data("18", "18-1", &there);
    wrong["documents"][0]["size"] = json!(999);
    let second = json!({"name": "Prøve Testesen.bin", "sha256": sha256(&unknown), "size": 500});
    wrong["documents"].as_array_mut().unwrap().push(second);
    wrong["arkivmelding"]["registrering"]["korrespondansepart"] = json!([]);
    wrong["arkivmelding"]["mappe"]["klassifikasjon"][0]["klasseID"] = json!("A99");
    publish(&client, request("wrong-1", "2026/18", &wrong)).await.unwrap();
    let (deposit, rejection) = answered(&client, "wrong-1").await;
    assert_eq!(deposit.state(), DepositState::Rejected, "{rejection}");
    keeps_to_its_contract("archive.deposit-rejected", &rejection);
    let found = fields(&rejection);
    for field in [
        "/data/documents/0/sha256",
        "/data/documents/1/sha256",
        "/data/arkivmelding/mappe/klassifikasjon/0",
        "/data/arkivmelding/registrering/korrespondansepart",
    ] {
        assert!(found.iter().any(|found| found.starts_with(field)), "{field}: {rejection:#}");
    }
    assert!(!rejection.to_string().contains("Testesen"), "{rejection}");

    // What is not in the standard's words is told by its place too.
    let mut misspelt = data("18", "18-1", &there);
    misspelt["arkivmelding"]["registrering"]["Prøve Testesen"] = json!(1);
    misspelt["arkivmelding"]["registrering"]["dokumentbeskrivelse"][0]["dokumentobjekt"][0]["filnavn"] =
        json!(7);
    publish(&client, request("wrong-2", "2026/18", &misspelt)).await.unwrap();
    let (_, rejection) = answered(&client, "wrong-2").await;
    let at = "/data/arkivmelding/registrering";
    let object = format!("{at}/dokumentbeskrivelse/0/dokumentobjekt/0/filnavn");
    assert_eq!(fields(&rejection), BTreeSet::from([at.to_owned(), object]), "{rejection:#}");
    assert!(!rejection.to_string().contains("Testesen"), "{rejection}");

    // Mended, under an id of its own: it gets the first number, as nothing was kept of the other.
    publish(&client, request("mended-1", "2026/18", &data("18", "18-1", &there))).await.unwrap();
    let (_, receipt) = answered(&client, "mended-1").await;
    assert_eq!(receipt["mappe"]["sakssekvensnummer"], 1, "{receipt}");

    let rejected = list(&client, DepositState::Rejected).await;
    let requests: Vec<_> = rejected.deposits.iter().map(|deposit| deposit.request.as_str()).collect();
    assert_eq!(requests, ["seljord-oppvekst/wrong-1", "seljord-oppvekst/wrong-2"]);
    let counts: BTreeSet<_> = rejected.counts.iter().map(|count| (count.state, count.deposits)).collect();
    let some = |state: DepositState, deposits| (i32::from(state), deposits);
    assert_eq!(counts, BTreeSet::from([some(DepositState::Accepted, 1), some(DepositState::Rejected, 2)]));
    assert!(list(&client, DepositState::Waiting).await.deposits.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn coverage_tells_what_was_never_asked_for_and_what_was_rejected_and_not_mended() {
    let (_hub, client) = ready().await;
    let document = document(5, 1_000);
    upload(&client, &document).await.unwrap();
    for case in ["2026/31", "2026/32", "2026/33", "2026/34"] {
        publish(&client, event(SELJORD, &format!("opened-{}", &case[5..]), case)).await.unwrap();
    }
    let without = |case: &str| {
        let mut data = data(case, case, &document);
        data["documents"] = json!([]);
        data
    };
    // 31: never asked for. 32: rejected. 33: rejected and mended. 34: accepted, in the affair of its case.
    publish(&client, request("r-32", "2026/32", &without("32"))).await.unwrap();
    publish(&client, request("r-33", "2026/33", &without("33"))).await.unwrap();
    publish(&client, request("m-33", "2026/33", &data("33", "33", &document))).await.unwrap();
    let of_affair = Event {
        correlation_id: "seljord-oppvekst/opened-34".to_owned(),
        ..request("r-34", "other entity", &data("34", "34", &document))
    };
    publish(&client, of_affair).await.unwrap();
    let (last, _) = answered(&client, "r-34").await;
    let at_least = Some(AtLeast { tenant: SELJORD.tenant.to_owned(), sequence: last.answer_sequence });
    let request =
        GetCoverageRequest { tenants: vec![SELJORD.tenant.to_owned()], at_least, ..Default::default() };
    let mut stream = client.insight().get_coverage(request).await.unwrap().into_inner();
    let (mut rows, mut completeness) = (Vec::new(), None);
    while let Some(message) = stream.message().await.unwrap() {
        rows.extend(message.rows);
        completeness = message.completeness;
    }
    assert!(!completeness.unwrap().positions.is_empty());
    let [row] = rows.as_slice() else { panic!("{rows:?}") };
    assert_eq!((row.system.as_str(), row.r#type.as_str()), ("seljord-oppvekst", "case.opened"));
    assert_eq!((row.closed, row.accepted, &row.unanswered), (4, 2, &None));
    let plight = |of: &Option<Uncovered>| of.as_ref().map(|of| (of.affairs, of.oldest.clone())).unwrap();
    assert_eq!(plight(&row.missing), (1, "seljord-oppvekst/opened-31".to_owned()));
    assert_eq!(plight(&row.rejected), (1, "seljord-oppvekst/r-32".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_at_once_get_ten_numbers_and_the_same_letter_ten_times_gets_one() {
    let (_hub, client) = ready().await;
    let document = document(4, 1_000);
    upload(&client, &document).await.unwrap();
    let own = (0..10).map(|n| (format!("own-{n}"), data(&format!("c-{n}"), &format!("l-{n}"), &document)));
    let same = (0..10).map(|n| (format!("same-{n}"), data("c-same", "l-same", &document)));
    let all: Vec<_> = own.chain(same).collect();
    let published =
        join_all(all.iter().map(|(id, data)| publish(&client, request(id, "2026/19", data)))).await;
    assert!(published.iter().all(Result::is_ok), "{published:?}");
    let answers = join_all(all.iter().map(|(id, _)| answered(&client, id))).await;
    assert!(answers.iter().all(|(deposit, _)| deposit.state() == DepositState::Accepted), "{answers:?}");
    let numbers = |answers: &[(Deposit, Value)]| -> BTreeSet<i64> {
        answers
            .iter()
            .map(|(_, data)| data["registrering"]["journalsekvensnummer"].as_i64().unwrap())
            .collect()
    };
    assert_eq!(numbers(&answers[..10]).len(), 10);
    assert_eq!(numbers(&answers[10..]).len(), 1);
    assert_eq!(numbers(&answers), (1..=11).collect());
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_speaks_for_the_archive_or_sees_the_deposits_of_systems_that_are_not_theirs() {
    let (hub, client) = ready().await;
    let forged = Event {
        system: "seljord-arkiv".to_owned(),
        r#type: "archive.deposit-accepted".to_owned(),
        causation_id: "seljord-oppvekst/never-1".to_owned(),
        ..request(
            "forged-1",
            "2026/20",
            &json!({"request": "seljord-oppvekst/never-1", "documents": [], "warnings": []}),
        )
    };
    let (_, reason, field) = refusal(publish(&client, forged).await);
    assert_eq!((reason.as_str(), field.as_str()), ("SYSTEM_UNKNOWN", "/source"));
    let vinje = hub.client_of(samflyt_testkit::hub::VINJE).await;
    let request = ListDepositsRequest { tenant: SELJORD.tenant.to_owned(), ..ListDepositsRequest::default() };
    let (_, reason, _) = refusal(vinje.deposits().list_deposits(request).await);
    assert_eq!(reason, "NOT_GRANTED");
    let request = GetDepositRequest {
        tenant: SELJORD.tenant.to_owned(),
        request: "seljord-oppvekst/never-1".to_owned(),
        wait: None,
    };
    let (_, reason, field) = refusal(client.deposits().get_deposit(request).await);
    assert_eq!((reason.as_str(), field.as_str()), ("NOT_FOUND", "/request"));
}
