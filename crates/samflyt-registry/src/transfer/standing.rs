//! What a hub has already of what others share with the municipality: the same is left as it is, something else is a
//! reason to refuse.

use samflyt_events::catalogue::{Catalogue, CatalogueEvent, Kind, Record, place};
use samflyt_events::subject::REGISTRY_STREAM;
use samflyt_events::{Reason, Refusal, TenantId};

/// Where an entry of the catalogue belongs: its stream and subject, as this hub would have written it.
pub(super) fn place_of(stream: &str, event: &CatalogueEvent) -> Option<(String, String)> {
    let owner = match stream {
        REGISTRY_STREAM => None,
        _ => Some(TenantId::new(stream.strip_prefix("REGISTRY_")?).ok()?),
    };
    Some(place(owner.as_ref(), kind_of(event), event.entity()))
}

fn kind_of(event: &CatalogueEvent) -> Kind {
    match event {
        CatalogueEvent::TenantRegistered { .. }
        | CatalogueEvent::TenantRenumbered { .. }
        | CatalogueEvent::TenantRenamed { .. }
        | CatalogueEvent::TenantMerged { .. }
        | CatalogueEvent::TenantSplit { .. } => Kind::Tenant,
        CatalogueEvent::SystemReserved { .. }
        | CatalogueEvent::SystemRegistered { .. }
        | CatalogueEvent::SystemEnrolled { .. }
        | CatalogueEvent::SystemReplaced { .. }
        | CatalogueEvent::SystemRetired { .. } => Kind::System,
        CatalogueEvent::ContractPublished { .. } | CatalogueEvent::ContractRetired { .. } => Kind::Contract,
        CatalogueEvent::GrantGiven { .. } | CatalogueEvent::GrantWithdrawn { .. } => Kind::Grant,
        CatalogueEvent::ResourceTurned { resource, .. } => resource.kind(),
    }
}

/// Whether this hub, which has said something of the thing by itself, has to be told what the entry says.
///
/// # Errors
/// `ALREADY_EXISTS` names what is another here.
pub(super) fn is_missing(catalogue: &Catalogue, stream: &str, record: &Record) -> Result<bool, Refusal> {
    match &record.event {
        CatalogueEvent::ContractPublished { contract } => {
            match catalogue.contract(&contract.kind, contract.version) {
                None => Ok(true),
                Some(entry) if entry.compiled.contract == **contract => Ok(false),
                Some(_) => Err(another("contract", &format!("{} {}", contract.kind, contract.version))),
            }
        }
        // A version that others here use is not retired by one who comes; one that comes is retired as it was.
        CatalogueEvent::ContractRetired { kind, version } => Ok(catalogue.contract(kind, *version).is_none()),
        CatalogueEvent::GrantGiven { grant } => match catalogue.grant(&grant.id) {
            Some(found) if **found == *grant => Ok(false),
            _ => Err(another("grant", &grant.id)),
        },
        CatalogueEvent::GrantWithdrawn { .. } => Ok(false),
        CatalogueEvent::SystemReserved { id, host } => match catalogue.reserved_for(id) {
            Some(found) if found == host => Ok(false),
            _ => Err(another("system", id.as_str())),
        },
        CatalogueEvent::TenantRegistered { id, attributes } => {
            let number = &attributes.organisation_number;
            let mut known = catalogue.tenant(id).into_iter().flat_map(|tenant| &tenant.history);
            if known.any(|of| of.organisation_number == *number) {
                return Ok(false);
            }
            Err(another("tenant", id.as_str()))
        }
        CatalogueEvent::SystemRegistered { system } if stream != REGISTRY_STREAM => {
            match catalogue.system(&system.id) {
                Some(found) if found.host == system.host => Ok(false),
                _ => Err(another("system", system.id.as_str())),
            }
        }
        // What this hub says of a shared thing is at least as new.
        _ => Ok(false),
    }
}

fn another(what: &str, id: &str) -> Refusal {
    let message = format!(
        "this hub has another {what} `{id}`: make the two alike, in one hub or the other, and export and import again"
    );
    Refusal::new(Reason::AlreadyExists, message)
}
