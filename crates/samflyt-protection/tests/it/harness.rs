//! A broker of its own for each test, hubs on it, and persons who do not exist.

use std::path::Path;
use std::sync::Arc;

use samflyt_events::personal::{IdentityPolicy, synthetic};
use samflyt_events::{EntityId, EventRef, TenantId};
use samflyt_log::{Log, LogConfig};
use samflyt_protection::{
    FileKeys, KeyPosition, OpenError, Place, Plan, Protected, Protection, ProtectionConfig, RevealError,
    Revealed, Whose,
};
use samflyt_runtime::broker::{Broker, BrokerOptions};
use serde_json::Value;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub struct Town {
    pub broker: Broker,
    pub dir: TempDir,
}

impl Town {
    pub async fn start() -> Self {
        let dir = TempDir::new().unwrap();
        let broker = Broker::start(BrokerOptions::in_dir(dir.path().join("nats"))).await.unwrap();
        Self { broker, dir }
    }

    pub async fn log(&self) -> Log {
        let access = self.broker.access();
        let (url, user, password) =
            (access.url.clone(), access.hub_user.clone(), access.hub_password.clone());
        Log::connect(LogConfig { url, user, password, ..LogConfig::default() }).await.unwrap()
    }

    pub fn keys(&self) -> Arc<FileKeys> {
        Arc::new(FileKeys::in_folder(self.dir.path().join("keys")))
    }

    pub fn store(&self) -> std::path::PathBuf {
        self.dir.path().join("nats")
    }

    pub async fn open(&self, tenant: &str, needed: Option<KeyPosition>) -> Result<Protection, OpenError> {
        let config =
            ProtectionConfig { identity_numbers: IdentityPolicy::SyntheticOnly, ..Default::default() };
        Protection::open(&self.log().await, self.keys(), TenantId::new(tenant).unwrap(), config, needed).await
    }

    /// A hub that caches, as in production.
    pub async fn hub(&self, tenant: &str) -> Hub {
        Hub::of(self.open(tenant, None).await.unwrap())
    }

    /// The stream under the tenant's bucket, for looking at it and for damaging it.
    pub async fn bucket(&self, tenant: &str) -> async_nats::jetstream::stream::Stream {
        let context = async_nats::jetstream::new(self.log().await.client().clone());
        context.get_stream(format!("KV_KEYS_{tenant}")).await.unwrap()
    }
}

pub struct Hub {
    pub protection: Arc<Protection>,
    end: CancellationToken,
    tasks: TaskTracker,
}

impl Hub {
    /// One that follows nothing and so caches nothing: it goes to the broker for every key.
    pub fn uncached(protection: Protection) -> Self {
        Self { protection: Arc::new(protection), end: CancellationToken::new(), tasks: TaskTracker::new() }
    }

    pub fn of(protection: Protection) -> Self {
        let (protection, end, tasks) = (Arc::new(protection), CancellationToken::new(), TaskTracker::new());
        let (followed, until) = (Arc::clone(&protection), end.clone());
        tasks.spawn(async move { followed.follow(until).await });
        Self { protection, end, tasks }
    }

    pub async fn protect(&self, data: &Value, plan: &Plan, event: &str) -> (Value, Protected) {
        let mut sealed = data.clone();
        let (event, entity) = (EventRef::parse(event).unwrap(), EntityId::new("2026/17").unwrap());
        let place = Place { event: &event, entity: &entity };
        let protected = self.protection.protect(&mut sealed, plan, place).await.unwrap();
        (sealed, protected)
    }

    pub async fn reveal(&self, sealed: &Value, event: &str) -> Result<Revealed, RevealError> {
        self.protection.reveal(sealed.clone(), &EventRef::parse(event).unwrap(), |_| true).await
    }

    pub async fn stop(self) {
        self.end.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}

/// The nth person: synthetic, and of a valid number.
pub fn number(nth: u32) -> String {
    (0..)
        .filter_map(|serial| synthetic(1 + serial % 28, 1 + serial / 28 % 12, serial / 336, serial % 499))
        .nth(nth as usize)
        .unwrap()
}

/// A family: an applicant, and parents with names.
pub fn family_plan(class: &str) -> Plan {
    let at = |person: &str| Whose::PersonAt(person.to_owned());
    Plan::new(
        class,
        &["/applicant", "/parents/*/id"],
        &[
            ("/applicant", at("/applicant")),
            ("/name", at("/applicant")),
            ("/address", at("/applicant")),
            ("/parents/*/name", at("/parents/*/id")),
            ("/remark", Whose::Affair),
        ],
    )
    .unwrap()
}

/// Whether any file below the folder holds the bytes.
pub fn is_on_disk(dir: &Path, bytes: &[u8]) -> bool {
    std::fs::read_dir(dir).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            return is_on_disk(&path, bytes);
        }
        // A socket or a file that is just being renamed holds nothing.
        std::fs::read(&path).is_ok_and(|held| held.windows(bytes.len()).any(|window| window == bytes))
    })
}
