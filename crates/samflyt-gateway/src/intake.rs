//! The one way in, whatever the transport: parse → decide (authorise, contract, protect) → append → reply.

mod settle;

use std::sync::Arc;
use std::time::{Duration, Instant};

use samflyt_events::catalogue::{Catalogue, ContractEntry, Scope};
use samflyt_events::{
    ContractVersion, Digest, DigestKey, Draft, Event, ParsedDraft, Reason, Refusal, SystemId, TenantId,
};
use samflyt_log::{AppendError, Appending};
use samflyt_runtime::telemetry::{EVENT_TARGET, propagation};
use samflyt_runtime::{Caller, Deps, Lifecycle};
use tokio::sync::OwnedSemaphorePermit;
use tracing::Span;

use crate::index::{AppendedEvent, Index};
use crate::limits::AllLimits;
use crate::metrics::GatewayMetrics;
use crate::protect::{Protected, protect};
use crate::{GatewayConfig, StartError};

/// How long an event waits for the log of a tenant that was registered a moment ago.
const NEW_TENANT_WAIT: Duration = Duration::from_secs(2);

/// Takes events in.
pub struct Intake {
    pub(crate) config: GatewayConfig,
    pub(crate) deps: Deps,
    digest_key: DigestKey,
    pub(crate) index: Index,
    pub(crate) limits: AllLimits,
    pub(crate) metrics: GatewayMetrics,
}

/// What a publisher is told of an accepted event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    pub tenant: TenantId,
    /// 0 where nothing was appended.
    pub sequence: u64,
    pub duplicate: bool,
    pub contract: Option<ContractVersion>,
}

/// An event that was decided on.
pub(crate) enum Decided {
    /// It is in the log already.
    Known(Receipt),
    New(Box<NewEvent>),
}

/// An event that may be appended.
pub(crate) struct NewEvent {
    pub event: Event,
    digest: Digest,
    urgent: bool,
    span: Span,
}

/// An event on its way to the disk.
struct Pending {
    appending: Appending,
    event: AppendedEvent,
    since: Instant,
    // Both end when the acknowledgement is there.
    _span: Span,
    _turn: Option<OwnedSemaphorePermit>,
}

impl Intake {
    pub(crate) async fn open(
        config: GatewayConfig,
        deps: Deps,
        digest_key: DigestKey,
        lifecycle: &Lifecycle,
    ) -> Result<Self, StartError> {
        let index = Index::open(&config, &deps, lifecycle).await?;
        let limits = AllLimits::new(config.limits, config.limits_of.clone());
        Ok(Self { config, deps, digest_key, index, limits, metrics: GatewayMetrics::new() })
    }

    /// Everything before the append. Appends nothing.
    ///
    /// # Errors
    /// The refusal of the first step that is not passed.
    pub(crate) fn decide(&self, caller: &Caller, draft: Draft) -> Result<Decided, Refusal> {
        let now = self.deps.clock.now();
        if caller.principal.is_expired(now) {
            return Err(Refusal::new(
                Reason::TokenInvalid,
                "the token expired while the connection was open: get a new one",
            ));
        }
        let span = tracing::trace_span!(
            target: EVENT_TARGET,
            "receive event",
            otel.name = format_args!("receive {}", samflyt_events::subject::EVENTS_TEMPLATE),
            otel.kind = "server",
            messaging.system = "samflyt",
            samflyt.tenant = tracing::field::Empty,
            samflyt.event.type = tracing::field::Empty,
        );
        let parsed = draft.parse(now, &self.config.extent())?;
        if !span.is_disabled() {
            propagation::continue_from(&span, parsed.event.traceparent.as_deref());
            span.record("samflyt.tenant", parsed.event.tenant.as_str());
            span.record("samflyt.event.type", parsed.event.kind.as_str());
        }
        let catalogue = self.deps.feed.get();
        let event = &parsed.event;
        caller.require(&catalogue, Scope::Publish, &event.tenant, Some(&event.system))?;
        if event.system == SystemId::archive_of(&event.tenant) {
            return Err(speaks_for_the_archive());
        }
        let limits = self.limits.of(&event.tenant, now);
        // As soon as it is known whose it is: also what is refused later costs the hub something.
        let urgent = !event.backfill && catalogue.is_urgent(&event.kind);
        limits.take(urgent, event.data.len(), now)?;
        let digest = parsed.digest(&self.digest_key);
        // Before contract and system are looked at: a resend has the same answer also when they have been retired.
        if let Some(known) = self.known(event, digest)? {
            return Ok(Decided::Known(known));
        }
        limits.has_room(self.index.stored_bytes(&event.tenant))?;
        in_use(&catalogue, event, now.date())?;
        let contract = contract_of(&catalogue, &parsed)?;
        let in_clear = [event.id.as_str(), event.correlation.as_str()];
        contract.compiled.check(&parsed.value, &event.entity, &in_clear)?;
        let Protected(mut event) = protect(parsed, &contract.compiled, caller.organisation(), digest);
        if let Some(own) = propagation::traceparent_of(&span) {
            event.traceparent = Some(own);
        }
        Ok(Decided::New(Box::new(NewEvent { event, digest, urgent, span })))
    }

    fn known(&self, event: &Event, digest: Digest) -> Result<Option<Receipt>, Refusal> {
        if !self.index.is_current(&event.tenant) {
            let message =
                "the index of event ids is behind the log, so a resend could not be told: try again";
            return Err(Refusal::new(Reason::IndexBehind, message));
        }
        let Some(found) = self.index.find(&event.tenant, &event.reference())? else { return Ok(None) };
        if found.digest != digest {
            return Err(id_reused());
        }
        Ok(Some(Receipt {
            tenant: event.tenant.clone(),
            sequence: found.sequence,
            duplicate: true,
            contract: Some(found.contract),
        }))
    }

