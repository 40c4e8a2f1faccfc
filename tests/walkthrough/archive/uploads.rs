//! What is uploaded is there, once, and given back; what broke off goes on.

use samflyt_testkit::hub::{SELJORD, TestHub, VINJE};

use super::{
    break_off, came, describe, document, download, files, grant, hub_of_seljord, parts, sha256, start,
    upload, upload_parts,
};
use crate::answers::refusal;

#[tokio::test(flavor = "multi_thread")]
async fn a_document_is_given_back_as_it_was_stored_also_after_a_restart() {
    let hub = hub_of_seljord().await;
    let client = hub.client_of(SELJORD).await;
    // Of one byte, of less and more than a piece, of several parts of the store, and at each edge.
    let sizes = [1, 1024 * 1024 - 1, 1024 * 1024, 1024 * 1024 + 1, 8 * 1024 * 1024, 20_000_003];
    for (number, size) in sizes.into_iter().enumerate() {
        let document = document(number as u64, size);
        let receipt = upload(&client, &document).await.unwrap();
        let stored = receipt.document.unwrap();
        assert_eq!((stored.size, receipt.already_there), (size as u64, false));
        assert_eq!(stored.sha256, sha256(&document));
        assert!(super::file(hub.path(), &stored.sha256).exists());
        assert_eq!(download(&client, &stored.sha256).await.unwrap(), document);
    }
    assert!(files(&hub.path().join("archive/uploads")).is_empty(), "what was uploaded is cleared");
    let dir = hub.end().await;
    let hub = TestHub::start_in(dir, |_| {}).await;
    let client = hub.client_of(SELJORD).await;
    for (number, size) in sizes.into_iter().enumerate() {
        let document = document(number as u64, size);
        assert_eq!(download(&client, &sha256(&document)).await.unwrap(), document);
    }
    hub.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_says_its_format_and_one_that_is_not_approved_is_warned_of_or_refused() {
    let hub = hub_of_seljord().await;
    let client = hub.client_of(SELJORD).await;
    let pdf = b"%PDF-1.7\n<rdf:Description pdfaid:part='2' pdfaid:conformance='B'/>\n%%EOF";
    let receipt = upload(&client, pdf).await.unwrap();
    assert!(receipt.warnings.is_empty());
    let format = describe(&client, &sha256(pdf)).await.unwrap().format.unwrap();
    assert_eq!((format.profile.as_str(), format.approved), ("PDF/A-2B", true));
    let unknown = document(1, 100);
    let receipt = upload(&client, &unknown).await.unwrap();
    assert_eq!(receipt.warnings[0].field, "/content");
    assert!(!receipt.document.unwrap().format.unwrap().approved);
    let dir = hub.end().await;

    let refuse = |config: &mut samflyt::hub::HubConfig| {
        config.archive.other_formats = samflyt_archive::OtherFormats::Refuse;
    };
    let hub = TestHub::start_in(dir, refuse).await;
    let client = hub.client_of(SELJORD).await;
    let (_, reason, field) = refusal(upload(&client, &document(2, 100)).await);
    assert_eq!((reason.as_str(), field.as_str()), ("FORMAT_NOT_APPROVED", "/content"));
    assert!(!super::file(hub.path(), &sha256(&document(2, 100))).exists());
    assert!(files(&hub.path().join("archive/uploads")).is_empty());
    hub.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_content_is_one_document_and_is_answered_at_once_without_its_bytes() {
    let hub = hub_of_seljord().await;
    let client = hub.client_of(SELJORD).await;
    let document = document(7, 3_000_000);
    // Of one sender, whose pieces go into one upload, and of another, who has an upload of their own.
    let operator = hub.operator().await;
    let at_once = [&client, &operator].into_iter().cycle().take(8).map(|sender| upload(sender, &document));
    let receipts = futures::future::join_all(at_once).await;
    let first = receipts.iter().filter(|receipt| !receipt.as_ref().unwrap().already_there).count();
    assert_eq!(first, 1, "one of them stored it");
    assert_eq!(files(&hub.path().join("archive/documents/seljord")).len(), 1);

    // No byte of it is sent, and the stream is not even ended.
    let (parts, sent) = tokio::sync::mpsc::channel(1);
    parts.send(super::parts(start(&document), &[]).remove(0)).await.unwrap();
    let stream = tokio_stream::wrappers::ReceiverStream::new(sent);
    let answer = client.archive().upload_document(stream).await.unwrap().into_inner();
    assert!(answer.receipt.unwrap().already_there);

    hub.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_broke_off_goes_on_where_it_was_also_after_a_restart_and_is_its_senders_own() {
    let hub = hub_of_seljord().await;
    let client = hub.client_of(SELJORD).await;
    let document = document(3, 2_000_000);
    break_off(&client, &document, 700_000).await;
    assert_eq!(came(&client, &document).await.offset, 700_000);
    assert_eq!(came(&hub.operator().await, &document).await.offset, 0, "another sender has another upload");
    let dir = hub.end().await;

    let hub = TestHub::start_in(dir, |_| {}).await;
    let client = hub.client_of(SELJORD).await;
    let at = came(&client, &document).await;
    assert_eq!((at.offset, at.stored), (700_000, false));
    let ahead = samflyt_proto::archive::UploadStart { offset: 700_001, ..start(&document) };
    let status = upload_parts(&client, parts(ahead, &document)).await.unwrap_err();
    assert!(status.message().contains("came as far as 700000"), "{status}");
    let go_on = samflyt_proto::archive::UploadStart { offset: at.offset, ..start(&document) };
    let receipt = upload_parts(&client, parts(go_on, &document)).await.unwrap();
    assert!(!receipt.already_there);
    assert_eq!(download(&client, &sha256(&document)).await.unwrap(), document);
    assert!(came(&client, &document).await.stored);
    hub.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hub_that_is_told_to_stop_does_not_wait_for_an_upload_and_keeps_what_came() {
    let hub = hub_of_seljord().await;
    let client = hub.client_of(SELJORD).await;
    let document = document(5, 1_000_000);
    let (pieces, sent) = tokio::sync::mpsc::channel(4);
    let mut archive = client.archive();
    let uploading = archive.upload_document(tokio_stream::wrappers::ReceiverStream::new(sent));
    let client = &client;
    let document = &document;
    // Its sender stays until the hub has ended, and not longer.
    let stopping = async move {
        for part in parts(start(document), &document[..500_000]) {
            pieces.send(part).await.unwrap();
        }
        while came(client, document).await.offset < 500_000 {
            tokio::task::yield_now().await;
        }
        let begun = std::time::Instant::now();
        let dir = hub.end().await;
        drop(pieces);
        (dir, begun.elapsed())
    };
    let (answer, (dir, took)) = tokio::join!(uploading, stopping);
    let (_, reason, _) = refusal(answer);
    assert_eq!(reason, "STORE_UNAVAILABLE");
    assert!(took < std::time::Duration::from_secs(6), "it took {took:?}");
    let left = files(&dir.path().join("archive/uploads"));
    assert_eq!(std::fs::metadata(&left[0]).unwrap().len(), 500_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_without_a_grant_learns_whether_there_is_a_document_an_upload_or_a_tenant() {
    let hub = hub_of_seljord().await;
    hub.register(VINJE).await;
    grant(&hub.operator().await, VINJE).await;
    let document = document(9, 1_000);
    upload(&hub.client_of(SELJORD).await, &document).await.unwrap();
    let vinje = hub.client_of(VINJE).await;
    let absent = super::document(10, 1_000);
    let mut told = std::collections::BTreeSet::new();
    for document in [&document, &absent] {
        for tenant in ["seljord", "atlantis"] {
            told.extend(all_asked(&vinje, tenant, document).await);
        }
    }
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told.first().unwrap().contains("PermissionDenied"));
    assert!(!hub.path().join("archive/documents/atlantis").exists());
    // The operator may see everything, and is told what there is not.
    let (_, reason, field) = refusal(
        upload_parts(&hub.operator().await, {
            let start =
                samflyt_proto::archive::UploadStart { tenant: "atlantis".to_owned(), ..start(&absent) };
            parts(start, &absent)
        })
        .await,
    );
    assert_eq!((reason.as_str(), field.as_str()), ("NOT_FOUND", "/tenant"));
    hub.end().await;
}

/// Every question about a document, and what was answered.
async fn all_asked(client: &samflyt::client::Client, tenant: &str, document: &[u8]) -> Vec<String> {
    use samflyt_proto::archive as pb;
    let (tenant, sha256, size) = (tenant.to_owned(), sha256(document), document.len() as u64);
    let start = pb::UploadStart { tenant: tenant.clone(), ..start(document) };
    let mut archive = client.archive();
    let get = pb::GetDocumentRequest { tenant: tenant.clone(), sha256: sha256.clone() };
    let download = pb::DownloadDocumentRequest { tenant: tenant.clone(), sha256: sha256.clone() };
    let came = pb::GetUploadRequest { tenant: tenant.clone(), sha256: sha256.clone(), size };
    let verify = pb::VerifyFixityRequest { tenant, sha256: vec![sha256], ..Default::default() };
    let text = |status: tonic::Status| format!("{:?} {}", status.code(), status.message());
    vec![
        text(upload_parts(client, parts(start, document)).await.unwrap_err()),
        text(archive.get_document(get).await.unwrap_err()),
        text(archive.download_document(download).await.unwrap_err()),
        text(archive.get_upload(came).await.unwrap_err()),
        text(archive.verify_fixity(verify).await.unwrap_err()),
    ]
}
