//! What a change touches, by which way; who uses a contract.

use std::collections::BTreeMap;

use samflyt::client::Client;
use samflyt_proto::lineage as pb;
use samflyt_proto::lineage::analyze_impact_request::Subject;
use samflyt_proto::lineage::{ImpactAction, ImpactKind, ImpactLine};
use samflyt_testkit::hub::SELJORD;
use time::OffsetDateTime;
use tonic::Code;

use crate::answers::refusal;
use crate::region::Region;

fn of_system(system: &str, action: ImpactAction) -> pb::AnalyzeImpactRequest {
    pb::AnalyzeImpactRequest {
        subject: Some(Subject::System(system.to_owned())),
        action: action.into(),
        ..Default::default()
    }
}

async fn ask(client: &Client, request: &pb::AnalyzeImpactRequest) -> pb::AnalyzeImpactResponse {
    client.insight().analyze_impact(request.clone()).await.unwrap().into_inner()
}

/// Kind, id, distance, path, note.
fn shown(lines: &[ImpactLine]) -> BTreeMap<ImpactKind, Vec<(String, u32, String, String)>> {
    let mut shown: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for line in lines {
        let row = (line.id.clone(), line.distance, line.path.join(" > "), line.note.clone());
        shown.entry(line.kind()).or_default().push(row);
    }
    shown
}

fn row(id: &str, distance: u32, path: &str, note: &str) -> (String, u32, String, String) {
    (id.to_owned(), distance, path.to_owned(), note.to_owned())
}

