//! What is changed about a webhook.

use samflyt_events::delivery::{Form, Secret, State, Subscription, Webhook};
use samflyt_events::{Reason, Refusal};
use time::OffsetDateTime;

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

/// # Errors
/// `REQUEST_INVALID` where it is no webhook.
pub(crate) fn change_webhook(of: &mut Subscription, change: WebhookChange) -> Result<(), Refusal> {
    let Form::Webhook(webhook) = &mut of.form else { return Err(no_webhook()) };
    match change {
        WebhookChange::Url(url) if url != webhook.url => {
            *webhook = Webhook { url, verified: false, secrets: std::mem::take(&mut webhook.secrets) };
            of.because = None;
        }
        WebhookChange::Rotate { sealed, until } => {
            let before = webhook.secrets.first().map(|one| Secret { until: Some(until), ..one.clone() });
            let new = Secret { sealed, until: None };
            webhook.secrets = std::iter::once(new).chain(before).collect();
        }
        WebhookChange::Verified { url, refused } if url == webhook.url && !webhook.verified => {
            webhook.verified = refused.is_none();
            of.because = refused;
        }
        WebhookChange::Gone { url, reason } if url == webhook.url => {
            of.state = State::Paused;
            of.because = Some(reason);
        }
        // Of an address that is not the endpoint's any more, or nothing new.
        _ => {}
    }
    Ok(())
}

pub(crate) fn no_webhook() -> Refusal {
    let rule = "is no webhook: its consumer fetches its events";
    Refusal::of_field(Reason::RequestInvalid, "/id", rule, "make another subscription with `webhook`")
}
