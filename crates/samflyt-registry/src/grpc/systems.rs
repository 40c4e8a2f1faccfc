//! Systems.

use std::collections::BTreeSet;

use samflyt_events::catalogue::{Catalogue, Scope, System};
use samflyt_events::{Refusal, SystemId, TenantId};
use samflyt_proto::registry as pb;
use samflyt_runtime::Caller;

use super::parse::{date, date_text, parse, text};
use crate::change::{Author, Decision};
use crate::{Registry, decide, visible};

impl Registry {
    pub(super) async fn register_system(
        &self,
        caller: Caller,
        request: pb::RegisterSystemRequest,
    ) -> Result<pb::RegisterSystemResponse, Refusal> {
        let mut system = System::new(
            parse("/id", &request.id, SystemId::new)?,
            parse("/host", &request.host, TenantId::new)?,
            text("/product", request.product)?,
            text("/name", request.name)?,
        );
        system.note = request.note;
        caller.require(&self.deps.feed.get(), Scope::Registry, &system.host, None)?;
        self.register(&Author::new(&caller, request.reason), &system).await?;
        Ok(pb::RegisterSystemResponse { system: Some(self.system(&caller, &system.id)?) })
    }

    /// Both steps of a registration; one that broke off after the first is taken up again.
    pub(super) async fn register(&self, author: &Author, system: &System) -> Result<(), Refusal> {
        let reserve = |catalogue: &Catalogue| decide::reserve_system(catalogue, &system.id, &system.host);
        self.change(author, reserve).await?;
        self.change(author, |catalogue| decide::register_system(catalogue, system)).await?;
        Ok(())
    }

    pub(super) async fn enrol_system(
        &self,
        caller: Caller,
        request: pb::EnrolSystemRequest,
    ) -> Result<pb::EnrolSystemResponse, Refusal> {
        let tenant = parse("/tenant", &request.tenant, TenantId::new)?;
        caller.require(&self.deps.feed.get(), Scope::Registry, &tenant, None)?;
        let system = self
            .alter_system(&caller, &request.id, request.reason, |catalogue, id| {
                decide::enrol_system(catalogue, id, &tenant)
            })
            .await?;
        Ok(pb::EnrolSystemResponse { system: Some(system) })
    }

    pub(super) async fn replace_system(
        &self,
        caller: Caller,
        request: pb::ReplaceSystemRequest,
    ) -> Result<pb::ReplaceSystemResponse, Refusal> {
        let by = parse("/by", &request.by, SystemId::new)?;
        self.hosted(&caller, &by)?;
        let on = date("/on", &request.on, self.today())?;
        let system = self
            .alter_system(&caller, &request.id, request.reason, |catalogue, id| {
                decide::replace_system(catalogue, id, &by, on)
            })
            .await?;
        Ok(pb::ReplaceSystemResponse { system: Some(system) })
    }

    pub(super) async fn retire_system(
        &self,
        caller: Caller,
        request: pb::RetireSystemRequest,
    ) -> Result<pb::RetireSystemResponse, Refusal> {
        let on = date("/on", &request.on, self.today())?;
        let system = self
            .alter_system(&caller, &request.id, request.reason, |catalogue, id| {
                decide::retire_system(catalogue, id, on)
            })
            .await?;
        Ok(pb::RetireSystemResponse { system: Some(system) })
    }

    pub(super) async fn list_systems(
        &self,
        caller: Caller,
        request: pb::ListSystemsRequest,
    ) -> Result<pb::ListSystemsResponse, Refusal> {
        let catalogue = self.deps.feed.get();
        let mut visible = visible::tenants(&caller, &catalogue)?;
        if !request.tenant.is_empty() {
            visible.retain(|tenant| tenant.as_str() == request.tenant);
            if visible.is_empty() {
                return Err(Refusal::not_granted());
            }
        }
        let used =
            catalogue.systems().filter(|system| !visible::users(&catalogue, system, &visible).is_empty());
        let key = |system: &&std::sync::Arc<System>| system.id.to_string();
        let (page, next_page_token) = visible::page(used, key, request.page_size, &request.page_token);
        let systems = page.into_iter().map(|system| message(&catalogue, system, &visible)).collect();
        Ok(pb::ListSystemsResponse { systems, next_page_token })
    }

    /// Changes a system in the name of its host.
    async fn alter_system(
        &self,
        caller: &Caller,
        id: &str,
        why: String,
        decide: impl Fn(&Catalogue, &SystemId) -> Result<Decision, Refusal>,
    ) -> Result<pb::System, Refusal> {
        let id = parse("/id", id, SystemId::new)?;
        self.hosted(caller, &id)?;
        self.change(&Author::new(caller, why), |catalogue| decide(catalogue, &id)).await?;
        self.system(caller, &id)
    }

    /// Who does not hold the scope for the host learns nothing of the system, not even that there is none.
    fn hosted(&self, caller: &Caller, id: &SystemId) -> Result<(), Refusal> {
        let catalogue = self.deps.feed.get();
        match catalogue.system(id) {
            Some(system) => caller.require(&catalogue, Scope::Registry, &system.host, None),
            None => caller.require_for_all(&catalogue, Scope::Registry),
        }
    }

    fn system(&self, caller: &Caller, id: &SystemId) -> Result<pb::System, Refusal> {
        let catalogue = self.deps.feed.get();
        let visible = visible::tenants(caller, &catalogue)?;
        Ok(message(&catalogue, decide::system(&catalogue, id)?, &visible))
    }
}

fn message(catalogue: &Catalogue, system: &System, visible: &BTreeSet<TenantId>) -> pb::System {
    pb::System {
        id: system.id.to_string(),
        host: system.host.to_string(),
        product: system.product.clone(),
        name: system.name.clone(),
        enrolled: visible::users(catalogue, system, visible).iter().map(ToString::to_string).collect(),
        replaced_by: system.replaced_by.as_ref().map(ToString::to_string).unwrap_or_default(),
        retired_on: system.retired_on.map(date_text).unwrap_or_default(),
        note: system.note.clone(),
    }
}
