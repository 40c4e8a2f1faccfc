//! The end of an append: on disk, a resend, or not acknowledged.

use samflyt_events::subject::events_stream;
use samflyt_events::{Reason, Refusal};
use samflyt_log::AppendError;

use super::{Intake, Pending, Receipt, id_reused};

impl Intake {
    /// Waits until the event is on disk.
    ///
    /// # Errors
    /// `LOG_UNAVAILABLE`: nothing is known of the event, sending it again is harmless. `ID_REUSED`.
    pub(crate) async fn settle(&self, pending: Pending) -> Result<Receipt, Refusal> {
        let appended = pending.appending.appended().await.map_err(|error| refusal(&error))?;
        self.metrics.acknowledged_after.record(pending.since.elapsed().as_secs_f64(), &[]);
        let mut contract = pending.contract;
        if appended.duplicate {
            // The broker knows the id and not the content: another event under the same id must not pass for a resend.
            let stream = events_stream(&pending.tenant);
            let first = self.deps.log.read(&stream, appended.sequence).await;
            let first = first.map_err(|error| Refusal::new(Reason::LogUnavailable, error.to_string()))?;
            let first = first.and_then(|entry| entry.event().ok()).map(|first| first.event);
            let digest = first.as_ref().and_then(|first| first.digest);
            contract = first.and_then(|first| first.contract);
            if digest != Some(pending.digest) {
                tracing::debug!(tenant = %pending.tenant, system = %pending.reference.system, "an event id was reused");
                return Err(id_reused());
            }
        }
        Ok(Receipt {
            tenant: pending.tenant,
            sequence: appended.sequence,
            duplicate: appended.duplicate,
            contract,
        })
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
