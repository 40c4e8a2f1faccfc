//! Killed in the middle of uploads: no receipt without its document, and what broke off goes on.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use samflyt::client::Client;
use samflyt_proto::archive::UploadStart;
use samflyt_testkit::hub::{SELJORD, register};
use tokio::sync::watch;

use super::{came, document, download, files, parts, sha256, start, upload_parts, verify};
use crate::process::HubProcess;

const KILLS: usize = 10;
const SENDERS: u64 = 6;
const SEED: u64 = 4;

/// From a few bytes to several parts of the store.
fn size_of(number: u64) -> usize {
    [10, 70_000, 900_000, 5_000_000, 20_000_000][usize::try_from(number % 5).unwrap()]
}

/// Sends documents, each from where it came, until the hub is gone. Says how many went on in their middle.
async fn send(
    client: Client,
    next: &AtomicU64,
    pending: &mut Option<u64>,
    told: &watch::Sender<Vec<u64>>,
) -> u64 {
    let mut went_on = 0;
    loop {
        let number = *pending.get_or_insert_with(|| next.fetch_add(1, Ordering::Relaxed));
        let document = document(number, size_of(number));
        let begun = start(&document);
        let request = samflyt_proto::archive::GetUploadRequest {
            tenant: begun.tenant.clone(),
            sha256: begun.sha256.clone(),
            size: begun.size,
        };
        let Ok(answer) = client.archive().get_upload(request).await else { return went_on };
        let at = answer.into_inner();
        let offset = if at.stored { 0 } else { at.offset };
        went_on += u64::from(offset > 0);
        let parts = parts(UploadStart { offset, ..begun }, &document);
        match upload_parts(&client, parts).await {
            Ok(receipt) => {
                assert_eq!(receipt.document.unwrap().sha256, sha256(&document));
                told.send_modify(|told| told.push(number));
                *pending = None;
            }
            Err(status) => {
                assert!(
                    matches!(
                        status.code(),
                        tonic::Code::Unavailable
                            | tonic::Code::Unknown
                            | tonic::Code::Cancelled
                            | tonic::Code::Internal
                    ),
                    "{status}"
                );
                return went_on;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_ten_kills_every_receipt_has_its_document_and_what_broke_off_has_gone_on() {
    let dir = tempfile::tempdir().unwrap();
    let mut chance = StdRng::seed_from_u64(SEED);
    let next = AtomicU64::new(0);
    let mut pending = vec![None; usize::try_from(SENDERS).unwrap()];
    let (told, mut counted) = watch::channel(Vec::new());
    let (mut went_on, mut left_behind) = (0, 0);
    for round in 0..KILLS {
        let hub = HubProcess::start(dir.path(), &[]).await;
        if round == 0 {
            register(&hub.operator().await, SELJORD).await;
        }
        let mut senders = Vec::new();
        for _ in 0..SENDERS {
            senders.push(hub.operator().await);
        }
        let before = told.borrow().len();
        let killed_after = before + chance.random_range(1..12);
        let killing = async {
            counted.wait_for(|told| told.len() >= killed_after).await.unwrap();
            hub.kill().await;
        };
        let sending = senders
            .into_iter()
            .zip(&mut pending)
            .map(|(client, pending)| send(client, &next, pending, &told));
        let (all, ()) = tokio::join!(futures::future::join_all(sending), killing);
        went_on += all.into_iter().sum::<u64>();
        left_behind += files(&dir.path().join("archive/documents"))
            .iter()
            .filter(|path| path.to_string_lossy().contains('#'))
            .count();
    }
    assert!(went_on > 0, "no kill came in the middle of an upload: nothing was shown");

    let hub = HubProcess::start(dir.path(), &[]).await;
    let client = hub.operator().await;
    let receipts = told.borrow().clone();
    assert!(receipts.len() >= KILLS);
    for number in &receipts {
        let document = document(*number, size_of(*number));
        let found = download(&client, &sha256(&document)).await;
        assert!(found.is_ok_and(|found| found == document), "{number} has a receipt and is not there");
    }
    for number in pending.into_iter().flatten() {
        let document = document(number, size_of(number));
        let at = came(&client, &document).await;
        let offset = if at.stored { 0 } else { at.offset };
        upload_parts(&client, parts(UploadStart { offset, ..start(&document) }, &document)).await.unwrap();
    }
    let (findings, done) = verify(&client, &[]).await;
    assert_eq!(findings, []);
    assert_eq!(done.documents, next.load(Ordering::Relaxed), "each document is there once, and no other");
    let named: BTreeMap<_, _> = files(&dir.path().join("archive/documents/seljord"))
        .into_iter()
        .map(|path| (path.file_name().unwrap().to_string_lossy().len(), path))
        .collect();
    assert_eq!(named.keys().copied().collect::<Vec<_>>(), [64], "left behind: {named:?}");
    eprintln!(
        "{} receipts, {went_on} went on in their middle, {left_behind} half-written files were tidied",
        receipts.len()
    );
    hub.kill().await;
}
