//! A large document takes no more memory than a small one. `SAMFLYT_TEST_DOCUMENT_MIB=5120` makes it 5 GiB.

use std::time::Instant;

use samflyt_proto::archive::download_document_response::Part as Given;
use samflyt_proto::archive::upload_document_request::Part;
use samflyt_proto::archive::{DownloadDocumentRequest, UploadDocumentRequest, UploadStart};
use samflyt_testkit::hub::{SELJORD, register};
use sha2::{Digest, Sha256};

use super::{document, upload, verify};
use crate::process::HubProcess;

const MEMORY_MIB_MAX: u64 = 100;
const PIECE_BYTES: usize = 1024 * 1024;

/// Resident memory of a process at its most so far, in MiB.
fn memory_mib_most(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_document_is_stored_read_and_verified_within_100_mib_more() {
    let mib = std::env::var("SAMFLYT_TEST_DOCUMENT_MIB").map_or(200, |mib| mib.parse().unwrap());
    let dir = tempfile::tempdir().unwrap();
    let hub = HubProcess::start(dir.path(), &[]).await;
    let client = hub.operator().await;
    register(&client, SELJORD).await;
    upload(&client, &document(1, PIECE_BYTES)).await.unwrap();
    let before = memory_mib_most(hub.pid());

    let piece = |n: u64| document(n, PIECE_BYTES);
    let mut hasher = Sha256::new();
    (0..mib).for_each(|n| hasher.update(piece(n)));
    let digest: String = hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    let start =
        UploadStart { tenant: SELJORD.tenant.to_owned(), sha256: digest.clone(), size: mib << 20, offset: 0 };
    let pieces = (0..mib).map(move |n| Part::Content(piece(n).into()));
    let parts = std::iter::once(Part::Start(start)).chain(pieces);
    let parts = parts.map(|part| UploadDocumentRequest { part: Some(part) });
    let begun = Instant::now();
    client.archive().upload_document(futures::stream::iter(parts)).await.unwrap();
    let (uploaded, uploading) = (memory_mib_most(hub.pid()), begun.elapsed());

    let begun = Instant::now();
    let request = DownloadDocumentRequest { tenant: SELJORD.tenant.to_owned(), sha256: digest.clone() };
    let mut given = client.archive().download_document(request).await.unwrap().into_inner();
    let mut hasher = Sha256::new();
    while let Some(message) = given.message().await.unwrap() {
        if let Some(Given::Content(piece)) = message.part {
            hasher.update(&piece);
        }
    }
    assert_eq!(hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect::<String>(), digest);
    let downloading = begun.elapsed();
    let begun = Instant::now();
    assert_eq!(verify(&client, std::slice::from_ref(&digest)).await.0, []);
    let verifying = begun.elapsed();
    let most = memory_mib_most(hub.pid());
    eprintln!(
        "{mib} MiB: up {uploading:.1?}, down {downloading:.1?}, verified {verifying:.1?}; \
         memory at most {before} MiB before, {uploaded} MiB after the upload, {most} MiB in the end"
    );
    assert!(most < before + MEMORY_MIB_MAX, "{before} MiB became {most} MiB");
    hub.kill().await;
}
