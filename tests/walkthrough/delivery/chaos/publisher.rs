//! Who publishes: each event until it is accepted, whatever becomes of the hub.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use samflyt_testkit::events::event;
use samflyt_testkit::hub::SELJORD;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tonic::Code;

use super::region::{Where, up};
use crate::answers::publish;

/// An event that was accepted.
#[derive(Debug, Clone)]
pub struct Accepted {
    pub id: String,
    pub case: String,
    pub sequence: u64,
    /// How far the agreement was when it was first sent, see [`Publishers::phase`].
    pub phase: usize,
}

/// Publishes as many events as it is allowed, several at a time, each case by one.
pub struct Publishers {
    allowed: Arc<Semaphore>,
    granted: usize,
    /// Counted by whoever changes what is agreed, when the hub has told that it holds.
    pub phase: Arc<AtomicUsize>,
    accepted: Arc<Mutex<Vec<Accepted>>>,
    count: watch::Receiver<usize>,
    _tasks: JoinSet<()>,
}

impl Publishers {
    pub fn start(hub: &Where, publishers: usize, cases: usize) -> Self {
        let (told, count) = watch::channel(0);
        let (told, allowed) = (Arc::new(told), Arc::new(Semaphore::new(0)));
        let (phase, accepted) = (Arc::new(AtomicUsize::new(0)), Arc::new(Mutex::new(Vec::new())));
        let mut tasks = JoinSet::new();
        for publisher in 0..publishers {
            let (mut hub, told, allowed) = (hub.clone(), Arc::clone(&told), Arc::clone(&allowed));
            let (phase, accepted) = (Arc::clone(&phase), Arc::clone(&accepted));
            tasks.spawn(async move {
                for n in 0.. {
                    allowed.acquire().await.unwrap().forget();
                    let id = format!("e-{publisher}-{n}");
                    let case = format!("case-{publisher}-{}", n * 7 % cases);
                    let phase = phase.load(Ordering::SeqCst);
                    let sequence = until_accepted(&mut hub, &id, &case).await;
                    accepted.lock().unwrap().push(Accepted { id, case, sequence, phase });
                    told.send_modify(|count| *count += 1);
                }
            });
        }
        Self { allowed, granted: 0, phase, accepted, count, _tasks: tasks }
    }

    pub fn grant(&mut self, events: usize) {
        self.allowed.add_permits(events);
        self.granted += events;
    }

    /// Until so many of what was granted are not accepted yet, at most.
    pub async fn left(&mut self, events: usize) {
        let until = self.granted - events;
        self.count.wait_for(|count| *count >= until).await.expect("the publishers go on");
    }

    pub fn accepted(&self) -> Vec<Accepted> {
        self.accepted.lock().unwrap().clone()
    }

    pub fn last(&self) -> u64 {
        self.accepted.lock().unwrap().iter().map(|one| one.sequence).max().unwrap_or(0)
    }
}

async fn until_accepted(hub: &mut Where, id: &str, case: &str) -> u64 {
    loop {
        let client = up(hub).await.client;
        match publish(&client, event(SELJORD, id, case)).await {
            Ok(receipt) => return receipt.sequence,
            Err(status) => {
                let is_final = [Code::InvalidArgument, Code::PermissionDenied, Code::AlreadyExists];
                assert!(!is_final.contains(&status.code()), "{id}: {status}");
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
    }
}
