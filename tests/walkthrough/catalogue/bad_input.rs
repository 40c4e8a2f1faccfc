//! Bad input to the catalogue: a clear refusal, nothing half done.

use samflyt_events::catalogue::Kind;
use samflyt_proto::registry as pb;
use samflyt_proto::registry::ResourceKind::{Agreement, System, Usage};
use samflyt_testkit::hub::SELJORD;
use serde_json::{Value, json};

use super::{document, fields, get, hub_of_two, put, put_on, read, system};
use crate::answers::refusal;

fn described(id: &str, change: impl FnOnce(&mut Value)) -> Value {
    document(Kind::System, |document| {
        document["id"] = json!(id);
        change(document);
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_change_one_system_at_once_the_second_is_told_with_what_changed() {
    let hub = hub_of_two().await;
    let (one, other) = (hub.client_of(SELJORD).await, hub.operator().await);
    let first = put(&one, System, &described(SELJORD.system, |_| {})).await.unwrap();
    let theirs = described(SELJORD.system, |document| {
        document["version"] = json!("6.0");
        document["zone"] = json!("secure");
    });
    put_on(&other, System, &theirs, first.revision).await.unwrap();
    let mine = described(SELJORD.system, |document| document["platform"] = json!("Linux"));
    let answer = put_on(&one, System, &mine, first.revision).await;
    assert_eq!(refusal(answer.clone()).1, "CONFLICT");
    let told = fields(answer);
    let changed: Vec<&str> = told.iter().map(|(field, _)| field.as_str()).collect();
    assert_eq!(changed, ["/version", "/zone"]);
    assert!(told[0].1.contains("was changed by organisation"), "{told:?}");
    let now = get(&one, System, "seljord", SELJORD.system, None).await.unwrap();
    assert_eq!(read(&now), theirs, "nothing of the second was taken");

    // At once in earnest: one is taken, one is told.
    let (a, b) = (
        described(SELJORD.system, |document| document["platform"] = json!("A")),
        described(SELJORD.system, |document| document["platform"] = json!("B")),
    );
    let (a, b) =
        tokio::join!(put_on(&one, System, &a, now.revision), put_on(&other, System, &b, now.revision));
    assert_eq!(usize::from(a.is_ok()) + usize::from(b.is_ok()), 1, "{a:?} {b:?}");
    assert_eq!(refusal(if a.is_ok() { b } else { a }).1, "CONFLICT");
    hub.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn circles_of_replacements_are_refused_by_every_way_in() {
    let hub = hub_of_two().await;
    let client = hub.client_of(SELJORD).await;
    for id in ["seljord-a", "seljord-b", "seljord-c"] {
        system(&client, SELJORD, id).await.unwrap();
    }
    let by = |id: &str, by: &str| described(id, |document| document["replaced_by"] = json!(by));
    put(&client, System, &by("seljord-a", "seljord-b")).await.unwrap();
    put(&client, System, &by("seljord-b", "seljord-c")).await.unwrap();
    for last in ["seljord-a", "seljord-c"] {
        assert!(put(&client, System, &by("seljord-c", last)).await.is_err(), "{last}");
    }
    let request =
        pb::ReplaceSystemRequest { id: "seljord-c".into(), by: "seljord-a".into(), ..Default::default() };
    assert_eq!(refusal(client.registry().replace_system(request).await).1, "REQUEST_INVALID");
    let table = b"id;name;product;replaced by\nseljord-c;C;x;seljord-a\nseljord-d;D;x;seljord-d\n".to_vec();
    let import =
        pb::ImportTableRequest { kind: System.into(), tenant: "seljord".into(), table, ..Default::default() };
    let answer = client.catalogue().import_table(import).await.unwrap().into_inner();
    let rows: Vec<u32> = answer.problems.iter().map(|problem| problem.row).collect();
    assert_eq!((rows, answer.created + answer.changed), (vec![2, 3], 0), "{answer:?}");
    hub.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_kind_of_bad_document_is_refused_with_its_field() {
    let hub = hub_of_two().await;
    let client = hub.client_of(SELJORD).await;
    system(&client, SELJORD, "seljord-ephorte").await.unwrap();
    let agreement = |change: fn(&mut Value)| {
        document(Kind::Agreement, |document| {
            document["types"] = json!(["case.opened"]);
            change(document);
        })
    };
    let cases = [
        (Agreement, agreement(|d| d["consumer"] = d["provider"].clone()), "/consumer"),
        (Agreement, agreement(|d| d["valid_until"] = json!("2001-01-01")), "/valid_until"),
        (Agreement, agreement(|d| d["types"] = json!(["case.forgotten"])), "/types/0"),
        (Agreement, agreement(|d| d["status"] = json!("approved")), "/status"),
        (System, described(SELJORD.system, |d| d["retired_on"] = json!("1999-01-01")), "/retired_on"),
        (System, described("seljord-unheard-of", |_| {}), "/id"),
        (Usage, document(Kind::Usage, |d| d["system"] = json!("vinje-agresso")), "/system"),
    ];
    for (kind, document, field) in cases {
        let told = fields(put(&client, kind, &document).await);
        assert_eq!(told[0].0, field, "{document}: {told:?}");
    }
    let unknown = document(Kind::Usage, |document| document["onwer"] = json!("x"));
    assert!(put(&client, Usage, &unknown).await.unwrap_err().message().contains("onwer"));
    let request =
        pb::PutResourceRequest { kind: Usage.into(), document: b"{".to_vec(), ..Default::default() };
    assert_eq!(refusal(client.catalogue().put_resource(request).await).1, "RESOURCE_INVALID");
    put(&client, Agreement, &agreement(|_| {})).await.unwrap();
    hub.end().await;
}
