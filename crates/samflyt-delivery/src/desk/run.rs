//! The task of one tenant's deliveries.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use samflyt_events::delivery::{Cover, State, Subscription, entity};
use samflyt_events::subject::{
    delivery_progress, delivery_stream, delivery_subscription, events_about, events_stream,
};
use samflyt_events::{EntityId, EventType, Reason, Refusal, TenantId};
use samflyt_log::{AppendError, Entry, Follow};
use samflyt_projection::{Runner, StoreError};
use samflyt_runtime::{Deps, Lifecycle};
use time::{Date, OffsetDateTime};
use tokio::sync::{mpsc, watch};
use tokio_util::task::TaskTracker;

use super::command::Command;
use super::feed::{Reader, Recent};
use super::lane::{Client, Lane};
use super::telling::OnItsWay;
use super::{Handle, Tenant, channel};
use crate::cursor::{ClientId, Cursor, ToRead, is_urgent};
use crate::fold;
use crate::metrics::DeliveryMetrics;
use crate::webhook::{Courier, Webhooks};

/// How often the log is told, and what is due is looked for.
const TICK: Duration = Duration::from_millis(100);
/// Entities of one subscription that are read for at once, and events of one of them.
const READS: usize = 16;
const READ_EVENTS: usize = 64;

pub(super) struct Desk {
    pub tenant: Tenant,
    pub deps: Deps,
    pub lanes: BTreeMap<String, Lane>,
    pub telling: Option<OnItsWay>,
    pub tasks: TaskTracker,
    /// The last message about what was delivered.
    pub progress_sequence: u64,
    pub webhooks: Arc<Webhooks>,
    pub couriers: HashMap<String, Courier>,
    pub handle: Handle,
    pub clients: Vec<Client>,
    /// The next client's number. None is given again while the hub lives: what an earlier desk's client says late must not be
    /// taken for another's.
    pub next_client: Arc<AtomicU64>,
    /// The last sequence of the tenant's events that is known of.
    pub head: u64,
    pub metrics: DeliveryMetrics,
    pub measured_at: OffsetDateTime,
    runner: Runner,
    pub recent: Recent,
    /// Rung where a reader has something.
    bell: mpsc::Sender<()>,
    reads: mpsc::Sender<Read>,
    /// The day that the agreements were looked at for; none before the first tick.
    day: Option<Date>,
    /// Types that go before others, as contracts say now.
    pub urgent: Arc<[EventType]>,
}

/// Events of a held entity, read for a subscription.
struct Read {
    id: String,
    entity: Arc<str>,
    found: Option<(Vec<Arc<Entry>>, bool)>,
}

/// What a desk is opened with.
struct With {
    deps: Deps,
    runner: Runner,
    webhooks: Arc<Webhooks>,
    tasks: TaskTracker,
    /// By which the desk's own clients speak to it.
    handle: Handle,
    next_client: Arc<AtomicU64>,
}

/// Why a desk is taken up anew.
pub(super) enum Broken {
    /// Another process delivers, or the broker forgot.
    Overtaken,
    Unavailable(Refusal),
}

impl From<Refusal> for Broken {
    fn from(refusal: Refusal) -> Self {
        Self::Unavailable(refusal)
    }
}

/// Begins to deliver for a tenant; the handle stays the same for as long as the hub lives.
pub(crate) fn start(
    deps: &Deps,
    runner: &Runner,
    webhooks: &Arc<Webhooks>,
    tenant: TenantId,
    lifecycle: &Lifecycle,
) -> Handle {
    let (handle, mut commands) = channel();
    let with = With {
        deps: deps.clone(),
        runner: runner.clone(),
        webhooks: Arc::clone(webhooks),
        tasks: lifecycle.tasks().clone(),
        handle: handle.clone(),
        next_client: Arc::new(AtomicU64::new(1)),
    };
    let tenant = Arc::new(tenant);
    let stop = lifecycle.services.clone();
    lifecycle.spawn("deliveries of a tenant", async move {
        let delivering = async {
            loop {
                match deliver(&with, &tenant, &mut commands).await {
                    Broken::Overtaken => {
                        tracing::error!(%tenant, "somebody else delivers for this municipality, or the broker lost what was told; taking up what the log says");
                    }
                    Broken::Unavailable(refusal) => {
                        tracing::warn!(%tenant, %refusal, "deliveries wait: they cannot be taken up now");
                    }
                }
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        };
        stop.run_until_cancelled(delivering).await;
        Ok::<(), String>(())
    });
    handle
}

async fn deliver(with: &With, tenant: &Tenant, commands: &mut mpsc::Receiver<Command>) -> Broken {
    let deps = &with.deps;
    let (bell, mut rung) = mpsc::channel(1);
    let (reads, mut read) = mpsc::channel(64);
    let mut desk = match Desk::open(with, tenant, bell, reads).await {
        Ok(desk) => desk,
        Err(broken) => return broken,
    };
    let follow = Follow { stream: events_stream(tenant), after: desk.head, headers_only: false };
    let mut follower = deps.log.follow(follow);
    let mut changes: watch::Receiver<u64> = deps.feed.changes();
    let mut ticks = tokio::time::interval(TICK);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            Some(command) = commands.recv() => {
                if let Err(broken) = desk.command(command).await {
                    return broken;
                }
                // What came with it is taken together.
                while let Ok(command) = commands.try_recv() {
                    if let Err(broken) = desk.command(command).await {
                        return broken;
                    }
                }
            }
            told = Desk::told(&mut desk.telling) => match told {
                Ok(sequence) => {
                    desk.was_told(sequence);
                    desk.look_for_due(|lane| lane.cursor.has_ahead());
                }
                Err(AppendError::Conflict) => return Broken::Overtaken,
                Err(error) => return Broken::Unavailable(unavailable(&error)),
            },
            entry = follower.next() => {
                desk.take_new(Arc::new(entry));
            }
            Some(()) = rung.recv() => {}
            Some(read) = read.recv() => desk.take_read(read),
            Ok(()) = changes.changed() => desk.look_at_catalogue(),
            _ = ticks.tick() => {
                desk.tick();
                desk.begin_to_tell();
            }
        }
        desk.pump();
        if desk.lanes.values().any(|lane| lane.cursor.has_to_tell()) {
            desk.begin_to_tell();
        }
    }
}

