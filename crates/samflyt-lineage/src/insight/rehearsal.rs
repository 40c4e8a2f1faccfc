//! `RehearseChange`: recorded events held against the contracts of a substitute.
//!
//! Consumes the events of one system, as the log has them; gives how many would have passed, and which field of which type
//! would have failed by which rule, how often, with the ids of the first. Keeps true: no value of an event leaves it, and memory
//! is bounded by the contracts, not by the events.

mod events;
mod report;

use std::collections::BTreeMap;
use std::sync::Arc;

use samflyt_events::catalogue::Catalogue;
use samflyt_events::subject::events_stream;
use samflyt_events::{CompiledContract, Contract, EventType, Reason, Refusal, SystemId, TenantId};
use samflyt_proto::{common, lineage as pb};
use samflyt_runtime::Caller;
use samflyt_runtime::refused::{self, timestamp};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use crate::Lineage;
use crate::answer::{log_failed, not_found, period, store_failed};
use crate::grpc::Answers;
use crate::grpc::watch_flows::may_still;
use events::{Events, Which};
use report::Report;

const EVENTS_DEFAULT: u32 = 1_000;
const CONTRACTS_MAX: usize = 200;

/// What is rehearsed.
struct Rehearsal {
    tenant: TenantId,
    system: SystemId,
    /// None: the substitute has no contract for the type.
    contracts: BTreeMap<EventType, Option<Arc<CompiledContract>>>,
    which: Which,
    /// The end of the log when it began.
    head: u64,
}

impl Lineage {
    pub(super) async fn rehearse(
        self: &Arc<Self>,
        caller: Caller,
        request: pb::RehearseChangeRequest,
    ) -> Result<Answers<pb::RehearseChangeResponse>, Refusal> {
        let rehearsal = self.rehearsal(&caller, &request).await?;
        let (answers, received) = mpsc::channel(4);
        let (lineage, stop) = (Arc::clone(self), self.lifecycle.intake.clone());
        self.lifecycle.spawn_intake("rehearsal", async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = answers.closed() => {}
                done = lineage.replay(&caller, &rehearsal, &answers) => {
                    if let Err(refusal) = done {
                        // A client that has gone needs no answer.
                        let _ = answers.send(Err(refused::status(&refusal))).await;
                    }
                }
            }
            Ok::<(), String>(())
        });
        Ok(Box::pin(ReceiverStream::new(received)))
    }

    async fn rehearsal(
        &self,
        caller: &Caller,
        request: &pb::RehearseChangeRequest,
    ) -> Result<Rehearsal, Refusal> {
        let (_, reader) = self.question(caller, std::slice::from_ref(&request.tenant), None).await?;
        let tenant = TenantId::new(&request.tenant).map_err(|_| Refusal::not_granted())?;
        let system = SystemId::new(&request.system).map_err(|_| not_found("system"))?;
        let stream = events_stream(&tenant);
        let given = documents(&request.contracts)?;
        let number = reader.number(system.as_str()).map_err(store_failed)?;
        let log = reader.number(&stream).map_err(store_failed)?;
        let kinds = match (number, log) {
            (Some(number), Some(log)) => reader.kinds_of(log, number).map_err(store_failed)?,
            _ => Vec::new(),
        };
        if kinds.is_empty() {
            return Err(not_found("system that has published events of this municipality"));
        }
        let which = match &request.window {
            Some(window) => Which::Days(period(Some(window.clone()), None)?),
            None if request.events_max == 0 => Which::Newest(EVENTS_DEFAULT),
            None => Which::Newest(request.events_max),
        };
        let state = self.deps.log.state(&stream).await.map_err(|error| {
            tracing::warn!(%error, "the log cannot be read");
            Refusal::new(Reason::LogUnavailable, "the log does not answer: try again")
        })?;
        let contracts = contracts(&self.deps.feed.get(), given, &kinds);
        Ok(Rehearsal { tenant, system, contracts, which, head: state.map_or(0, |state| state.last) })
    }

    async fn replay(
        &self,
        caller: &Caller,
        rehearsal: &Rehearsal,
        answers: &mpsc::Sender<Result<pb::RehearseChangeResponse, tonic::Status>>,
    ) -> Result<(), Refusal> {
        let Rehearsal { tenant, system, contracts, which, head } = rehearsal;
        let stream = events_stream(tenant);
        let tenants = std::iter::once(tenant.clone()).collect();
        let mut report = Report::default();
        for (kind, contract) in contracts {
            let Some(contract) = contract else {
                report.missing(kind);
                continue;
            };
            let subject = samflyt_events::subject::events_from(tenant, kind, system);
            let mut events = Events::of(&self.deps.log, &stream, subject, which, *head);
            while let Some(page) = events.next().await.map_err(log_failed)? {
                page.iter().for_each(|entry| report.hold(contract, entry));
                let answer = pb::RehearseChangeResponse { read: report.read(), report: None };
                if answers.send(Ok(answer)).await.is_err() {
                    return Ok(());
                }
                may_still(caller, &self.deps.feed.get(), &tenants, self.deps.clock.now())?;
            }
        }
        let position = common::Position {
            tenant: tenant.to_string(),
            stream,
            sequence: *head,
            head: *head,
            lag_events: 0,
            head_observed_at: Some(timestamp(self.deps.clock.now())),
        };
        let answer = pb::RehearseChangeResponse { read: report.read(), report: Some(report.end(position)) };
        // A client that has gone needs no answer.
        let _ = answers.send(Ok(answer)).await;
        Ok(())
    }
}

/// The contracts in the request, by type.
fn documents(documents: &[Vec<u8>]) -> Result<BTreeMap<EventType, Arc<CompiledContract>>, Refusal> {
    let refused = |at: usize, rule: String, advice: &str| {
        Refusal::of_field(Reason::ContractInvalid, &format!("/contracts/{at}"), rule, advice)
    };
    if documents.len() > CONTRACTS_MAX {
        let rule = format!("are more than {CONTRACTS_MAX}");
        return Err(Refusal::of_field(Reason::RequestInvalid, "/contracts", rule, "rehearse in parts"));
    }
    let mut given = BTreeMap::new();
    for (at, document) in documents.iter().enumerate() {
        let mend = "mend the document; `samflyt registry contract new` writes one that is right";
        let compiled = Contract::parse(document)
            .and_then(CompiledContract::new)
            .map_err(|error| refused(at, format!("is no contract: {error}"), mend))?;
        let kind = compiled.contract.kind.clone();
        if given.insert(kind.clone(), Arc::new(compiled)).is_some() {
            let rule = format!("is a second contract of `{kind}`");
            return Err(refused(at, rule, "give one for each event type"));
        }
    }
    Ok(given)
}

/// Of each type that the system publishes: the contract given, or else the one in force.
fn contracts(
    catalogue: &Catalogue,
    mut given: BTreeMap<EventType, Arc<CompiledContract>>,
    kinds: &[String],
) -> BTreeMap<EventType, Option<Arc<CompiledContract>>> {
    let kinds = kinds.iter().filter_map(|kind| EventType::new(kind).ok());
    kinds
        .map(|kind| {
            let in_force = || catalogue.contract_in_force(&kind).map(|entry| Arc::clone(&entry.compiled));
            let contract = given.remove(&kind).or_else(in_force);
            (kind, contract)
        })
        .collect()
}
