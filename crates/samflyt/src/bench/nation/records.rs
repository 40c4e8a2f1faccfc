//! A municipality's own part of the catalogue: systems and their use, agreements, and what its sectors do.

use samflyt_events::catalogue::resource::{
    Accessibility, AgreementStatus, Criticality, ProcessingAgreement, Processor, Step, Zone,
};
use samflyt_events::catalogue::{
    Agreement, CatalogueEvent, Dataset, Kind, Process, Resource, Service, System, Turn, Usage,
};
use samflyt_events::contract::Retention;
use samflyt_events::{ResourceId, SystemId};
use time::{Duration, OffsetDateTime};

use super::kinds::{basis, event_type, product_id};
use super::registrar::Registrar;
use super::shape::{Flow, House, Installation, SYSTEMS};

/// How many services, datasets and processes a municipality describes.
const DESCRIBED: usize = 10;
/// One agreement in so many is a draft still; one in so many has ended.
const DRAFTS: usize = 40;
const ENDED: usize = 25;

/// Appends all of it, in the order of time.
pub(super) async fn write(
    registrar: &mut Registrar<'_>,
    house: &House,
    from: OffsetDateTime,
    until: OffsetDateTime,
) -> anyhow::Result<()> {
    for installed in &house.systems {
        let fact = if installed.host == house.index {
            CatalogueEvent::SystemRegistered { system: system(house, installed, from)? }
        } else {
            CatalogueEvent::SystemEnrolled { id: installed.id.clone(), tenant: house.tenant.clone() }
        };
        registrar.append(Some(&house.tenant), Kind::System, fact, from).await?;
        let used = Resource::Usage(usage(house, installed, from));
        turn(registrar, house, Turn::Described, used, from).await?;
    }
    for nth in 0..DESCRIBED {
        for resource in described(house, nth)? {
            turn(registrar, house, Turn::Described, resource, from).await?;
        }
    }
    let mut turns = agreements(house, from, until)?;
    turns.sort_by_key(|(at, ..)| *at);
    for (at, taken, agreement) in turns {
        turn(registrar, house, taken, Resource::Agreement(agreement), at).await?;
    }
    Ok(())
}

async fn turn(
    registrar: &mut Registrar<'_>,
    house: &House,
    turn: Turn,
    resource: Resource,
    at: OffsetDateTime,
) -> anyhow::Result<()> {
    let (kind, resource) = (resource.kind(), Box::new(resource));
    let fact = CatalogueEvent::ResourceTurned { turn, resource };
    registrar.append(Some(&house.tenant), kind, fact, at).await
}

fn system(house: &House, installed: &Installation, from: OffsetDateTime) -> anyhow::Result<System> {
    let zone = [Zone::Open, Zone::Internal, Zone::Internal, Zone::Secure][installed.function() % 4];
    let product = product_id(installed.product)?.to_string();
    let name = format!("Product {} in {}", installed.product, house.tenant);
    let mut system = System::new(installed.id.clone(), house.tenant.clone(), product, name);
    system.version = if house.index.is_multiple_of(3) { "1.0" } else { "2.0" }.to_owned();
    system.environment = format!("environment {}", house.index % 40);
    system.zone = Some(zone);
    system.in_use_from = Some(from.date());
    system.criticality = Some(Criticality::Medium);
    system.cost_per_year_nok = Some(10_000 * (1 + installed.product as u64 % 40));
    Ok(system)
}

fn usage(house: &House, installed: &Installation, from: OffsetDateTime) -> Usage {
    // Some are old, some are not.
    let days = 365 * (1 + i64::try_from(installed.product % 4).unwrap_or(0));
    let processor =
        Processor { name: "The vendor".to_owned(), organisation: None, role: "vendor".to_owned() };
    Usage {
        system: installed.id.clone(),
        tenant: house.tenant.clone(),
        owner: "Head of the sector".to_owned(),
        administrator: String::new(),
        super_users: Vec::new(),
        contact: format!("sector-{}@{}.example", installed.function() % 10, house.tenant),
        cost_per_year_nok: None,
        processing: Some(ProcessingAgreement {
            chain: vec![processor],
            storage: "Norway".to_owned(),
            third_country_basis: String::new(),
            valid_until: Some((from + Duration::days(days * 2)).date()),
        }),
        risk_assessed_on: Some((from + Duration::days(days)).date()),
        impact_assessed_on: None,
    }
}

/// The systems of one sector.
fn sector(house: &House, nth: usize) -> Vec<&Installation> {
    let each = SYSTEMS / DESCRIBED;
    house.systems.iter().skip(nth * each).take(each).collect()
}