const ROOT: &str = "seljord-ephorte";
const UP: &str = "seljord-ephorte > case.opened > seljord-oppvekst";
const DOWN: &str = "seljord-ephorte > case.opened > vinje-agresso";

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_line_appears_once_with_the_way_to_it() {
    let region = Region::start().await;
    region.house().await;
    region.affair().await;
    let mut request = of_system("seljord-ephorte", ImpactAction::Replace);
    request.substitute = "seljord-elements".to_owned();
    let answer = ask(&region.operator, &request).await;
    let lines = shown(&answer.lines);
    let of = |kind: ImpactKind| lines.get(&kind).cloned().unwrap_or_default();
    // The circle ends: agresso's invoices lead back to the schools, which were met before.
    let lacks = "agreed in to-finance; the substitute does not publish it";
    let flows = [
        row("seljord-ephorte case.opened vinje-agresso", 1, DOWN, lacks),
        row(
            "seljord-oppvekst case.opened seljord-elements",
            3,
            &format!("{DOWN} > invoice.issued > seljord-oppvekst > case.opened > seljord-elements"),
            "agreed in to-new-archive, never seen",
        ),
        row("seljord-oppvekst case.opened seljord-ephorte", 1, UP, "agreed in to-archive"),
        row(
            "vinje-agresso invoice.issued seljord-oppvekst",
            2,
            &format!("{DOWN} > invoice.issued > seljord-oppvekst"),
            "no agreement",
        ),
    ];
    let mut found = of(ImpactKind::Flow);
    found.sort();
    assert_eq!(found, flows);
    assert_eq!(of(ImpactKind::Tenant), [row("seljord", 0, ROOT, "")]);
    let systems: Vec<_> =
        of(ImpactKind::System).into_iter().map(|(id, distance, ..)| (id, distance)).collect();
    let far =
        [("seljord-ephorte", 0), ("seljord-oppvekst", 1), ("vinje-agresso", 1), ("seljord-elements", 3)];
    assert_eq!(systems, far.map(|(id, distance)| (id.to_owned(), distance)));
    assert_eq!(of(ImpactKind::Process), [row("admission", 0, ROOT, "")]);
    assert_eq!(of(ImpactKind::Dataset), [row("journal", 0, ROOT, "")]);
    assert_eq!(of(ImpactKind::Service), [row("access", 0, ROOT, "")]);
    let renew = "until 2099-12-31, to renew; the substitute has none for case.opened";
    assert_eq!(of(ImpactKind::Agreement), [row("to-finance", 1, DOWN, renew)]);
    assert_eq!(of(ImpactKind::ArchiveDuty), [row("case.opened", 0, ROOT, "case, kept for 10 years")]);
    assert_eq!(of(ImpactKind::PersonalData), [row("case.note", 0, ROOT, "in 1 event type")]);
    assert_eq!(of(ImpactKind::ZoneCrossing)[0].0, "secure to internal");
    let contacts = [
        row("Archive", 0, ROOT, "contact of seljord-ephorte"),
        row("Head of administration", 0, ROOT, "owner of seljord-ephorte"),
    ];
    assert_eq!(of(ImpactKind::Contact), contacts);
    let affairs = [
        row("case-open", 1, DOWN, "seljord-ephorte/open waits for vinje-agresso"),
        row("case-paid", 1, UP, "seljord-oppvekst/paid waits for seljord-ephorte"),
    ];
    assert_eq!(of(ImpactKind::Affair), affairs);
    for count in &answer.counts {
        assert_eq!(count.lines, of(count.kind()).len() as u64, "{:?}", count.kind());
    }
    assert_eq!(answer.counts.len(), 12);
    region.hub.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_together_are_the_whole_also_while_events_arrive() {
    let region = Region::start().await;
    region.house().await;
    region.affair().await;
    let mut request = of_system("seljord-ephorte", ImpactAction::Retire);
    let whole = ask(&region.operator, &request).await;
    assert!(whole.next_page_token.is_empty() && !whole.completeness.unwrap().truncated);
    request.page_size = 4;
    let (mut lines, mut pages) = (Vec::new(), 0);
    loop {
        let page = ask(&region.operator, &request).await;
        assert_eq!(page.counts, whole.counts);
        assert_eq!(page.completeness.unwrap().truncated, !page.next_page_token.is_empty());
        lines.extend(page.lines);
        pages += 1;
        // A system that is nearer than all pages to come.
        let id = format!("near-{pages}");
        let cause = "seljord-ephorte/deposit";
        region.say("seljord", "seljord-elements", "invoice.issued", &id, cause).await;
        request.page_token = page.next_page_token;
        if request.page_token.is_empty() {
            break;
        }
    }
    assert!(pages > 3, "{pages}");
    assert_eq!(lines, whole.lines);
    request.page_size = 0;
    assert!(ask(&region.operator, &request).await.lines.len() > whole.lines.len());
    request.page_token = "next, please".to_owned();
    let refused = refusal(region.operator.insight().analyze_impact(request).await);
    assert_eq!((refused.0, refused.2.as_str()), (Code::InvalidArgument, "/page_token"));
    region.hub.end().await;
}

/// After everything that was answered, and before everything that will be asked for, to the millisecond.
async fn moment_between() -> prost_types::Timestamp {
    let ms = |moment: OffsetDateTime| moment.unix_timestamp_nanos() / 1_000_000;
    let began = OffsetDateTime::now_utc();
    while ms(OffsetDateTime::now_utc()) <= ms(began) + 1 {
        tokio::task::yield_now().await;
    }
    let moment = OffsetDateTime::now_utc();
    while ms(OffsetDateTime::now_utc()) <= ms(moment) + 1 {
        tokio::task::yield_now().await;
    }
    samflyt_runtime::refused::timestamp(moment)
}

#[tokio::test(flavor = "multi_thread")]
async fn as_of_a_moment_before_a_flow_or_an_agreement_they_are_not_there() {
    let region = Region::start().await;
    let before = moment_between().await;
    region.say("seljord", "seljord-oppvekst", "case.opened", "form", "").await;
    region.say("seljord", "seljord-ephorte", "case.opened", "deposit", "seljord-oppvekst/form").await;
    let between = moment_between().await;
    region.house().await;
    region.say("seljord", "vinje-agresso", "invoice.issued", "invoice", "seljord-ephorte/deposit").await;
    let mut request = of_system("seljord-ephorte", ImpactAction::Retire);
    let flows = async |request: &pb::AnalyzeImpactRequest| {
        let answer = ask(&region.operator, request).await;
        let count = |kind: ImpactKind| {
            answer.counts.iter().find(|count| count.kind() == kind).map_or(0, |count| count.lines)
        };
        (count(ImpactKind::Flow), count(ImpactKind::Agreement), count(ImpactKind::Contact))
    };
    assert_eq!(flows(&request).await, (2, 2, 2));
    request.as_of = Some(between);
    assert_eq!(flows(&request).await, (1, 0, 0));
    request.as_of = Some(before);
    assert_eq!(flows(&request).await, (0, 0, 0));
    request.kinds = vec![ImpactKind::Affair.into()];
    let refused = refusal(region.operator.insight().analyze_impact(request).await);
    assert_eq!((refused.0, refused.2.as_str()), (Code::InvalidArgument, "/kinds"));
    region.hub.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_for_seljord_sees_nothing_of_vinje_where_both_share_a_system() {
    let region = Region::start().await;
    region.affair().await;
    let request = of_system("vinje-agresso", ImpactAction::Replace);
    let all = ask(&region.operator, &request).await;
    let tenants = |lines: &[ImpactLine]| {
        let mut tenants: Vec<String> = lines
            .iter()
            .filter(|line| line.kind() == ImpactKind::Tenant)
            .map(|line| line.id.clone())
            .collect();
        tenants.sort();
        tenants
    };
    assert_eq!(tenants(&all.lines), ["seljord", "vinje"]);
    assert!(format!("{all:?}").contains("vinje-gat"));
    let seljord = region.hub.client_of(SELJORD).await;
    let own = ask(&seljord, &request).await;
    assert_eq!(tenants(&own.lines), ["seljord"]);
    let told = format!("{own:?}");
    assert!(!told.contains("vinje-gat") && !told.contains("\"vinje\""), "{told}");
    let same =
        ask(&seljord, &pb::AnalyzeImpactRequest { tenants: vec!["seljord".to_owned()], ..request }).await;
    assert_eq!(own.lines, same.lines);
    // What is another's is as unknown as what does not exist.
    for system in ["vinje-gat", "vinje-nothing"] {
        let answer = seljord.insight().analyze_impact(of_system(system, ImpactAction::Retire)).await;
        assert_eq!(refusal(answer).0, Code::NotFound);
        let mut request = of_system("seljord-ephorte", ImpactAction::Replace);
        request.substitute = system.to_owned();
        let refused = refusal(seljord.insight().analyze_impact(request).await);
        assert_eq!((refused.0, refused.2.as_str()), (Code::InvalidArgument, "/substitute"));
    }
    let mut request = of_system("vinje-agresso", ImpactAction::Retire);
    request.tenants = vec!["vinje".to_owned()];
    assert_eq!(refusal(seljord.insight().analyze_impact(request).await).0, Code::PermissionDenied);
    region.hub.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_product_is_all_its_installations_and_a_contract_all_who_publish_and_use_it() {
    let region = Region::start().await;
    region.house().await;
    region.affair().await;
    let mut request = of_system("", ImpactAction::Upgrade);
    request.subject = Some(Subject::Contract("invoice.issued".to_owned()));
    request.depth = 1;
    let answer = ask(&region.operator, &request).await;
    let lines = shown(&answer.lines);
    let systems: Vec<_> = lines[&ImpactKind::System]
        .iter()
        .map(|(id, distance, path, _)| (id.as_str(), *distance, path.as_str()))
        .collect();
    let expected = [
        ("vinje-agresso", 0, "vinje-agresso"),
        ("seljord-ephorte", 1, "vinje-agresso > case.opened > seljord-ephorte"),
        ("seljord-oppvekst", 1, "vinje-agresso > invoice.issued > seljord-oppvekst"),
        ("vinje-gat", 1, "vinje-agresso > case.opened > vinje-gat"),
    ];
    assert_eq!(systems, expected);
    // Described as a product of its own when its zone was.
    request.subject = Some(Subject::Product("vinje-agresso".to_owned()));
    let answer = ask(&region.operator, &request).await;
    assert_eq!(shown(&answer.lines)[&ImpactKind::Tenant].len(), 2);
    request.subject = Some(Subject::Product("nothing".to_owned()));
    assert_eq!(refusal(region.operator.insight().analyze_impact(request).await).0, Code::NotFound);

    let request = pb::GetContractUseRequest { r#type: "case.opened".to_owned(), ..Default::default() };
    let used = region.operator.insight().get_contract_use(request.clone()).await.unwrap().into_inner();
    let publishers: Vec<_> = used
        .publishers
        .iter()
        .map(|p| (p.tenant.as_str(), p.system.as_str(), p.version.as_str(), p.events))
        .collect();
    let expected = [
        ("seljord", "seljord-ephorte", "1.0", 2),
        ("seljord", "seljord-oppvekst", "1.0", 2),
        ("vinje", "vinje-gat", "1.0", 1),
    ];
    assert_eq!(publishers, expected);
    let receivers: Vec<_> = used
        .receivers
        .iter()
        .map(|r| (r.tenant.as_str(), r.system.as_str(), r.agreement.as_str(), r.events))
        .collect();
    let expected = [
        ("seljord", "seljord-elements", "to-new-archive", 0),
        ("seljord", "seljord-ephorte", "to-archive", 1),
        ("seljord", "vinje-agresso", "to-finance", 1),
        ("vinje", "vinje-agresso", "", 1),
    ];
    assert_eq!(receivers, expected);
    let none = pb::GetContractUseRequest { version: "2.0".to_owned(), ..request.clone() };
    let used = region.operator.insight().get_contract_use(none).await.unwrap().into_inner();
    assert_eq!((used.publishers.len(), used.receivers.len()), (0, 4));
    let own = region.hub.client_of(SELJORD).await.insight().get_contract_use(request).await.unwrap();
    assert!(!format!("{own:?}").contains("vinje-gat"));
    region.hub.end().await;
}
