//! What a change touches, by which way; what a rehearsal finds; who uses a contract.

use std::collections::BTreeMap;

use samflyt::client::Client;
use samflyt_events::EventType;
use samflyt_events::contract::{Contract, template};
use samflyt_proto::common::Event;
use samflyt_proto::lineage as pb;
use samflyt_proto::lineage::analyze_impact_request::Subject;
use samflyt_proto::lineage::{ImpactAction, ImpactKind, ImpactLine};
use samflyt_proto::registry;
use samflyt_proto::registry::ResourceKind;
use samflyt_testkit::events::{contract, event};
use samflyt_testkit::hub::{Municipality, SELJORD, TestHub, VINJE};
use serde_json::{Value, json};
use time::OffsetDateTime;
use tonic::Code;

use crate::answers::{publish, refusal, status_at};

/// Seljord's schools, archive and its future archive; Vinje's finances, which Seljord uses too.
struct Region {
    hub: TestHub,
    operator: Client,
}

impl Region {
    async fn start() -> Self {
        let hub = TestHub::start().await;
        hub.register(SELJORD).await;
        hub.register(VINJE).await;
        let operator = hub.operator().await;
        let region = Self { hub, operator };
        for (id, host) in
            [("seljord-ephorte", "seljord"), ("seljord-elements", "seljord"), ("vinje-gat", "vinje")]
        {
            let (id, host) = (id.to_owned(), host.to_owned());
            let (product, name) = (id.clone(), format!("{id}, the name"));
            let request = registry::RegisterSystemRequest { id, host, product, name, ..Default::default() };
            region.operator.registry().register_system(request).await.unwrap();
        }
        let (id, tenant) = ("vinje-agresso".to_owned(), "seljord".to_owned());
        let request = registry::EnrolSystemRequest { id, tenant, ..Default::default() };
        region.operator.registry().enrol_system(request).await.unwrap();
        let mut invoice: Contract = template(&EventType::new("invoice.issued").unwrap());
        invoice.persons.clear();
        invoice.fields.clear();
        invoice.archive_duty = samflyt_events::contract::ArchiveDuty::None;
        invoice.schema = json!({"type": "object", "required": ["case"]});
        let request = registry::PublishContractRequest { document: invoice.to_json(), ..Default::default() };
        region.operator.registry().publish_contract(request).await.unwrap();
        region
    }

    async fn put(&self, kind: ResourceKind, document: Value) {
        let document = document.to_string().into_bytes();
        let request = registry::PutResourceRequest { kind: kind.into(), document, ..Default::default() };
        self.operator.catalogue().put_resource(request).await.unwrap();
    }

    async fn agreement(&self, id: &str, provider: &str, consumer: &str) {
        let document = json!({
            "id": id, "tenant": "seljord", "provider": provider, "consumer": consumer,
            "types": ["case.opened"], "purpose": "Keep the record", "valid_from": "2020-01-01",
            "valid_until": "2099-12-31", "legal_basis": {"gdpr": "6(1)(c)", "law": "arkivlova § 9"},
        });
        self.put(ResourceKind::Agreement, document).await;
        let (tenant, id) = ("seljord".to_owned(), id.to_owned());
        let approved_by = "IT council".to_owned();
        let request = registry::ApproveAgreementRequest { tenant, id, approved_by, ..Default::default() };
        self.operator.catalogue().approve_agreement(request).await.unwrap();
    }

    /// The house around Seljord's archive.
    async fn house(&self) {
        for (id, host, zone) in
            [("seljord-ephorte", "seljord", "secure"), ("vinje-agresso", "vinje", "internal")]
        {
            let document = json!({"id": id, "host": host, "product": id, "name": id, "zone": zone});
            self.put(ResourceKind::System, document).await;
        }
        self.put(
            ResourceKind::Usage,
            json!({"system": "seljord-ephorte", "tenant": "seljord", "owner": "Head of administration",
                   "contact": "Archive"}),
        )
        .await;
        self.put(
            ResourceKind::Process,
            json!({"id": "admission", "tenant": "seljord", "name": "Admission",
                   "steps": [{"name": "Keep", "systems": ["seljord-ephorte"]}]}),
        )
        .await;
        self.put(
            ResourceKind::Dataset,
            json!({"id": "journal", "tenant": "seljord", "title": "The journal", "description": "Entries",
                   "source": "seljord-ephorte", "purpose": "Keep", "accessibility": "public",
                   "legal_basis": {"law": "arkivlova § 9"}}),
        )
        .await;
        self.put(
            ResourceKind::Service,
            json!({"id": "access", "tenant": "seljord", "name": "Access to documents",
                   "description": "Look into the journal", "datasets": ["journal"]}),
        )
        .await;
        self.agreement("to-archive", "seljord-oppvekst", "seljord-ephorte").await;
        self.agreement("to-finance", "seljord-ephorte", "vinje-agresso").await;
        self.agreement("to-new-archive", "seljord-oppvekst", "seljord-elements").await;
    }

