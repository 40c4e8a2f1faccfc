//! A broker, a desk and a recipient for tests.

use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use futures::FutureExt;
use futures::future::BoxFuture;
use parking_lot::Mutex;
use samflyt_events::{Reason, Refusal, SystemId, TenantId};
use samflyt_log::{Log, LogConfig};
use samflyt_noark::fiks::MessageType;
use samflyt_runtime::Lifecycle;
use samflyt_runtime::broker::{Broker, BrokerOptions};
use samflyt_runtime::clock::FixedClock;
use tempfile::TempDir;
use time::OffsetDateTime;
use time::macros::datetime;
use tokio::sync::Semaphore;

use super::accept::Draft;
use super::desk::Desk;
use super::id::Id;
use super::index::Row;
use super::metrics::MessageMetrics;
use super::worker::Worker;
use super::{Incoming, MessagesConfig, Outgoing, Recipient};
use crate::records::Keys;

pub(super) const NOON: OffsetDateTime = datetime!(2026-03-02 12:00 UTC);

/// A broker of its own, with a key and a clock; the process may be started on it again and again.
pub(super) struct World {
    dir: TempDir,
    pub broker: Broker,
    pub clock: Arc<FixedClock>,
    pub config: MessagesConfig,
}

/// One life of the process.
pub(super) struct Life {
    pub desk: Arc<Desk>,
    pub lifecycle: Lifecycle,
}

impl World {
    pub async fn new() -> Self {
        let dir = TempDir::new().unwrap();
        let broker = Broker::start(BrokerOptions::in_dir(dir.path().join("nats"))).await.unwrap();
        Self { dir, broker, clock: Arc::new(FixedClock::new(NOON)), config: MessagesConfig::default() }
    }

    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Reads the log, and answers where there is somebody to answer.
    pub async fn live(&self, recipient: Option<Arc<dyn Recipient>>) -> Life {
        let access = self.broker.access();
        let (url, user, password) =
            (access.url.clone(), access.hub_user.clone(), access.hub_password.clone());
        let log = Log::connect(LogConfig { url, user, password, ..LogConfig::default() }).await.unwrap();
        let tenant = TenantId::new("seljord").unwrap();
        let seal = Keys::in_folder(self.dir.path().join("keys")).ready(&tenant, false).unwrap();
        let (clock, lifecycle) = (Arc::<FixedClock>::clone(&self.clock), Lifecycle::new());
        let desk = Desk::open(log, clock, &tenant, seal, self.config.clone(), &lifecycle).await.unwrap();
        if let Some(recipient) = recipient {
            Worker::start(&desk, recipient, &lifecycle, MessageMetrics::new());
        }
        Life { desk, lifecycle }
    }
}

impl Life {
    pub async fn end(self) {
        self.lifecycle.end().await.unwrap();
    }

    pub async fn send(&self, draft: Draft) -> Id {
        self.desk.accept(draft).await.unwrap().id
    }

    /// Waits for the answer to a message.
    pub async fn answered(&self, id: Id) -> (Row, Outgoing) {
        let mut changes = self.desk.changes();
        let answered = async {
            loop {
                changes.mark_unchanged();
                let row = self.desk.read(|index| index.row(id).cloned()).unwrap();
                if let Some(given) = row.answer {
                    return (self.desk.outgoing(id, &given).await.unwrap().unwrap(), row);
                }
                changes.changed().await.unwrap();
            }
        };
        let (answer, row) = tokio::time::timeout(std::time::Duration::from_secs(20), answered).await.unwrap();
        (row, answer)
    }
}

const PAYLOAD: &str = "<arkivmelding \
    xmlns=\"https://ks-no.github.io/standarder/fiks-protokoll/fiks-arkiv/arkivmelding/opprett/v1\">\
    <system>Kari Nordmann</system><antallFiler>0</antallFiler></arkivmelding>";

pub(super) fn write(client_id: &str) -> Draft {
    Draft {
        system: SystemId::new("seljord-oppvekst").unwrap(),
        organisation: "964963282".to_owned(),
        client_id: client_id.to_owned(),
        correlation: None,
        kind: MessageType::ArkivmeldingOpprett,
        ttl_s: None,
        payload: Bytes::from_static(PAYLOAD.as_bytes()),
        files: Vec::new(),
    }
}

pub(super) fn read(client_id: &str) -> Draft {
    Draft { kind: MessageType::Sok, ..write(client_id) }
}

/// Answers with what it was asked by; keeps the order in which it carried messages out. Writes wait for the gate.
pub(super) struct Echo {
    pub carried_out: Mutex<Vec<String>>,
    pub announced: Mutex<Vec<String>>,
    pub gate: Semaphore,
    /// How often it fails before it answers.
    pub failures: Mutex<u32>,
}

impl Echo {
    pub fn open() -> Arc<Self> {
        Self::with_permits(Semaphore::MAX_PERMITS)
    }

    pub fn with_permits(permits: usize) -> Arc<Self> {
        Arc::new(Self {
            carried_out: Mutex::default(),
            announced: Mutex::default(),
            gate: Semaphore::new(permits),
            failures: Mutex::default(),
        })
    }

    async fn carry_out(&self, message: &Incoming) -> Result<Outgoing, Refusal> {
        if message.kind.is_write() {
            self.gate.acquire().await.unwrap().forget();
        }
        if message.client_id == "defect" {
            panic!("a defect");
        }
        {
            let mut failures = self.failures.lock();
            if *failures > 0 {
                *failures -= 1;
                return Err(Refusal::new(Reason::StoreUnavailable, "not now"));
            }
        }
        self.carried_out.lock().push(message.client_id.clone());
        let payload = String::from_utf8(message.payload.to_vec()).unwrap();
        let kind = message.kind.answers()[0];
        Ok(Outgoing { kind, payload: Some(payload), files: message.files.clone() })
    }
}

impl Recipient for Echo {
    fn has_lanes(&self, _: &TenantId) -> bool {
        false
    }

    fn lane<'a>(&'a self, _: &'a Incoming) -> BoxFuture<'a, Result<Option<usize>, Refusal>> {
        async { Ok(None) }.boxed()
    }

    fn answer<'a>(&'a self, message: &'a Incoming) -> BoxFuture<'a, Result<Outgoing, Refusal>> {
        self.carry_out(message).boxed()
    }

    fn has_carried_out<'a>(&'a self, message: &'a Incoming) -> BoxFuture<'a, Result<bool, Refusal>> {
        let has = self.carried_out.lock().contains(&message.client_id);
        std::future::ready(Ok(has)).boxed()
    }

    fn announce_message<'a>(&'a self, message: &'a Incoming) -> BoxFuture<'a, Result<(), Refusal>> {
        self.announced.lock().push(format!("{} asked", message.client_id));
        std::future::ready(Ok(())).boxed()
    }

    fn announce_answer<'a>(
        &'a self,
        message: &'a Incoming,
        answer: &'a Outgoing,
    ) -> BoxFuture<'a, Result<(), Refusal>> {
        self.announced.lock().push(format!("{} {:?}", message.client_id, answer.kind));
        std::future::ready(Ok(())).boxed()
    }
}
