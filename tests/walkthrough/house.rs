//! A municipality's house for the walkthroughs of the catalogue: systems, contracts, agreements, and events that lead to
//! each other. All through the API, as the operator.

use samflyt::client::Client;
use samflyt::hub::HubConfig;
use samflyt_events::contract::{Contract, template};
use samflyt_events::{EventRef, EventType};
use samflyt_proto::common::Event;
use samflyt_proto::registry as pb;
use samflyt_proto::registry::ResourceKind;
use samflyt_testkit::events::event;
use samflyt_testkit::hub::{Municipality, SELJORD, TestHub, VINJE};
use serde_json::{Value, json};
use time::{Date, Duration, OffsetDateTime};

use crate::answers::{publish, status_at};

pub struct House {
    pub hub: TestHub,
    pub operator: Client,
}

/// Today, and so many days from it.
pub fn day(offset: i64) -> Date {
    OffsetDateTime::now_utc().date() + Duration::days(offset)
}

/// A moment after all that the hub has answered so far, to the millisecond that flows are counted in.
pub async fn a_later_moment() -> OffsetDateTime {
    let ms = |moment: OffsetDateTime| moment.unix_timestamp_nanos() / 1_000_000;
    let before = OffsetDateTime::now_utc();
    let later = async || {
        while ms(OffsetDateTime::now_utc()) <= ms(before) + 1 {
            tokio::task::yield_now().await;
        }
    };
    later().await;
    let moment = OffsetDateTime::now_utc();
    while ms(OffsetDateTime::now_utc()) <= ms(moment) + 1 {
        tokio::task::yield_now().await;
    }
    moment
}

pub fn timestamp(moment: OffsetDateTime) -> Option<prost_types::Timestamp> {
    Some(samflyt_runtime::refused::timestamp(moment))
}

/// Registers a system, at any hub.
pub async fn system(operator: &Client, id: &str, host: &str, product: &str) {
    let request = pb::RegisterSystemRequest {
        id: id.to_owned(),
        host: host.to_owned(),
        product: product.to_owned(),
        name: id.to_owned(),
        ..Default::default()
    };
    operator.registry().register_system(request).await.unwrap();
}

async fn put(operator: &Client, kind: ResourceKind, document: Value) {
    let document = document.to_string().into_bytes();
    let request = pb::PutResourceRequest { kind: kind.into(), document, ..Default::default() };
    operator.catalogue().put_resource(request).await.unwrap();
}

/// As [`House::agreement`], at any hub.
pub async fn agreement(operator: &Client, id: &str, provider: &str, consumer: &str, kind: &str, more: Value) {
    let mut document = json!({
        "id": id, "tenant": "seljord", "provider": provider, "consumer": consumer, "types": [kind],
        "purpose": "Run the municipality", "legal_basis": {"gdpr": "6(1)(c)", "law": "arkivlova § 9"},
        "valid_from": day(-60).to_string(),
    });
    for (member, value) in more.as_object().unwrap() {
        document[member] = value.clone();
    }
    put(operator, ResourceKind::Agreement, document).await;
    let request = pb::ApproveAgreementRequest {
        tenant: "seljord".to_owned(),
        id: id.to_owned(),
        approved_by: "IT council".to_owned(),
        ..Default::default()
    };
    operator.catalogue().approve_agreement(request).await.unwrap();
}

impl House {
    /// A hub with Seljord and Vinje.
    pub async fn start(adjust: impl FnOnce(&mut HubConfig)) -> Self {
        Self::furnish(TestHub::start_with(adjust).await).await
    }

    /// Registers Seljord and Vinje at a hub.
    pub async fn furnish(hub: TestHub) -> Self {
        hub.register(SELJORD).await;
        hub.register(VINJE).await;
        let operator = hub.operator().await;
        Self { hub, operator }
    }

    pub async fn system(&self, id: &str, host: &str, product: &str) {
        system(&self.operator, id, host, product).await;
    }

    pub async fn enrol(&self, id: &str, tenant: &str) {
        let (id, tenant) = (id.to_owned(), tenant.to_owned());
        let request = pb::EnrolSystemRequest { id, tenant, ..Default::default() };
        self.operator.registry().enrol_system(request).await.unwrap();
    }

    pub async fn retire(&self, id: &str, on: Date) {
        let (id, on) = (id.to_owned(), on.to_string());
        let request = pb::RetireSystemRequest { id, on, ..Default::default() };
        self.operator.registry().retire_system(request).await.unwrap();
    }

    pub async fn put(&self, kind: ResourceKind, document: Value) {
        put(&self.operator, kind, document).await;
    }

    /// Drafts an agreement of Seljord and has it approved. `more` lies over the ordinary document.
    pub async fn agreement(&self, id: &str, provider: &str, consumer: &str, kind: &str, more: Value) {
        agreement(&self.operator, id, provider, consumer, kind, more).await;
    }

    /// Publishes a contract whose events have a case and an address of the given origin.
    pub async fn contract(&self, kind: &str, origin: &str, gdpr: &str) {
        let mut contract: Contract = template(&EventType::new(kind).unwrap());
        contract.persons.clear();
        contract.legal_basis.gdpr = gdpr.to_owned();
        let field = json!({"concept": "person.address", "origin": origin, "personal": true});
        contract.fields = [("/address".to_owned(), serde_json::from_value(field).unwrap())].into();
        contract.schema = json!({
            "type": "object",
            "required": ["case"],
            "properties": {"case": {"type": "string"}, "address": {"type": "string"}},
        });
        let request = pb::PublishContractRequest { document: contract.to_json(), ..Default::default() };
        self.operator.registry().publish_contract(request).await.unwrap();
    }

    /// Publishes an event of a tenant as `<system>/<id>`, caused by another where one is named, and waits until lineage has
    /// folded it.
    pub async fn say(&self, tenant: &'static str, kind: &str, name: &str, cause: &str) {
        let name = EventRef::parse(name).unwrap();
        let system = Box::leak(name.system.to_string().into_boxed_str());
        let of = Municipality { tenant, system, ..SELJORD };
        let data = match kind {
            "case.opened" => event(of, "x", "case-1").data,
            _ => json!({"case": "case-1", "address": "Brøløsvegen 1"}).to_string().into(),
        };
        let event = Event {
            r#type: kind.to_owned(),
            causation_id: cause.to_owned(),
            data,
            ..event(of, name.id.as_str(), "case-1")
        };
        let sequence = publish(&self.operator, event).await.unwrap().sequence;
        status_at(&self.operator, tenant, sequence).await;
    }
}
