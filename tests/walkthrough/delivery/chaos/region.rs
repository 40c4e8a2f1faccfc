//! A hub and its broker as processes of their own, to be killed and paused each by itself.

use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use samflyt::client::Client;
use samflyt_testkit::broker::TestBroker;
use tempfile::TempDir;
use tokio::sync::watch;

use crate::process::HubProcess;

/// Where the hub is at the moment.
#[derive(Clone)]
pub struct Up {
    pub client: Client,
    pub endpoint: String,
    pub token: String,
}

/// None: it is down.
pub type Where = watch::Receiver<Option<Up>>;

/// The hub, as soon as it is up.
pub async fn up(hub: &mut Where) -> Up {
    hub.wait_for(Option::is_some).await.unwrap().clone().unwrap()
}

pub struct Region {
    broker: TestBroker,
    dir: TempDir,
    hub: Option<HubProcess>,
    at: watch::Sender<Option<Up>>,
}

impl Region {
    pub async fn start() -> Self {
        let (broker, dir) = (TestBroker::start().await.unwrap(), tempfile::tempdir().unwrap());
        let mut region = Self { broker, dir, hub: None, at: watch::Sender::new(None) };
        region.start_hub().await;
        region
    }

    pub fn at(&self) -> Where {
        self.at.subscribe()
    }

    pub async fn operator(&self) -> Client {
        up(&mut self.at()).await.client
    }

    async fn start_hub(&mut self) {
        let environment = [
            ("SAMFLYT_NATS__URL", self.broker.url.as_str()),
            ("SAMFLYT_NATS__USER", &self.broker.hub_user),
            ("SAMFLYT_NATS__PASSWORD", &self.broker.hub_password),
            ("SAMFLYT_DELIVERY__WEBHOOK__ALLOW_PRIVATE", "true"),
            ("SAMFLYT_DELIVERY__WEBHOOK__ALLOW_HTTP", "true"),
        ];
        let hub = HubProcess::start(self.dir.path(), &environment).await;
        let (endpoint, token) = (hub.ready("grpc").to_owned(), hub.ready("operator_token").to_owned());
        self.at.send_replace(Some(Up { client: hub.operator().await, endpoint, token }));
        self.hub = Some(hub);
    }

    async fn kill_hub(&mut self) {
        self.at.send_replace(None);
        self.hub.take().unwrap().kill().await;
    }

    /// Kills the hub; it is started again after a while.
    pub async fn lose_hub(&mut self, away: Duration) {
        self.kill_hub().await;
        tokio::time::sleep(away).await;
        self.start_hub().await;
    }

    pub async fn lose_broker(&self, away: Duration) {
        self.broker.broker().kill().await;
        tokio::time::sleep(away).await;
        self.broker.broker().start_again().await.unwrap();
    }

    pub async fn lose_both(&mut self, away: Duration) {
        self.kill_hub().await;
        self.lose_broker(away).await;
        self.start_hub().await;
    }

    pub async fn pause_hub(&self, away: Duration) {
        pause(self.hub.as_ref().unwrap().pid(), away).await;
    }

    pub async fn pause_broker(&self, away: Duration) {
        pause(self.broker.broker().pid(), away).await;
    }

    pub async fn end(mut self) {
        self.kill_hub().await;
    }
}

/// Stops a process for a while; it knows nothing of it.
pub async fn pause(pid: u32, away: Duration) {
    let pid = Pid::from_raw(pid.cast_signed()).unwrap();
    kill_process(pid, Signal::STOP).unwrap();
    tokio::time::sleep(away).await;
    // Whoever was killed meanwhile need not be woken.
    let _ = kill_process(pid, Signal::CONT);
}
