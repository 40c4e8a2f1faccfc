//! Grants.

use std::collections::BTreeSet;

use samflyt_events::catalogue::{Catalogue, Grant, Scope, Wildcard};
use samflyt_events::{OrganisationNumber, Refusal, SystemId, TenantId};
use samflyt_proto::registry as pb;
use samflyt_runtime::Caller;

use super::parse::{invalid, parse};
use crate::change::Author;
use crate::{Registry, decide, visible};

impl Registry {
    pub(super) async fn give_grant(
        &self,
        caller: Caller,
        request: pb::GiveGrantRequest,
    ) -> Result<pb::GiveGrantResponse, Refusal> {
        let grant = read(request.grant.unwrap_or_default())?;
        may_administer(&caller, &self.deps.feed.get(), &grant)?;
        if let Some(before) = self.deps.feed.get().grant(&grant.id) {
            may_administer(&caller, &self.deps.feed.get(), before)?;
        }
        let author = Author::new(&caller, request.reason);
        self.change(&author, |catalogue| decide::give_grant(catalogue, &grant)).await?;
        Ok(pb::GiveGrantResponse { grant: Some(message(&grant)) })
    }

    pub(super) async fn withdraw_grant(
        &self,
        caller: Caller,
        request: pb::WithdrawGrantRequest,
    ) -> Result<pb::WithdrawGrantResponse, Refusal> {
        match self.deps.feed.get().grant(&request.id) {
            Some(grant) => may_administer(&caller, &self.deps.feed.get(), grant)?,
            None => caller.require_for_all(&self.deps.feed.get(), Scope::Admin)?,
        }
        let author = Author::new(&caller, request.reason);
        self.change(&author, |catalogue| decide::withdraw_grant(catalogue, &request.id)).await?;
        Ok(pb::WithdrawGrantResponse {})
    }

    pub(super) async fn list_grants(
        &self,
        caller: Caller,
        request: pb::ListGrantsRequest,
    ) -> Result<pb::ListGrantsResponse, Refusal> {
        let catalogue = self.deps.feed.get();
        visible::tenants(&caller, &catalogue)?;
        let found = catalogue.grants().filter(|grant| may_administer(&caller, &catalogue, grant).is_ok());
        let key = |grant: &&std::sync::Arc<Grant>| grant.id.clone();
        let (page, next_page_token) = visible::page(found, key, request.page_size, &request.page_token);
        let grants = page.into_iter().map(|grant| message(grant)).collect();
        Ok(pb::ListGrantsResponse { grants, next_page_token })
    }
}

/// Nobody gives more than they administer.
fn may_administer(caller: &Caller, catalogue: &Catalogue, grant: &Grant) -> Result<(), Refusal> {
    match &grant.tenants {
        Wildcard::All(_) => caller.require_for_all(catalogue, Scope::Admin),
        Wildcard::Only(tenants) => {
            tenants.iter().try_for_each(|tenant| caller.require(catalogue, Scope::Admin, tenant, None))
        }
    }
}

fn read(grant: pb::Grant) -> Result<Grant, Refusal> {
    let client = Some(grant.client).filter(|client| !client.is_empty());
    let organisation = parse("/grant/organisation", &grant.organisation, OrganisationNumber::new)?;
    let supplier = (!grant.supplier.is_empty())
        .then(|| parse("/grant/supplier", &grant.supplier, OrganisationNumber::new))
        .transpose()?;
    let scope = |text: &String| {
        Scope::parse(text).ok_or_else(|| {
            let known: Vec<&str> = Scope::ALL.iter().map(|scope| scope.as_str()).collect();
            invalid("/grant/scopes", format!("holds a scope that is none of {}", known.join(", ")))
        })
    };
    let scopes: BTreeSet<Scope> = grant.scopes.iter().map(scope).collect::<Result<_, _>>()?;
    if scopes.is_empty() {
        return Err(invalid("/grant/scopes", "is empty"));
    }
    if grant.tenants.is_empty() {
        return Err(invalid("/grant/tenants", "is empty: name tenants, or `*` for all"));
    }
    let id = if grant.id.is_empty() {
        [Some(organisation.as_str()), client.as_deref(), supplier.as_ref().map(OrganisationNumber::as_str)]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join("-")
    } else {
        grant.id
    };
    Ok(Grant {
        id: parse("/grant/id", &id, samflyt_events::EventId::new)?.to_string(),
        tenants: wildcard("/grant/tenants", &grant.tenants, TenantId::new)?,
        systems: wildcard("/grant/systems", &grant.systems, SystemId::new)?,
        organisation,
        client,
        supplier,
        scopes,
    })
}

fn wildcard<T: Ord, E: std::fmt::Display>(
    field: &str,
    texts: &[String],
    new: impl Fn(&str) -> Result<T, E>,
) -> Result<Wildcard<T>, Refusal> {
    if texts.iter().any(|text| text == "*") {
        return Ok(Wildcard::EVERY);
    }
    texts.iter().map(|text| parse(field, text, &new)).collect::<Result<_, _>>().map(Wildcard::Only)
}

fn texts<T: Ord + ToString>(wildcard: &Wildcard<T>) -> Vec<String> {
    match wildcard {
        Wildcard::All(_) => vec!["*".to_owned()],
        Wildcard::Only(items) => items.iter().map(ToString::to_string).collect(),
    }
}

fn message(grant: &Grant) -> pb::Grant {
    pb::Grant {
        id: grant.id.clone(),
        organisation: grant.organisation.to_string(),
        client: grant.client.clone().unwrap_or_default(),
        supplier: grant.supplier.as_ref().map(ToString::to_string).unwrap_or_default(),
        scopes: grant.scopes.iter().map(|scope| scope.as_str().to_owned()).collect(),
        tenants: texts(&grant.tenants),
        systems: texts(&grant.systems),
    }
}