impl Desk {
    async fn open(
        with: &With,
        tenant: &Tenant,
        bell: mpsc::Sender<()>,
        reads: mpsc::Sender<Read>,
    ) -> Result<Self, Broken> {
        let With { deps, runner, webhooks, tasks, handle, next_client } = with;
        let stream = delivery_stream(tenant);
        deps.log.ensure_delivery(tenant).await.map_err(|error| unavailable(&error))?;
        let last = deps.log.state(&stream).await.map_err(|error| unavailable(&error))?;
        runner.follow(&stream);
        runner.wait_for(&stream, last.map_or(0, |state| state.last)).await;
        let head = deps.log.state(&events_stream(tenant)).await.map_err(|error| unavailable(&error))?;
        let progress = deps.log.last_of(&stream, &delivery_progress(tenant)).await;
        let progress = progress.map_err(|error| unavailable(&error))?;
        let mut desk = Self {
            tenant: Arc::clone(tenant),
            deps: deps.clone(),
            lanes: BTreeMap::new(),
            telling: None,
            tasks: tasks.clone(),
            progress_sequence: progress.map_or(0, |entry| entry.sequence),
            webhooks: Arc::clone(webhooks),
            couriers: HashMap::new(),
            handle: handle.clone(),
            clients: Vec::new(),
            runner: runner.clone(),
            next_client: Arc::clone(next_client),
            head: head.map_or(0, |state| state.last),
            metrics: DeliveryMetrics::new(),
            measured_at: OffsetDateTime::UNIX_EPOCH,
            recent: Recent::default(),
            bell,
            reads,
            day: None,
            urgent: Arc::default(),
        };
        desk.take_up().map_err(unreadable)?;
        let ids: Vec<String> = desk.lanes.keys().cloned().collect();
        ids.iter().for_each(|id| desk.look_at_courier(id));
        Ok(desk)
    }

    fn take_up(&mut self) -> Result<(), StoreError> {
        let view = self.runner.view();
        for kept in fold::subscriptions(&view, &self.tenant)? {
            let subscription = kept.subscription;
            let cursor = match fold::known(&view, &self.tenant, &subscription.id)? {
                Some(known) => Cursor::resume(known, subscription.limits),
                None => Cursor::new(subscription.from, subscription.limits),
            };
            let cover = self.cover(&subscription);
            let lane = Lane::new(subscription, kept.sequence, cursor, cover);
            self.lanes.insert(lane.subscription.id.clone(), lane);
        }
        Ok(())
    }

    pub(super) fn cover(&self, subscription: &Subscription) -> Cover {
        let today = self.deps.clock.now().date();
        Cover::of(&self.deps.feed.get(), &self.tenant, &subscription.consumer, today)
    }

    /// What agreements cover, and what contracts call urgent.
    fn look_at_catalogue(&mut self) {
        let today = self.deps.clock.now().date();
        self.day = Some(today);
        let catalogue = self.deps.feed.get();
        self.urgent = catalogue.urgent_types().cloned().collect();
        self.lanes.values_mut().for_each(|lane| lane.cursor.urgent = Arc::clone(&self.urgent));
        for lane in self.lanes.values_mut().filter(|lane| !lane.subscription.has_ended()) {
            let cover = Cover::of(&catalogue, &self.tenant, &lane.subscription.consumer, today);
            if cover != lane.cover {
                lane.cover = cover;
                lane.set_rule();
            }
        }
    }

