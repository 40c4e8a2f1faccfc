//! The end of an append: on disk, a resend, or not acknowledged.

use samflyt_events::subject::events_stream;
use samflyt_events::{ContractVersion, Reason, Refusal};
use samflyt_log::AppendError;

use super::{Intake, Pending, Receipt, id_reused};
use crate::index::AppendedEvent;

impl Intake {
    /// Waits until the event is on disk.
    ///
    /// # Errors
    /// `LOG_UNAVAILABLE`: nothing is known of the event, sending it again is harmless. `ID_REUSED`.
    pub(super) async fn settle(&self, pending: Pending) -> Result<Receipt, Refusal> {
        let appended = pending.appending.appended().await.map_err(|error| refusal(&error))?;
        self.metrics.acknowledged_after.record(pending.since.elapsed().as_secs_f64(), &[]);
        let tenant = pending.event.tenant.clone();
        let contract = if appended.duplicate {
            self.first_of(&pending.event, appended.sequence).await?
        } else {
            let contract = pending.event.contract;
            self.index.appended(pending.event, appended.sequence);
            contract
        };
        Ok(Receipt { tenant, sequence: appended.sequence, duplicate: appended.duplicate, contract })
    }

    /// The contract of the event that is a resend of this one. The broker knows the id and not the content: another event
    /// under the same id must not pass for a resend.
    async fn first_of(
        &self,
        event: &AppendedEvent,
        sequence: u64,
    ) -> Result<Option<ContractVersion>, Refusal> {
        let first = self.deps.log.read(&events_stream(&event.tenant), sequence).await;
        let first = first.map_err(|error| Refusal::new(Reason::LogUnavailable, error.to_string()))?;
        let first = first.and_then(|entry| entry.event().ok()).map(|first| first.event);
        if first.as_ref().and_then(|first| first.digest) != Some(event.digest) {
            tracing::debug!(tenant = %event.tenant, system = %event.reference.system, "an event id was reused");
            return Err(id_reused());
        }
        Ok(first.and_then(|first| first.contract))
    }
}

pub(super) fn refusal(error: &AppendError) -> Refusal {
    match error {
        AppendError::TooLarge => Refusal::of_field(
            Reason::TooLarge,
            "/data",
            "makes the event larger than the broker takes",
            "ask the operator to raise the broker's `max_payload` above `gateway.event_bytes_max`",
        ),
        AppendError::Unavailable(_) | AppendError::NoStream | AppendError::Conflict => Refusal::new(
            Reason::LogUnavailable,
            "the log did not acknowledge the event: send it again, which is harmless also if it was appended",
        ),
        AppendError::Refused(source) => {
            tracing::warn!(error = %source, "the broker refused an event");
            Refusal::new(
                Reason::LogUnavailable,
                "the broker refused the event (is its disk full? `samflyt doctor` tells): send it again later",
            )
        }
    }
}
