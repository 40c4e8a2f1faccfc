//! What people are asked for by more than one system, and where it could have been taken from.

use samflyt::client::Client;
use samflyt_proto::lineage as pb;
use samflyt_testkit::hub::SELJORD;
use serde_json::json;

use crate::answers::refusal;
use crate::house::{House, a_later_moment, day, timestamp};

const FORMS: &str = "kindergarten.application-received";
const CARE: &str = "care.application-received";
const MOVES: &str = "population.address-changed";

async fn twice(client: &Client, request: pb::FindCollectedTwiceRequest) -> Vec<pb::CollectedTwice> {
    let mut stream = client.insight().find_collected_twice(request).await.unwrap().into_inner();
    let (mut rows, mut completeness) = (Vec::new(), None);
    while let Some(message) = stream.message().await.unwrap() {
        rows.extend(message.collected);
        completeness = message.completeness;
    }
    assert!(!completeness.unwrap().positions.is_empty());
    rows
}

fn of_seljord() -> pb::FindCollectedTwiceRequest {
    pb::FindCollectedTwiceRequest { tenants: vec!["seljord".to_owned()], ..Default::default() }
}

fn collector(system: &str, kind: &str, reusable_from: Vec<pb::Source>) -> pb::Collector {
    pb::Collector {
        system: system.to_owned(),
        r#type: kind.to_owned(),
        fields: vec!["/address".to_owned()],
        events: 1,
        reusable_from,
        shared_with: Vec::new(),
    }
}

fn source(system: &str, kind: &str, legal_basis: &str, agreement: &str) -> pb::Source {
    pb::Source {
        system: system.to_owned(),
        r#type: kind.to_owned(),
        legal_basis: legal_basis.to_owned(),
        agreement: agreement.to_owned(),
    }
}

/// The register tells of a move, then two systems ask for the address all the same, one of them shared with Vinje. The
/// archive has it too, from one of those that asked.
async fn house() -> (House, time::OffsetDateTime) {
    let house = House::start(|_| {}).await;
    house.system("seljord-register", "seljord", "test").await;
    house.system("seljord-ephorte", "seljord", "test").await;
    house.enrol("vinje-agresso", "seljord").await;
    house.contract(MOVES, "derived", "6(1)(e)").await;
    house.contract(FORMS, "collected", "6(1)(c)").await;
    house.contract(CARE, "collected", "9(2)(h)").await;
    house.contract("archive.deposited", "reused", "6(1)(c)").await;
    house.agreement("a-moves", "seljord-register", "seljord-oppvekst", MOVES, json!({})).await;
    house.say("seljord", MOVES, "seljord-register/move", "").await;
    a_later_moment().await;
    house.say("seljord", FORMS, "seljord-oppvekst/form", "").await;
    house.say("seljord", "archive.deposited", "seljord-ephorte/deposit", "seljord-oppvekst/form").await;
    let asked_once = a_later_moment().await;
    house.say("seljord", CARE, "vinje-agresso/care", "").await;
    house.say("vinje", CARE, "vinje-agresso/care-in-vinje", "").await;
    (house, asked_once)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_for_twice_is_told_with_where_it_could_come_from_and_on_which_basis() {
    let (house, asked_once) = house().await;
    let care_basis = "GDPR 9(2)(h); forvaltningsloven § 17";
    let forms = collector(
        "seljord-oppvekst",
        FORMS,
        vec![source("seljord-register", MOVES, "GDPR 6(1)(c); arkivlova § 9", "a-moves")],
    );
    // Nothing allows it yet: the register has it at first hand.
    let care = collector("vinje-agresso", CARE, vec![source("seljord-register", MOVES, care_basis, "")]);
    let shared = pb::Collector { shared_with: vec!["vinje".to_owned()], ..care.clone() };
    let expected = |care: pb::Collector| pb::CollectedTwice {
        tenant: "seljord".to_owned(),
        concept: "person.address".to_owned(),
        collectors: vec![forms.clone(), care],
        events: 2,
    };
    assert_eq!(twice(&house.operator, of_seljord()).await, [expected(shared.clone())]);
    // Vinje asks once; who reads all sees no more than that.
    assert_eq!(twice(&house.operator, Default::default()).await, [expected(shared.clone())]);
    // Whoever reads Seljord only does not learn that Vinje shares the installation.
    let seljord = house.hub.client_of(SELJORD).await;
    assert_eq!(twice(&seljord, Default::default()).await, [expected(care.clone())]);

    let before = pb::FindCollectedTwiceRequest { as_of: timestamp(asked_once), ..of_seljord() };
    assert_eq!(twice(&house.operator, before).await, []);
    house.retire("seljord-register", day(0)).await;
    // Without the register the one that asked before is the next best, not the archive that was given it.
    let next = source("seljord-oppvekst", FORMS, care_basis, "");
    let now = twice(&house.operator, of_seljord()).await;
    let forms = pb::Collector { reusable_from: Vec::new(), ..forms.clone() };
    assert_eq!(now[0].collectors, [forms, pb::Collector { reusable_from: vec![next], ..shared }]);
    house.hub.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_window_and_the_concept_that_are_asked_for_count() {
    let (house, _) = house().await;
    let window = |from: i64, until: i64| {
        let window = pb::Window { from: day(from).to_string(), until: day(until).to_string() };
        pb::FindCollectedTwiceRequest { window: Some(window), ..of_seljord() }
    };
    assert_eq!(twice(&house.operator, window(-1, 1)).await.len(), 1);
    assert_eq!(twice(&house.operator, window(-10, -2)).await, []);
    let of = |concept: &str| pb::FindCollectedTwiceRequest { concept: concept.to_owned(), ..of_seljord() };
    assert_eq!(twice(&house.operator, of("person.address")).await.len(), 1);
    assert_eq!(twice(&house.operator, of("person.name")).await, []);
    let backwards = house.operator.insight().find_collected_twice(window(1, -1)).await.map(|_| ());
    let (_, reason, field) = refusal(backwards);
    assert_eq!((reason.as_str(), field.as_str()), ("REQUEST_INVALID", "/window"));
    house.hub.end().await;
}
