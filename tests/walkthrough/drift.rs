//! Declared against observed: each kind of drift, from real events and agreements.

use samflyt::client::Client;
use samflyt_proto::lineage as pb;
use samflyt_proto::lineage::DriftKind;
use samflyt_proto::registry::EndAgreementRequest;
use samflyt_testkit::hub::{SELJORD, VINJE};
use serde_json::json;
use time::{Duration, OffsetDateTime};

use crate::answers::{publish, refusal};
use crate::house::{House, a_later_moment, day, timestamp};

const FORMS: &str = "seljord-oppvekst";
const ARCHIVE: &str = "seljord-ephorte";
const SHIFTS: &str = "seljord-gat";
const OLD_ARCHIVE: &str = "seljord-old-archive";
const TYPE: &str = "case.opened";

/// The rows of an answer, in words, and that it came to its end.
async fn drift(client: &Client, request: pb::FindDriftRequest) -> Vec<String> {
    rows(client, request).await.into_iter().map(|row| in_words(&row)).collect()
}

async fn rows(client: &Client, request: pb::FindDriftRequest) -> Vec<pb::Drift> {
    let mut stream = client.insight().find_drift(request).await.unwrap().into_inner();
    let (mut rows, mut completeness) = (Vec::new(), None);
    while let Some(message) = stream.message().await.unwrap() {
        assert!(completeness.is_none(), "the completeness comes last");
        rows.extend(message.drifts);
        completeness = message.completeness;
    }
    let completeness = completeness.unwrap();
    assert!(!completeness.truncated && !completeness.positions.is_empty());
    rows
}

fn in_words(row: &pb::Drift) -> String {
    let kind = row.kind().as_str_name().trim_start_matches("DRIFT_KIND_");
    let mut words = format!("{kind} {}->{} {}", row.provider, row.consumer, row.events);
    for more in [&row.agreement, &row.ended_on, &row.personal_fields.join(" ")] {
        if !more.is_empty() {
            words += &format!(" {more}");
        }
    }
    words
}

fn of_seljord(as_of: Option<OffsetDateTime>) -> pb::FindDriftRequest {
    let tenants = vec!["seljord".to_owned()];
    pb::FindDriftRequest { tenants, as_of: as_of.and_then(timestamp), ..Default::default() }
}

async fn house() -> House {
    let house = House::start(|_| {}).await;
    for system in [ARCHIVE, SHIFTS, OLD_ARCHIVE] {
        house.system(system, "seljord", "test").await;
    }
    house
}

/// One flow of each kind, one in order, and events that are no drift: a system's use of its own, and nobody's.
async fn affair(house: &House) {
    house.say("seljord", TYPE, "seljord-oppvekst/form", "").await;
    for (name, cause) in [
        ("seljord-oppvekst/decision", "seljord-oppvekst/form"),
        ("seljord-ephorte/deposit", "seljord-oppvekst/form"),
        ("seljord-ephorte/another", "seljord-oppvekst/decision"),
        ("seljord-gat/shift", "seljord-oppvekst/form"),
        ("seljord-old-archive/deposit", "seljord-oppvekst/form"),
        ("seljord-ephorte/shifts", "seljord-gat/shift"),
        // Back to where it came from: a circle.
        ("seljord-oppvekst/reply", "seljord-ephorte/deposit"),
    ] {
        house.say("seljord", TYPE, name, cause).await;
    }
}

async fn never_used(house: &House) {
    house.agreement("a-never", SHIFTS, FORMS, TYPE, json!({})).await;
}

async fn agreements(house: &House) {
    house.agreement("a-in-order", FORMS, ARCHIVE, TYPE, json!({})).await;
    house
        .agreement("a-unlawful", SHIFTS, ARCHIVE, TYPE, json!({"legal_basis": {"law": "arkivlova § 9"}}))
        .await;
    house.agreement("a-to-come", FORMS, SHIFTS, TYPE, json!({"valid_from": day(1).to_string()})).await;
    house.agreement("a-over", FORMS, OLD_ARCHIVE, TYPE, json!({})).await;
    end(house, "a-over", day(-1)).await;
}

