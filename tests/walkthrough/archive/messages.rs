//! Fiks Arkiv messages through both doors: sent, answered, fetched, confirmed, refused.

use samflyt_proto::archive as pb;
use samflyt_proto::archive::message_file::Document;
use samflyt_testkit::hub::{SELJORD, VINJE};
use serde_json::Value;

use super::fiks::door::{Door, Form, json};
use super::{document, files, hub_of_seljord, sha256, upload};

const OPPRETT: &str = "no.ks.fiks.arkiv.v1.arkivering.arkivmelding.opprett";
/// Of the right form; it asks for nothing that can be made.
const NOTHING: &[u8] = b"<arkivmelding \
    xmlns='https://ks-no.github.io/standarder/fiks-protokoll/fiks-arkiv/arkivmelding/opprett/v1'>\
    <system>x</system><antallFiler>0</antallFiler></arkivmelding>";
const SOK: &str = "no.ks.fiks.arkiv.v1.innsyn.sok";

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_sent_answered_fetched_and_confirmed_over_http() {
    let hub = hub_of_seljord().await;
    let door = Door::of(&hub);
    let form = Form::message(OPPRETT, "m-1").file("payload", "arkivmelding.xml", NOTHING);
    let (status, accepted) = json(door.post(form.clone()).await).await;
    assert_eq!(status, 202, "{accepted}");
    let id = accepted["meldingId"].as_str().unwrap();
    assert_eq!(accepted["mottatt"]["meldingstype"], format!("{OPPRETT}.mottatt"));

    let (status, answers) = json(door.get(&format!("/meldinger/{id}/svar?vent=30")).await).await;
    assert_eq!((status, answers.as_array().unwrap().len()), (200, 2), "{answers}");
    assert_eq!(answers[0]["svarId"], accepted["mottatt"]["svarId"]);
    assert!(answers[1]["meldingstype"].as_str().unwrap().starts_with("no.ks.fiks.arkiv.v1.feilmelding."));
    assert!(answers[1]["payload"].as_str().unwrap().contains("feilId"));
    assert_eq!(answers[1]["klientMeldingId"], "m-1");
    // What is no arkivmelding is accepted, and told what is wrong with it instead of `mottatt`.
    let broken = Form::message(OPPRETT, "m-0").file("payload", "arkivmelding.xml", b"<no");
    let (status, accepted) = json(door.post(broken).await).await;
    assert_eq!((status, &accepted["mottatt"]), (202, &Value::Null));
    let its = format!("/meldinger/{}/svar?vent=30", accepted["meldingId"].as_str().unwrap());
    let (_, answers) = json(door.get(&its).await).await;
    let [answer] = answers.as_array().unwrap().as_slice() else { panic!("{answers}") };
    assert_eq!(answer["meldingstype"], "no.ks.fiks.arkiv.v1.feilmelding.ugyldigforespoersel");

    let (status, again) = json(door.post(form).await).await;
    assert_eq!(
        (status, again["meldingId"].as_str(), again["mottattFoer"].as_bool()),
        (202, Some(id), Some(true))
    );
    let other = Form::message(OPPRETT, "m-1").file("payload", "arkivmelding.xml", b"<other");
    let (status, problem) = json(door.post(other).await).await;
    assert_eq!((status, problem["reason"].as_str()), (409, Some("ID_REUSED")));

    let mine = format!("/svar?kommune=seljord&system={}", SELJORD.system);
    let (_, waiting) = json(door.get(&mine).await).await;
    assert_eq!(waiting.as_array().unwrap().len(), 3);
    for answer in waiting.as_array().unwrap() {
        assert_eq!(door.confirm(answer["svarId"].as_str().unwrap()).await, 204);
    }
    let (_, waiting) = json(door.get(&mine).await).await;
    assert_eq!(waiting.as_array().unwrap().len(), 0);
    hub.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_form_is_named_and_nothing_of_it_is_stored() {
    let hub = hub_of_seljord().await;
    let door = Door::of(&hub);
    let whole = |kind: &str| Form::message(kind, "m-1").file("payload", "p.xml", b"<a/>");
    let large = vec![b' '; 8 * 1024 * 1024 + 1];
    for (form, status, reason, field) in [
        (Form(Vec::new()), 400, "REQUEST_INVALID", "/kommune"),
        (whole("sok"), 404, "TYPE_UNKNOWN", "/meldingstype"),
        (Form::message(OPPRETT, "m-1"), 400, "REQUEST_INVALID", "/payload"),
        (Form::message(OPPRETT, "m-1").file("payload", "p.xml", &large), 413, "TOO_LARGE", "/payload"),
        (whole(OPPRETT).field("meldingsType", "x"), 400, "REQUEST_INVALID", "/meldingsType"),
        (whole(OPPRETT).field("system", "x"), 400, "REQUEST_INVALID", "/system"),
        (whole(OPPRETT).field("ttl", "-1"), 400, "REQUEST_INVALID", "/ttl"),
        (whole(OPPRETT).file("fil", "a.txt", b""), 422, "DOCUMENT_EMPTY", "/filer/0"),
        (whole(OPPRETT).file("fil", "../a.txt", b"a"), 400, "REQUEST_INVALID", "/filer/0"),
        (
            whole(OPPRETT).file("fil", "a.txt", b"a").file("fil", "a.txt", b"b"),
            400,
            "REQUEST_INVALID",
            "/filer/1",
        ),
        (whole(OPPRETT).file("fil", "a.txt", b"a").field("ttl", "1"), 400, "REQUEST_INVALID", "/ttl"),
    ] {
        let (got, problem) = json(door.post(form).await).await;
        assert_eq!((got, problem["reason"].as_str()), (status, Some(reason)), "{field}: {problem}");
        assert_eq!(problem["violations"][0]["field"], field, "{problem}");
    }
    for place in ["archive/documents/seljord", "archive/uploads"] {
        let left = files(&hub.path().join(place));
        assert!(left.iter().all(|path| path.to_string_lossy().contains("lock")), "{left:?}");
    }
    let foreign = Form(Vec::new())
        .field("kommune", VINJE.tenant)
        .field("system", VINJE.system)
        .field("meldingstype", OPPRETT)
        .field("klientMeldingId", "m-1")
        .file("payload", "p.xml", b"<a/>");
    let (status, problem) = json(door.post(foreign).await).await;
    assert_eq!((status, problem["reason"].as_str()), (403, Some("NOT_GRANTED")));
    let unknown = door.get("/meldinger/01234567-89ab-8def-8123-456789abcdef/svar").await;
    assert_eq!(json(unknown).await.0, 403);
    hub.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn files_come_in_the_form_or_were_uploaded_before_and_the_same_goes_over_grpc() {
    let hub = hub_of_seljord().await;
    let door = Door::of(&hub);
    let attached = document(1, 3_000_000);
    let form =
        Form::message(OPPRETT, "m-1").file("fil", "vedtak.bin", &attached).file("payload", "p.xml", NOTHING);
    assert_eq!(door.post(form).await.status(), 202);
    let client = hub.client_of(SELJORD).await;
    assert_eq!(super::download(&client, &sha256(&attached)).await.unwrap(), attached);

    let uploaded = document(2, 1_000);
    upload(&client, &uploaded).await.unwrap();
    let file = |name: &str, document| pb::MessageFile { name: name.to_owned(), document: Some(document) };
    let request = pb::SendMessageRequest {
        tenant: SELJORD.tenant.to_owned(),
        system: SELJORD.system.to_owned(),
        r#type: OPPRETT.to_owned(),
        client_message_id: "m-2".to_owned(),
        client_correlation_id: "sak-7".to_owned(),
        payload: bytes::Bytes::from_static(NOTHING),
        files: vec![
            file("a.bin", Document::Sha256(sha256(&uploaded))),
            file("b.bin", Document::Content(bytes::Bytes::from_static(b"small"))),
        ],
        ..Default::default()
    };
    let mut messages = client.messages();
    let mut wrong = request.clone();
    wrong.files[0].document = Some(Document::Sha256(sha256(b"nobody has it")));
    let status = messages.send_message(wrong).await.unwrap_err();
    assert_eq!(status.code(), tonic::Code::NotFound, "{status}");

    let sent = messages.send_message(request.clone()).await.unwrap().into_inner();
    let again = messages.send_message(request).await.unwrap().into_inner();
    assert!(again.already_there && !sent.already_there && again.message_id == sent.message_id);
    let wait = Some(prost_types::Duration { seconds: 30, nanos: 0 });
    let asked = pb::GetAnswersRequest { message_id: sent.message_id.clone(), wait };
    let answers = messages.get_answers(asked).await.unwrap().into_inner();
    assert!(answers.complete && answers.answers.len() == 2, "{answers:?}");
    assert_eq!(answers.answers[1].client_correlation_id, "sak-7");

    let asked =
        pb::SubscribeAnswersRequest { tenant: SELJORD.tenant.to_owned(), system: SELJORD.system.to_owned() };
    let mut stream = messages.subscribe_answers(asked).await.unwrap().into_inner();
    let mut told = Vec::new();
    while told.len() < 4 {
        told.push(stream.message().await.unwrap().unwrap().answer.unwrap());
    }
    let read = Form::message(SOK, "m-3").file("payload", "sok.xml", b"<a/>");
    let (_, accepted) = json(door.post(read).await).await;
    assert_eq!(accepted["mottatt"], Value::Null);
    let next = stream.message().await.unwrap().unwrap().answer.unwrap();
    assert_eq!(next.message_id, accepted["meldingId"].as_str().unwrap(), "told as it comes");
    let answer_ids = told.into_iter().map(|answer| answer.answer_id).collect();
    messages.confirm_answers(pb::ConfirmAnswersRequest { answer_ids }).await.unwrap();

    let list =
        pb::ListMessagesRequest { tenant: SELJORD.tenant.to_owned(), page_size: 2, ..Default::default() };
    let refused = messages.list_messages(list.clone()).await.unwrap_err();
    assert_eq!(refused.code(), tonic::Code::PermissionDenied);
    let mut operator = hub.operator().await.messages();
    let first = operator.list_messages(list.clone()).await.unwrap().into_inner();
    let rest = pb::ListMessagesRequest { page_token: first.next_page_token.clone(), ..list };
    let second = operator.list_messages(rest).await.unwrap().into_inner();
    let types: Vec<_> = first.messages.iter().chain(&second.messages).map(|m| m.r#type.as_str()).collect();
    assert_eq!(types, [SOK, OPPRETT, OPPRETT]);
    assert!(second.next_page_token.is_empty() && first.waiting == 0);
    hub.end().await;
}
