//! A region for the walkthroughs of impact: systems, the house around them, and an affair that goes in a circle.

use samflyt::client::Client;
use samflyt_events::EventType;
use samflyt_events::contract::{ArchiveDuty, Contract, template};
use samflyt_proto::common::Event;
use samflyt_proto::registry;
use samflyt_proto::registry::ResourceKind;
use samflyt_testkit::events::event;
use samflyt_testkit::hub::{Municipality, SELJORD, TestHub, VINJE};
use serde_json::{Value, json};

use crate::answers::{publish, status_at};

/// Seljord's schools, archive and its future archive; Vinje's finances, which Seljord uses too.
pub struct Region {
    pub hub: TestHub,
    pub operator: Client,
}

impl Region {
    pub async fn start() -> Self {
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
        invoice.archive_duty = ArchiveDuty::None;
        invoice.schema = json!({"type": "object", "required": ["case"]});
        let request = registry::PublishContractRequest { document: invoice.to_json(), ..Default::default() };
        region.operator.registry().publish_contract(request).await.unwrap();
        region
    }

    pub async fn put(&self, kind: ResourceKind, document: Value) {
        let document = document.to_string().into_bytes();
        let request = registry::PutResourceRequest { kind: kind.into(), document, ..Default::default() };
        self.operator.catalogue().put_resource(request).await.unwrap();
    }

    pub async fn agreement(&self, id: &str, provider: &str, consumer: &str) {
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
    pub async fn house(&self) {
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
    pub async fn say(&self, tenant: &'static str, system: &'static str, kind: &str, id: &str, cause: &str) {
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
    pub async fn affair(&self) {
        self.say("seljord", "seljord-oppvekst", "case.opened", "form", "").await;
        self.say("seljord", "seljord-ephorte", "case.opened", "deposit", "seljord-oppvekst/form").await;
        self.say("seljord", "vinje-agresso", "invoice.issued", "invoice", "seljord-ephorte/deposit").await;
        self.say("seljord", "seljord-oppvekst", "case.opened", "paid", "vinje-agresso/invoice").await;
        self.say("seljord", "seljord-ephorte", "case.opened", "open", "").await;
        self.say("vinje", "vinje-gat", "case.opened", "shift", "").await;
        self.say("vinje", "vinje-agresso", "invoice.issued", "wage", "vinje-gat/shift").await;
    }
}
