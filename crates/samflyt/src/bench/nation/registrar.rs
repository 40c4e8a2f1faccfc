//! Appends facts of the catalogue as the registry does.

use anyhow::Context as _;
use samflyt_events::catalogue::{CatalogueEvent, Kind, Record, place};
use samflyt_events::{
    EntityId, Event, EventId, EventRef, EventType, HUB_SYSTEM, HUB_TENANT, OrganisationNumber, SystemId,
    TenantId,
};
use time::OffsetDateTime;

use super::writer::Writer;

pub(super) struct Registrar<'w> {
    writer: &'w mut Writer,
    publisher: Option<OrganisationNumber>,
    system: SystemId,
}

impl<'w> Registrar<'w> {
    pub fn new(writer: &'w mut Writer) -> anyhow::Result<Self> {
        let publisher = OrganisationNumber::new(crate::run::OPERATOR).map_err(anyhow::Error::msg)?;
        Ok(Self { writer, publisher: Some(publisher), system: SystemId::new(HUB_SYSTEM)? })
    }

    /// To the stream of a tenant; none: the shared one.
    pub async fn append(
        &mut self,
        tenant: Option<&TenantId>,
        kind: Kind,
        fact: CatalogueEvent,
        at: OffsetDateTime,
    ) -> anyhow::Result<()> {
        let (_, subject) = place(tenant, kind, fact.entity());
        let event = self.event(tenant, fact, at).context("a fact of the catalogue")?;
        self.writer.write(subject, &event, at).await
    }

    fn event(
        &self,
        tenant: Option<&TenantId>,
        fact: CatalogueEvent,
        at: OffsetDateTime,
    ) -> anyhow::Result<Event> {
        let kind = EventType::new(&fact.kind())?;
        let id = EventId::new(&format!("{kind}-{:x}", self.writer.written))?;
        let own = EventRef { system: self.system.clone(), id: id.clone() };
        let entity = EntityId::new(fact.entity())?;
        let record = Record { event: fact, why: "the nation".to_owned(), client: None };
        Ok(Event {
            correlation: own.as_correlation(),
            tenant: tenant.cloned().map_or_else(|| TenantId::new(HUB_TENANT), Ok)?,
            entity,
            id,
            system: self.system.clone(),
            kind,
            time: at,
            causation: None,
            corrects: None,
            retracts: None,
            backfill: false,
            traceparent: None,
            contract: None,
            publisher: self.publisher.clone(),
            digest: None,
            data: serde_json::to_vec(&record)?.into(),
        })
    }
}
