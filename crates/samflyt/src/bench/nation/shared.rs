//! What all municipalities share: themselves, products, contracts, and whose each system's id is.

use samflyt_events::catalogue::{Attributes, CatalogueEvent, Kind, Turn};
use samflyt_events::{MunicipalityNumber, OrganisationNumber};
use time::OffsetDateTime;

use super::kinds;
use super::registrar::Registrar;
use super::shape::{FUNCTIONS, House, KINDS, PRODUCTS};

/// Products and contracts: once.
pub(super) async fn common(registrar: &mut Registrar<'_>, at: OffsetDateTime) -> anyhow::Result<()> {
    for product in 0..PRODUCTS {
        let resource = Box::new(kinds::product(product)?);
        let fact = CatalogueEvent::ResourceTurned { turn: Turn::Described, resource };
        registrar.append(None, Kind::Product, fact, at).await?;
    }
    for function in 0..FUNCTIONS {
        for kind in 0..KINDS {
            let contract = Box::new(kinds::contract(function, kind)?);
            let fact = CatalogueEvent::ContractPublished { contract };
            registrar.append(None, Kind::Contract, fact, at).await?;
        }
    }
    Ok(())
}

/// A municipality, and the ids of the systems that it hosts.
pub(super) async fn of_house(
    registrar: &mut Registrar<'_>,
    house: &House,
    at: OffsetDateTime,
) -> anyhow::Result<()> {
    let municipality = MunicipalityNumber::new(&format!("{:04}", 1_000 + house.index));
    let organisation = OrganisationNumber::new(&format!("{:09}", 800_000_000 + house.index));
    let attributes = Attributes {
        valid_from: at.date(),
        municipality_number: municipality.map_err(anyhow::Error::msg)?,
        organisation_number: organisation.map_err(anyhow::Error::msg)?,
        name: format!("Municipality {}", house.index),
    };
    let fact = CatalogueEvent::TenantRegistered { id: house.tenant.clone(), attributes };
    registrar.append(None, Kind::Tenant, fact, at).await?;
    for system in house.systems.iter().filter(|system| system.host == house.index) {
        let fact = CatalogueEvent::SystemReserved { id: system.id.clone(), host: house.tenant.clone() };
        registrar.append(None, Kind::System, fact, at).await?;
    }
    Ok(())
}