    /// Publishes `<system>/<id>` about a case of its own, caused by another event, and waits until lineage has it.
    async fn say(&self, tenant: &'static str, system: &'static str, kind: &str, id: &str, cause: &str) {
        let of = Municipality { tenant, system, ..SELJORD };
        let case = format!("case-{id}");
        let data = match kind {
            "case.opened" => event(of, id, &case).data,
            _ => json!({ "case": case }).to_string().into(),
        };
        let event =
            Event { r#type: kind.to_owned(), causation_id: cause.to_owned(), data, ..event(of, id, &case) };
        let sequence = publish(&self.operator, event).await.unwrap().sequence;
        status_at(&self.operator, tenant, sequence).await;
    }

    /// The schools' form is archived, invoiced, and the invoice comes back to the schools: a circle. Vinje has its own.
    async fn affair(&self) {
        self.say("seljord", "seljord-oppvekst", "case.opened", "form", "").await;
        self.say("seljord", "seljord-ephorte", "case.opened", "deposit", "seljord-oppvekst/form").await;
        self.say("seljord", "vinje-agresso", "invoice.issued", "invoice", "seljord-ephorte/deposit").await;
        self.say("seljord", "seljord-oppvekst", "case.opened", "paid", "vinje-agresso/invoice").await;
        self.say("seljord", "seljord-ephorte", "case.opened", "open", "").await;
        self.say("vinje", "vinje-gat", "case.opened", "shift", "").await;
        self.say("vinje", "vinje-agresso", "invoice.issued", "wage", "vinje-gat/shift").await;
    }
}

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
        row("seljord-oppvekst case.opened seljord-ephorte", 1, UP, "agreed in to-archive"),
        row(
            "seljord-oppvekst case.opened seljord-elements",
            3,
            &format!("{DOWN} > invoice.issued > seljord-oppvekst > case.opened > seljord-elements"),
            "agreed in to-new-archive, never seen",
        ),
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

async fn rehearse(client: &Client, request: pb::RehearseChangeRequest) -> (pb::RehearsalReport, Vec<u64>) {
    let mut answers = client.insight().rehearse_change(request).await.unwrap().into_inner();
    let mut read = Vec::new();
    while let Some(answer) = answers.message().await.unwrap() {
        read.push(answer.read);
        if let Some(report) = answer.report {
            return (report, read);
        }
    }
    panic!("no report after {read:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rehearsal_finds_the_field_that_fails_with_counts_and_ids_and_passes_with_a_contract_that_fits() {
    let region = Region::start().await;
    // Between them, so that the newest so many have to be looked for.
    for n in 0..12 {
        let mut opened = event(SELJORD, &format!("e-{n}"), "case-1");
        opened.data = json!({"case": "case-1", "hours": n, "note": "SECRET"}).to_string().into();
        publish(&region.operator, opened).await.unwrap();
        region.say("seljord", "seljord-ephorte", "case.opened", &format!("other-{n}"), "").await;
    }
    region.say("seljord", "seljord-oppvekst", "invoice.issued", "invoice", "").await;
    let mut strict = contract();
    strict.schema["properties"]["hours"]["maximum"] = json!(9);
    let ask = |contracts: Vec<Vec<u8>>, events_max: u32| pb::RehearseChangeRequest {
        tenant: "seljord".to_owned(),
        system: "seljord-oppvekst".to_owned(),
        contracts,
        events_max,
        window: None,
    };
    let seljord = region.hub.client_of(SELJORD).await;
    let (report, read) = rehearse(&seljord, ask(vec![strict.to_json()], 5)).await;
    assert_eq!((report.events, report.passed, report.failed), (6, 4, 2));
    assert_eq!(read.last(), Some(&6));
    assert_eq!(report.failures.len(), 1);
    let failure = &report.failures[0];
    assert_eq!((failure.r#type.as_str(), failure.field.as_str()), ("case.opened", "/data/hours"));
    assert_eq!((failure.rule.as_str(), failure.events), ("is more than 9", 2));
    assert_eq!(failure.event_ids, ["seljord-oppvekst/e-10", "seljord-oppvekst/e-11"]);
    assert!(!format!("{report:?}").contains("SECRET"));
    // The version in force is the one that they were checked against.
    let (report, _) = rehearse(&seljord, ask(Vec::new(), 0)).await;
    assert_eq!((report.events, report.failed, report.failures.len()), (13, 0, 0));
    assert!(report.missing_types.is_empty());
    // By days: all, or none of them.
    for (from, until, events) in [("2020-01-01", "", 13), ("", "2020-01-01", 0)] {
        let window = Some(pb::Window { from: from.to_owned(), until: until.to_owned() });
        let (report, _) =
            rehearse(&seljord, pb::RehearseChangeRequest { window, ..ask(Vec::new(), 1) }).await;
        assert_eq!(report.events, events, "{from} to {until}");
    }
    // A type whose only version is retired: the substitute would have to have one.
    let request = registry::RetireContractRequest {
        r#type: "invoice.issued".to_owned(),
        version: "1.0".to_owned(),
        ..Default::default()
    };
    region.operator.registry().retire_contract(request).await.unwrap();
    let (report, _) = rehearse(&seljord, ask(Vec::new(), 0)).await;
    assert_eq!((report.events, report.missing_types), (12, vec!["invoice.issued".to_owned()]));

    let refused = refusal(seljord.insight().rehearse_change(ask(vec![b"{}".to_vec()], 0)).await);
    assert_eq!((refused.1.as_str(), refused.2.as_str()), ("CONTRACT_INVALID", "/contracts/0"));
    let vinje = pb::RehearseChangeRequest { tenant: "vinje".to_owned(), ..ask(Vec::new(), 0) };
    assert_eq!(refusal(seljord.insight().rehearse_change(vinje).await).0, Code::PermissionDenied);
    region.hub.end().await;
}
