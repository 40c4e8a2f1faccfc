//! `ImportTable`.

use std::collections::HashMap;

use samflyt_events::catalogue::{Catalogue, Kind, Placed, Resource, Scope, place, shared_owner};
use samflyt_events::{Refusal, TenantId};
use samflyt_proto::registry as pb;
use samflyt_runtime::Caller;

use super::catalogue::kind;
use super::parse::parse;
use crate::change::{Author, Decision};
use crate::table::{Entry, Problem, Table, document, in_rows};
use crate::{Registry, decide};

impl Registry {
    /// Rows are taken one by one, each on the newest state of what it describes. A dry run takes them on a copy of the
    /// catalogue, so that it tells what the import itself would.
    pub(super) async fn import_table(
        &self,
        caller: Caller,
        request: pb::ImportTableRequest,
    ) -> Result<pb::ImportTableResponse, Refusal> {
        let kind = kind(request.kind())?;
        // Products are shared; who may describe which is asked for each of them.
        let tenant = match kind {
            Kind::Product => shared_owner(),
            _ => parse("/tenant", &request.tenant, TenantId::new)?,
        };
        if kind == Kind::Product {
            crate::visible::tenants(&caller, &self.deps.feed.get())?;
        } else {
            caller.require(&self.deps.feed.get(), Scope::Registry, &tenant, None)?;
        }
        let table = Table::read(kind, &request.table)?;
        let mut import = Import {
            registry: self,
            author: Author::new(&caller, request.reason),
            caller: &caller,
            tenant: &tenant,
            copy: request.dry_run.then(|| self.deps.feed.get().as_ref().clone()),
            seen: HashMap::new(),
            answer: pb::ImportTableResponse {
                encoding: table.encoding.to_owned(),
                delimiter: table.delimiter.to_string(),
                ..Default::default()
            },
            problems: table.problems.clone(),
        };
        for entry in &table.entries {
            import.take(&table, entry).await?;
        }
        Ok(import.answer())
    }
}

struct Import<'i> {
    registry: &'i Registry,
    author: Author,
    caller: &'i Caller,
    tenant: &'i TenantId,
    /// What a dry run changes instead of the log.
    copy: Option<Catalogue>,
    /// The row that described an id first.
    seen: HashMap<String, u32>,
    answer: pb::ImportTableResponse,
    problems: Vec<Problem>,
}

impl Import<'_> {
    /// # Errors
    /// Where the log does not take changes: the rest would fail as well.
    async fn take(&mut self, table: &Table, entry: &Entry) -> Result<(), Refusal> {
        let known = self.registry.deps.feed.get();
        let known = self.copy.as_ref().unwrap_or(known.as_ref());
        let resource = match document(known, table, self.tenant, entry) {
            Ok(resource) => resource,
            Err(problems) => {
                self.broken(entry, problems);
                return Ok(());
            }
        };
        if let Some(first) = self.seen.get(resource.id()) {
            let rule = format!("describes what row {first} describes");
            let advice = "keep one of the two, or give each an id of its own";
            self.broken(entry, vec![Problem::new(entry.row(), "", rule, advice)]);
            return Ok(());
        }
        self.seen.insert(resource.id().to_owned(), entry.row());
        let owner = resource.tenant().cloned().unwrap_or_else(shared_owner);
        let history = known.resource_history(table.kind, &owner, resource.id());
        let is_new = history.last().is_none_or(|state| state.value.is_none());
        let done = match self.registry.may_change(self.caller, &resource) {
            Ok(()) if self.copy.is_some() => self.try_out(&resource),
            Ok(()) => self.change(table, entry, &resource).await,
            Err(refusal) => Err(refusal),
        };
        match done {
            Ok(true) if is_new => self.answer.created += 1,
            Ok(true) => self.answer.changed += 1,
            Ok(false) => self.answer.unchanged += 1,
            Err(refusal) if refusal.reason == samflyt_events::Reason::LogUnavailable => return Err(refusal),
            Err(refusal) => self.broken(entry, in_rows(table, entry, &refusal)),
        }
        Ok(())
    }

    /// The other rows of a broken entry are not taken either.
    fn broken(&mut self, entry: &Entry, problems: Vec<Problem>) {
        let first = problems.iter().map(|problem| problem.row).min().unwrap_or_default();
        let told: Vec<u32> = problems.iter().map(|problem| problem.row).collect();
        self.problems.extend(problems);
        for row in entry.rows().filter(|row| !told.contains(row)) {
            let rule = format!("belongs together with row {first}, which is broken");
            self.problems.push(Problem::new(row, "", rule, "mend that one: they are taken together"));
        }
    }

    async fn change(&self, table: &Table, entry: &Entry, resource: &Resource) -> Result<bool, Refusal> {
        if let Resource::System(system) = resource {
            let free = |known: &Catalogue| {
                decide(known, resource)?;
                decide::reserve_system(known, &system.id, &system.host)
            };
            self.registry.change(&self.author, free).await?;
        }
        // Anew from the cells: what they leave out is as somebody else may have made it meanwhile.
        let anew = |known: &Catalogue| match document(known, table, self.tenant, entry) {
            Ok(resource) => decide(known, &resource),
            Err(_) => decide(known, resource),
        };
        self.registry.change(&self.author, anew).await
    }

    fn try_out(&mut self, resource: &Resource) -> Result<bool, Refusal> {
        let Some(copy) = self.copy.as_mut() else { return Ok(false) };
        if let Resource::System(system) = resource {
            decide::reserve_system(copy, &system.id, &system.host)?;
        }
        let Decision::Append { tenant, kind, event } = decide(copy, resource)? else { return Ok(false) };
        let (stream, subject) = place(tenant.as_ref(), kind, event.entity());
        let placed = Placed {
            sequence: copy.position(&stream) + 1,
            stream: &stream,
            subject: &subject,
            at: self.registry.deps.clock.now(),
            by: self.author.organisation.clone(),
        };
        copy.apply(&placed, &event);
        Ok(true)
    }

    fn answer(mut self) -> pb::ImportTableResponse {
        self.problems.sort_by_key(|problem| problem.row);
        let message = |problem: Problem| pb::RowProblem {
            row: problem.row,
            column: problem.column,
            rule: problem.rule,
            advice: problem.advice,
        };
        self.answer.problems = self.problems.into_iter().map(message).collect();
        self.answer
    }
}

/// A new system is registered with all that is known of it; everything else is put.
fn decide(known: &Catalogue, resource: &Resource) -> Result<Decision, Refusal> {
    match resource {
        Resource::System(system) if known.system(&system.id).is_none() => {
            decide::register_described(known, system)
        }
        _ => decide::put(known, resource, 0),
    }
}
