//! Contracts.

use std::sync::Arc;

use samflyt_events::catalogue::{Catalogue, ContractEntry, Scope};
use samflyt_events::contract::ContractError;
use samflyt_events::{Contract, ContractVersion, EventType, Reason, Refusal, Violation};
use samflyt_proto::registry as pb;
use samflyt_runtime::{Caller, refused};

use super::parse::parse;
use crate::change::Author;
use crate::{Registry, decide, visible};

impl Registry {
    pub(super) async fn publish_contract(
        &self,
        caller: Caller,
        request: pb::PublishContractRequest,
    ) -> Result<pb::PublishContractResponse, Refusal> {
        caller.require_for_all(&self.deps.feed.get(), Scope::Registry)?;
        let contract = Contract::parse(&request.document).map_err(|error| refused_document(&error))?;
        let author = Author::new(&caller, request.reason);
        let changed =
            self.change(&author, |catalogue| decide::publish_contract(catalogue, &contract)).await?;
        let published = self.contract(&contract.kind, contract.version)?;
        Ok(pb::PublishContractResponse { contract: Some(published), unchanged: !changed })
    }

    pub(super) async fn retire_contract(
        &self,
        caller: Caller,
        request: pb::RetireContractRequest,
    ) -> Result<pb::RetireContractResponse, Refusal> {
        caller.require_for_all(&self.deps.feed.get(), Scope::Registry)?;
        let kind = parse("/type", &request.r#type, EventType::new)?;
        let version = parse("/version", &request.version, str::parse::<ContractVersion>)?;
        let author = Author::new(&caller, request.reason);
        self.change(&author, |catalogue| decide::retire_contract(catalogue, &kind, version)).await?;
        Ok(pb::RetireContractResponse { contract: Some(self.contract(&kind, version)?) })
    }

    pub(super) async fn get_contract(
        &self,
        caller: Caller,
        request: pb::GetContractRequest,
    ) -> Result<pb::GetContractResponse, Refusal> {
        let catalogue = self.deps.feed.get();
        visible::tenants(&caller, &catalogue)?;
        let kind = parse("/type", &request.r#type, EventType::new)?;
        let found = if request.version.is_empty() {
            catalogue.contract_in_force(&kind)
        } else {
            catalogue.contract(&kind, parse("/version", &request.version, str::parse::<ContractVersion>)?)
        };
        let contract = found.map(message).ok_or_else(|| unknown(&request.r#type))?;
        Ok(pb::GetContractResponse { contract: Some(contract) })
    }

    pub(super) async fn list_contracts(
        &self,
        caller: Caller,
        request: pb::ListContractsRequest,
    ) -> Result<pb::ListContractsResponse, Refusal> {
        let catalogue = self.deps.feed.get();
        visible::tenants(&caller, &catalogue)?;
        let found = listed(&catalogue, &request.r#type)?;
        let key = |entry: &Arc<ContractEntry>| {
            let contract = &entry.compiled.contract;
            format!("{} {:05}.{:05}", contract.kind, contract.version.major, contract.version.minor)
        };
        let (page, next_page_token) =
            visible::page(found.into_iter(), key, request.page_size, &request.page_token);
        Ok(pb::ListContractsResponse { contracts: page.iter().map(message).collect(), next_page_token })
    }

    fn contract(&self, kind: &EventType, version: ContractVersion) -> Result<pb::Contract, Refusal> {
        self.deps.feed.get().contract(kind, version).map(message).ok_or_else(|| unknown(kind.as_str()))
    }
}

fn refused_document(error: &ContractError) -> Refusal {
    let advice = "mend it and publish it again; `samflyt registry contract new` writes a template";
    let violations = vec![Violation::new(error.field(), error.to_string(), advice)];
    Refusal { violations, ..Refusal::new(Reason::ContractInvalid, error.to_string()) }
}

fn unknown(kind: &str) -> Refusal {
    Refusal::new(Reason::NotFound, format!("there is no such contract of `{kind}`"))
}

fn listed(catalogue: &Catalogue, kind: &str) -> Result<Vec<Arc<ContractEntry>>, Refusal> {
    if kind.is_empty() {
        let in_force = catalogue.contract_types().filter_map(|kind| catalogue.contract_in_force(kind));
        return Ok(in_force.cloned().collect());
    }
    Ok(catalogue.versions(&parse("/type", kind, EventType::new)?).cloned().collect())
}

fn message(entry: &Arc<ContractEntry>) -> pb::Contract {
    let contract = &entry.compiled.contract;
    pb::Contract {
        r#type: contract.kind.to_string(),
        version: contract.version.to_string(),
        document: contract.to_json(),
        published_at: Some(refused::timestamp(entry.published_at)),
        retired: entry.is_retired(),
    }
}
