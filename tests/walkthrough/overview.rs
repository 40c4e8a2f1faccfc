//! What leaders ask for, every number checked by hand.

use samflyt_proto::lineage as pb;
use samflyt_proto::lineage::FindingKind;
use samflyt_proto::registry;
use samflyt_proto::registry::ResourceKind;
use samflyt_testkit::hub::VINJE;
use serde_json::json;
use time::Date;

use crate::house::{House, a_later_moment, day, timestamp};

const SALARY: &str = "salary.paid";

/// Seljord with four systems, one of them shared with Vinje that hosts it, and one that is retired.
async fn house() -> House {
    let house = House::start(|config| {
        config.lineage.population.insert(samflyt_events::TenantId::new("seljord").unwrap(), 100);
    })
    .await;
    house.system("seljord-ephorte", "seljord", "ephorte").await;
    house.system("seljord-old", "seljord", "ephorte").await;
    house.enrol("vinje-agresso", "seljord").await;
    house.put(ResourceKind::Product, json!({"id": "test", "name": "Test", "functions": ["payroll"]})).await;
    house
        .put(ResourceKind::Product, json!({"id": "ephorte", "name": "ePhorte", "functions": ["archive"]}))
        .await;
    house
        .put(
            ResourceKind::System,
            json!({"id": "seljord-oppvekst", "host": "seljord", "product": "test", "name": "Oppvekst",
                "version": "1.0", "zone": "internal", "in_use_from": "2015-01-01", "cost_per_year_nok": 1_001}),
        )
        .await;
    house
        .put(
            ResourceKind::System,
            json!({"id": "vinje-agresso", "host": "vinje", "product": "test", "name": "Agresso",
                "version": "2.0", "zone": "secure", "cost_per_year_nok": 301}),
        )
        .await;
    house
        .put(
            ResourceKind::System,
            json!({"id": "seljord-old", "host": "seljord", "product": "ephorte", "name": "Old",
                "in_use_from": "2010-01-01", "retired_on": retired().to_string(), "cost_per_year_nok": 999_999}),
        )
        .await;
    house
}

/// More than a month ago, less than two years.
fn retired() -> Date {
    day(-100)
}

/// How Seljord uses its systems: one in order but for an end that is near, one that is not.
async fn usages(house: &House) {
    house
        .put(
            ResourceKind::Usage,
            json!({"system": "seljord-oppvekst", "tenant": "seljord", "owner": "Head of kindergartens",
                "processing": {"chain": [{"name": "The company"}], "valid_until": day(10).to_string()},
                "risk_assessed_on": day(-300).to_string()}),
        )
        .await;
    house
        .put(
            ResourceKind::Usage,
            json!({"system": "vinje-agresso", "tenant": "seljord", "cost_per_year_nok": 500,
                "risk_assessed_on": "2015-01-01"}),
        )
        .await;
}