fn described(house: &House, nth: usize) -> anyhow::Result<[Resource; 3]> {
    let systems: Vec<SystemId> = sector(house, nth).iter().take(4).map(|of| of.id.clone()).collect();
    let first = &sector(house, nth)[0];
    let id = |what: &str| ResourceId::new(&format!("{}-{what}-{nth}", house.tenant));
    let tenant = house.tenant.clone();
    let contact = format!("sector-{nth}@{tenant}.example");
    let dataset = Dataset {
        id: id("dataset")?,
        tenant: tenant.clone(),
        title: format!("Cases of sector {nth}"),
        description: "What the sector keeps".to_owned(),
        concepts: vec!["person.identifier".to_owned(), "person.address".to_owned()],
        theme: "GOVE".to_owned(),
        publisher: None,
        source: first.id.clone(),
        person_categories: vec!["inhabitants".to_owned()],
        data_categories: vec!["contact details".to_owned()],
        special_categories: false,
        recipients: vec!["the archive".to_owned()],
        transfers: Vec::new(),
        purpose: "Do what the sector is for".to_owned(),
        legal_basis: basis(first.function()),
        retention: Some(Retention { class: "case".to_owned(), years: Some(10) }),
        security: String::new(),
        accessibility: Accessibility::NonPublic,
        contact: contact.clone(),
        keywords: Vec::new(),
    };
    let service = Service {
        id: id("service")?,
        tenant: tenant.clone(),
        name: format!("Service of sector {nth}"),
        description: "What the sector offers".to_owned(),
        systems: systems.clone(),
        datasets: vec![dataset.id.clone()],
        keywords: Vec::new(),
        legal_basis: Some(basis(first.function())),
        produces: String::new(),
        contact,
        page: String::new(),
    };
    let step = |(at, of): (usize, &&Installation)| {
        let types = vec![event_type(of.function(), at)?];
        anyhow::Ok(Step { name: format!("Step {at}"), systems: vec![of.id.clone()], types })
    };
    let steps: anyhow::Result<Vec<Step>> = sector(house, nth).iter().take(4).enumerate().map(step).collect();
    let process = Process {
        id: id("process")?,
        tenant,
        name: format!("Process of sector {nth}"),
        owner: format!("Sector {nth}"),
        steps: steps?,
    };
    Ok([Resource::Dataset(dataset), Resource::Service(service), Resource::Process(process)])
}

/// Every turn of every agreement: made some time in the first half of the years, approved a day later, a few ended.
fn agreements(
    house: &House,
    from: OffsetDateTime,
    until: OffsetDateTime,
) -> anyhow::Result<Vec<(OffsetDateTime, Turn, Agreement)>> {
    let gap = (until - from) / 2 / u32::try_from(house.declared.len().max(1))?;
    let mut turns = Vec::with_capacity(house.declared.len() * 2);
    for (nth, flows) in house.declared.iter().enumerate() {
        let at = from + gap * u32::try_from(nth)?;
        let draft = agreement(house, nth, flows, at)?;
        turns.push((at, Turn::Drafted, draft.clone()));
        if nth % DRAFTS == DRAFTS - 1 {
            continue;
        }
        let mut approved = draft;
        approved.status = AgreementStatus::Approved;
        approved.approved_by = "IT council".to_owned();
        approved.approved_on = Some(at.date());
        turns.push((at + Duration::days(1), Turn::Approved, approved.clone()));
        if nth % ENDED == ENDED - 1 {
            let end = until - Duration::days(400);
            approved.status = AgreementStatus::Ended;
            approved.valid_until = Some(end.date().max(approved.valid_from));
            turns.push((end.max(at + Duration::days(2)), Turn::Ended, approved));
        }
    }
    Ok(turns)
}

fn agreement(house: &House, nth: usize, flows: &[Flow], at: OffsetDateTime) -> anyhow::Result<Agreement> {
    let (provider, consumer) = flows.first().map_or((0, 0), |flow| (flow.provider, flow.consumer));
    let provider = &house.systems[provider];
    let types: anyhow::Result<Vec<_>> =
        flows.iter().map(|flow| event_type(provider.function(), flow.kind)).collect();
    Ok(Agreement {
        id: ResourceId::new(&format!("{}-agreement-{nth}", house.tenant))?,
        tenant: house.tenant.clone(),
        provider: provider.id.clone(),
        consumer: house.systems[consumer].id.clone(),
        types: types?,
        purpose: "Do what the function is for".to_owned(),
        legal_basis: basis(provider.function()),
        valid_from: at.date(),
        valid_until: None,
        status: AgreementStatus::Draft,
        approved_by: String::new(),
        approved_on: None,
    })
}

#[cfg(test)]
mod tests {
    use samflyt_events::catalogue::Resource;
    use time::macros::datetime;

    use super::*;

    #[test]
    fn what_a_municipality_describes_is_as_the_registry_would_take_it() {
        let (house, from, until) =
            (House::draw(8).unwrap(), datetime!(2023-01-01 0:00 UTC), datetime!(2026-01-01 0:00 UTC));
        let valid = |resource: Resource| {
            Resource::from_value(resource.kind(), resource.document()).unwrap();
        };
        for installed in &house.systems {
            valid(Resource::System(system(&house, installed, from).unwrap()));
            valid(Resource::Usage(usage(&house, installed, from)));
        }
        described(&house, 9).unwrap().into_iter().for_each(valid);
        let turns = agreements(&house, from, until).unwrap();
        let of = |turn| turns.iter().filter(|(_, taken, _)| *taken == turn).count();
        assert_eq!(of(Turn::Drafted), house.declared.len());
        assert!(of(Turn::Ended) > 0 && of(Turn::Approved) < of(Turn::Drafted));
        turns.into_iter().for_each(|(_, _, agreement)| valid(Resource::Agreement(agreement)));
    }
}
