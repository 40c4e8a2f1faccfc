//! Resources as they are described: what a document must fulfil beside what is there already.

use samflyt_events::catalogue::resource::Action;
use samflyt_events::catalogue::resource::{AgreementStatus, ChangeStatus};
use samflyt_events::catalogue::{
    Agreement, Catalogue, Change, Dataset, Process, Resource, Service, System, Turn, Usage, shared_owner,
};
use samflyt_events::{Reason, Refusal, SystemId, TenantId, Violation};

use super::{system::check_replacement, turned, unknown};
use crate::change::Decision;
use crate::difference::changed_members;

/// Describes a resource, or describes it anew. `expected` is the revision that its author has seen; 0: any.
pub(crate) fn put(catalogue: &Catalogue, resource: &Resource, expected: u64) -> Result<Decision, Refusal> {
    let owner = resource.tenant().cloned().unwrap_or_else(shared_owner);
    let history = catalogue.resource_history(resource.kind(), &owner, resource.id());
    let before = history.last().and_then(|state| state.value.as_deref());
    if before == Some(resource) {
        return Ok(Decision::Unchanged);
    }
    expect(&history, expected, resource.kind().as_str())?;
    let mut found = Found { catalogue, tenant: &owner, violations: Vec::new() };
    let turn = match resource {
        Resource::Product(_) | Resource::Controller(_) => Turn::Described,
        Resource::System(system) => found.system(system)?,
        Resource::Usage(usage) => found.usage(usage),
        Resource::Process(process) => found.process(process),
        Resource::Dataset(dataset) => found.dataset(dataset),
        Resource::Service(service) => found.service(service),
        Resource::Agreement(agreement) => found.agreement(agreement, before)?,
        Resource::Change(change) => found.change(change, before)?,
    };
    if found.violations.is_empty() { Ok(turned(turn, resource.clone())) } else { Err(found.into_refusal()) }
}

/// Takes a resource out of the catalogue.
pub(crate) fn remove(
    catalogue: &Catalogue,
    kind: samflyt_events::catalogue::Kind,
    owner: &TenantId,
    id: &str,
    expected: u64,
) -> Result<Decision, Refusal> {
    let history = catalogue.resource_history(kind, owner, id);
    let Some(now) = history.last().and_then(|state| state.value.as_deref()) else {
        return Err(unknown(kind.as_str(), id));
    };
    let advice = match now {
        Resource::System(_) => Some("a system stays in the catalogue: retire it"),
        Resource::Agreement(agreement) if agreement.status != AgreementStatus::Draft => {
            Some("an agreement that was approved stays on record: end it")
        }
        Resource::Change(_) => Some("a change stays on record: withdraw it"),
        _ => None,
    };
    if let Some(advice) = advice {
        return Err(Refusal::of_field(Reason::RequestInvalid, "/id", "names what cannot be removed", advice));
    }
    expect(&history, expected, kind.as_str())?;
    Ok(turned(Turn::Removed, now.clone()))
}

/// Whoever changes what somebody else has changed meanwhile is told what that was.
fn expect(
    history: &[samflyt_events::catalogue::ResourceState],
    expected: u64,
    kind: &str,
) -> Result<(), Refusal> {
    let Some(last) = history.last().filter(|last| expected != 0 && last.revision != expected) else {
        return if history.is_empty() && expected != 0 {
            Err(unknown(kind, "of that revision"))
        } else {
            Ok(())
        };
    };
    let seen =
        history.iter().find(|state| state.revision == expected).and_then(|state| state.value.as_deref());
    let by = last.by.as_ref().map_or_else(|| "somebody".to_owned(), |by| format!("organisation {by}"));
    let mut refusal = Refusal::new(
        Reason::Conflict,
        format!("{by} has changed the {kind} since you read it: it is at revision {} now", last.revision),
    );
    let advice = "read it again, and send your change on top of theirs";
    let rule = format!("was changed by {by}");
    let changed = changed_members(seen, last.value.as_deref());
    refusal.violations =
        changed.into_iter().map(|field| Violation::new(field, rule.as_str(), advice)).collect();
    // Nothing gets better by sending the same again.
    refusal.retry_after = None;
    Err(refusal)
}

struct Found<'c> {
    catalogue: &'c Catalogue,
    tenant: &'c TenantId,
    violations: Vec<Violation>,
}

