//! Contracts as they are published: what a version may change, and what a schema may not be.

use samflyt::client::Client;
use samflyt_events::{Contract, contract::Compatibility};
use samflyt_proto::registry as pb;
use samflyt_testkit::events::{contract, event};
use samflyt_testkit::hub::{SELJORD, TestHub};
use serde_json::{Value, json};
use tonic::Status;

use crate::answers::{publish, refusal};
use crate::catalogue::fields;

async fn publish_contract(client: &Client, contract: &Contract) -> Result<(), Status> {
    let request = pb::PublishContractRequest { document: contract.to_json(), ..Default::default() };
    client.registry().publish_contract(request).await.map(|_| ())
}

fn version(major: u16, minor: u16, change: impl FnOnce(&mut Contract)) -> Contract {
    let mut contract = contract();
    contract.version.major = major;
    contract.version.minor = minor;
    change(&mut contract);
    contract
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_that_breaks_its_major_is_refused_with_every_break_and_another_major_is_free() {
    let hub = TestHub::start().await;
    hub.register(SELJORD).await;
    let operator = hub.operator().await;
    let breaking = |contract: &mut Contract| {
        contract.schema["required"] = json!(["case", "hours", "note"]);
        contract.schema["properties"]["hours"]["maximum"] = json!(50);
        contract.schema["properties"]["note"]["type"] = json!("integer");
        contract.purpose = "Something else".to_owned();
        contract.fields.clear();
    };
    let answer = publish_contract(&operator, &version(1, 1, breaking)).await;
    assert_eq!(refusal(answer.clone()).1, "CONTRACT_INVALID");
    let told: Vec<String> = fields(answer).into_iter().map(|(field, _)| field).collect();
    assert_eq!(
        told,
        [
            "/purpose",
            "/fields/~1note/personal",
            "/schema/required",
            "/schema/properties/hours/maximum",
            "/schema/properties/note/type"
        ]
    );

    let wider = version(1, 1, |contract| {
        contract.compatibility = Compatibility::Full;
        contract.schema["properties"]["hours"]["maximum"] = json!(60.0);
    });
    publish_contract(&operator, &wider).await.unwrap();
    let beyond = version(1, 2, |contract| contract.schema["properties"]["hours"]["maximum"] = json!(70));
    let told = fields(publish_contract(&operator, &beyond).await);
    assert_eq!(told.len(), 1, "1.1 promised to be compatible in both directions: {told:?}");
    assert!(told[0].1.contains("refused by 1.1"), "{told:?}");
    publish_contract(&operator, &version(2, 0, breaking)).await.unwrap();
    hub.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schema_that_is_none_refers_outside_or_explodes_is_refused_with_its_place() {
    let hub = TestHub::start().await;
    hub.register(SELJORD).await;
    let operator = hub.operator().await;
    let mut deep = json!({});
    for _ in 0..40 {
        deep = json!({ "not": deep });
    }
    let case = |rules: Value| {
        version(2, 0, |contract| {
            contract.schema = json!({"properties": {"case": rules, "note": {}}, "type": "object"});
        })
    };
    let place = "/schema/properties/case";
    let cases = [
        (case(json!({"type": "tekst"})), format!("{place}/type")),
        (case(json!({"$ref": "https://example.invalid/x"})), format!("{place}/$ref")),
        (case(json!({"pattern": "(a{1000}){1000}"})), format!("{place}/pattern")),
        (case(json!({"pattern": "x".repeat(2_000)})), format!("{place}/pattern")),
        (case(deep), "/schema".to_owned()),
        (case(json!({"$ref": "#/properties/case"})), "/schema".to_owned()),
        (case(json!({"anyOf": [{"$ref": "#"}, {"$ref": "#"}]})), "/schema".to_owned()),
        (version(2, 0, |contract| contract.entity = Some("/sak".to_owned())), "/entity".to_owned()),
        (version(2, 0, |contract| contract.persons = vec!["/note/id".to_owned()]), "/persons".to_owned()),
    ];
    for (contract, place) in cases {
        let answer = publish_contract(&operator, &contract).await;
        assert_eq!(refusal(answer.clone()).1, "CONTRACT_INVALID", "{}", contract.schema);
        let told = fields(answer);
        assert_eq!(told[0].0, place, "{told:?}");
    }
    let client = hub.client_of(SELJORD).await;
    publish(&client, event(SELJORD, "e", "case-1")).await.unwrap();
    hub.end().await;
}
