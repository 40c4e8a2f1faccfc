//! Documents: stored for good, given back as they were, or refused by name.

mod bad_uploads;
mod casework;
mod damage;
mod deposits;
mod deposits_kill;
mod drop;
mod external;
mod extraction;
mod fiks;
mod fsync;
mod http;
mod kill_nine;
mod large;
mod messages;
mod messages_kill;
mod put;
mod senders;
mod structure;
mod uploads;

use std::path::{Path, PathBuf};

use samflyt::client::Client;
use samflyt_proto::archive::download_document_response::Part as Given;
use samflyt_proto::archive::upload_document_request::Part;
use samflyt_proto::archive::verify_fixity_response::Part as Told;
use samflyt_proto::archive::{
    Document, DownloadDocumentRequest, Finding, GetDocumentRequest, GetUploadRequest, GetUploadResponse,
    Progress, Receipt, UploadDocumentRequest, UploadStart, VerifyFixityRequest,
};
use samflyt_proto::registry;
use samflyt_testkit::hub::{Municipality, SELJORD, TestHub};
use sha2::{Digest, Sha256};
use tonic::Status;

const PIECE_BYTES: usize = 64 * 1024;

/// A hub in which Seljord may deposit.
async fn hub_of_seljord() -> TestHub {
    let hub = TestHub::start().await;
    hub.register(SELJORD).await;
    grant(&hub.operator().await, SELJORD).await;
    hub
}

async fn grant(operator: &Client, of: Municipality) {
    let grant = registry::Grant {
        organisation: of.organisation.to_owned(),
        scopes: vec!["samflyt:archive".to_owned()],
        tenants: vec![of.tenant.to_owned()],
        systems: vec!["*".to_owned()],
        ..Default::default()
    };
    let request = registry::GiveGrantRequest { grant: Some(grant), ..Default::default() };
    operator.registry().give_grant(request).await.unwrap();
}

fn sha256(document: &[u8]) -> String {
    Sha256::digest(document).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A document that no other number gives, and that is no text.
fn document(number: u64, bytes: usize) -> Vec<u8> {
    let mut state = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    };
    std::iter::once(0).chain(std::iter::repeat_with(&mut next).flatten()).take(bytes).collect()
}

fn start(document: &[u8]) -> UploadStart {
    UploadStart {
        tenant: SELJORD.tenant.to_owned(),
        sha256: sha256(document),
        size: document.len() as u64,
        offset: 0,
    }
}

fn content(piece: &[u8]) -> UploadDocumentRequest {
    UploadDocumentRequest { part: Some(Part::Content(piece.to_vec().into())) }
}

/// What a sender sends: the start, and from its offset on the bytes.
fn parts(start: UploadStart, bytes: &[u8]) -> Vec<UploadDocumentRequest> {
    let pieces: Vec<_> = bytes[usize::try_from(start.offset).unwrap().min(bytes.len())..]
        .chunks(PIECE_BYTES)
        .map(content)
        .collect();
    let start = UploadDocumentRequest { part: Some(Part::Start(start)) };
    std::iter::once(start).chain(pieces).collect()
}

async fn upload_parts(client: &Client, parts: Vec<UploadDocumentRequest>) -> Result<Receipt, Status> {
    let answer = client.archive().upload_document(futures::stream::iter(parts)).await?;
    Ok(answer.into_inner().receipt.unwrap())
}

async fn upload(client: &Client, document: &[u8]) -> Result<Receipt, Status> {
    upload_parts(client, parts(start(document), document)).await
}

/// Sends a part of a document, and goes without an end. Returns when the hub has it on disk.
async fn break_off(client: &Client, document: &[u8], at: usize) {
    let (pieces, sent) = tokio::sync::mpsc::channel(4);
    let mut archive = client.archive();
    let stream = tokio_stream::wrappers::ReceiverStream::new(sent);
    let uploading = archive.upload_document(stream);
    let breaking = async {
        for part in parts(start(document), &document[..at]) {
            pieces.send(part).await.unwrap();
        }
        while came(client, document).await.offset < at as u64 {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        answer = uploading => panic!("answered before it was whole: {answer:?}"),
        () = breaking => {}
    }
}

async fn came(client: &Client, document: &[u8]) -> GetUploadResponse {
    let UploadStart { tenant, sha256, size, .. } = start(document);
    let request = GetUploadRequest { tenant, sha256, size };
    client.archive().get_upload(request).await.unwrap().into_inner()
}

/// The bytes, or those that came before the refusal and the refusal.
async fn download(client: &Client, sha256: &str) -> Result<Vec<u8>, (Vec<u8>, Status)> {
    let request = DownloadDocumentRequest { tenant: SELJORD.tenant.to_owned(), sha256: sha256.to_owned() };
    let mut bytes = Vec::new();
    let answer = client.archive().download_document(request).await;
    let mut parts = match answer {
        Ok(answer) => answer.into_inner(),
        Err(status) => return Err((bytes, status)),
    };
    loop {
        match parts.message().await {
            Ok(None) => return Ok(bytes),
            Ok(Some(part)) => match part.part.unwrap() {
                Given::Document(document) => assert_eq!(document.sha256, sha256),
                Given::Content(piece) => bytes.extend_from_slice(&piece),
            },
            Err(status) => return Err((bytes, status)),
        }
    }
}

async fn describe(client: &Client, sha256: &str) -> Result<Document, Status> {
    let request = GetDocumentRequest { tenant: SELJORD.tenant.to_owned(), sha256: sha256.to_owned() };
    Ok(client.archive().get_document(request).await?.into_inner().document.unwrap())
}

async fn verify(client: &Client, sha256: &[String]) -> (Vec<Finding>, Progress) {
    let request = VerifyFixityRequest {
        tenant: SELJORD.tenant.to_owned(),
        sha256: sha256.to_vec(),
        ..Default::default()
    };
    let mut told = client.archive().verify_fixity(request).await.unwrap().into_inner();
    let mut findings = Vec::new();
    while let Some(message) = told.message().await.unwrap() {
        match message.part.unwrap() {
            Told::Progress(_) => {}
            Told::Finding(finding) => findings.push(finding),
            Told::Done(done) => return (findings, done),
        }
    }
    panic!("the verification ended without saying that it was done");
}

/// A client of the HTTP door.
fn http_client() -> reqwest::Client {
    // The first of a process installs it; any later one finds it there.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().build().unwrap()
}

/// Where a document is on the disk of the hub.
fn file(data_dir: &Path, sha256: &str) -> PathBuf {
    data_dir.join("archive/documents").join(SELJORD.tenant).join(&sha256[..2]).join(sha256)
}

/// All files below a folder.
fn files(dir: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(dir) else { return Vec::new() };
    entries
        .flat_map(|entry| {
            let path = entry.unwrap().path();
            if path.is_dir() { files(&path) } else { vec![path] }
        })
        .collect()
}
