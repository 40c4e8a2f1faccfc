//! Killed in the middle of hundreds of concurrent messages: each gets one answer, by what is in the archive.

use std::collections::BTreeSet;
use std::future::ready;
use std::time::Duration;

use bytes::Bytes;
use samflyt::client::Client;
use samflyt_noark::fiks::{MessageType, Schema};
use samflyt_noark::{read, write};
use samflyt_proto::archive as pb;
use samflyt_proto::archive::get_record_request::Reference;
use samflyt_proto::archive::message_file::Document;
use samflyt_testkit::hub::{SELJORD, register};
use serde_json::Value;
use tonic::Status;

use super::deposits::{data, import_structure};
use super::senders::Senders;
use super::{document, download, sha256};
use crate::process::HubProcess;

const MESSAGES: u64 = 600;
/// Letters of one case, sent by different senders at once.
const OF_A_CASE: u64 = 5;
const SENDERS: usize = 16;
const KILLS: u64 = 4;
const WITHIN: Duration = Duration::from_secs(240);

/// One arkivmelding with its document.
fn message(number: u64) -> pb::SendMessageRequest {
    let document = document(number, 2_000);
    let (case, letter) = (format!("case-{}", number / OF_A_CASE), format!("letter-{number}"));
    let mut content = data(&case, &letter, &document)["arkivmelding"].take();
    content["system"] = SELJORD.system.into();
    content["antallFiler"] = 1.into();
    let described = &mut content["registrering"]["dokumentbeskrivelse"][0];
    // What the protocol requires and a deposit by event need not say.
    described["dokumenttype"]["kode"] = "BREV".into();
    described["dokumentstatus"]["kode"] = "F".into();
    described["dokumentobjekt"][0]["format"]["kode"] = "BIN".into();
    content["registrering"]["journalstatus"]["kode"] = "J".into();
    let payload = write::document(Schema::ArkivmeldingOpprett.root(), &content).unwrap();
    pb::SendMessageRequest {
        tenant: SELJORD.tenant.to_owned(),
        system: SELJORD.system.to_owned(),
        r#type: MessageType::ArkivmeldingOpprett.name(),
        client_message_id: letter,
        payload: payload.into(),
        files: vec![pb::MessageFile {
            name: "vedtak.bin".to_owned(),
            document: Some(Document::Content(Bytes::from(document))),
        }],
        ..Default::default()
    }
}

async fn send(client: &Client, number: u64) -> Result<(), Status> {
    client.messages().send_message(message(number)).await.map(drop)
}

async fn waiting(client: &Client) -> u64 {
    let request =
        pb::ListMessagesRequest { tenant: SELJORD.tenant.to_owned(), page_size: 1, ..Default::default() };
    client.messages().list_messages(request).await.unwrap().into_inner().waiting
}

/// The receipt of a message: its last answer, and the only one beside `mottatt`.
async fn receipt(client: &Client, number: u64) -> Value {
    // Sent again, it is the same message.
    let sent = client.messages().send_message(message(number)).await.unwrap().into_inner();
    assert!(sent.already_there, "{number}");
    let wait = Some(prost_types::Duration { seconds: 60, nanos: 0 });
    let request = pb::GetAnswersRequest { message_id: sent.message_id, wait };
    let answers = client.messages().get_answers(request).await.unwrap().into_inner().answers;
    let kinds: Vec<_> = answers.iter().map(|answer| answer.r#type.clone()).collect();
    let expected =
        [MessageType::ArkivmeldingOpprettMottatt.name(), MessageType::ArkivmeldingOpprettKvittering.name()];
    assert_eq!(kinds, expected, "{number}: {}", answers[1].payload);
    read::xml(answers[1].payload.as_bytes(), Schema::ArkivmeldingKvittering.root()).unwrap()
}

/// The journal number of the record that a receipt names, which has the message's document.
async fn kept(client: &Client, number: u64, receipt: &Value) -> u64 {
    let given = &receipt["registreringKvittering"];
    let system_id = given["systemID"].as_str().unwrap().to_owned();
    let request = pb::GetRecordRequest {
        tenant: SELJORD.tenant.to_owned(),
        reference: Some(Reference::SystemId(system_id)),
    };
    let record = client.records().get_record(request).await.unwrap().into_inner().record.unwrap();
    let record: Value = serde_json::from_slice(&record.document).unwrap();
    let document = document(number, 2_000);
    assert_eq!(record["referanseEksternNoekkel"]["noekkel"], format!("letter-{number}"));
    assert_eq!(record["journalsekvensnummer"], given["journalsekvensnummer"]);
    assert_eq!(download(client, &sha256(&document)).await.unwrap(), document, "{number}");
    given["journalsekvensnummer"].as_u64().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn after_kills_in_hundreds_of_messages_each_has_one_answer_and_no_number_is_used_twice_or_lost() {
    tokio::time::timeout(WITHIN, killed_again_and_again()).await.expect("all is answered in time");
}

async fn killed_again_and_again() {
    let dir = tempfile::tempdir().unwrap();
    let mut senders = Senders::new(SENDERS, MESSAGES, send);
    let mut left_waiting = 0;
    for kill in 1..=KILLS {
        let hub = HubProcess::start(dir.path(), &[]).await;
        let operator = hub.operator().await;
        if kill == 1 {
            register(&operator, SELJORD).await;
            import_structure(&operator).await;
        } else {
            left_waiting += waiting(&operator).await;
        }
        senders.round(hub, kill * MESSAGES / (KILLS + 1), ready(())).await;
    }
    assert!(left_waiting > 0, "no kill came between a message and its answer: nothing was shown");

    let hub = HubProcess::start(dir.path(), &[]).await;
    let client = hub.operator().await;
    senders.go_on(vec![client.clone(); SENDERS]).await;
    let mut numbers = BTreeSet::new();
    for number in 0..MESSAGES {
        let receipt = receipt(&client, number).await;
        numbers.insert(kept(&client, number, &receipt).await);
    }
    assert_eq!(numbers, (1..=MESSAGES).collect(), "no number is used twice, none is lost");
    let request = pb::CheckNumbersRequest { tenant: SELJORD.tenant.to_owned() };
    let series = client.records().check_numbers(request).await.unwrap().into_inner().series;
    let given: Vec<_> =
        series.iter().map(|series| (series.series.as_str(), series.given, series.gaps.len())).collect();
    let signed = |count: u64| i64::try_from(count).unwrap();
    assert_eq!(given, [("sak", signed(MESSAGES / OF_A_CASE), 0), ("journal", signed(MESSAGES), 0)]);
    eprintln!("{KILLS} kills; together {left_waiting} messages had no answer yet after them");
    hub.kill().await;
}
