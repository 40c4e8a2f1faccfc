//! What delivery writes to its log, `DELIVERY_<tenant>`. Persisted as JSON: keep readable for ever.
//!
//! A subscription's states are on a subject of its own; what was delivered is told for all subscriptions of a tenant
//! together, a few times a second, whatever the number of events.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::SystemId;

mod cover;
mod filter;

pub use cover::Cover;
pub use filter::{About, Filter, entity};

/// A subscription as it is from a moment on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    pub id: String,
    pub consumer: SystemId,
    pub filter: Filter,
    /// The first sequence that it is about.
    pub from: u64,
    pub form: Form,
    pub limits: Limits,
    pub state: State,
    /// Set where it repeats the past for another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replay: Option<Replay>,
    /// Why the hub itself does not send.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub because: Option<String>,
    /// Organisation number of who made or changed it; the hub's own name where it did so itself.
    pub by: String,
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
}

/// Of which subscription, and up to which sequence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replay {
    pub of: String,
    pub until: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    Active,
    /// Nothing is sent; nothing is lost.
    Paused,
    /// For good. The id is not used again.
    Ended,
}

/// How events reach the consumer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// It fetches them.
    Pull,
    /// They are posted to it.
    Webhook(Webhook),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Webhook {
    pub url: String,
    /// The endpoint said that it wants the hub's events.
    pub verified: bool,
    /// The newest first; all that hold sign.
    pub secrets: Vec<Secret>,
}

/// A secret that signs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Secret {
    /// As delivery seals it: nobody else can open it.
    pub sealed: String,
    /// None: for as long as there is no newer one.
    #[serde(default, with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    pub until: Option<OffsetDateTime>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Events that are sent and not settled, at most.
    pub in_flight: u32,
    /// After so many seconds without a word an event counts as lost on its way, and is sent again.
    pub settle_within_s: u32,
    /// An event that fails is tried again for so long, counted from its first try, and is then a dead letter.
    pub try_for_s: u32,
    /// The pause after the first failure; it doubles up to the longest.
    pub pause_first_s: u32,
    pub pause_longest_s: u32,
}

/// From which sequence on which events are the subscription's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    pub from: u64,
    pub filter: Filter,
    pub cover: Cover,
}

/// One message about what was delivered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    pub of: Vec<Step>,
}

/// How far a subscription came. All of its events before `next` are settled, but those that are pending or held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    pub subscription: String,
    /// The first sequence that was not looked at.
    pub next: u64,
    /// Sequences before `next` that are sent or about to be, and not settled. Ascending.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pending: Vec<u64>,
    /// The last sequence that may be sent before this is told again.
    pub window: u64,
    /// Delivery was interrupted: what was pending, what is from `next` to the window before, and what of held entities is not
    /// delivered may have been sent, and may be sent again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub interrupted: bool,
    /// New ones, ascending.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<Rule>,
    /// Entities whose state changed: held back now, or not any more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub held: Vec<(String, Option<Held>)>,
    /// Were not sent although the rule has them: no agreement covered them any more when their turn came.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub withheld: Vec<u64>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub discarded: Vec<Discarded>,
}

/// An entity whose events are held back from a sequence on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    pub from: u64,
    /// The event that failed; none: what is behind it is on its way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<Failed>,
    /// An urgent event: up to it, the entity's events may be sent, also what is not looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ahead: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failed {
    pub sequence: u64,
    pub tries: u32,
    #[serde(with = "time::serde::rfc3339")]
    pub first_at: OffsetDateTime,
    pub reason: String,
    /// When it is tried again; none: it is a dead letter.
    #[serde(default, with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    pub again_at: Option<OffsetDateTime>,
}

/// A dead letter that is not delivered any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Discarded {
    pub sequence: u64,
    pub reason: String,
    /// Who said so.
    pub by: String,
}

impl Failed {
    /// It is not tried again by itself.
    pub fn is_dead_letter(&self) -> bool {
        self.again_at.is_none()
    }
}

impl Subscription {
    pub fn has_ended(&self) -> bool {
        self.state == State::Ended
    }

    /// Whether events may be sent.
    pub fn is_active(&self) -> bool {
        let is_verified = self.webhook().is_none_or(|webhook| webhook.verified);
        self.state == State::Active && is_verified
    }

    pub fn webhook(&self) -> Option<&Webhook> {
        match &self.form {
            Form::Pull => None,
            Form::Webhook(webhook) => Some(webhook),
        }
    }
}

impl Limits {
    /// What a webhook has unless something else is asked for.
    pub fn of_webhook() -> Self {
        Self { in_flight: 16, ..Self::default() }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            in_flight: 256,
            settle_within_s: 30,
            try_for_s: 3 * 24 * 3_600,
            pause_first_s: 1,
            pause_longest_s: 3_600,
        }
    }
}
