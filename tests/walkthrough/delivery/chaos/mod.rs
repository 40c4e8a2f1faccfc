//! Hub, broker and consumers killed and paused at random while events are published and agreements begin and end: at the end
//! everybody has what they are entitled to, and lineage tells of it as they wrote it down.

mod publisher;
mod receiver;
mod region;
mod verdict;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use samflyt::client::Client;
use samflyt_proto::delivery as pb;
use samflyt_proto::delivery::start::At;
use samflyt_proto::registry::EndAgreementRequest;
use samflyt_testkit::hub::{SELJORD, register};
use serde_json::json;

use super::endpoint::{Endpoint, accepts};
use super::{CONSUMER, TYPE, subscribe, subscription};
use crate::house::{agreement, day, system};
use publisher::Publishers;
use receiver::{Disturbance, Notes, Receiver, process, stream, webhook};
use region::Region;
use verdict::{Entitled, check, check_lineage};

/// A consumer whose agreement begins and ends meanwhile.
const OTHER: &str = "seljord-gat";
const PUBLISHERS: usize = 4;
const CASES: usize = 6;
const ONE_CASE: &str = "case-1-0";
/// Events for each fault.
const EVENTS: usize = 60;
const WITHIN: Duration = Duration::from_secs(240);
/// The longest pause between tries is far shorter.
const SETTLED_WITHIN: Duration = Duration::from_secs(60);

#[derive(Debug, Clone, Copy)]
enum Fault {
    LoseHub,
    LoseBroker,
    LoseBoth,
    PauseHub,
    PauseBroker,
    Cut,
    Pause,
}

use Fault::*;

/// Each at least once, in the order that chance makes.
const FAULTS: [Fault; 12] =
    [LoseHub, LoseHub, LoseBroker, LoseBroker, LoseBoth, PauseHub, PauseBroker, Cut, Cut, Cut, Pause, Pause];

/// Which seeds: `SAMFLYT_TEST_SEEDS=5` takes five, `SAMFLYT_TEST_SEED=17` repeats one.
fn seeds() -> Vec<u64> {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
    match number("SAMFLYT_TEST_SEED") {
        Some(seed) => vec![seed],
        None => (0..number("SAMFLYT_TEST_SEEDS").unwrap_or(1)).collect(),
    }
}

