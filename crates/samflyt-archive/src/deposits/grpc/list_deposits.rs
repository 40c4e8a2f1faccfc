//! `ListDeposits`.

use samflyt_events::catalogue::Scope;
use samflyt_events::{Reason, Refusal, SystemId, TenantId};
use samflyt_proto::archive as pb;
use samflyt_runtime::Caller;

use super::{Service, completeness, state};
use crate::deposits::fold::State;
use crate::door;
use crate::records::unreadable;

const PAGE: u32 = 100;
const PAGE_MAX: u32 = 1_000;

impl Service {
    #[allow(clippy::unused_async, reason = "as every RPC")]
    pub(super) async fn list_deposits(
        &self,
        caller: Caller,
        tenant: TenantId,
        request: pb::ListDepositsRequest,
    ) -> Result<pb::ListDepositsResponse, Refusal> {
        let asked = asked_state(request.state)?;
        let system = asked_system(&request.system)?;
        if let Some(system) = &system {
            door::admit(&self.0.deps, &caller, Scope::Archive, &tenant, Some(system))?;
        }
        let size = if request.page_size == 0 { PAGE } else { request.page_size.min(PAGE_MAX) } as usize;
        let after = after(&request.page_token)?;
        let before = request.older_than.and_then(|age| std::time::Duration::try_from(age).ok());
        let before = before.map(|age| self.0.deps.clock.now() - age);
        let deposits = self.0.deposits.deposits(&tenant);
        let (mut page, mut next_page_token) = (Vec::new(), String::new());
        for deposit in deposits.in_state(asked, after) {
            let deposit = deposit.map_err(unreadable)?;
            // The log is in the order of its time.
            if before.is_some_and(|before| deposit.requested_at > before) {
                break;
            }
            let of = &deposit.request.system;
            if system.as_ref().is_some_and(|system| system != of) || !self.may_see(&caller, &tenant, of) {
                continue;
            }
            if page.len() == size {
                next_page_token =
                    page.last().map(|last: &pb::Deposit| last.sequence.to_string()).unwrap_or_default();
                break;
            }
            page.push(self.message(&tenant, &deposit));
        }
        let counts = deposits.counts().map_err(unreadable)?.into_iter();
        let counts = counts.filter(|(_, of, _)| {
            system.as_ref().is_none_or(|system| system == of) && self.may_see(&caller, &tenant, of)
        });
        let counts = counts.map(|(of_state, of, count)| pb::DepositCount {
            system: of.to_string(),
            state: state(of_state).into(),
            deposits: count,
        });
        Ok(pb::ListDepositsResponse {
            counts: counts.collect(),
            completeness: Some(completeness(&deposits, !next_page_token.is_empty())),
            deposits: page,
            next_page_token,
        })
    }
}

fn asked_state(asked: i32) -> Result<State, Refusal> {
    match pb::DepositState::try_from(asked) {
        Ok(pb::DepositState::Unspecified | pb::DepositState::Waiting) => Ok(State::Waiting),
        Ok(pb::DepositState::Accepted) => Ok(State::Accepted),
        Ok(pb::DepositState::Rejected) => Ok(State::Rejected),
        Err(_) => {
            let advice = "leave it out, or name a state of a deposit";
            Err(Refusal::of_field(Reason::RequestInvalid, "/state", "is no state of a deposit", advice))
        }
    }
}

fn asked_system(asked: &str) -> Result<Option<SystemId>, Refusal> {
    if asked.is_empty() {
        return Ok(None);
    }
    SystemId::new(asked).map(Some).map_err(|rule| {
        let advice = "leave it out, or name a system";
        Refusal::of_field(Reason::RequestInvalid, "/system", rule.to_string(), advice)
    })
}

fn after(token: &str) -> Result<u64, Refusal> {
    if token.is_empty() {
        return Ok(0);
    }
    token.parse().map_err(|_| {
        let advice = "give the token of the page before";
        Refusal::of_field(Reason::RequestInvalid, "/page_token", "is no token of a page", advice)
    })
}
