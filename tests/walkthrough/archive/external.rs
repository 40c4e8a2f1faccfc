//! Two hubs, one the other's external archive: its numbers are in our receipts, and what waits for it holds up nothing else.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

use samflyt::client::Client;
use samflyt_proto::archive as pb;
use samflyt_proto::archive::DepositState;
use samflyt_proto::archive::message_file::Document;
use samflyt_testkit::hub::{SELJORD, register};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::deposits::{answered, data, import_structure, request};
use super::{document, download, drop, sha256, upload};
use crate::answers::publish;
use crate::process::{HubProcess, up};

const OPPRETT: &str = "no.ks.fiks.arkiv.v1.arkivering.arkivmelding.opprett";
const WITHIN: Duration = Duration::from_secs(240);

/// `here` is what systems speak to; `there` keeps the arkivdel BYGG.
struct Hubs {
    dir: TempDir,
    here: HubProcess,
    there: HubProcess,
    /// Where `there` answers, also after a restart.
    address: String,
}

impl Hubs {
    async fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let there = HubProcess::start(&dir.path().join("there"), &[]).await;
        let address = there.ready("grpc").trim_start_matches("http://").to_owned();
        register(&there.operator().await, SELJORD).await;
        import_bygg(&there.operator().await).await;
        let config = dir.path().join("here.toml");
        fs::write(&config, config_of(there.ready("grpc"), &dir.path().join("there/operator-token"))).unwrap();
        let here = start_here(dir.path()).await;
        register(&here.operator().await, SELJORD).await;
        import_structure(&here.operator().await).await;
        Self { dir, here, there, address }
    }

    /// Asks for a deposit of a letter in a case of BYGG.
    async fn ask(&self, letter: &str, data: &Value) {
        publish(&self.here.operator().await, request(letter, letter, data)).await.unwrap();
    }

    async fn answer(&self, letter: &str) -> (DepositState, Value) {
        let (deposit, answer) = answered(&self.here.operator().await, letter).await;
        (deposit.state(), answer)
    }
}

fn config_of(url: &str, token: &Path) -> String {
    format!(
        "[[archive.external]]\ntenant = \"seljord\"\narkivdel = [\"BYGG\"]\nurl = \"{url}\"\ntoken_file = \"{}\"\n\
         external_tenant = \"seljord\"\nanswer_wait_s = 5\n",
        token.display()
    )
}

async fn start_here(dir: &Path) -> HubProcess {
    let mut command = up(&dir.join("here"));
    command.arg("--config").arg(dir.join("here.toml"));
    HubProcess::of(command).await
}

async fn import_bygg(operator: &Client) {
    let structure = json!({"arkiv": [{
        "tittel": "Byggesak",
        "arkivskaper": [{"arkivskaperID": "964963282", "arkivskaperNavn": "Seljord kommune"}],
        "klassifikasjonssystem": [{
            "klassifikasjonssystemID": "K", "klassifikasjonstype": "KK", "tittel": "K-kodar",
            "klasse": [{"klasseID": "A10", "tittel": "Barnehage"}],
        }],
        "arkivdel": [
            {"kode": "BYGG", "tittel": "Byggesak", "klassifikasjonssystem": ["K"], "standard": true},
        ],
        // So that a number of there is none of here.
        "tallserier": [{"serie": "sak", "aar": year(), "siste": 500, "grunn": "given elsewhere"}],
    }]});
    let request = pb::ImportStructureRequest {
        tenant: SELJORD.tenant.to_owned(),
        structure: structure.to_string().into_bytes().into(),
        dry_run: false,
    };
    operator.records().import_structure(request).await.unwrap();
}

fn year() -> i32 {
    samflyt_runtime::Clock::now(&samflyt_runtime::SystemClock).year()
}

/// A letter in a case of BYGG, with its document uploaded.
async fn letter(client: &Client, case: &str, letter: &str, number: u64, arkivdel: Option<&str>) -> Value {
    let bytes = document(number, 100_000);
    upload(client, &bytes).await.unwrap();
    let mut data = data(case, letter, &bytes);
    if let Some(code) = arkivdel {
        data["arkivdel"] = json!(code);
    }
    data
}

