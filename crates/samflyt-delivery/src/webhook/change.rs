//! What is changed about a webhook.

use samflyt_events::{Reason, Refusal};
use time::OffsetDateTime;

use crate::record::{Form, Secret, State, Subscription, Webhook};

#[derive(Debug, Clone)]
pub(crate) enum WebhookChange {
    /// Another address, which has to prove itself.
    Url(String),
    /// A new secret; the one before signs until then.
    Rotate { sealed: String, until: OffsetDateTime },
    /// What the endpoint at that address said: it wants events, or why that is not known.
    Verified { url: String, refused: Option<String> },
    /// The endpoint at that address said that it is gone.
    Gone { url: String, reason: String },
}

impl Subscription {
    /// # Errors
    /// `REQUEST_INVALID` where it is no webhook.
    pub fn change_webhook(&mut self, change: WebhookChange) -> Result<(), Refusal> {
        let Form::Webhook(webhook) = &mut self.form else { return Err(no_webhook()) };
        match change {
            WebhookChange::Url(url) if url != webhook.url => {
                *webhook = Webhook { url, verified: false, secrets: std::mem::take(&mut webhook.secrets) };
                self.because = None;
            }
            WebhookChange::Rotate { sealed, until } => {
                let before = webhook.secrets.first().map(|one| Secret { until: Some(until), ..one.clone() });
                let new = Secret { sealed, until: None };
                webhook.secrets = std::iter::once(new).chain(before).collect();
            }
            WebhookChange::Verified { url, refused } if url == webhook.url && !webhook.verified => {
                webhook.verified = refused.is_none();
                self.because = refused;
            }
            WebhookChange::Gone { url, reason } if url == webhook.url => {
                self.state = State::Paused;
                self.because = Some(reason);
            }
            // Of an address that is not the endpoint's any more, or nothing new.
            _ => {}
        }
        Ok(())
    }
}

pub(crate) fn no_webhook() -> Refusal {
    let rule = "is no webhook: its consumer fetches its events";
    Refusal::of_field(Reason::RequestInvalid, "/id", rule, "make another subscription with `webhook`")
}