    /// Takes in and sends whatever can be.
    fn pump(&mut self) {
        let now = self.deps.clock.now();
        let (log, bell, tasks) = (&self.deps.log, &self.bell, &self.tasks);
        let stream = events_stream(&self.tenant);
        let mut gone = Vec::new();
        for lane in self.lanes.values_mut() {
            lane.take_in(&self.recent, self.head, |from| {
                Reader::start(log, &stream, from, bell.clone(), tasks)
            });
            gone.extend(lane.send(&mut self.clients, now));
        }
        gone.into_iter().for_each(|client| self.detach(client));
    }

    fn tick(&mut self) {
        let now = self.deps.clock.now();
        if self.day != Some(now.date()) {
            self.look_at_catalogue();
        }
        self.lanes.values_mut().for_each(|lane| lane.cursor.expire(now));
        self.look_for_due(|_| true);
        let gone: Vec<ClientId> =
            self.clients.iter().filter(|client| client.is_gone()).map(|client| client.id).collect();
        gone.into_iter().for_each(|client| self.detach(client));
        self.forget_expired();
        self.end_replays();
        self.measure(now);
    }

    fn look_for_due(&mut self, is_meant: impl Fn(&Lane) -> bool) {
        let now = self.deps.clock.now();
        let mut to_read = Vec::new();
        for (id, lane) in self.lanes.iter_mut().filter(|(_, lane)| lane.is_active() && is_meant(lane)) {
            to_read.extend(lane.cursor.due(now, READS).into_iter().map(|read| (id.clone(), read)));
        }
        to_read.into_iter().for_each(|(id, read)| self.read(id, read));
    }

    /// An event has been appended.
    fn take_new(&mut self, entry: Arc<Entry>) {
        self.head = entry.sequence;
        if is_urgent(&self.urgent, &entry) {
            self.lanes.values_mut().for_each(|lane| lane.note_urgent(&entry));
        }
        self.recent.push(entry);
    }

    /// What was not settled in its time is not the client's any more.
    fn forget_expired(&mut self) {
        let lanes = &self.lanes;
        for client in &mut self.clients {
            let subscription = client.subscription.clone();
            client.has.retain(|named, entity| {
                let lane = if named.replay.is_empty() { &subscription } else { &named.replay };
                lanes.get(lane).is_some_and(|lane| lane.cursor.is_open(entity, named.sequence))
            });
        }
    }

    fn read(&self, id: String, read: ToRead) {
        let (log, reads) = (self.deps.log.clone(), self.reads.clone());
        let (stream, tenant) = (events_stream(&self.tenant), Arc::clone(&self.tenant));
        self.tasks.spawn(async move {
            let ToRead { entity: token, from } = read;
            let found = match EntityId::new(&entity(&token)) {
                Ok(entity) => {
                    let subject = events_about(&tenant, &entity);
                    log.read_subject(&stream, &subject, from, READ_EVENTS).await.ok()
                }
                Err(_) => None,
            };
            let found =
                found.map(|page| (page.entries.into_iter().map(Arc::new).collect::<Vec<_>>(), !page.more));
            // Where nobody listens any more, deliveries are taken up anew.
            let _ = reads.send(Read { id, entity: token, found }).await;
        });
    }

    fn take_read(&mut self, read: Read) {
        let Some(lane) = self.lanes.get_mut(&read.id) else { return };
        match read.found {
            Some((entries, whole)) => lane.cursor.supply(&read.entity, entries, whole),
            None => lane.cursor.not_supplied(&read.entity),
        }
    }

    fn end_replays(&mut self) {
        let now = self.deps.clock.now();
        let over = |lane: &&mut Lane| {
            lane.is_active()
                && lane.until().is_some_and(|until| lane.cursor.position() >= until)
                && lane.cursor.held().next().is_none()
        };
        let Some(lane) = self.lanes.values_mut().find(over) else { return };
        lane.subscription.state = State::Ended;
        lane.subscription.at = now;
        let (log, sequence) = (self.deps.log.clone(), lane.sequence);
        let subject = delivery_subscription(&self.tenant, &lane.subscription.id);
        let bytes = serde_json::to_vec(&lane.subscription).unwrap_or_default();
        // Where this is lost, it ends after the next start.
        self.tasks.spawn(async move {
            let id = format!("{subject} after {sequence}");
            let _ = log.append_bytes(&subject, &id, &[], bytes.into(), sequence).await;
        });
    }

    pub(super) fn detach(&mut self, client: ClientId) {
        self.clients.retain(|one| one.id != client);
        let now = self.deps.clock.now();
        self.lanes.values_mut().for_each(|lane| lane.cursor.lost(client, now));
    }
}

pub(super) fn unavailable(error: &dyn std::error::Error) -> Refusal {
    Refusal::new(Reason::LogUnavailable, format!("the log cannot be reached at the moment: {error}"))
}

#[allow(clippy::needless_pass_by_value, reason = "it is what `map_err` hands over")]
fn unreadable(error: StoreError) -> Broken {
    Broken::Unavailable(Refusal::new(
        Reason::StoreUnavailable,
        format!("subscriptions cannot be read: {error}"),
    ))
}
