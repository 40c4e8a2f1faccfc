//! What both doors do: admit, send, wait, fetch, confirm.

use std::sync::Arc;
use std::time::Duration;

use samflyt_events::catalogue::Scope;
use samflyt_events::{Reason, Refusal, SystemId, TenantId};
use samflyt_runtime::Caller;
use time::OffsetDateTime;

use super::accept::Accepted;
use super::accept::Draft;
use super::check::{Checked, Fields};
use super::desk::Desk;
use super::id::{Id, Part};
use super::index::{Given, Row};
use super::{Attachment, Outgoing};
use crate::{Archive, door};

/// For how long one question may wait for an answer.
pub(super) const WAIT_MAX: Duration = Duration::from_secs(60);
/// How many answers are given at once.
pub(super) const ANSWERS_MAX: usize = 100;

/// An answer with what it holds.
#[derive(Debug, Clone)]
pub(super) struct Fetched {
    pub answer_id: Id,
    pub message_id: Id,
    pub given: Given,
    pub answer: Outgoing,
    pub client_id: String,
    pub correlation: Option<String>,
}

impl Archive {
    /// Whether a caller may use a tenant's archive on behalf of a system that the tenant uses.
    ///
    /// # Errors
    /// `NOT_GRANTED`, `NOT_FOUND`, `SYSTEM_UNKNOWN`.
    pub(super) fn admit_system(
        &self,
        caller: &Caller,
        tenant: &TenantId,
        system: &SystemId,
        field: &str,
    ) -> Result<(), Refusal> {
        door::admit(&self.deps, caller, Scope::Archive, tenant, Some(system))?;
        let today = self.deps.clock.now().date();
        if self.deps.feed.get().is_in_use(system, tenant, today) {
            return Ok(());
        }
        let rule = "is no system that the municipality uses (not registered, not enrolled, or retired)";
        let advice =
            "register it (`samflyt registry system register`) or enrol the tenant (`… system enrol`)";
        Err(Refusal::of_field(Reason::SystemUnknown, field, rule, advice))
    }

    /// # Errors
    /// As [`Archive::admit_system`].
    pub(super) fn admit_sender(
        &self,
        caller: &Caller,
        checked: &Checked,
        fields: &Fields,
    ) -> Result<(), Refusal> {
        self.admit_system(caller, &checked.tenant, &checked.system, fields.system)
    }

    /// Takes a message whose documents are on disk.
    ///
    /// # Errors
    /// As [`Desk::accept`].
    pub(super) async fn send(
        self: &Arc<Self>,
        caller: &Caller,
        checked: Checked,
        payload: bytes::Bytes,
        files: Vec<Attachment>,
    ) -> Result<Accepted, Refusal> {
        let desk = self.desk(&checked.tenant).await?;
        let draft = Draft {
            system: checked.system,
            organisation: caller.principal.acting_organisation().to_owned(),
            client_id: checked.client_id,
            correlation: checked.correlation,
            kind: checked.kind,
            ttl_s: checked.ttl_s,
            payload,
            files,
        };
        let accepted = desk.accept(draft).await?;
        if !accepted.again {
            self.exchange.metrics.count_accepted(&desk.tenant, accepted.kind);
        }
        Ok(accepted)
    }

    /// The message of that id, for a caller who may see it. All others do not learn whether there is one.
    ///
    /// # Errors
    /// `NOT_GRANTED`.
    pub(super) fn message(&self, caller: &Caller, id: &str) -> Result<(Arc<Desk>, Row), Refusal> {
        let found = Id::parse(id).and_then(|id| {
            let mut desks = self.exchange.open_desks().into_iter();
            desks.find_map(|desk| desk.read(|index| index.row(id).cloned()).map(|row| (desk, row)))
        });
        let (desk, row) = found.ok_or_else(Refusal::not_granted)?;
        door::admit(&self.deps, caller, Scope::Archive, &desk.tenant, Some(&row.system))?;
        Ok((desk, row))
    }

