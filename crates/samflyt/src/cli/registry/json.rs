//! Entries of the catalogue as JSON.

use samflyt_proto::registry::{Contract, Grant, System, Tenant, TenantAttributes};
use serde_json::{Value, json};

use crate::cli::json::{data, time};

pub(super) fn tenant(tenant: &Tenant) -> Value {
    let attributes = |a: &TenantAttributes| {
        json!({
            "valid_from": a.valid_from,
            "municipality_number": a.municipality_number,
            "organisation_number": a.organisation_number,
            "name": a.name,
        })
    };
    json!({
        "id": tenant.id,
        "municipality_number": tenant.municipality_number,
        "organisation_number": tenant.organisation_number,
        "name": tenant.name,
        "history": tenant.history.iter().map(attributes).collect::<Vec<_>>(),
        "succeeded_by": tenant.succeeded_by,
        "succeeded_on": tenant.succeeded_on,
    })
}

pub(super) fn system(system: &System) -> Value {
    json!({
        "id": system.id,
        "host": system.host,
        "product": system.product,
        "name": system.name,
        "enrolled": system.enrolled,
        "replaced_by": system.replaced_by,
        "retired_on": system.retired_on,
        "note": system.note,
    })
}

pub(super) fn contract(contract: &Contract) -> Value {
    json!({
        "type": contract.r#type,
        "version": contract.version,
        "published_at": time(contract.published_at.as_ref()),
        "retired": contract.retired,
        "document": data(&contract.document),
    })
}

pub(super) fn grant(grant: &Grant) -> Value {
    json!({
        "id": grant.id,
        "organisation": grant.organisation,
        "client": grant.client,
        "supplier": grant.supplier,
        "scopes": grant.scopes,
        "tenants": grant.tenants,
        "systems": grant.systems,
    })
}