async fn end(house: &House, id: &str, on: time::Date) {
    let (tenant, id, on) = ("seljord".to_owned(), id.to_owned(), on.to_string());
    let request = EndAgreementRequest { tenant, id, on, ..Default::default() };
    house.operator.catalogue().end_agreement(request).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn each_kind_of_drift_is_told_with_counts_times_agreement_and_personal_fields() {
    let house = house().await;
    never_used(&house).await;
    agreements(&house).await;
    affair(&house).await;
    let outlived = format!("OUTLIVED {FORMS}->{OLD_ARCHIVE} 1 a-over {}", day(-1));
    let expected = [
        format!("NEVER_SEEN {SHIFTS}->{FORMS} 0 a-never"),
        format!("SHADOW {ARCHIVE}->{FORMS} 1 /note"),
        format!("SHADOW {FORMS}->{SHIFTS} 1 /note"),
        outlived.clone(),
        format!("NO_LEGAL_BASIS {ARCHIVE}->{FORMS} 1 /note"),
        format!("NO_LEGAL_BASIS {SHIFTS}->{ARCHIVE} 1 a-unlawful /note"),
        format!("NO_LEGAL_BASIS {FORMS}->{SHIFTS} 1 /note"),
        format!("NO_LEGAL_BASIS {FORMS}->{OLD_ARCHIVE} 1 a-over /note"),
    ];
    assert_eq!(drift(&house.operator, of_seljord(None)).await, expected);
    let only = pb::FindDriftRequest { kinds: vec![DriftKind::Outlived.into()], ..of_seljord(None) };
    let found = rows(&house.operator, only).await;
    assert_eq!(found.iter().map(in_words).collect::<Vec<_>>(), [outlived]);
    assert!(found[0].first_seen.is_some() && found[0].first_seen == found[0].last_seen);
    house.hub.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn drift_is_told_as_of_any_moment_before_and_after_events_and_agreements() {
    let house = house().await;
    let nothing = a_later_moment().await;
    never_used(&house).await;
    let declared = a_later_moment().await;
    affair(&house).await;
    let seen = a_later_moment().await;
    agreements(&house).await;
    let agreed = a_later_moment().await;
    end(&house, "a-in-order", day(-1)).await;
    house.retire(SHIFTS, day(0)).await;
    let at = async |moment| drift(&house.operator, of_seljord(Some(moment))).await;
    assert_eq!(at(nothing).await, Vec::<String>::new());
    assert_eq!(at(declared).await, [format!("NEVER_SEEN {SHIFTS}->{FORMS} 0 a-never")]);
    let shadows = |rows: Vec<String>| rows.iter().filter(|row| row.starts_with("SHADOW")).count();
    let of_archive = format!("{FORMS}->{ARCHIVE} 2");
    let told = |rows: &[String]| rows.iter().find(|row| row.contains(&of_archive)).cloned();
    let rows = at(seen).await;
    assert_eq!(told(&rows), Some(format!("SHADOW {of_archive} /note")));
    assert_eq!(shadows(rows), 5);
    let rows = at(agreed).await;
    assert_eq!(told(&rows), None);
    assert_eq!(shadows(rows), 2);
    let now = drift(&house.operator, of_seljord(None)).await;
    assert_eq!(told(&now), Some(format!("OUTLIVED {of_archive} a-in-order {}", day(-1))));
    // What is declared for a system that was retired, and never spoke of it, is still declared.
    assert!(now.contains(&format!("NEVER_SEEN {SHIFTS}->{FORMS} 0 a-never")));
    house.hub.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_declared_flow_is_dead_after_so_many_days_of_silence_and_not_a_day_before() {
    let house = house().await;
    agreements(&house).await;
    affair(&house).await;
    let after = async |days: i64, silent_days| {
        let moment = OffsetDateTime::now_utc() + Duration::days(days);
        let kinds = vec![DriftKind::Dead.into()];
        let request = pb::FindDriftRequest { kinds, silent_days, ..of_seljord(Some(moment)) };
        drift(&house.operator, request).await
    };
    let (archive, unlawful) =
        (format!("DEAD {FORMS}->{ARCHIVE} 2 a-in-order"), format!("DEAD {SHIFTS}->{ARCHIVE} 1 a-unlawful"));
    let to_come = format!("DEAD {FORMS}->{SHIFTS} 1 a-to-come");
    assert_eq!(after(89, 0).await, Vec::<String>::new());
    assert_eq!(after(91, 0).await, [unlawful.clone(), archive.clone(), to_come.clone()]);
    assert_eq!(after(6, 7).await, Vec::<String>::new());
    assert_eq!(after(8, 7).await, [unlawful, archive, to_come]);
    house.hub.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_for_seljord_sees_no_drift_of_vinje_and_learns_nothing_of_it() {
    let house = house().await;
    house.system("vinje-gat", "vinje", "test").await;
    let vinje = house.hub.client_of(VINJE).await;
    for (name, cause) in [("vinje-agresso/secret", ""), ("vinje-gat/shift", "vinje-agresso/secret")] {
        house.say("vinje", TYPE, name, cause).await;
    }
    affair(&house).await;
    let seljord = house.hub.client_of(SELJORD).await;
    let all = pb::FindDriftRequest::default();
    let tenants = |rows: Vec<pb::Drift>| {
        let mut tenants: Vec<String> = rows.into_iter().map(|row| row.tenant).collect();
        tenants.dedup();
        tenants
    };
    assert_eq!(tenants(rows(&house.operator, all.clone()).await), ["seljord", "vinje"]);
    assert_eq!(tenants(rows(&seljord, all.clone()).await), ["seljord"]);
    assert_eq!(tenants(rows(&vinje, all).await), ["vinje"]);
    for tenant in ["vinje", "atlantis", "no such*tenant"] {
        let tenants = vec![tenant.to_owned()];
        let asked = pb::FindDriftRequest { tenants: tenants.clone(), ..Default::default() };
        let found = seljord.insight().find_drift(asked).await.map(|_| ());
        assert_eq!(refusal(found).1, "NOT_GRANTED");
        let asked = pb::FindCollectedTwiceRequest { tenants: tenants.clone(), ..Default::default() };
        let found = seljord.insight().find_collected_twice(asked).await.map(|_| ());
        assert_eq!(refusal(found).1, "NOT_GRANTED");
        let asked = pb::GetOverviewRequest { tenants, ..Default::default() };
        assert_eq!(refusal(seljord.insight().get_overview(asked).await).1, "NOT_GRANTED");
    }
    house.hub.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_kind_of_drift_is_refused_by_its_place_and_a_client_that_goes_harms_nobody() {
    let house = house().await;
    affair(&house).await;
    for kind in [0, 99] {
        let request = pb::FindDriftRequest { kinds: vec![1, kind], ..of_seljord(None) };
        let (_, reason, field) = refusal(house.operator.insight().find_drift(request).await.map(|_| ()));
        assert_eq!((reason.as_str(), field.as_str()), ("REQUEST_INVALID", "/kinds/1"));
    }
    drop(house.operator.insight().find_drift(of_seljord(None)).await.unwrap());
    let event = samflyt_testkit::events::event(SELJORD, "later", "case-1");
    publish(&house.operator, event).await.unwrap();
    // The hub ends without waiting for the answer that nobody took.
    house.hub.end().await;
}
