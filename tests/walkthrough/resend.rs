//! Promise 2: resending is harmless, also long after the broker has forgotten.

use samflyt_testkit::events::event;
use samflyt_testkit::hub::{SELJORD, TestHub, VINJE};
use tonic::Code;

use crate::answers::{all_answers, publish, refusal};

#[tokio::test(flavor = "multi_thread")]
async fn a_resent_event_is_acknowledged_with_the_same_sequence_also_after_the_brokers_window() {
    // The shortest window that the broker takes for a stream is a tenth of a second; ours is in whole seconds.
    let hub = TestHub::start_with(|config| config.nats.duplicate_window_s = 1).await;
    hub.register(SELJORD).await;
    let client = hub.client_of(SELJORD).await;
    let mut sequences = Vec::new();
    for n in 0..20 {
        sequences.push(publish(&client, event(SELJORD, &format!("e-{n}"), "case-1")).await.unwrap().sequence);
    }
    let before = all_answers(&client, "seljord", 20).await;
    let resend = async |wait: u64| {
        tokio::time::sleep(std::time::Duration::from_millis(wait)).await;
        for (n, first) in sequences.iter().enumerate() {
            let again = publish(&client, event(SELJORD, &format!("e-{n}"), "case-1")).await.unwrap();
            assert_eq!((again.sequence, again.duplicate), (*first, true));
        }
    };
    resend(0).await;
    // Time is what is under test here: the broker must have forgotten.
    resend(2_500).await;
    let state = hub.local.hub.log.state("EVENTS_seljord").await.unwrap().unwrap();
    assert_eq!((state.last, state.messages), (20, 20), "the log is unchanged");
    assert_eq!(all_answers(&client, "seljord", 20).await, before, "the totals are unchanged");
    hub.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_appended_is_recognised_after_the_brokers_window_too() {
    let hub = TestHub::start_with(|config| config.nats.duplicate_window_s = 1).await;
    hub.register(SELJORD).await;
    let client = hub.client_of(SELJORD).await;
    let before = publish(&client, event(SELJORD, "before", "case-1")).await.unwrap();
    let foreign = samflyt_events::Event {
        digest: Some(samflyt_events::Digest([7; 16])),
        ..samflyt_testkit::events::recorded(7)
    };
    hub.local.hub.log.append(&foreign).await.unwrap().appended().await.unwrap();
    let after = publish(&client, event(SELJORD, "after", "case-1")).await.unwrap();
    assert_eq!((before.sequence, after.sequence), (1, 3));
    // Time is what is under test here: the broker must have forgotten.
    tokio::time::sleep(std::time::Duration::from_millis(2_500)).await;
    let taken = publish(&client, event(SELJORD, foreign.id.as_str(), "case-7")).await;
    assert_eq!(refusal(taken).1, "ID_REUSED");
    for (id, first) in [("before", before), ("after", after)] {
        let again = publish(&client, event(SELJORD, id, "case-1")).await.unwrap();
        assert_eq!((again.sequence, again.duplicate), (first.sequence, true));
    }
    hub.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_id_with_other_data_is_refused_within_and_after_the_index() {
    let hub = TestHub::start().await;
    hub.register(SELJORD).await;
    hub.register(VINJE).await;
    let client = hub.client_of(SELJORD).await;
    let first = publish(&client, event(SELJORD, "e", "case-1")).await.unwrap();
    let mut other = event(SELJORD, "e", "case-1");
    other.data = br#"{"case":"case-1","hours":21}"#.to_vec().into();
    let expected = (Code::AlreadyExists, "ID_REUSED".to_owned(), "/id".to_owned());
    assert_eq!(refusal(publish(&client, other.clone()).await), expected);
    all_answers(&client, "seljord", first.sequence).await;
    assert_eq!(refusal(publish(&client, other).await), expected);
    // Written otherwise, it is the same.
    let mut same = event(SELJORD, "e", "case-1");
    same.data = br#"{ "note": "ordinary", "hours": 20, "case": "case-1" }"#.to_vec().into();
    assert!(publish(&client, same).await.unwrap().duplicate);
    hub.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resend_is_answered_the_same_after_its_contract_and_its_system_are_retired() {
    let hub = TestHub::start_with(|config| config.nats.duplicate_window_s = 1).await;
    hub.register(SELJORD).await;
    let client = hub.client_of(SELJORD).await;
    let first = publish(&client, event(SELJORD, "e", "case-1")).await.unwrap();
    // Until the broker has forgotten: the index has it by then, or says that it is behind.
    tokio::time::sleep(std::time::Duration::from_millis(2_500)).await;
    let mut registry = hub.operator().await.registry();
    let retire = samflyt_proto::registry::RetireContractRequest {
        r#type: "case.opened".to_owned(),
        version: "1.0".to_owned(),
        ..Default::default()
    };
    registry.retire_contract(retire).await.unwrap();
    let retire =
        samflyt_proto::registry::RetireSystemRequest { id: SELJORD.system.to_owned(), ..Default::default() };
    registry.retire_system(retire).await.unwrap();
    let again = publish(&client, event(SELJORD, "e", "case-1")).await.unwrap();
    assert_eq!(
        (again.sequence, again.duplicate, again.contract_version),
        (first.sequence, true, first.contract_version)
    );
    assert_eq!(refusal(publish(&client, event(SELJORD, "new", "case-1")).await).1, "SYSTEM_UNKNOWN");
    hub.end().await;
}
