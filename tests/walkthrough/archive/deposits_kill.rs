//! Killed in the middle of a thousand concurrent deposits: every request is answered once, by what is in the archive.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use futures::future::join_all;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use samflyt::client::Client;
use samflyt_log::{Entry, Follow};
use samflyt_proto::archive::get_record_request::Reference;
use samflyt_proto::archive::{CheckNumbersRequest, DepositState, GetRecordRequest, ListDepositsRequest};
use samflyt_testkit::hub::{SELJORD, register};
use serde_json::Value;
use tonic::Status;

use super::deposits::{answered, data, import_structure, request};
use super::senders::Senders;
use super::{document, download, sha256, upload};
use crate::answers::publish;
use crate::process::HubProcess;

const DEPOSITS: u64 = 1_000;
/// Letters of one case, sent by different senders at once.
const OF_A_CASE: u64 = 5;
const SENDERS: usize = 32;
const KILLS: u64 = 6;
const SEED: u64 = 7;
/// How many before the newest is the one that is answered before a kill.
const BEHIND: u64 = 40;
/// The whole of it; a kill that loses something would otherwise be waited for without end.
const WITHIN: Duration = Duration::from_secs(240);

fn id(number: u64) -> String {
    format!("letter-{number}")
}

/// Uploads the letter's document and asks for its deposit, until the hub is gone.
async fn deposit(client: &Client, number: u64) -> Result<(), Status> {
    let document = document(number, 2_000);
    upload(client, &document).await?;
    let case = format!("case-{}", number / OF_A_CASE);
    publish(client, request(&id(number), &case, &data(&case, &id(number), &document))).await.map(drop)
}

/// Every event of Seljord's log.
async fn log_of(hub: &HubProcess) -> Vec<Entry> {
    let (log, stream) = (hub.log().await, "EVENTS_seljord".to_owned());
    let last = log.state(&stream).await.unwrap().unwrap().last;
    let mut follower = log.follow(Follow { stream, after: 0, headers_only: false });
    let mut entries = Vec::new();
    while entries.last().is_none_or(|entry: &Entry| entry.sequence < last) {
        entries.push(follower.next().await);
    }
    entries
}

/// The answers in the log, by the request that each names: a request that is answered twice has two.
fn answers(entries: &[Entry]) -> BTreeMap<String, Vec<Value>> {
    let mut answers: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for entry in entries {
        let event = entry.event().unwrap().event;
        match event.kind.as_str() {
            "archive.deposit-requested" => drop(answers.entry(event.reference().to_string()).or_default()),
            "archive.deposit-accepted" => {
                let cause = event.causation.unwrap().to_string();
                answers.get_mut(&cause).unwrap().push(serde_json::from_slice(&event.data).unwrap());
            }
            other => panic!("{other}: {}", String::from_utf8_lossy(&event.data)),
        }
    }
    answers
}

async fn how_many_wait(client: &Client) -> u64 {
    let request = ListDepositsRequest { tenant: SELJORD.tenant.to_owned(), ..Default::default() };
    let counts = client.deposits().list_deposits(request).await.unwrap().into_inner().counts;
    counts.iter().filter(|count| count.state() == DepositState::Waiting).map(|count| count.deposits).sum()
}

/// The record that an answer names, with its document, both as the request had them.
async fn is_kept(client: &Client, number: u64, receipt: &Value) {
    let system_id = receipt["registrering"]["systemID"].as_str().unwrap().to_owned();
    let reference = Some(Reference::SystemId(system_id));
    let request = GetRecordRequest { tenant: SELJORD.tenant.to_owned(), reference };
    let record = client.records().get_record(request).await.unwrap().into_inner().record.unwrap();
    let record: Value = serde_json::from_slice(&record.document).unwrap();
    let document = document(number, 2_000);
    assert_eq!(record["referanseEksternNoekkel"]["noekkel"], id(number));
    assert_eq!(record["journalsekvensnummer"], receipt["registrering"]["journalsekvensnummer"]);
    assert_eq!(record["dokumentbeskrivelse"][0]["dokumentobjekt"][0]["sjekksum"], sha256(&document));
    assert_eq!(download(client, &sha256(&document)).await.unwrap(), document, "{number}");
}

#[tokio::test(flavor = "multi_thread")]
async fn after_kills_in_a_thousand_deposits_each_is_answered_once_and_no_number_is_used_twice_or_lost() {
    tokio::time::timeout(WITHIN, killed_again_and_again()).await.expect("all is answered in time");
}

async fn killed_again_and_again() {
    let dir = tempfile::tempdir().unwrap();
    let mut chance = StdRng::seed_from_u64(SEED);
    let mut senders = Senders::new(SENDERS, DEPOSITS, deposit);
    let mut left_waiting = 0;
    for kill in 1..=KILLS {
        let hub = HubProcess::start(dir.path(), &[]).await;
        let operator = hub.operator().await;
        if kill == 1 {
            register(&operator, SELJORD).await;
            import_structure(&operator).await;
        } else {
            left_waiting += how_many_wait(&operator).await;
        }
        let until = kill * DEPOSITS / (KILLS + 1) + chance.random_range(0..50);
        // A request that was made before others is answered before a kill.
        let watcher = hub.operator().await;
        let seen = async { drop(answered(&watcher, &id(until - BEHIND)).await) };
        senders.round(hub, until, seen).await;
    }
    assert!(left_waiting > 0, "no kill came between a request and its answer: nothing was shown");

    let hub = HubProcess::start(dir.path(), &[]).await;
    let client = hub.operator().await;
    senders.go_on(vec![client.clone(); SENDERS]).await;
    join_all((0..DEPOSITS).map(|number| {
        let client = client.clone();
        async move {
            let (deposit, receipt) = answered(&client, &id(number)).await;
            assert_eq!(deposit.state(), DepositState::Accepted, "{number}: {receipt}");
        }
    }))
    .await;

    let answers = answers(&log_of(&hub).await);
    assert_eq!(answers.len() as u64, DEPOSITS, "each was asked for once");
    let mut numbers = BTreeSet::new();
    for number in 0..DEPOSITS {
        let receipts = &answers[&format!("{}/{}", SELJORD.system, id(number))];
        assert_eq!(receipts.len(), 1, "{number} is answered once");
        is_kept(&client, number, &receipts[0]).await;
        numbers.insert(receipts[0]["registrering"]["journalsekvensnummer"].as_u64().unwrap());
    }
    assert_eq!(numbers, (1..=DEPOSITS).collect(), "no number is used twice, none is lost");
    let request = CheckNumbersRequest { tenant: SELJORD.tenant.to_owned() };
    let series = client.records().check_numbers(request).await.unwrap().into_inner().series;
    let given: Vec<_> =
        series.iter().map(|series| (series.series.as_str(), series.given, series.gaps.len())).collect();
    let cases = i64::try_from(DEPOSITS / OF_A_CASE).unwrap();
    assert_eq!(given, [("sak", cases, 0), ("journal", i64::try_from(DEPOSITS).unwrap(), 0)]);
    eprintln!("{KILLS} kills; together {left_waiting} requests had no answer yet after them");
    hub.kill().await;
}
