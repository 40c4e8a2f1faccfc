//! Promise of fixity: a document that is not what it was is found, named, and never given out as good.

use samflyt_proto::archive::FindingKind;
use samflyt_testkit::hub::{SELJORD, TestHub};
use tonic::Code;

use super::deposits::{answered, data, import_structure, request};
use super::{describe, document, download, file, files, hub_of_seljord, sha256, upload, verify};
use crate::answers::publish;

/// Changes one bit in the middle of a file, and nothing else that can be seen from outside.
fn flip(path: &std::path::Path) {
    let mut bytes = std::fs::read(path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(path, bytes).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flipped_bit_and_a_deleted_file_are_found_named_and_never_given_out_and_an_upload_heals_them() {
    let hub = hub_of_seljord().await;
    let client = hub.client_of(SELJORD).await;
    let documents: Vec<_> = (0..6).map(|n| document(n, 300_000)).collect();
    for document in &documents {
        upload(&client, document).await.unwrap();
    }
    let names: Vec<String> = documents.iter().map(|document| sha256(document)).collect();
    let (findings, done) = verify(&client, &[]).await;
    assert_eq!((findings.len(), done.documents, done.bytes), (0, 6, 1_800_000));

    flip(&file(hub.path(), &names[1]));
    std::fs::remove_file(file(hub.path(), &names[3])).unwrap();
    std::fs::OpenOptions::new().write(true).open(file(hub.path(), &names[4])).unwrap().set_len(9).unwrap();
    let (findings, done) = verify(&client, &[]).await;
    let mut found: Vec<_> = findings.iter().map(|finding| (finding.sha256.clone(), finding.kind())).collect();
    found.sort();
    let mut expected = vec![
        (names[1].clone(), FindingKind::Damaged),
        (names[3].clone(), FindingKind::Missing),
        (names[4].clone(), FindingKind::Damaged),
    ];
    expected.sort();
    assert_eq!(found, expected);
    assert_eq!((done.documents, done.findings), (6, 3));
    let (of_two, _) = verify(&client, &[names[0].clone(), names[1].clone()]).await;
    assert_eq!(of_two.len(), 1);

    let dir = hub.end().await;
    let hub = TestHub::start_in(dir, |_| {}).await;
    let client = hub.client_of(SELJORD).await;
    for n in [1, 3, 4] {
        let (bytes, status) = download(&client, &names[n]).await.unwrap_err();
        assert_eq!((bytes.len(), status.code()), (0, Code::DataLoss));
        assert!(status.message().contains(&names[n]), "{status}");
        assert!(describe(&client, &names[n]).await.unwrap().finding.is_some());
        let receipt = upload(&client, &documents[n]).await.unwrap();
        assert!(!receipt.already_there, "what is not good is stored again");
        assert_eq!(download(&client, &names[n]).await.unwrap(), documents[n]);
    }
    assert_eq!(verify(&client, &[]).await.0, []);
    hub.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn damage_that_nobody_knew_of_ends_a_download_before_its_last_piece() {
    let hub = hub_of_seljord().await;
    let client = hub.client_of(SELJORD).await;
    for (number, size) in [(1, 3_000_000), (2, 1_000)] {
        let document = document(number, size);
        let name = sha256(&document);
        upload(&client, &document).await.unwrap();
        flip(&file(hub.path(), &name));
        let (bytes, status) = download(&client, &name).await.unwrap_err();
        assert_eq!(status.code(), Code::DataLoss);
        assert!(status.message().contains(&name), "{status}");
        assert!(bytes.len() < document.len(), "a damaged document arrived whole");
        // From then on it is known: no byte of it is given.
        let (bytes, _) = download(&client, &name).await.unwrap_err();
        assert!(bytes.is_empty());
        assert_eq!(describe(&client, &name).await.unwrap().finding.unwrap().kind(), FindingKind::Damaged);
    }
    hub.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_remembered_beside_the_documents_can_be_lost_and_is_made_anew_from_them() {
    let hub = hub_of_seljord().await;
    let client = hub.client_of(SELJORD).await;
    let (good, bad) = ("Vedtak om barnehageplass\n".as_bytes().to_vec(), document(2, 50_000));
    upload(&client, &good).await.unwrap();
    upload(&client, &bad).await.unwrap();
    let before = describe(&client, &sha256(&good)).await.unwrap();
    let dir = hub.end().await;
    std::fs::remove_dir_all(dir.path().join("archive/facts")).unwrap();
    flip(&file(dir.path(), &sha256(&bad)));

    let hub = TestHub::start_in(dir, |_| {}).await;
    let client = hub.client_of(SELJORD).await;
    // Neither is called good because it is there: both are read first.
    assert!(upload(&client, &good).await.unwrap().already_there);
    let after = describe(&client, &sha256(&good)).await.unwrap();
    assert_eq!((after.size, after.format), (before.size, before.format));
    assert!(!upload(&client, &bad).await.unwrap().already_there);
    assert_eq!(download(&client, &sha256(&bad)).await.unwrap(), bad);
    hub.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_or_missing_document_is_named_with_the_case_that_holds_it_also_if_the_store_forgot_it() {
    let hub = hub_of_seljord().await;
    import_structure(&hub.operator().await).await;
    let client = hub.operator().await;
    let documents = [document(1, 5_000), document(2, 5_000)];
    for (number, document) in documents.iter().enumerate() {
        upload(&client, document).await.unwrap();
        let letter = format!("letter-{number}");
        publish(&client, request(&letter, "case-1", &data("case-1", &letter, document))).await.unwrap();
        answered(&client, &letter).await;
    }
    let names = documents.each_ref().map(|document| sha256(document));
    flip(&file(hub.path(), &names[0]));
    for place in ["documents", "facts"] {
        let left = files(&hub.path().join("archive").join(place).join(SELJORD.tenant));
        let its = left.into_iter().find(|path| path.to_string_lossy().contains(&names[1]));
        std::fs::remove_file(its.expect(place)).unwrap();
    }
    let dir = hub.end().await;
    let hub = TestHub::start_in(dir, |_| {}).await;
    let client = hub.operator().await;
    let (findings, done) = verify(&client, &[]).await;
    assert_eq!((findings.len(), done.findings), (2, 2));
    let year = time::OffsetDateTime::now_utc().year();
    for (number, kind) in [FindingKind::Damaged, FindingKind::Missing].into_iter().enumerate() {
        let found = findings.iter().find(|finding| finding.sha256 == names[number]).unwrap();
        let [holder] = found.holders.as_slice() else { panic!("{found:?}") };
        assert_eq!((found.kind(), &holder.mappe_id), (kind, &format!("{year}/1")));
        assert_eq!(holder.registrerings_id, format!("{year}/1-{}", number + 1));
    }
    let described = describe(&client, &names[0]).await.unwrap().finding.unwrap();
    assert_eq!(described.holders.len(), 1);
    hub.end().await;
}