    /// The answer of that id, for a caller who may see it.
    ///
    /// # Errors
    /// `NOT_GRANTED`.
    pub(super) fn answer_of(&self, caller: &Caller, id: &str) -> Result<(Arc<Desk>, Row, Part), Refusal> {
        let found = Id::parse(id).and_then(|id| {
            self.exchange.open_desks().into_iter().find_map(|desk| {
                let found = desk.read(|index| index.answered(id).map(|(row, part)| (row.clone(), part)));
                found.map(|(row, part)| (desk, row, part))
            })
        });
        let (desk, row, part) = found.ok_or_else(Refusal::not_granted)?;
        door::admit(&self.deps, caller, Scope::Archive, &desk.tenant, Some(&row.system))?;
        Ok((desk, row, part))
    }

    /// Waits until something is to be seen of the messages, or the time is over, or the hub stops.
    pub(super) async fn wait_for<T>(
        &self,
        desk: &Desk,
        wait: Duration,
        look: impl Fn() -> Option<T>,
    ) -> Option<T> {
        let mut changes = desk.changes();
        let seen = async {
            loop {
                changes.mark_unchanged();
                if let Some(seen) = look() {
                    return Some(seen);
                }
                if changes.changed().await.is_err() {
                    return None;
                }
            }
        };
        let stopped =
            self.lifecycle.intake.run_until_cancelled(tokio::time::timeout(wait.min(WAIT_MAX), seen));
        stopped.await.and_then(Result::ok).flatten()
    }

    /// The answers to a message: waits for the last.
    ///
    /// # Errors
    /// `NOT_GRANTED`, `LOG_UNAVAILABLE`, `STORE_UNAVAILABLE`.
    pub(super) async fn answers(
        &self,
        caller: &Caller,
        id: &str,
        wait: Duration,
    ) -> Result<Vec<Fetched>, Refusal> {
        let (desk, row) = self.message(caller, id)?;
        let look = || desk.read(|index| index.row(row.id).filter(|row| row.answer.is_some()).cloned());
        let row = self.wait_for(&desk, wait, look).await.unwrap_or(row);
        let mut answers = Vec::new();
        for given in row.answers() {
            answers.extend(desk.fetch(&row, given).await?);
        }
        Ok(answers)
    }

    /// # Errors
    /// `NOT_GRANTED`, `LOG_UNAVAILABLE`, `INDEX_BEHIND`.
    pub(super) async fn confirm(&self, caller: &Caller, answer: &str) -> Result<(), Refusal> {
        let (desk, row, part) = self.answer_of(caller, answer)?;
        if row.given(part).is_some_and(|given| given.confirmed_at.is_none()) {
            desk.confirm(row.id, part, self.deps.clock.now()).await?;
        }
        Ok(())
    }
}

impl Desk {
    /// An answer with what it holds; none where the log has dropped it.
    ///
    /// # Errors
    /// `LOG_UNAVAILABLE`, `STORE_UNAVAILABLE`.
    pub(super) async fn fetch(&self, row: &Row, given: &Given) -> Result<Option<Fetched>, Refusal> {
        let Some(answer) = self.outgoing(row.id, given).await? else { return Ok(None) };
        // Its sender's own names are personal as far as we know, so they are in the log only.
        let Some(message) = self.incoming(row).await? else { return Ok(None) };
        Ok(Some(Fetched {
            answer_id: row.id.of_answer(given.part),
            message_id: row.id,
            given: *given,
            answer,
            client_id: message.client_id,
            correlation: message.correlation,
        }))
    }

    /// A system's answers that are not confirmed, oldest first, after a place; each with its place.
    pub(super) fn to_fetch(&self, system: &SystemId, after: (u64, Part), most: usize) -> Vec<(Row, Given)> {
        self.read(|index| {
            let waiting = index.to_fetch(system, after);
            waiting.take(most).map(|(row, given)| (row.clone(), *given)).collect()
        })
    }
}

/// A moment as both doors write it.
pub(super) fn rfc3339(moment: OffsetDateTime) -> String {
    moment.format(&time::format_description::well_known::Rfc3339).unwrap_or_default()
}
