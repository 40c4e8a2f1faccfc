//! `GetDeposit`.

use std::time::Duration;

use samflyt_events::catalogue::Scope;
use samflyt_events::subject::events_stream;
use samflyt_events::{EventRef, Reason, Refusal, TenantId};
use samflyt_proto::archive as pb;
use samflyt_runtime::Caller;

use super::{Service, completeness};
use crate::deposits::fold::Deposit;
use crate::door;
use crate::records::unreadable;

/// The longest that a call waits for an answer.
const WAIT_MAX: Duration = Duration::from_secs(60);

impl Service {
    pub(super) async fn get_deposit(
        &self,
        caller: Caller,
        tenant: TenantId,
        request: pb::GetDepositRequest,
    ) -> Result<pb::GetDepositResponse, Refusal> {
        let reference = EventRef::parse(&request.request).map_err(|rule| {
            let advice = "give it as <system>/<id>";
            Refusal::of_field(Reason::RequestInvalid, "/request", rule.to_string(), advice)
        })?;
        door::admit(&self.0.deps, &caller, Scope::Archive, &tenant, Some(&reference.system))?;
        let wait = request.wait.and_then(|wait| Duration::try_from(wait).ok()).unwrap_or_default();
        let deposit = self.answered(&tenant, &reference, wait.min(WAIT_MAX)).await?.ok_or_else(not_found)?;
        let answer = match &deposit.answer {
            None => bytes::Bytes::new(),
            Some(answer) => {
                let entry = self.0.deps.log.read(&events_stream(&tenant), answer.sequence).await;
                let entry = entry.map_err(|error| {
                    tracing::warn!(%error, "an answer cannot be read from the log");
                    Refusal::new(Reason::LogUnavailable, "the log cannot be reached at the moment: try again")
                })?;
                entry.map(|entry| entry.payload).unwrap_or_default()
            }
        };
        let completeness = Some(completeness(&self.0.deposits.deposits(&tenant), false));
        Ok(pb::GetDepositResponse { deposit: Some(self.message(&tenant, &deposit)), answer, completeness })
    }

    /// The deposit with its answer, or as it is when the wait is over. One that is not there is waited for too: its event
    /// may have been acknowledged just now.
    async fn answered(
        &self,
        tenant: &TenantId,
        request: &EventRef,
        wait: Duration,
    ) -> Result<Option<Deposit>, Refusal> {
        let mut commits = self.0.deposits.runner.commits();
        let mut last = None;
        let waiting = async {
            loop {
                last = self.0.deposits.find(tenant, request).map_err(unreadable)?;
                let ended = self.0.lifecycle.intake.is_cancelled();
                if ended || last.as_ref().is_some_and(|deposit: &Deposit| deposit.answer.is_some()) {
                    return Ok(());
                }
                tokio::select! {
                    changed = commits.changed() => if changed.is_err() { return Ok(()) },
                    () = self.0.lifecycle.intake.cancelled() => {}
                }
            }
        };
        match tokio::time::timeout(wait, waiting).await {
            Ok(Err(refusal)) => Err(refusal),
            _ => Ok(last),
        }
    }
}

fn not_found() -> Refusal {
    let advice = "give the <system>/<id> of an archive.deposit-requested that was accepted by the hub";
    Refusal::of_field(Reason::NotFound, "/request", "names no deposit of this municipality", advice)
}
