//! One way to change the catalogue: decide on what is known, append if the subject has not moved, wait until it shows.

use std::path::PathBuf;
use std::time::Duration;

use samflyt_events::catalogue::{Catalogue, CatalogueEvent, Grant, Kind, Record, Scope, Wildcard, place};
use samflyt_events::{
    DigestKey, EntityId, Event, EventId, EventRef, EventType, HUB_SYSTEM, HUB_TENANT, OrganisationNumber,
    Reason, Refusal, SystemId, TenantId,
};
use samflyt_log::{AppendError, StreamError};
use samflyt_runtime::{Caller, Deps};
use tokio_util::sync::CancellationToken;

use crate::{RegistryConfig, transfer};

/// How often a decision is taken anew because somebody else was faster.
const ATTEMPTS_MAX: usize = 20;

/// The registry, ready to serve.
pub struct Registry {
    pub(crate) deps: Deps,
    pub(crate) config: RegistryConfig,
    /// Under which events that are imported are known again.
    pub(crate) digest_key: DigestKey,
    /// Held by the import that is under way.
    pub(crate) importing: tokio::sync::Mutex<()>,
    /// Ends exports that are under way.
    pub(crate) stop: CancellationToken,
}

/// The registry cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("registry.operator {0}")]
    Operator(&'static str),
    #[error("registry.{0} {1}; `config/samflyt.toml` explains every key")]
    Config(&'static str, String),
    #[error(transparent)]
    Stream(#[from] StreamError),
    #[error("the operator's grant cannot be given: {0}")]
    Grant(Refusal),
}

/// What a command comes to.
pub(crate) enum Decision {
    /// It is so already.
    Unchanged,
    /// Append it to the stream of the tenant (none: the shared one), about a thing of this kind.
    Append { tenant: Option<TenantId>, kind: Kind, event: Box<CatalogueEvent> },
}

/// Who changes, and why.
pub(crate) struct Author {
    pub organisation: Option<OrganisationNumber>,
    pub client: Option<String>,
    pub why: String,
}

impl Author {
    pub fn new(caller: &Caller, why: String) -> Self {
        Self { organisation: caller.organisation(), client: caller.principal.client_id.clone(), why }
    }
}

impl Registry {
    pub(crate) fn new(
        deps: Deps,
        config: RegistryConfig,
        digest_key: DigestKey,
        stop: CancellationToken,
    ) -> Self {
        Self { deps, config, digest_key, importing: tokio::sync::Mutex::new(()), stop }
    }

    /// Where files are kept while they are checked.
    pub(crate) fn imports_dir(&self) -> PathBuf {
        self.deps.data_dir.join("registry")
    }

    pub(crate) async fn prepare(&self) -> Result<(), StartError> {
        self.config.check().map_err(|(key, rule)| StartError::Config(key, rule))?;
        transfer::tidy(&self.imports_dir());
        let config = &self.config;
        let tenants: Vec<TenantId> = self.deps.feed.get().tenants().map(|tenant| tenant.id.clone()).collect();
        for tenant in tenants {
            self.deps.log.ensure_tenant(&tenant).await?;
        }
        self.publish_own_contracts().await;
        if config.operator.is_empty() {
            return Ok(());
        }
        let operator = OrganisationNumber::new(&config.operator).map_err(StartError::Operator)?;
        let author = Author {
            organisation: Some(operator.clone()),
            client: None,
            why: "`registry.operator` of the configuration".to_owned(),
        };
        let grant = Grant {
            id: "operator".to_owned(),
            organisation: operator,
            client: None,
            supplier: None,
            scopes: Scope::ALL.into(),
            tenants: Wildcard::EVERY,
            systems: Wildcard::EVERY,
        };
        let decide = |catalogue: &Catalogue| {
            // Once ever: an operator that withdraws it means it.
            let (_, subject) = place(None, Kind::Grant, &grant.id);
            if catalogue.sequence(&subject) > 0 {
                return Ok(Decision::Unchanged);
            }
            Ok(Decision::Append {
                tenant: None,
                kind: Kind::Grant,
                event: Box::new(CatalogueEvent::GrantGiven { grant: grant.clone() }),
            })
        };
        self.change(&author, decide).await.map_err(StartError::Grant)?;
        Ok(())
    }

    /// Returns whether anything changed. What changed is visible in the feed.
    ///
    /// # Errors
    /// What `decide` refuses; `LOG_UNAVAILABLE`; `CONFLICT` where others are faster all the time.
    pub(crate) async fn change(
        &self,
        author: &Author,
        decide: impl Fn(&Catalogue) -> Result<Decision, Refusal>,
    ) -> Result<bool, Refusal> {
        for _ in 0..ATTEMPTS_MAX {
            let mut changes = self.deps.feed.changes();
            let (decision, expected);
            {
                let catalogue = self.deps.feed.get();
                decision = decide(&catalogue)?;
                expected = match &decision {
                    Decision::Unchanged => return Ok(false),
                    Decision::Append { tenant, kind, event } => {
                        catalogue.sequence(&place(tenant.as_ref(), *kind, event.entity()).1)
                    }
                };
            }
            let Decision::Append { tenant, kind, event } = decision else { return Ok(false) };
            let (stream, subject) = place(tenant.as_ref(), kind, event.entity());
            let event = self.event(tenant.as_ref(), author, *event)?;
            match self.deps.log.append_expecting(&subject, &event, expected).await {
                Ok(appended) if !appended.duplicate => {
                    self.deps.feed.reached(&stream, appended.sequence).await;
                    return Ok(true);
                }
                // Somebody else was faster: look again when what they did has arrived.
                Ok(_) | Err(AppendError::Conflict) => {
                    let _ = tokio::time::timeout(Duration::from_millis(200), changes.changed()).await;
                }
                Err(error) => {
                    tracing::warn!(%error, "a change of the catalogue was not acknowledged");
                    return Err(Refusal::new(
                        Reason::LogUnavailable,
                        format!("{error}; try again: it is harmless"),
                    ));
                }
            }
        }
        Err(Refusal::new(
            Reason::Conflict,
            "others change the same thing all the time; look at it and try again",
        ))
    }

    fn event(
        &self,
        tenant: Option<&TenantId>,
        author: &Author,
        event: CatalogueEvent,
    ) -> Result<Event, Refusal> {
        let now = self.deps.clock.now();
        let invalid =
            |error: samflyt_events::IdError| Refusal::new(Reason::RequestInvalid, error.to_string());
        let kind = EventType::new(&event.kind()).map_err(invalid)?;
        let id = EventId::new(&format!("{kind}-{:x}", now.unix_timestamp_nanos())).map_err(invalid)?;
        let system = SystemId::new(HUB_SYSTEM).map_err(invalid)?;
        let own = EventRef { system: system.clone(), id: id.clone() };
        let record = Record { event, why: author.why.clone(), client: author.client.clone() };
        let data = serde_json::to_vec(&record)
            .map_err(|error| Refusal::new(Reason::RequestInvalid, error.to_string()))?;
        Ok(Event {
            correlation: own.as_correlation(),
            tenant: tenant.cloned().map_or_else(|| TenantId::new(HUB_TENANT), Ok).map_err(invalid)?,
            entity: EntityId::new(record.event.entity()).map_err(invalid)?,
            id,
            system,
            kind,
            time: now,
            causation: None,
            corrects: None,
            retracts: None,
            backfill: false,
            traceparent: None,
            contract: None,
            publisher: author.organisation.clone(),
            digest: None,
            data: data.into(),
        })
    }
}
