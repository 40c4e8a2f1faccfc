//! `DepositService`: one file per RPC.

mod get_deposit;
mod list_deposits;

use std::sync::Arc;

use samflyt_events::catalogue::Scope;
use samflyt_events::subject::events_stream;
use samflyt_events::{SystemId, TenantId};
use samflyt_proto::archive::deposit_service_server::DepositService;
use samflyt_proto::{archive as pb, common};
use samflyt_runtime::Caller;
use samflyt_runtime::refused::{duration, timestamp};

use super::fold::{Deposit, State};
use super::reader::Deposits;
use crate::Archive;
use crate::door::rpcs;

/// The deposits' gRPC service.
pub(crate) struct Service(pub Arc<Archive>);

impl Service {
    fn may_see(&self, caller: &Caller, tenant: &TenantId, system: &SystemId) -> bool {
        caller.require(&self.0.deps.feed.get(), Scope::Archive, tenant, Some(system)).is_ok()
    }

    fn message(&self, tenant: &TenantId, deposit: &Deposit) -> pb::Deposit {
        let answer = deposit.answer.as_ref();
        let until = answer.map_or_else(|| self.0.deps.clock.now(), |answer| answer.at);
        let own = self.0.deposits.waits.lock().get(&(tenant.clone(), deposit.sequence)).cloned();
        let held_up = own.or_else(|| self.0.deposits.held_up.lock().get(tenant).cloned());
        pb::Deposit {
            request: deposit.request.to_string(),
            system: deposit.request.system.to_string(),
            state: state(deposit.state).into(),
            sequence: deposit.sequence,
            requested_at: Some(timestamp(deposit.requested_at)),
            age: Some(duration((until - deposit.requested_at).try_into().unwrap_or_default())),
            answer: answer.map(|answer| answer.event.to_string()).unwrap_or_default(),
            answer_sequence: answer.map(|answer| answer.sequence).unwrap_or_default(),
            answered_at: answer.map(|answer| timestamp(answer.at)),
            waits_for: held_up.filter(|_| answer.is_none()).unwrap_or_default(),
        }
    }
}

fn completeness(deposits: &Deposits, truncated: bool) -> common::Completeness {
    let stream = events_stream(&deposits.tenant);
    let position = deposits.view.position(&stream).map(|found| common::Position {
        tenant: deposits.tenant.to_string(),
        stream,
        sequence: found.sequence,
        head: found.head,
        lag_events: found.head.saturating_sub(found.sequence),
        head_observed_at: found.head_observed_at.map(timestamp),
    });
    common::Completeness {
        positions: position.into_iter().collect(),
        truncated,
        rebuilding: deposits.view.rebuilding(),
    }
}

fn state(state: State) -> pb::DepositState {
    match state {
        State::Waiting => pb::DepositState::Waiting,
        State::Accepted => pb::DepositState::Accepted,
        State::Rejected => pb::DepositState::Rejected,
    }
}

rpcs! {
    DepositService, Scope::Archive;
    list_deposits(ListDepositsRequest) -> ListDepositsResponse;
    get_deposit(GetDepositRequest) -> GetDepositResponse;
}
