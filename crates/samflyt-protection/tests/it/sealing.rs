//! Sealing and opening.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use samflyt_events::personal::IdentityError;
use samflyt_events::{EntityId, EventRef};
use samflyt_protection::{
    Place, Plan, ProtectError, RevealError, SEALED_MEMBER, Whose, is_sealed, pseudonym_of,
};
use serde_json::{Value, json};

use crate::harness::{Town, family_plan, is_on_disk, number};

fn family() -> Value {
    json!({
        "case": "2026/17",
        "applicant": number(0),
        "name": "Kari Nordmann",
        "address": {"street": "Storgata 1", "since": 2019},
        "parents": [{"id": number(1), "name": null}, {"id": number(0), "name": ["Kari"]}, {"name": "Ola"}],
        "remark": 4.5,
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_personal_is_sealed_for_each_person_and_comes_back_as_it_was() {
    let town = Town::start().await;
    let hub = town.hub("seljord").await;
    let data = family();
    let (sealed, protected) = hub.protect(&data, &family_plan("case"), "sys/1").await;
    assert_eq!((protected.persons.len(), protected.fields), (2, 9));
    assert_eq!(sealed["case"], "2026/17");
    for pointer in ["/applicant", "/name", "/address", "/parents/0/id", "/parents/0/name", "/parents/2/name"]
    {
        assert!(is_sealed(sealed.pointer(pointer).unwrap()), "{pointer}");
    }
    assert_eq!(sealed["parents"][2].as_object().unwrap().len(), 1, "what is absent stays absent");
    assert!(protected.persons.contains(&pseudonym_of(&sealed["applicant"]).unwrap()));
    assert_eq!(pseudonym_of(&sealed["applicant"]), pseudonym_of(&sealed["parents"][1]["id"]));
    assert_ne!(pseudonym_of(&sealed["applicant"]), pseudonym_of(&sealed["parents"][0]["id"]));
    let text = sealed.to_string();
    for clear in [&number(0), &number(1), "Kari", "Storgata", "Ola"] {
        assert!(!text.contains(clear) && !is_on_disk(&town.store(), clear.as_bytes()), "{clear}");
    }
    let revealed = hub.reveal(&sealed, "sys/1").await.unwrap();
    assert_eq!((revealed.data, revealed.erased.len()), (data.clone(), 0));
    let event = EventRef::parse("sys/1").unwrap();
    let some = hub.protection.reveal(sealed, &event, |pointer| pointer == "/name").await.unwrap();
    assert_eq!((&some.data["name"], &some.data["address"]), (&data["name"], &Value::Null));
    assert_eq!((some.data["applicant"].is_null(), some.withheld.len()), (true, 8));
    hub.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sealed_field_that_was_moved_or_altered_does_not_open_and_the_error_names_it() {
    let town = Town::start().await;
    let hub = town.hub("seljord").await;
    let other = town.hub("vinje").await;
    let plan = family_plan("case");
    let (sealed, _) = hub.protect(&family(), &plan, "sys/1").await;
    let names = |result: Result<_, RevealError>, event: &str, pointer: &str| match result.map(|_| ()) {
        Err(RevealError::DoesNotOpen { event: of, pointer: at }) => {
            assert_eq!((of.to_string().as_str(), at.as_str()), (event, pointer));
        }
        result => panic!("{result:?}"),
    };
    let only = |pointer: &str| json!({ pointer: sealed[pointer] });
    names(hub.reveal(&only("name"), "sys/2").await, "sys/2", "/name");
    names(hub.reveal(&json!({"address": sealed["name"]}), "sys/1").await, "sys/1", "/address");
    // Another person's pseudonym beside the same ciphertext.
    let text = sealed["applicant"][SEALED_MEMBER].as_str().unwrap();
    let (own, parent) =
        (pseudonym_of(&sealed["applicant"]).unwrap(), pseudonym_of(&sealed["parents"][0]["id"]).unwrap());
    let swapped = text.replace(&own.to_string(), &parent.to_string());
    names(hub.reveal(&json!({"applicant": {SEALED_MEMBER: swapped}}), "sys/1").await, "sys/1", "/applicant");
    let text = sealed["name"][SEALED_MEMBER].as_str().unwrap();
    for at in 24..text.len() - 1 {
        let digit = if &text[at..=at] == "A" { "B" } else { "A" };
        let altered = format!("{}{digit}{}", &text[..at], &text[at + 1..]);
        names(hub.reveal(&json!({"name": {SEALED_MEMBER: altered}}), "sys/1").await, "sys/1", "/name");
    }
    let elsewhere = other.reveal(&only("name"), "sys/1").await;
    assert!(matches!(elsewhere, Err(RevealError::KeyMissing { .. })), "{elsewhere:?}");
    hub.stop().await;
    other.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_refused_is_left_as_it_was_and_the_refusal_repeats_nothing() {
    let town = Town::start().await;
    let hub = town.hub("seljord").await;
    let (event, entity) = (EventRef::parse("sys/1").unwrap(), EntityId::new("2026/17").unwrap());
    let place = Place { event: &event, entity: &entity };
    let refused = async |data: Value| {
        let mut tried = data.clone();
        let error = hub.protection.protect(&mut tried, &family_plan("case"), place).await.unwrap_err();
        assert_eq!(tried, data);
        let checked = hub.protection.check(&data, &family_plan("case"), place).unwrap_err();
        assert_eq!(checked.to_string(), error.to_string());
        error
    };
    let wrong = format!("{}{}", &number(0)[..9], "99");
    let error = refused(json!({"parents": [{"id": wrong}]})).await;
    assert!(matches!(&error, ProtectError::Identity { pointer, .. } if pointer == "/parents/0/id"));
    let told = format!("{error} {error:?}");
    assert!(!told.contains(&wrong) && told.contains("check digit"), "{told}");
    // Somebody may have such a number one day: the year 39, born in 2039.
    let real = (500..999)
        .flat_map(|serial| (0..100).map(move |check| format!("010139{serial:03}{check:02}")))
        .find(|text| samflyt_events::personal::is_identity_number(text.as_bytes()))
        .unwrap();
    let error = refused(json!({"applicant": real})).await;
    assert!(matches!(error, ProtectError::Identity { rule: IdentityError::Real, .. }));
    let error = refused(json!({"applicant": number(0), "x": {SEALED_MEMBER: "1.x"}})).await;
    assert!(matches!(error, ProtectError::HoldsSealed));
    let many: Vec<Value> = (0..300).map(|nth| json!({"id": nth})).collect();
    let error = refused(json!({"parents": many})).await;
    assert!(matches!(error, ProtectError::TooManyPersons));
    hub.stop().await;
}

fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[ab/~é]{1,2}", inner, 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn pointer() -> impl Strategy<Value = String> {
    let step = prop_oneof![
        "[abé]{1,2}".prop_map(|name| name),
        Just("~1".to_owned()),
        Just("~0a".to_owned()),
        Just("*".to_owned()),
        Just("0".to_owned()),
    ];
    prop::collection::vec(step, 0..4)
        .prop_map(|steps| steps.into_iter().map(|step| format!("/{step}")).collect())
}

#[test]
fn whatever_the_data_and_the_pointers_it_comes_back_as_it_was() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let town = Town::start().await;
        let hub = town.hub("seljord").await;
        let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::with_cases(1000) });
        let cases =
            (json_value(), prop::collection::vec(pointer(), 0..2), prop::collection::vec(pointer(), 0..5));
        let result = runner.run(&cases, |(data, persons, fields)| {
            let persons: Vec<&str> = persons.iter().map(String::as_str).collect();
            let whose = |field: &String| {
                let own = persons.first().filter(|person| !person.contains('*') && *person != field);
                own.map_or(Whose::Affair, |person| Whose::PersonAt((*person).to_owned()))
            };
            let fields: Vec<(&str, Whose)> =
                fields.iter().map(|field| (field.as_str(), whose(field))).collect();
            let plan = Plan::new("case", &persons, &fields).unwrap();
            let (sealed, revealed) = tokio::task::block_in_place(|| {
                tokio::runtime::Handle::current().block_on(async {
                    let (sealed, _) = hub.protect(&data, &plan, "sys/1").await;
                    let revealed = hub.reveal(&sealed, "sys/1").await.unwrap();
                    (sealed, revealed)
                })
            });
            prop_assert_eq!(&revealed.data, &data);
            for (field, _) in &fields {
                for value in samflyt_events::contract::values_at(&sealed, field) {
                    // An identifier that is null names nobody, and stays.
                    let is_nobody = value.is_null() && persons.contains(field);
                    prop_assert!(is_sealed(value) || is_nobody, "{} in {}", field, sealed);
                }
            }
            Ok(())
        });
        result.unwrap();
        hub.stop().await;
    });
}
