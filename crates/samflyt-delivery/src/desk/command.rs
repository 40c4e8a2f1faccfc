//! What is said to a tenant's deliveries.

use std::collections::BTreeSet;

use samflyt_events::Refusal;
use time::{Duration, OffsetDateTime};
use tokio::sync::{mpsc, oneshot};

use crate::cursor::{ClientId, Sending, Verdict};
use crate::webhook::WebhookChange;
use samflyt_events::delivery::{Cover, Failed, Filter, Limits, State, Subscription};

type Reply<T> = oneshot::Sender<Result<T, Refusal>>;

pub(crate) enum Command {
    Create(Box<Subscription>, Reply<Snapshot>),
    Change(Change, Reply<Snapshot>),
    Snapshots(Reply<Vec<Snapshot>>),
    Snapshot(String, Reply<Snapshot>),
    Attach {
        id: String,
        in_flight: u32,
        reply: Reply<Attached>,
    },
    Detach(ClientId),
    /// The answer: whether that client has it.
    Settle {
        id: String,
        client: ClientId,
        named: Named,
        verdict: Verdict,
        reply: Reply<bool>,
    },
    DeadLetters(String, Reply<Vec<Failed>>),
    Redrive(String, Which, Reply<usize>),
    Discard {
        id: String,
        which: Which,
        reason: String,
        by: String,
        reply: Reply<usize>,
    },
}

/// What is to be different.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    pub id: String,
    pub filter: Option<Filter>,
    pub limits: Option<Limits>,
    pub state: Option<State>,
    pub webhook: Option<WebhookChange>,
    pub by: String,
}

impl Change {
    /// Of the webhook alone.
    pub fn of_webhook(id: &str, webhook: WebhookChange, by: &str) -> Self {
        let (id, by) = (id.to_owned(), by.to_owned());
        Self { id, filter: None, limits: None, state: None, webhook: Some(webhook), by }
    }
}

/// A client that may take events.
pub(crate) struct Attached {
    pub client: ClientId,
    pub snapshot: Snapshot,
    pub events: mpsc::Receiver<Outgoing>,
}

/// An event for a client.
#[derive(Debug)]
pub(crate) struct Outgoing {
    pub sending: Sending,
    /// The subscription whose it is: the replay, where it is one.
    pub lane: String,
}

/// An event that was sent: the subscription or replay, and its sequence.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Named {
    /// Empty: no replay.
    pub replay: String,
    pub sequence: u64,
}

/// Which dead letters are meant. Empty sets mean all.
#[derive(Debug, Clone, Default)]
pub(crate) struct Which {
    pub sequences: BTreeSet<u64>,
    /// As tokens.
    pub entities: BTreeSet<String>,
}

impl Which {
    pub fn means(&self, entity: &str, failed: &Failed) -> bool {
        (self.sequences.is_empty() || self.sequences.contains(&failed.sequence))
            && (self.entities.is_empty() || self.entities.contains(entity))
    }
}

/// A subscription and how it is doing.
#[derive(Debug, Clone)]
pub(crate) struct Snapshot {
    pub subscription: Subscription,
    pub position: u64,
    pub head: u64,
    pub in_flight: usize,
    pub held: usize,
    pub dead: usize,
    /// Entities whose event failed and is tried again.
    pub retrying: usize,
    pub clients: usize,
    /// Settled in the last ten seconds, per second.
    pub rate: f64,
    pub oldest_at: Option<OffsetDateTime>,
    pub rests_until: Option<OffsetDateTime>,
    /// Why an event failed the last time, and when.
    pub last_failure: Option<(String, OffsetDateTime)>,
    pub cover: Cover,
}

/// The longest pause that a consumer may ask for.
pub(crate) const LATER_MAX: Duration = Duration::hours(1);