async fn status(client: &Client, id: &str) -> Result<pb::SubscriptionStatus, tonic::Status> {
    let request = pb::GetSubscriptionRequest { tenant: SELJORD.tenant.to_owned(), id: id.to_owned() };
    Ok(client.delivery().get_subscription(request).await?.into_inner().status.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn after_kills_and_pauses_of_all_everybody_has_all_that_is_theirs_in_order_and_lineage_tells_it() {
    for seed in seeds() {
        eprintln!("SAMFLYT_TEST_SEED={seed}");
        let began = Instant::now();
        let told = tokio::time::timeout(WITHIN, Chaos::run(seed)).await;
        eprintln!("seed {seed}: {} in {:?}", told.expect("all arrives in time"), began.elapsed());
    }
}

/// Who may have how much of a subscription is said by the events and by how far its agreement was.
struct Chaos {
    region: Region,
    publishers: Publishers,
    chance: StdRng,
    notes: BTreeMap<String, Notes>,
    receivers: Vec<Receiver>,
    /// The last event that was looked at before the other consumer's agreement began.
    before: u64,
    /// The last event that was settled while it held.
    during: u64,
}

impl Chaos {
    async fn run(seed: u64) -> String {
        let began = Instant::now();
        let mut chaos = Self::start(seed).await;
        let mut faults = FAULTS;
        faults.shuffle(&mut chaos.chance);
        for (n, fault) in faults.into_iter().enumerate() {
            match n {
                3 => chaos.begin_agreement().await,
                6 => chaos.begin_late().await,
                9 => chaos.end_agreement().await,
                _ => {}
            }
            chaos.publishers.grant(EVENTS);
            chaos.publishers.left(EVENTS / 2).await;
            eprintln!(
                "{n} {fault:?} after {} events, {:?}",
                chaos.publishers.accepted().len(),
                began.elapsed()
            );
            chaos.fault(fault).await;
        }
        chaos.publishers.grant(EVENTS);
        chaos.publishers.left(0).await;
        eprintln!("all {} events are accepted, {:?}", chaos.publishers.accepted().len(), began.elapsed());
        chaos.judge().await
    }

    async fn start(seed: u64) -> Self {
        let region = Region::start().await;
        let client = region.operator().await;
        register(&client, SELJORD).await;
        system(&client, CONSUMER, SELJORD.tenant, "Visma Flyt").await;
        system(&client, OTHER, SELJORD.tenant, "Gat").await;
        agreement(&client, "cases", SELJORD.system, CONSUMER, TYPE, json!({})).await;
        let publishers = Publishers::start(&region.at(), PUBLISHERS, CASES);
        let mut chaos = Self {
            region,
            publishers,
            chance: StdRng::seed_from_u64(seed),
            notes: BTreeMap::new(),
            receivers: Vec::new(),
            before: 0,
            during: 0,
        };
        let at = chaos.region.at();
        for id in ["shared", "process", "one-case", "agreed"] {
            chaos.subscribe(id, None).await;
        }
        let endpoint = Endpoint::start(Some(accepts)).await;
        chaos.subscribe("posted", Some(&endpoint.url)).await;
        chaos.receivers.push(webhook(endpoint, &chaos.notes["posted"]));
        for (id, client) in [("shared", 1), ("shared", 2), ("one-case", 3), ("agreed", 4)] {
            chaos.receivers.push(stream(&at, id, &chaos.notes[id], seed * 100 + client));
        }
        chaos.receivers.push(process(&at, "process", &chaos.notes["process"]));
        chaos
    }

    async fn subscribe(&mut self, id: &str, url: Option<&str>) {
        let second = |seconds| Some(prost_types::Duration { seconds, nanos: 0 });
        let ordinary = subscription(id);
        let limits = pb::Limits { in_flight: 32, settle_within: second(2), ..ordinary.limits.unwrap() };
        let filter = pb::Filter {
            types: vec![TYPE.to_owned()],
            providers: vec![SELJORD.system.to_owned()],
            entities: if id == "one-case" { vec![ONE_CASE.to_owned()] } else { Vec::new() },
            ..Default::default()
        };
        let consumer = if id == "agreed" { OTHER } else { CONSUMER };
        let of_it = pb::Subscription {
            consumer: consumer.to_owned(),
            filter: Some(filter),
            limits: Some(limits),
            webhook: url.map(|url| pb::Webhook { url: url.to_owned() }),
            ..ordinary
        };
        subscribe(&self.region.operator().await, of_it, At::Beginning(true)).await;
        self.notes.insert(id.to_owned(), Notes::default());
    }

    async fn fault(&mut self, fault: Fault) {
        let away = Duration::from_millis(self.chance.random_range(0..2_500));
        match fault {
            LoseHub => self.region.lose_hub(away).await,
            LoseBroker => self.region.lose_broker(away).await,
            LoseBoth => self.region.lose_both(away).await,
            PauseHub => self.region.pause_hub(away).await,
            PauseBroker => self.region.pause_broker(away).await,
            Cut => self.disturb(Disturbance::Cut),
            // Long enough for what it has to be another's.
            Pause => self.disturb(Disturbance::Pause(away + Duration::from_secs(1))),
        }
    }

    /// All but one of the receivers, whoever that is.
    fn disturb(&mut self, disturbance: Disturbance) {
        let spared = self.chance.random_range(0..self.receivers.len());
        for (n, receiver) in self.receivers.iter().enumerate() {
            if n != spared {
                // One that is disturbed already has enough of it.
                let _ = receiver.disturb.try_send(disturbance);
            }
        }
    }

    /// Until all that was granted is accepted, and settled by a subscription.
    async fn all_settled(&mut self, id: &str) -> (Client, u64) {
        self.publishers.left(0).await;
        let (client, last) = (self.region.operator().await, self.publishers.last());
        let since = Instant::now();
        loop {
            // Deliveries are taken up anew where the log was gone.
            let now = status(&client, id).await;
            if now.as_ref().is_ok_and(|now| now.position >= last && now.held == 0) {
                return (client, last);
            }
            assert!(since.elapsed() < SETTLED_WITHIN, "{id} does not get to {last}: {now:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn until_uncovered(client: &Client, is_so: bool) {
        while status(client, "agreed").await.unwrap().uncovered.is_empty() == is_so {
            tokio::task::yield_now().await;
        }
    }

    async fn begin_agreement(&mut self) {
        let (client, last) = self.all_settled("agreed").await;
        Self::until_uncovered(&client, true).await;
        self.before = last;
        agreement(&client, "gat", SELJORD.system, OTHER, TYPE, json!({})).await;
        Self::until_uncovered(&client, false).await;
        self.publishers.phase.store(1, Ordering::SeqCst);
    }

    /// Another subscription, in the middle, to all from the beginning.
    async fn begin_late(&mut self) {
        self.all_settled("shared").await;
        self.subscribe("late", None).await;
        self.receivers.push(process(&self.region.at(), "late", &self.notes["late"]));
    }

    async fn end_agreement(&mut self) {
        let (client, last) = self.all_settled("agreed").await;
        self.during = last;
        // What is on its way when it ends may still come.
        self.publishers.grant(EVENTS);
        self.publishers.left(EVENTS / 2).await;
        let request = EndAgreementRequest {
            tenant: SELJORD.tenant.to_owned(),
            id: "gat".to_owned(),
            on: day(-1).to_string(),
            ..Default::default()
        };
        client.catalogue().end_agreement(request).await.unwrap();
        Self::until_uncovered(&client, true).await;
        self.publishers.phase.store(2, Ordering::SeqCst);
    }

    async fn judge(mut self) -> String {
        let ids: Vec<String> = self.notes.keys().cloned().collect();
        for id in &ids {
            self.all_settled(id).await;
        }
        let client = self.region.operator().await;
        // What was said by a receiver before it goes has arrived: all is settled.
        self.receivers.clear();
        let events = self.publishers.accepted();
        let sequences: BTreeSet<u64> = events.iter().map(|event| event.sequence).collect();
        assert!(sequences.iter().copied().eq(1..=events.len() as u64), "every event is in the log once");
        let got: BTreeMap<_, _> =
            self.notes.iter().map(|(id, notes)| (id.clone(), notes.lock().unwrap().clone())).collect();
        let mut again = 0;
        for id in &ids {
            again += check(id, &got[id], &self.entitled(id));
        }
        assert!(again > 0, "nothing was interrupted: nothing was shown");
        check_lineage(&client, &events, &got).await;
        let count = got.values().map(Vec::len).sum::<usize>();
        self.region.end().await;
        format!("{} events, {count} deliveries, {again} of them again", events.len())
    }

    fn entitled(&self, id: &str) -> Entitled {
        let events = self.publishers.accepted();
        let of = |is_so: &dyn Fn(&publisher::Accepted) -> bool| -> BTreeSet<u64> {
            events.iter().filter(|event| is_so(event)).map(|event| event.sequence).collect()
        };
        match id {
            "one-case" => {
                let all = of(&|event| event.case == ONE_CASE);
                Entitled { must: all.clone(), may: all }
            }
            "agreed" => Entitled {
                must: of(&|event| event.phase == 1 && event.sequence <= self.during),
                may: of(&|event| event.phase < 2 && event.sequence > self.before),
            },
            _ => Entitled { must: of(&|_| true), may: of(&|_| true) },
        }
    }
}