impl Found<'_> {
    fn say(&mut self, field: impl Into<String>, rule: impl Into<String>, advice: &str) {
        self.violations.push(Violation::new(field, rule, advice));
    }

    /// What the tenant does not use and what does not exist get the same answer.
    fn uses(&mut self, field: &str, system: &SystemId) {
        let used = self.catalogue.system(system);
        if !used.is_some_and(|system| self.catalogue.users_of(system).contains(self.tenant)) {
            let advice = "register it, or enrol the tenant";
            self.say(field, format!("names `{system}`, which `{}` does not use", self.tenant), advice);
        }
    }

    fn used<'s>(&mut self, field: &str, systems: impl IntoIterator<Item = &'s SystemId>) {
        for (index, system) in systems.into_iter().enumerate() {
            self.uses(&format!("{field}/{index}"), system);
        }
    }

    fn system(&mut self, system: &System) -> Result<Turn, Refusal> {
        let Some(before) = self.catalogue.system(&system.id).filter(|before| before.host == system.host)
        else {
            let advice = "register it first (`samflyt registry system register`, or `… product adopt`)";
            let rule = "names no system of this host";
            return Err(Refusal::of_field(Reason::NotFound, "/id", rule, advice));
        };
        if let Some(by) = &system.replaced_by
            && before.replaced_by.as_ref() != Some(by)
        {
            check_replacement(self.catalogue, &system.id, by)?;
        }
        Ok(Turn::Changed)
    }

    fn usage(&mut self, usage: &Usage) -> Turn {
        self.uses("/system", &usage.system);
        Turn::Described
    }

    fn process(&mut self, process: &Process) -> Turn {
        for (index, step) in process.steps.iter().enumerate() {
            self.used(&format!("/steps/{index}/systems"), &step.systems);
        }
        Turn::Described
    }

    fn dataset(&mut self, dataset: &Dataset) -> Turn {
        self.uses("/source", &dataset.source);
        Turn::Described
    }

    fn service(&mut self, service: &Service) -> Turn {
        self.used("/systems", &service.systems);
        for (index, dataset) in service.datasets.iter().enumerate() {
            if self.catalogue.datasets().get(self.tenant, dataset.as_str(), None).is_none() {
                let rule = format!("names `{dataset}`, which is no dataset of `{}`", self.tenant);
                self.say(format!("/datasets/{index}"), rule, "describe the dataset first");
            }
        }
        Turn::Described
    }

    fn agreement(&mut self, agreement: &Agreement, before: Option<&Resource>) -> Result<Turn, Refusal> {
        let was = |before: &Resource| match before {
            Resource::Agreement(before) => before.status != AgreementStatus::Draft,
            _ => false,
        };
        if before.is_some_and(was) {
            let advice = "end it, and draft another under a new id";
            return Err(Refusal::of_field(
                Reason::RequestInvalid,
                "/id",
                "names an agreement that was approved",
                advice,
            ));
        }
        if agreement.status != AgreementStatus::Draft || agreement.approved_on.is_some() {
            let advice = "draft it, then approve it (`samflyt registry agreement approve`)";
            self.say("/status", "is not that of a draft", advice);
        }
        self.uses("/provider", &agreement.provider);
        self.uses("/consumer", &agreement.consumer);
        for (index, kind) in agreement.types.iter().enumerate() {
            if self.catalogue.versions(kind).next().is_none() {
                let rule = format!("names `{kind}`, which has no contract");
                self.say(format!("/types/{index}"), rule, "publish the contract first");
            }
        }
        Ok(Turn::Drafted)
    }

    fn change(&mut self, change: &Change, before: Option<&Resource>) -> Result<Turn, Refusal> {
        let was = |before: &Resource| match before {
            Resource::Change(before) => before.status != ChangeStatus::Proposed,
            _ => false,
        };
        if before.is_some_and(was) {
            let advice = "what it was decided on stays as it is: propose another";
            return Err(Refusal::of_field(
                Reason::RequestInvalid,
                "/id",
                "names a change that is past its proposal",
                advice,
            ));
        }
        let fresh = change.status == ChangeStatus::Proposed
            && change.analysis.is_none()
            && change.carried_out_on.is_none()
            && change.gains.iter().all(|gain| gain.measured.is_none());
        if !fresh {
            self.say("/status", "is not that of a proposal", "propose it; the rest has calls of its own");
        }
        match &change.action {
            Action::Acquire { .. } => {}
            Action::Replace { system, .. } | Action::Retire { system } | Action::Upgrade { system, .. } => {
                self.uses("/action/system", system);
            }
            Action::ChangeContract { r#type, .. } => {
                if self.catalogue.versions(r#type).next().is_none() {
                    self.say(
                        "/action/type",
                        "has no contract",
                        "name a type of `samflyt registry contract list`",
                    );
                }
            }
            Action::ChangeAgreement { agreement } => {
                if self.catalogue.agreements().get(self.tenant, agreement.as_str(), None).is_none() {
                    self.say("/action/agreement", "is no agreement of the tenant", "name one of its own");
                }
            }
        }
        Ok(Turn::Proposed)
    }

    fn into_refusal(self) -> Refusal {
        let message = match self.violations.as_slice() {
            [only] => format!("`{}` {}", only.field, only.rule),
            many => format!("{} members of the document do not go with the catalogue", many.len()),
        };
        Refusal { violations: self.violations, ..Refusal::new(Reason::ResourceInvalid, message) }
    }
}
