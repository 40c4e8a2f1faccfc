//! Each kind of bad upload is refused with its reason and field, and leaves nothing.

use samflyt_archive::TenantLimits;
use samflyt_proto::archive::upload_document_request::Part;
use samflyt_proto::archive::{UploadDocumentRequest, UploadStart};
use samflyt_testkit::hub::{SELJORD, TestHub, VINJE};

use super::{content, document, files, grant, hub_of_seljord, parts, sha256, start, upload, upload_parts};
use crate::answers::refusal;

#[tokio::test(flavor = "multi_thread")]
async fn each_kind_of_bad_upload_is_refused_with_its_reason_and_field_and_leaves_no_document() {
    let hub = hub_of_seljord().await;
    let client = hub.client_of(SELJORD).await;
    let bytes = document(1, 200_000);
    let good = start(&bytes);
    let other = sha256(b"other");
    let begin = |start: UploadStart| UploadDocumentRequest { part: Some(Part::Start(start)) };
    let huge = UploadStart { size: 5 * 1024 * 1024 * 1024 + 1, ..good.clone() };
    let cases = [
        ("nothing", vec![], "REQUEST_INVALID", "/start"),
        ("content first", vec![content(&bytes)], "REQUEST_INVALID", "/start"),
        ("start twice", vec![begin(good.clone()), begin(good.clone())], "REQUEST_INVALID", "/start"),
        (
            "neither",
            vec![begin(good.clone()), UploadDocumentRequest { part: None }],
            "REQUEST_INVALID",
            "/part",
        ),
        (
            "no tenant",
            parts(UploadStart { tenant: "No".into(), ..good.clone() }, &bytes),
            "REQUEST_INVALID",
            "/tenant",
        ),
        (
            "no digest",
            parts(UploadStart { sha256: "ab".into(), ..good.clone() }, &bytes),
            "REQUEST_INVALID",
            "/sha256",
        ),
        ("zero bytes", parts(start(b""), b""), "DOCUMENT_EMPTY", "/size"),
        ("too large", parts(huge, b""), "TOO_LARGE", "/size"),
        (
            "more than said",
            parts(UploadStart { size: 199_999, ..good.clone() }, &bytes),
            "OFFSET_WRONG",
            "/offset",
        ),
        (
            "less than said",
            parts(UploadStart { size: 200_001, ..good.clone() }, &bytes),
            "UPLOAD_INCOMPLETE",
            "",
        ),
        (
            "a gap",
            parts(UploadStart { offset: 1, size: 300_000, ..good.clone() }, &bytes),
            "OFFSET_WRONG",
            "/offset",
        ),
        (
            "another digest",
            parts(UploadStart { sha256: other.clone(), ..good.clone() }, &bytes),
            "DIGEST_MISMATCH",
            "/sha256",
        ),
    ];
    for (what, parts, reason, field) in cases {
        let (_, told, of) = refusal(upload_parts(&client, parts).await);
        assert_eq!((told.as_str(), of.as_str()), (reason, field), "{what}");
    }
    assert!(files(&hub.path().join("archive/documents/seljord")).is_empty());
    // The upload that did not match is gone: the right bytes are sent from the start, under their own name.
    upload(&client, &bytes).await.unwrap();
    let (_, reason, field) =
        refusal(upload_parts(&client, parts(UploadStart { size: 7, ..good }, &bytes[..7])).await);
    assert_eq!((reason.as_str(), field.as_str()), ("DIGEST_MISMATCH", "/size"));
    hub.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn limits_are_each_tenants_own() {
    let limited = TenantLimits {
        document_bytes_max: Some(1_000),
        tenant_bytes_max: Some(1_500),
        uploads_open_max: Some(1),
    };
    let hub = TestHub::start_with(|config| {
        config.archive.tenants.insert("seljord".to_owned(), limited);
    })
    .await;
    for municipality in [SELJORD, VINJE] {
        hub.register(municipality).await;
        grant(&hub.operator().await, municipality).await;
    }
    let client = hub.client_of(SELJORD).await;
    let (_, reason, _) = refusal(upload(&client, &document(1, 1_001)).await);
    assert_eq!(reason, "TOO_LARGE");
    upload(&client, &document(2, 1_000)).await.unwrap();
    let (_, reason, _) = refusal(upload(&client, &document(3, 501)).await);
    assert_eq!(reason, "QUOTA_REACHED");
    // The same again takes no room.
    assert!(upload(&client, &document(2, 1_000)).await.unwrap().already_there);

    super::break_off(&client, &document(4, 400), 300).await;
    let (_, reason, _) = refusal(upload(&client, &document(5, 400)).await);
    assert_eq!(reason, "LIMIT_REACHED");
    upload(&client, &document(4, 400)).await.unwrap();
    upload(&client, &document(6, 100)).await.unwrap();

    let large = document(7, 2_000);
    let start = UploadStart { tenant: VINJE.tenant.to_owned(), ..start(&large) };
    upload_parts(&hub.client_of(VINJE).await, parts(start, &large)).await.unwrap();
    hub.end().await;
}
