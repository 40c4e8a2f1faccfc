//! Tenants.

use samflyt_events::catalogue::{Attributes, Catalogue, Scope, Tenant};
use samflyt_events::{MunicipalityNumber, OrganisationNumber, Refusal, TenantId};
use samflyt_proto::registry as pb;
use samflyt_runtime::Caller;
use time::Date;

use super::parse::{date, date_text, parse, text};
use crate::change::{Author, Decision};
use crate::{Registry, decide, visible};

impl Registry {
    pub(super) async fn register_tenant(
        &self,
        caller: Caller,
        request: pb::RegisterTenantRequest,
    ) -> Result<pb::RegisterTenantResponse, Refusal> {
        caller.require_for_all(&self.deps.feed.get(), Scope::Admin)?;
        let id = parse("/id", &request.id, TenantId::new)?;
        let attributes = Attributes {
            valid_from: date("/valid_from", &request.valid_from, self.today())?,
            municipality_number: parse(
                "/municipality_number",
                &request.municipality_number,
                MunicipalityNumber::new,
            )?,
            organisation_number: parse(
                "/organisation_number",
                &request.organisation_number,
                OrganisationNumber::new,
            )?,
            name: text("/name", request.name)?,
        };
        decide::register_tenant(&self.deps.feed.get(), &id, &attributes)?;
        // The streams come first: whoever sees the tenant can publish.
        self.deps
            .log
            .ensure_tenant(&id)
            .await
            .map_err(|error| Refusal::new(samflyt_events::Reason::LogUnavailable, error.to_string()))?;
        let author = Author::new(&caller, request.reason);
        self.change(&author, |catalogue| decide::register_tenant(catalogue, &id, &attributes)).await?;
        Ok(pb::RegisterTenantResponse { tenant: Some(self.tenant(&id)?) })
    }

    pub(super) async fn change_tenant(
        &self,
        caller: Caller,
        request: pb::ChangeTenantRequest,
    ) -> Result<pb::ChangeTenantResponse, Refusal> {
        let optional = |text: &str| !text.is_empty();
        let number = optional(&request.municipality_number)
            .then(|| parse("/municipality_number", &request.municipality_number, MunicipalityNumber::new))
            .transpose()?;
        let organisation = optional(&request.organisation_number)
            .then(|| parse("/organisation_number", &request.organisation_number, OrganisationNumber::new))
            .transpose()?;
        let name = optional(&request.name).then(|| text("/name", request.name.clone())).transpose()?;
        let change = move |before: &Attributes| Attributes {
            valid_from: before.valid_from,
            municipality_number: number.clone().unwrap_or_else(|| before.municipality_number.clone()),
            organisation_number: organisation.clone().unwrap_or_else(|| before.organisation_number.clone()),
            name: name.clone().unwrap_or_else(|| before.name.clone()),
        };
        let valid_from = date("/valid_from", &request.valid_from, self.today())?;
        let tenant = self
            .alter_tenant(&caller, &request.id, request.reason, |catalogue, id| {
                decide::change_tenant(catalogue, id, valid_from, &change)
            })
            .await?;
        Ok(pb::ChangeTenantResponse { tenant: Some(tenant) })
    }

    pub(super) async fn merge_tenant(
        &self,
        caller: Caller,
        request: pb::MergeTenantRequest,
    ) -> Result<pb::MergeTenantResponse, Refusal> {
        let into = [parse("/into", &request.into, TenantId::new)?];
        let on = date("/valid_from", &request.valid_from, self.today())?;
        let tenant = self
            .alter_tenant(&caller, &request.id, request.reason, |catalogue, id| {
                decide::succeed_tenant(catalogue, id, &into, on, true)
            })
            .await?;
        Ok(pb::MergeTenantResponse { tenant: Some(tenant) })
    }

    pub(super) async fn split_tenant(
        &self,
        caller: Caller,
        request: pb::SplitTenantRequest,
    ) -> Result<pb::SplitTenantResponse, Refusal> {
        let into: Vec<TenantId> =
            request.into.iter().map(|id| parse("/into", id, TenantId::new)).collect::<Result<_, _>>()?;
        let on = date("/valid_from", &request.valid_from, self.today())?;
        let tenant = self
            .alter_tenant(&caller, &request.id, request.reason, |catalogue, id| {
                decide::succeed_tenant(catalogue, id, &into, on, false)
            })
            .await?;
        Ok(pb::SplitTenantResponse { tenant: Some(tenant) })
    }

    pub(super) async fn list_tenants(
        &self,
        caller: Caller,
        request: pb::ListTenantsRequest,
    ) -> Result<pb::ListTenantsResponse, Refusal> {
        let catalogue = self.deps.feed.get();
        let visible = visible::tenants(&caller, &catalogue)?;
        let found = catalogue.tenants().filter(|tenant| visible.contains(&tenant.id));
        let key = |tenant: &&std::sync::Arc<Tenant>| tenant.id.to_string();
        let (page, next_page_token) = visible::page(found, key, request.page_size, &request.page_token);
        let tenants = page.into_iter().map(|tenant| message(tenant, self.today())).collect();
        Ok(pb::ListTenantsResponse { tenants, next_page_token })
    }

    async fn alter_tenant(
        &self,
        caller: &Caller,
        id: &str,
        why: String,
        decide: impl Fn(&Catalogue, &TenantId) -> Result<Decision, Refusal>,
    ) -> Result<pb::Tenant, Refusal> {
        caller.require_for_all(&self.deps.feed.get(), Scope::Admin)?;
        let id = parse("/id", id, TenantId::new)?;
        self.change(&Author::new(caller, why), |catalogue| decide(catalogue, &id)).await?;
        self.tenant(&id)
    }

    fn tenant(&self, id: &TenantId) -> Result<pb::Tenant, Refusal> {
        Ok(message(decide::tenant(&self.deps.feed.get(), id)?, self.today()))
    }

    pub(super) fn today(&self) -> Date {
        self.deps.clock.now().date()
    }
}

fn message(tenant: &Tenant, today: Date) -> pb::Tenant {
    let now = tenant.on(today);
    let attributes = |attributes: &Attributes| pb::TenantAttributes {
        valid_from: date_text(attributes.valid_from),
        municipality_number: attributes.municipality_number.to_string(),
        organisation_number: attributes.organisation_number.to_string(),
        name: attributes.name.clone(),
    };
    let (succeeded_by, succeeded_on) = match &tenant.succeeded {
        Some((into, on)) => (into.iter().map(ToString::to_string).collect(), date_text(*on)),
        None => Default::default(),
    };
    pb::Tenant {
        id: tenant.id.to_string(),
        municipality_number: now.municipality_number.to_string(),
        organisation_number: now.organisation_number.to_string(),
        name: now.name.clone(),
        history: tenant.history.iter().map(attributes).collect(),
        succeeded_by,
        succeeded_on,
    }
}