/// Three flows: one declared, one between zones, one of a contract that is retired.
async fn flows(house: &House) {
    house.contract(SALARY, "derived", "6(1)(b)").await;
    let until = json!({"valid_until": day(20).to_string()});
    house.agreement("a-archive", "seljord-oppvekst", "seljord-ephorte", "case.opened", until).await;
    house.say("seljord", "case.opened", "seljord-oppvekst/form", "").await;
    house.say("seljord", "case.opened", "seljord-ephorte/deposit", "seljord-oppvekst/form").await;
    house.say("seljord", "case.opened", "vinje-agresso/invoice", "seljord-oppvekst/form").await;
    house.say("seljord", SALARY, "vinje-agresso/salary", "").await;
    house.say("seljord", "case.opened", "seljord-ephorte/salary", "vinje-agresso/salary").await;
    let (r#type, version) = (SALARY.to_owned(), "1.0".to_owned());
    let retire = registry::RetireContractRequest { r#type, version, ..Default::default() };
    house.operator.registry().retire_contract(retire).await.unwrap();
}

/// A change that was carried out, with one gain measured and one not; and one that is only proposed.
async fn gains(house: &House) {
    let gain = |kind: &str, amount: i64| {
        json!({"kind": kind, "amount": amount, "unit": "NOK per year", "owner": "Head of administration",
            "measure_on": "2027-12-31"})
    };
    let action = json!({"do": "upgrade", "system": "seljord-oppvekst", "version": "2.0"});
    for (id, gains) in
        [("c-done", vec![gain("cost", 90_000), gain("hours", 40)]), ("c-hoped", vec![gain("cost", 7)])]
    {
        let document =
            json!({"id": id, "tenant": "seljord", "title": "Upgrade", "action": action, "gains": gains});
        house.put(ResourceKind::Change, document).await;
    }
    let (tenant, id) = ("seljord".to_owned(), "c-done".to_owned());
    let mut catalogue = house.operator.catalogue();
    let analysis = registry::AnalyseChangeRequest {
        tenant: tenant.clone(),
        id: id.clone(),
        analysis: b"{}".to_vec(),
        positions: vec![samflyt_proto::common::Position {
            tenant: tenant.clone(),
            stream: "EVENTS_seljord".to_owned(),
            sequence: 5,
            ..Default::default()
        }],
        ..Default::default()
    };
    catalogue.analyse_change(analysis).await.unwrap();
    let decision = registry::DecideChangeRequest {
        tenant: tenant.clone(),
        id: id.clone(),
        body: "IT council".to_owned(),
        approved: true,
        ..Default::default()
    };
    catalogue.decide_change(decision).await.unwrap();
    let done =
        registry::CarryOutChangeRequest { tenant: tenant.clone(), id: id.clone(), ..Default::default() };
    catalogue.carry_out_change(done).await.unwrap();
    let measured =
        registry::MeasureGainRequest { tenant, id, gain: 0, amount: -80_000, ..Default::default() };
    catalogue.measure_gain(measured).await.unwrap();
}

fn told(overview: &pb::TenantOverview) -> Vec<(FindingKind, &str, String)> {
    overview
        .findings
        .iter()
        .map(|finding| (finding.kind(), finding.id.as_str(), finding.on.clone()))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_number_of_an_overview_is_what_a_hand_counts() {
    let house = house().await;
    usages(&house).await;
    let before = a_later_moment().await;
    flows(&house).await;
    gains(&house).await;
    let ask = async |request| house.operator.insight().get_overview(request).await.unwrap().into_inner();
    let answer = ask(pb::GetOverviewRequest::default()).await;
    let [seljord, vinje] = answer.tenants.as_slice() else { panic!("{:?}", answer.tenants) };

    assert_eq!((seljord.systems, seljord.systems_without_cost, seljord.inhabitants), (3, 1, 100));
    // 1 001 for what only Seljord uses, and 500 that it states itself for what it shares.
    assert_eq!((seljord.cost_per_year_nok, seljord.cost_per_inhabitant_nok), (1_501, 15));
    // Vinje's half of 301; the krone that cannot be halved is Seljord's.
    assert_eq!((vinje.systems, vinje.cost_per_year_nok, vinje.cost_per_inhabitant_nok), (1, 150, 0));
    assert_eq!((seljord.flows, seljord.flows_with_contract, seljord.flows_with_agreement), (3, 2, 1));
    assert_eq!((seljord.flows_across_zones, vinje.flows), (1, 0));

    use FindingKind as K;
    let none = String::new;
    let expected = [
        (K::AgreementExpires, "a-archive", day(20).to_string()),
        (K::ProcessingAgreementExpires, "seljord-oppvekst", day(10).to_string()),
        (K::NoOwner, "seljord-ephorte", none()),
        (K::NoOwner, "vinje-agresso", none()),
        (K::NoRiskAssessment, "seljord-ephorte", none()),
        (K::RiskAssessmentOutdated, "vinje-agresso", "2015-01-01".to_owned()),
        (K::FunctionCoveredTwice, "payroll", none()),
        (K::NoProcessingAgreement, "seljord-ephorte", none()),
        (K::NoProcessingAgreement, "vinje-agresso", none()),
    ];
    assert_eq!(told(seljord), expected);
    let twice = seljord.findings.iter().find(|finding| finding.kind() == K::FunctionCoveredTwice).unwrap();
    assert_eq!(twice.note, "seljord-oppvekst, vinje-agresso");
    assert_eq!(
        told(vinje),
        [(K::NoOwner, "vinje-agresso", none()), (K::NoRiskAssessment, "vinje-agresso", none())]
    );

    let gains: Vec<_> =
        seljord.gains.iter().map(|gain| (&*gain.change, gain.expected, gain.reached)).collect();
    assert_eq!(gains, [("c-done", 90_000, Some(-80_000)), ("c-done", 40, None)]);

    let soon = ask(pb::GetOverviewRequest { horizon_days: 9, ..Default::default() }).await;
    let expires = |kind| kind == K::AgreementExpires || kind == K::ProcessingAgreementExpires;
    assert!(told(&soon.tenants[0]).iter().all(|(kind, ..)| !expires(*kind)));
    let then = ask(pb::GetOverviewRequest { as_of: timestamp(before), ..Default::default() }).await;
    let then = &then.tenants[0];
    assert_eq!((then.flows, then.gains.len(), then.cost_per_year_nok), (0, 0, 1_501));
    assert!(
        told(then).iter().all(|(kind, ..)| *kind != K::AgreementExpires && *kind != K::NoProcessingAgreement)
    );
    house.hub.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn versions_and_systems_over_time_are_told_of_those_who_may_be_read() {
    let house = house().await;
    let ask = async |client: &samflyt::client::Client| {
        client.insight().get_overview(pb::GetOverviewRequest::default()).await.unwrap().into_inner()
    };
    let answer = ask(&house.operator).await;
    let versions: Vec<_> = answer
        .products
        .iter()
        .flat_map(|product| {
            product.versions.iter().map(|run| (&*product.product, &*run.version, &*run.systems))
        })
        .collect();
    let (old, new) = (["seljord-oppvekst".to_owned()], ["vinje-agresso".to_owned()]);
    assert_eq!(versions, [("test", "1.0", old.as_slice()), ("test", "2.0", &new)]);

    let points = |tenant: &str| -> Vec<(Date, u32)> {
        let of_tenant = answer.systems_over_time.iter().filter(|point| point.tenant == tenant);
        let format = time::macros::format_description!("[year]-[month]-[day]");
        of_tenant.map(|point| (Date::parse(&point.on, format).unwrap(), point.systems)).collect()
    };
    let seljord = points("seljord");
    assert_eq!(seljord.len(), 25);
    assert!(seljord[..24].iter().all(|(on, _)| on.month() != on.next_day().unwrap().month()));
    // What is registered without a date, and what Seljord was enrolled in, is known from today on.
    assert_eq!(seljord.last(), Some(&(day(0), 3)));
    for (on, systems) in &seljord[..24] {
        assert_eq!(*systems, if *on < retired() { 2 } else { 1 }, "{on}");
    }
    assert!(points("vinje")[..24].iter().all(|(_, systems)| *systems == 0));
    assert_eq!(points("vinje").last(), Some(&(day(0), 1)));

    let vinje = ask(&house.hub.client_of(VINJE).await).await;
    assert_eq!(vinje.tenants.iter().map(|found| &*found.tenant).collect::<Vec<_>>(), ["vinje"]);
    assert!(vinje.products.is_empty() && vinje.systems_over_time.iter().all(|point| point.tenant == "vinje"));
    assert!(vinje.completeness.unwrap().positions.iter().all(|position| position.tenant == "vinje"));
    house.hub.end().await;
}
