//! A whole hub in the test's process: a real broker, real ports, a real issuer.

use samflyt::client::Client;
use samflyt::hub::{HubConfig, Listen};
use samflyt::run::LocalHub;
use samflyt_proto::registry as pb;
use samflyt_runtime::{SharedClock, SystemClock};
use tempfile::TempDir;

/// A running hub, with the folder that it keeps its files in.
pub struct TestHub {
    pub local: LocalHub,
    dir: TempDir,
    _stop: StopOnDrop,
}

/// A test that fails must not wait for threads that nobody told to end.
struct StopOnDrop(samflyt_runtime::Lifecycle);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.intake.cancel();
        self.0.services.cancel();
    }
}

/// What every test needs: two municipalities with a system and a client each, and one contract.
pub const SELJORD: Municipality =
    Municipality { tenant: "seljord", number: "4022", organisation: "964963282", system: "seljord-oppvekst" };
pub const VINJE: Municipality =
    Municipality { tenant: "vinje", number: "4036", organisation: "964964610", system: "vinje-agresso" };

/// A municipality of a test.
#[derive(Debug, Clone, Copy)]
pub struct Municipality {
    pub tenant: &'static str,
    pub number: &'static str,
    pub organisation: &'static str,
    pub system: &'static str,
}

impl TestHub {
    pub async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    pub async fn start_with(adjust: impl FnOnce(&mut HubConfig)) -> Self {
        let dir = tempfile::tempdir().unwrap();
        Self::start_in(dir, adjust).await
    }

    /// Starts on what an earlier hub left behind.
    pub async fn start_in(dir: TempDir, adjust: impl FnOnce(&mut HubConfig)) -> Self {
        Self::start_by(SystemClock::shared(), dir, adjust).await
    }

    /// Starts by a clock of the test's own.
    pub async fn start_by(clock: SharedClock, dir: TempDir, adjust: impl FnOnce(&mut HubConfig)) -> Self {
        let mut config = HubConfig {
            data_dir: dir.path().to_owned(),
            grpc: Listen::loopback(0),
            http: Listen::loopback(0),
            ..HubConfig::default()
        };
        adjust(&mut config);
        let local = LocalHub::start_by(config, clock).await.unwrap();
        let stop = StopOnDrop(local.hub.lifecycle.clone());
        Self { local, dir, _stop: stop }
    }

    /// Ends the hub and its broker; gives back what they leave behind.
    pub async fn end(self) -> TempDir {
        self.local.end().await.unwrap();
        self.dir
    }

    pub fn path(&self) -> &std::path::Path {
        self.dir.path()
    }

    pub fn endpoint(&self) -> String {
        format!("http://{}", self.local.hub.grpc)
    }

    pub fn http(&self) -> String {
        format!("http://{}", self.local.hub.http)
    }

    pub async fn client(&self, token: &str) -> Client {
        Client::connect(&self.endpoint(), token).await.unwrap()
    }

    pub async fn operator(&self) -> Client {
        self.client(&self.local.operator_token().unwrap()).await
    }

    /// A token of the municipality itself.
    pub fn token(&self, municipality: Municipality) -> String {
        self.local.token(municipality.organisation, Some(municipality.system)).unwrap()
    }

    /// A client of the municipality itself.
    pub async fn client_of(&self, municipality: Municipality) -> Client {
        self.client(&self.token(municipality)).await
    }

    /// Registers the municipality, its system, the contract of `case.opened`, and a grant to publish and query.
    pub async fn register(&self, municipality: Municipality) {
        register(&self.operator().await, municipality).await;
    }
}

/// As [`TestHub::register`], at any hub.
pub async fn register(operator: &Client, municipality: Municipality) {
    let mut registry = operator.registry();
    let Municipality { tenant, number, organisation, system } = municipality;
    let request = pb::RegisterTenantRequest {
        id: tenant.to_owned(),
        municipality_number: number.to_owned(),
        organisation_number: organisation.to_owned(),
        name: tenant.to_owned(),
        valid_from: "2020-01-01".to_owned(),
        ..Default::default()
    };
    registry.register_tenant(request).await.unwrap();
    let request = pb::RegisterSystemRequest {
        id: system.to_owned(),
        host: tenant.to_owned(),
        product: "test".to_owned(),
        name: system.to_owned(),
        ..Default::default()
    };
    registry.register_system(request).await.unwrap();
    let document = crate::events::contract().to_json();
    registry.publish_contract(pb::PublishContractRequest { document, ..Default::default() }).await.unwrap();
    let grant = pb::Grant {
        organisation: organisation.to_owned(),
        scopes: vec!["samflyt:publish".to_owned(), "samflyt:query".to_owned()],
        tenants: vec![tenant.to_owned()],
        systems: vec!["*".to_owned()],
        ..Default::default()
    };
    let request = pb::GiveGrantRequest { grant: Some(grant), ..Default::default() };
    registry.give_grant(request).await.unwrap();
}
