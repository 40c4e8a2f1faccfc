//! What the task of one tenant's deliveries does with a command.

use std::sync::atomic::Ordering;

use samflyt_events::delivery::{Failed, Held, Subscription};
use samflyt_events::subject::delivery_subscription;
use samflyt_events::{Reason, Refusal};
use samflyt_log::AppendError;
use time::OffsetDateTime;
use tokio::sync::mpsc;

use super::command::{Attached, Change, Command, Named, Outgoing, Snapshot};
use super::lane::{Client, Lane};
use super::run::{Broken, Desk, unavailable};
use crate::cursor::{ClientId, Cursor, Verdict};
use crate::webhook::change_webhook;

impl Desk {
    pub(super) async fn command(&mut self, command: Command) -> Result<(), Broken> {
        match command {
            Command::Create(subscription, reply) => {
                let _ = reply.send(self.create(*subscription).await?);
            }
            Command::Change(change, reply) => {
                let _ = reply.send(self.change(change).await?);
            }
            Command::Snapshots(reply) => {
                let now = self.deps.clock.now();
                let _ = reply.send(Ok(self.lanes.values().map(|lane| self.snapshot(lane, now)).collect()));
            }
            Command::Snapshot(id, reply) => {
                let now = self.deps.clock.now();
                let _ = reply.send(self.lane(&id).map(|lane| self.snapshot(lane, now)));
            }
            Command::Attach { id, in_flight, reply } => {
                let _ = reply.send(self.attach(&id, in_flight));
            }
            Command::Detach(client) => self.detach(client),
            Command::Settle { id, client, named, verdict, reply } => {
                let _ = reply.send(Ok(self.settle(&id, client, named, verdict)));
            }
            Command::DeadLetters(id, reply) => {
                let dead = |held: Held| held.failed.filter(Failed::is_dead_letter);
                let letters = self.lane(&id).map(|lane| {
                    let mut letters: Vec<Failed> =
                        lane.cursor.held().filter_map(|(_, held)| dead(held)).collect();
                    letters.sort_by_key(|failed| failed.sequence);
                    letters
                });
                let _ = reply.send(letters);
            }
            Command::Redrive(id, which, reply) => {
                let now = self.deps.clock.now();
                let redriven = self
                    .lane_mut(&id)
                    .map(|lane| lane.cursor.redrive(now, |entity, failed| which.means(entity, failed)));
                let _ = reply.send(redriven);
            }
            Command::Discard { id, which, reason, by, reply } => {
                let discarded = self.lane_mut(&id).map(|lane| {
                    lane.cursor.discard(&reason, &by, |entity, failed| which.means(entity, failed))
                });
                let _ = reply.send(discarded);
            }
        }
        Ok(())
    }

    fn lane(&self, id: &str) -> Result<&Lane, Refusal> {
        self.lanes.get(id).ok_or_else(not_found)
    }

    fn lane_mut(&mut self, id: &str) -> Result<&mut Lane, Refusal> {
        self.lanes.get_mut(id).ok_or_else(not_found)
    }

    async fn create(&mut self, mut subscription: Subscription) -> Result<Result<Snapshot, Refusal>, Broken> {
        let now = self.deps.clock.now();
        if let Some(lane) = self.lanes.get(&subscription.id) {
            let there = &lane.subscription;
            let same = there.consumer == subscription.consumer
                && there.filter == subscription.filter
                && there.limits == subscription.limits
                && there.webhook().map(|one| &one.url) == subscription.webhook().map(|one| &one.url)
                && !there.has_ended();
            if same {
                return Ok(Ok(self.snapshot(lane, now)));
            }
            let rule = "is another subscription already, or was one that has ended";
            let advice = "choose another id, or change the one that is there";
            return Ok(Err(Refusal::of_field(Reason::AlreadyExists, "/subscription/id", rule, advice)));
        }
        // "From now on" is decided here, where it is known what was looked at.
        if subscription.from == 0 {
            subscription.from = self.head + 1;
        }
        let sequence = self.append(&subscription, 0).await?;
        let cover = self.cover(&subscription);
        let mut cursor = Cursor::new(subscription.from, subscription.limits);
        cursor.urgent = std::sync::Arc::clone(&self.urgent);
        let id = subscription.id.clone();
        self.lanes.insert(id.clone(), Lane::new(subscription, sequence, cursor, cover));
        self.look_at_courier(&id);
        Ok(self.lane(&id).map(|lane| self.snapshot(lane, now)))
    }

