//! Resources: described, removed, looked up.

use samflyt_events::catalogue::resource::shared_owner;
use samflyt_events::catalogue::{Catalogue, Kind, Product, Resource, ResourceState, Scope};
use samflyt_events::{Refusal, TenantId};
use samflyt_proto::registry as pb;
use samflyt_runtime::Caller;

use super::catalogue::{kind, message};
use super::parse::{moment, parse};
use crate::change::Author;
use crate::{Registry, decide, visible};

impl Registry {
    pub(super) async fn put_resource(
        &self,
        caller: Caller,
        request: pb::PutResourceRequest,
    ) -> Result<pb::PutResourceResponse, Refusal> {
        let resource = Resource::parse(kind(request.kind())?, &request.document)?;
        self.may_change(&caller, &resource)?;
        let author = Author::new(&caller, request.reason);
        let expected = request.expected_revision;
        let changed = self.change(&author, |catalogue| decide::put(catalogue, &resource, expected)).await?;
        let resource = self.resource(resource.kind(), &owner_of(&resource), resource.id())?;
        Ok(pb::PutResourceResponse { resource: Some(resource), unchanged: !changed })
    }

    pub(super) async fn remove_resource(
        &self,
        caller: Caller,
        request: pb::RemoveResourceRequest,
    ) -> Result<pb::RemoveResourceResponse, Refusal> {
        let kind = kind(request.kind())?;
        let owner = owner(kind, &request.tenant)?;
        match kind {
            Kind::Product => caller.require_for_all(&self.deps.feed.get(), Scope::Registry)?,
            _ => caller.require(&self.deps.feed.get(), Scope::Registry, &owner, None)?,
        }
        let author = Author::new(&caller, request.reason);
        let expected = request.expected_revision;
        self.change(&author, |catalogue| decide::remove(catalogue, kind, &owner, &request.id, expected))
            .await?;
        Ok(pb::RemoveResourceResponse {})
    }

    pub(super) async fn get_resource(
        &self,
        caller: Caller,
        request: pb::GetResourceRequest,
    ) -> Result<pb::GetResourceResponse, Refusal> {
        let kind = kind(request.kind())?;
        let catalogue = self.deps.feed.get();
        let owner = readable(&caller, &catalogue, kind, &request.tenant)?;
        let moment = moment("/as_of", request.as_of)?;
        let mut states = catalogue.resource_history(kind, &owner, &request.id).into_iter();
        let state = states.rfind(|state| moment.is_none_or(|moment| state.at <= moment));
        let resource = state.as_ref().and_then(message);
        let resource = resource.ok_or_else(|| decide::unknown(kind.as_str(), &request.id))?;
        Ok(pb::GetResourceResponse { resource: Some(resource) })
    }

    pub(super) async fn list_resources(
        &self,
        caller: Caller,
        request: pb::ListResourcesRequest,
    ) -> Result<pb::ListResourcesResponse, Refusal> {
        let kind = kind(request.kind())?;
        let moment = moment("/as_of", request.as_of)?;
        let catalogue = self.deps.feed.get();
        let owners = match kind {
            Kind::Product => {
                visible::tenants(&caller, &catalogue)?;
                [shared_owner()].into()
            }
            _ => visible::among(&caller, &catalogue, &request.tenants)?,
        };
        // Owners before the one that the token is of have been given.
        let from = request.page_token.split_once(' ').map_or("", |(owner, _)| owner);
        let owners = owners.iter().filter(|owner| owner.as_str() >= from);
        let states = owners.flat_map(|owner| catalogue.resources(kind, owner, moment));
        let key = |state: &ResourceState| state.value.as_deref().map(key_of).unwrap_or_default();
        let (page, next_page_token) = visible::page(states, key, request.page_size, &request.page_token);
        let resources = page.iter().filter_map(message).collect();
        Ok(pb::ListResourcesResponse { resources, next_page_token })
    }

    /// The state of a resource that was changed just now.
    pub(super) fn resource(&self, kind: Kind, owner: &TenantId, id: &str) -> Result<pb::Resource, Refusal> {
        let history = self.deps.feed.get().resource_history(kind, owner, id);
        history.last().and_then(message).ok_or_else(|| decide::unknown(kind.as_str(), id))
    }

    /// A product is described by who runs a system of it; a new one, by any who describes systems.
    pub(super) fn may_change(&self, caller: &Caller, resource: &Resource) -> Result<(), Refusal> {
        let catalogue = self.deps.feed.get();
        match (resource, resource.tenant()) {
            (Resource::Product(product), _) => may_describe(caller, &catalogue, product),
            (_, Some(tenant)) => caller.require(&catalogue, Scope::Registry, tenant, None),
            (_, None) => caller.require_for_all(&catalogue, Scope::Registry),
        }
    }
}

fn may_describe(caller: &Caller, catalogue: &Catalogue, product: &Product) -> Result<(), Refusal> {
    if caller.require_for_all(catalogue, Scope::Registry).is_ok() {
        return Ok(());
    }
    let held = |tenant: &TenantId| caller.require(catalogue, Scope::Registry, tenant, None).is_ok();
    let runs = || {
        let mut systems = catalogue.systems().filter(|system| system.product == product.id.as_str());
        systems.any(|system| held(&system.host))
    };
    let describes = || catalogue.tenants().any(|tenant| held(&tenant.id));
    let known = catalogue.product(product.id.as_str(), None).is_some();
    if if known { runs() } else { describes() } { Ok(()) } else { Err(Refusal::not_granted()) }
}

fn owner_of(resource: &Resource) -> TenantId {
    resource.tenant().cloned().unwrap_or_else(shared_owner)
}

/// The owner that a request names.
pub(super) fn owner(kind: Kind, tenant: &str) -> Result<TenantId, Refusal> {
    if kind == Kind::Product { Ok(shared_owner()) } else { parse("/tenant", tenant, TenantId::new) }
}

/// The owner that a request names, if the caller may know of it.
pub(super) fn readable(
    caller: &Caller,
    catalogue: &Catalogue,
    kind: Kind,
    tenant: &str,
) -> Result<TenantId, Refusal> {
    let visible = visible::tenants(caller, catalogue)?;
    let owner = owner(kind, tenant)?;
    if kind == Kind::Product || visible.contains(&owner) { Ok(owner) } else { Err(Refusal::not_granted()) }
}

/// Orders a list: owner, then id.
fn key_of(resource: &Resource) -> String {
    format!("{} {}", owner_of(resource), resource.id())
}