/// Sends a message, and gives its id.
async fn send(client: &Client, kind: &str, payload: &str, file: Option<(&str, &[u8])>) -> String {
    let file = file.map(|(name, bytes)| pb::MessageFile {
        name: name.to_owned(),
        document: Some(Document::Content(bytes.to_vec().into())),
    });
    let request = pb::SendMessageRequest {
        tenant: SELJORD.tenant.to_owned(),
        system: SELJORD.system.to_owned(),
        r#type: kind.to_owned(),
        client_message_id: sha256(payload.as_bytes()),
        payload: payload.as_bytes().to_vec().into(),
        files: file.into_iter().collect(),
        ..Default::default()
    };
    client.messages().send_message(request).await.unwrap().into_inner().message_id
}

/// The last answer to a message.
async fn reply(client: &Client, message_id: &str) -> pb::Answer {
    let wait = Some(prost_types::Duration { seconds: 60, nanos: 0 });
    let request = pb::GetAnswersRequest { message_id: message_id.to_owned(), wait };
    let mut answers = client.messages().get_answers(request).await.unwrap().into_inner();
    assert!(answers.complete, "{answers:?}");
    answers.answers.pop().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_for_an_external_archive_has_its_numbers_waits_for_it_alone_and_is_kept_there_once() {
    tokio::time::timeout(WITHIN, walk()).await.expect("all is answered in time");
}

async fn walk() {
    let hubs = Hubs::start().await;
    let client = hubs.here.operator().await;
    let case = format!("{}/501", year());

    // By the arkivdel that it names; then by the case that it is in.
    hubs.ask("b-1", &letter(&client, "17", "b-1", 1, Some("BYGG")).await).await;
    let (state, receipt) = hubs.answer("b-1").await;
    assert_eq!(
        (state, receipt["mappe"]["mappeID"].as_str()),
        (DepositState::Accepted, Some(case.as_str())),
        "{receipt}"
    );
    assert_eq!(receipt["registrering"]["registreringsID"], format!("{case}-1"));
    let there = hubs.there.operator().await;
    assert_eq!(download(&there, &sha256(&document(1, 100_000))).await.unwrap(), document(1, 100_000));
    hubs.ask("b-2", &letter(&client, "17", "b-2", 2, None).await).await;
    let (_, receipt) = hubs.answer("b-2").await;
    assert_eq!(receipt["registrering"]["registreringsID"], format!("{case}-2"), "{receipt}");
    assert_eq!(receipt["mappe"]["opprettetEllerEksisterende"], "Eksisterende");

    // By message, and looked into by one.
    let message =
        send(&client, OPPRETT, &drop::message("17", "b-3", "b.bin"), Some(("b.bin", &document(3, 1_000))))
            .await;
    let answer = reply(&client, &message).await;
    assert_eq!(answer.r#type, format!("{OPPRETT}.kvittering"), "{}", answer.payload);
    assert!(answer.payload.contains(&format!("{case}-3")), "{}", answer.payload);
    looked_into(&client, &case).await;

    // What it refuses, is refused here with its reason.
    let mut wrong = letter(&client, "18", "b-wrong", 4, Some("BYGG")).await;
    wrong["arkivmelding"]["mappe"]["klassifikasjon"][0]["klasseID"] = json!("A99");
    hubs.ask("b-wrong", &wrong).await;
    let (state, rejection) = hubs.answer("b-wrong").await;
    assert_eq!(state, DepositState::Rejected);
    let rule = rejection["problems"][0]["rule"].as_str().unwrap();
    assert!(rule.contains("external archive") && rule.contains("klasse"), "{rejection}");
    let hubs = gone_and_back(hubs).await;

    let there = hubs.there.operator().await;
    assert_eq!(given(&there).await, [("journal", 5), ("sak", 2)].map(|(of, n)| (of.to_owned(), n)).into());
    assert_eq!(
        given(&hubs.here.operator().await).await,
        [("journal", 1), ("sak", 1)].map(|(of, n)| (of.to_owned(), n)).into()
    );
    let request = pb::ListMessagesRequest { tenant: SELJORD.tenant.to_owned(), ..Default::default() };
    let listed = there.messages().list_messages(request).await.unwrap().into_inner().messages;
    assert!(
        listed.iter().all(|message| message.confirmed_at.is_some()),
        "an answer is not confirmed: {listed:?}"
    );
    hubs.here.kill().await;
    hubs.there.kill().await;
}

async fn looked_into(client: &Client, case: &str) {
    let ask = format!(
        r#"<mappeHent xmlns="https://ks-no.github.io/standarder/fiks-protokoll/fiks-arkiv/mappe/hent/v1"
             xmlns:m="https://ks-no.github.io/standarder/fiks-protokoll/fiks-arkiv/metadatakatalog/v1">
             <system>test</system><referanseTilMappe><m:mappeID>{case}</m:mappeID></referanseTilMappe></mappeHent>"#
    );
    let kind = "no.ks.fiks.arkiv.v1.innsyn.mappe.hent";
    let found = reply(client, &send(client, kind, &ask, None).await).await;
    assert_eq!(found.r#type, format!("{kind}.resultat"), "{}", found.payload);
    assert!(found.payload.contains("Barnehageplass"), "{}", found.payload);
}

/// The external archive is gone, and so are we in between: what is for it waits, what is not does not, and each is kept once.
async fn gone_and_back(hubs: Hubs) -> Hubs {
    let Hubs { dir, here, there, address } = hubs;
    let client = here.operator().await;
    there.kill().await;
    let late = letter(&client, "19", "b-4", 5, Some("BYGG")).await;
    publish(&client, request("b-4", "b-4", &late)).await.unwrap();
    // From now on the hub knows that what builds on it is for there too.
    waits_for_it(&client).await;
    let message =
        send(&client, OPPRETT, &drop::message("19", "b-5", "b.bin"), Some(("b.bin", &document(6, 1_000))))
            .await;
    let own = letter(&client, "own", "s-1", 7, None).await;
    publish(&client, request("s-1", "s-1", &own)).await.unwrap();
    let (deposit, receipt) = answered(&client, "s-1").await;
    assert_eq!(deposit.state(), DepositState::Accepted, "{receipt}");
    assert_eq!(receipt["mappe"]["mappeID"], format!("{}/1", year()));
    here.kill().await;
    let here = start_here(dir.path()).await;
    let there =
        HubProcess::start(&dir.path().join("there"), &[("SAMFLYT_GRPC__LISTEN", address.as_str())]).await;
    let client = here.operator().await;
    let (deposit, receipt) = answered(&client, "b-4").await;
    assert_eq!(deposit.state(), DepositState::Accepted, "{receipt}");
    assert_eq!(receipt["mappe"]["mappeID"], format!("{}/502", year()), "{receipt}");
    let answer = reply(&client, &message).await;
    assert_eq!(answer.r#type, format!("{OPPRETT}.kvittering"), "{}", answer.payload);
    assert!(answer.payload.contains(&format!("{}/502-", year())), "{}", answer.payload);
    Hubs { dir, here, there, address }
}

/// Until a deposit shows that it waits for the external archive.
async fn waits_for_it(client: &Client) {
    let list = pb::ListDepositsRequest { tenant: SELJORD.tenant.to_owned(), ..Default::default() };
    loop {
        let listed = client.deposits().list_deposits(list.clone()).await.unwrap().into_inner().deposits;
        if let Some(waiting) = listed.iter().find(|deposit| !deposit.waits_for.is_empty()) {
            assert!(waiting.waits_for.contains("the external archive http"), "{waiting:?}");
            return;
        }
        tokio::task::yield_now().await;
    }
}

/// How many numbers were given, by series; no gap is without a cause.
async fn given(client: &Client) -> BTreeMap<String, i64> {
    let request = pb::CheckNumbersRequest { tenant: SELJORD.tenant.to_owned() };
    let series = client.records().check_numbers(request).await.unwrap().into_inner().series;
    assert!(series.iter().flat_map(|series| &series.gaps).all(|gap| !gap.cause.is_empty()), "{series:?}");
    series.into_iter().map(|series| (series.series, series.given)).collect()
}