    async fn change(&mut self, change: Change) -> Result<Result<Snapshot, Refusal>, Broken> {
        let now = self.deps.clock.now();
        let lane = match self.lane(&change.id) {
            Ok(lane) => lane,
            Err(refusal) => return Ok(Err(refusal)),
        };
        if lane.subscription.has_ended() {
            let message = "the subscription has ended: make another one";
            return Ok(Err(Refusal::new(Reason::Conflict, message)));
        }
        let mut subscription = lane.subscription.clone();
        subscription.filter = change.filter.unwrap_or(subscription.filter);
        subscription.limits = change.limits.unwrap_or(subscription.limits);
        if let Some(state) = change.state.filter(|state| *state != subscription.state) {
            (subscription.state, subscription.because) = (state, None);
        }
        if let Some(Err(refusal)) = change.webhook.map(|webhook| change_webhook(&mut subscription, webhook)) {
            return Ok(Err(refusal));
        }
        if subscription != lane.subscription {
            (subscription.by, subscription.at) = (change.by, now);
            let sequence = self.append(&subscription, lane.sequence).await?;
            let lane = match self.lane_mut(&change.id) {
                Ok(lane) => lane,
                Err(refusal) => return Ok(Err(refusal)),
            };
            (lane.subscription, lane.sequence) = (subscription, sequence);
            lane.set_rule();
            self.look_at_courier(&change.id);
        }
        Ok(self.lane(&change.id).map(|lane| self.snapshot(lane, now)))
    }

    /// # Errors
    /// Where it may be in the log or not: what the log says counts then.
    async fn append(&self, subscription: &Subscription, expected: u64) -> Result<u64, Broken> {
        let subject = delivery_subscription(&self.tenant, &subscription.id);
        let bytes = serde_json::to_vec(subscription).unwrap_or_default();
        let id = format!("{subject} after {expected} at {}", subscription.at.unix_timestamp_nanos());
        match self.deps.log.append_bytes(&subject, &id, &[], bytes.into(), expected).await {
            Ok(appended) => Ok(appended.sequence),
            Err(AppendError::Conflict) => Err(Broken::Overtaken),
            Err(error) => Err(Broken::Unavailable(unavailable(&error))),
        }
    }

    fn attach(&mut self, id: &str, in_flight: u32) -> Result<Attached, Refusal> {
        let lane = self.lane(id)?;
        if lane.subscription.has_ended() || lane.subscription.replay.is_some() {
            let message = "the subscription has ended, or is a replay, which comes with its subscription";
            return Err(Refusal::new(Reason::Conflict, message));
        }
        if lane.subscription.webhook().is_some() {
            let rule = "is a webhook: its events are posted";
            let advice = "make another subscription, without `webhook`";
            return Err(Refusal::of_field(Reason::RequestInvalid, "/start/id", rule, advice));
        }
        let most = if in_flight == 0 { lane.subscription.limits.in_flight } else { in_flight };
        let most = most.min(lane.subscription.limits.in_flight) as usize;
        let snapshot = self.snapshot(lane, self.deps.clock.now());
        let (client, events) = self.attach_to(id, most);
        Ok(Attached { client, snapshot, events })
    }

    pub(super) fn attach_to(&mut self, id: &str, most: usize) -> (ClientId, mpsc::Receiver<Outgoing>) {
        let number = self.next_client.fetch_add(1, Ordering::Relaxed);
        let (client, events) = Client::new(number, id.to_owned(), most);
        self.clients.push(client);
        (number, events)
    }

    fn settle(&mut self, id: &str, client: ClientId, named: Named, verdict: Verdict) -> bool {
        let now = self.deps.clock.now();
        let has = self.clients.iter_mut().find(|one| one.id == client);
        let Some(entity) = has.and_then(|client| client.has.remove(&named)) else { return false };
        let lane = if named.replay.is_empty() { id } else { &named.replay };
        let Some(lane) = self.lanes.get_mut(lane) else { return false };
        if let Verdict::Failed { reason, .. } | Verdict::Rejected(reason) = &verdict {
            lane.last_failure = Some((reason.clone(), now));
        }
        let settled = lane.cursor.settle(named.sequence, &entity, verdict, now);
        if settled {
            lane.count_settled(now);
        }
        settled
    }

    pub(super) fn snapshot(&self, lane: &Lane, now: OffsetDateTime) -> Snapshot {
        let held: Vec<Held> = lane.cursor.held().map(|(_, held)| held).collect();
        let failed: Vec<&Failed> = held.iter().filter_map(|held| held.failed.as_ref()).collect();
        let dead = failed.iter().filter(|failed| failed.is_dead_letter()).count();
        let of_it = |client: &&Client| client.subscription == lane.subscription.id;
        Snapshot {
            subscription: lane.subscription.clone(),
            position: lane.cursor.position(),
            head: self.head,
            in_flight: lane.cursor.in_flight(),
            held: held.len(),
            dead,
            retrying: failed.len() - dead,
            clients: self.clients.iter().filter(of_it).count(),
            rate: lane.rate(now),
            oldest_at: lane.oldest_at(&self.recent),
            rests_until: lane.cursor.rests_until(now),
            last_failure: lane.last_failure.clone(),
            cover: lane.cover.clone(),
        }
    }
}

fn not_found() -> Refusal {
    Refusal::new(Reason::NotFound, "there is no such subscription of this municipality")
}