    /// Appends an event when its municipality's turn has come, and waits until it is on disk.
    ///
    /// # Errors
    /// `LOG_UNAVAILABLE`: nothing is known of the event, sending it again is harmless. `ID_REUSED`.
    pub(crate) async fn append(&self, new: NewEvent) -> Result<Receipt, Refusal> {
        self.settle(self.send(new).await?).await
    }

    async fn send(&self, new: NewEvent) -> Result<Pending, Refusal> {
        let NewEvent { mut event, digest, urgent, span } = new;
        let limits = self.limits.of(&event.tenant, self.deps.clock.now());
        let turn = tokio::time::timeout(self.deps.log.config().ack_timeout(), limits.turn(urgent)).await;
        let turn = turn.map_err(|_| settle::refusal(&AppendError::Unavailable(None)))?;
        let since = Instant::now();
        let send = tracing::trace_span!(
            target: EVENT_TARGET,
            parent: &span,
            "send event",
            otel.name = format_args!("send {}", samflyt_events::subject::EVENTS_TEMPLATE),
            otel.kind = "producer",
            messaging.system = "nats",
            messaging.operation.type = "send",
            messaging.destination.template = samflyt_events::subject::EVENTS_TEMPLATE,
        );
        if let Some(own) = propagation::traceparent_of(&send) {
            event.traceparent = Some(own);
        }
        let appending = self.deps.log.append(&event).await.map_err(|error| settle::refusal(&error))?;
        let event = AppendedEvent {
            reference: event.reference(),
            tenant: event.tenant,
            kind: event.kind,
            contract: event.contract,
            digest,
        };
        Ok(Pending { appending, event, since, _span: send, _turn: turn })
    }

    /// The whole way of one event, for transports that carry one at a time.
    ///
    /// # Errors
    /// The refusal of the first step that is not passed.
    pub async fn publish(
        &self,
        caller: &Caller,
        draft: Draft,
        validate_only: bool,
    ) -> Result<Receipt, Refusal> {
        self.await_new_tenant(&draft.tenant).await;
        let published = async {
            match self.decide(caller, draft)? {
                Decided::Known(receipt) => Ok(receipt),
                Decided::New(new) if validate_only => Ok(validated(&new)),
                Decided::New(new) => self.append(*new).await,
            }
        }
        .await;
        self.note(&published, validate_only);
        published
    }

    /// Counts an outcome.
    pub(crate) fn note(&self, outcome: &Result<Receipt, Refusal>, validate_only: bool) {
        match outcome {
            Ok(_) if validate_only => {}
            Ok(receipt) => self.metrics.count(receipt.tenant.as_str(), receipt.duplicate),
            Err(refusal) => self.metrics.refuse(refusal.reason),
        }
    }

    /// A tenant that was registered a moment ago is waited for, so that its first event is not refused.
    pub(crate) async fn await_new_tenant(&self, tenant: &str) {
        if self.index.is_followed(tenant) {
            return;
        }
        let Ok(tenant) = TenantId::new(tenant) else { return };
        if self.deps.feed.get().tenant(&tenant).is_some() {
            let _ = tokio::time::timeout(NEW_TENANT_WAIT, self.index.caught_up(tenant.as_str())).await;
        }
    }
}

/// The answer to `validate_only`.
pub(crate) fn validated(new: &NewEvent) -> Receipt {
    Receipt { tenant: new.event.tenant.clone(), sequence: 0, duplicate: false, contract: new.event.contract }
}

fn speaks_for_the_archive() -> Refusal {
    Refusal::of_field(
        Reason::SystemUnknown,
        "/source",
        "names the hub's own archive, whose receipts nobody else may write",
        "publish as the system in which it happened",
    )
}

fn in_use(catalogue: &Catalogue, event: &Event, today: time::Date) -> Result<(), Refusal> {
    if catalogue.is_in_use(&event.system, &event.tenant, today) {
        return Ok(());
    }
    Err(Refusal::of_field(
        Reason::SystemUnknown,
        "/source",
        "names a system that the tenant does not use (not registered, not enrolled, or retired)",
        "register it (`samflyt registry system register`) or enrol the tenant (`… system enrol`)",
    ))
}

fn id_reused() -> Refusal {
    Refusal::of_field(
        Reason::IdReused,
        "/id",
        "was used before, for other content",
        "a new fact takes a new id; to mend an old one, publish an event that `corrects` it",
    )
}

fn contract_of(catalogue: &Catalogue, parsed: &ParsedDraft) -> Result<Arc<ContractEntry>, Refusal> {
    let kind = &parsed.event.kind;
    let Some(version) = parsed.contract else {
        return catalogue.contract_in_force(kind).cloned().ok_or_else(|| {
            Refusal::of_field(
                Reason::TypeUnknown,
                "/type",
                "has no contract in force",
                "publish one (`samflyt registry contract publish`), or use a type of `samflyt registry contract list`",
            )
        });
    };
    match catalogue.contract(kind, version) {
        Some(entry) if !entry.is_retired() => Ok(Arc::clone(entry)),
        _ => Err(Refusal::of_field(
            Reason::ContractVersionUnknown,
            "/dataschema",
            "names a contract version that is not published, or is retired",
            "leave it out for the version in force",
        )),
    }
}
