//! What may be changed, and how: pure. One file for each kind of thing.

mod agreement;
mod change;
mod contract;
mod grant;
mod resource;
mod system;
mod tenant;

use samflyt_events::catalogue::{CatalogueEvent, Kind, Resource, Turn};
use samflyt_events::{Reason, Refusal, TenantId};

pub(crate) use agreement::{approve_agreement, end_agreement};
pub(crate) use change::{analyse, carry_out, decide, measure, withdraw};
pub(crate) use contract::{publish_contract, retire_contract};
pub(crate) use grant::{give_grant, withdraw_grant};
pub(crate) use resource::{put, remove};
pub(crate) use system::{
    enrol_system, register_described, register_system, replace_system, reserve_system, retire_system, system,
};
pub(crate) use tenant::{change_tenant, register_tenant, succeed_tenant, tenant};

use crate::change::Decision;

fn append(tenant: Option<&TenantId>, kind: Kind, event: CatalogueEvent) -> Decision {
    Decision::Append { tenant: tenant.cloned(), kind, event: Box::new(event) }
}

pub(crate) fn unknown(what: &str, id: &str) -> Refusal {
    Refusal::new(Reason::NotFound, format!("there is no {what} `{id}`"))
}

fn taken(what: &str, id: &str) -> Refusal {
    Refusal::new(
        Reason::AlreadyExists,
        format!("there is a {what} `{id}` already, and it is another: choose another id"),
    )
}

/// A resource's new state.
fn turned(turn: Turn, resource: Resource) -> Decision {
    let (tenant, kind) = (resource.tenant().cloned(), resource.kind());
    let event = CatalogueEvent::ResourceTurned { turn, resource: Box::new(resource) };
    append(tenant.as_ref(), kind, event)
}

#[cfg(test)]
mod tests;
