//! Registering the region: tenants, systems, contracts, and a grant for each municipality's client.

use samflyt_events::catalogue::Scope;
use samflyt_proto::registry as pb;

use super::contracts::DOCUMENTS;
use super::region::{Region, System, Tenant};
use crate::client::Client;

const REASON: &str = "the demo";

pub(super) async fn register(operator: &Client, region: &Region) -> anyhow::Result<()> {
    for tenant in &region.tenants {
        register_tenant(operator, tenant).await?;
    }
    for system in &region.systems {
        register_system(operator, system).await?;
    }
    let mut registry = operator.registry();
    for document in DOCUMENTS {
        let document = document.as_bytes().to_vec();
        registry.publish_contract(pb::PublishContractRequest { document, reason: REASON.to_owned() }).await?;
    }
    let enrolments: usize = region.systems.iter().map(|system| system.enrolled.len()).sum();
    println!(
        "Registered {} municipalities, {} systems ({enrolments} enrolments with another host), {} contracts",
        region.tenants.len(),
        region.systems.len(),
        DOCUMENTS.len()
    );
    Ok(())
}

async fn register_tenant(operator: &Client, tenant: &Tenant) -> anyhow::Result<()> {
    let mut registry = operator.registry();
    let request = pb::RegisterTenantRequest {
        id: tenant.id.to_string(),
        municipality_number: tenant.municipality_number.to_string(),
        organisation_number: tenant.organisation_number.to_string(),
        name: tenant.name.clone(),
        valid_from: tenant.valid_from.to_string(),
        reason: REASON.to_owned(),
    };
    registry.register_tenant(request).await?;
    let grant = pb::Grant {
        id: format!("{}-integration", tenant.id),
        organisation: tenant.organisation_number.to_string(),
        scopes: [Scope::Publish, Scope::Query, Scope::Archive]
            .map(|scope| scope.as_str().to_owned())
            .to_vec(),
        tenants: vec![tenant.id.to_string()],
        systems: vec!["*".to_owned()],
        ..pb::Grant::default()
    };
    registry.give_grant(pb::GiveGrantRequest { grant: Some(grant), reason: REASON.to_owned() }).await?;
    Ok(())
}

async fn register_system(operator: &Client, system: &System) -> anyhow::Result<()> {
    let mut registry = operator.registry();
    let request = pb::RegisterSystemRequest {
        id: system.id.to_string(),
        host: system.host.to_string(),
        product: system.product.clone(),
        name: system.name.clone(),
        note: system.note.clone(),
        reason: REASON.to_owned(),
    };
    registry.register_system(request).await?;
    for tenant in &system.enrolled {
        let (id, tenant) = (system.id.to_string(), tenant.to_string());
        registry.enrol_system(pb::EnrolSystemRequest { id, tenant, reason: REASON.to_owned() }).await?;
    }
    Ok(())
}
