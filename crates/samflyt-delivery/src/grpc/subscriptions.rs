//! `CreateSubscription`, `ChangeSubscription`.

use samflyt_events::catalogue::Scope;
use samflyt_events::subject::{events_of, events_stream};
use samflyt_events::{Reason, Refusal, SystemId, TenantId};
use samflyt_proto::delivery as pb;
use samflyt_proto::delivery::start::At;
use samflyt_runtime::Caller;
use samflyt_runtime::refused::moment;

use super::webhooks::holds;
use super::{Service, invalid, view};
use crate::desk::{Change, Command};
use crate::webhook::WebhookChange;
use samflyt_events::delivery::{State, Subscription};

const ID_MAX: usize = 64;

impl Service {
    pub(super) async fn create(
        &self,
        caller: Caller,
        request: pb::CreateSubscriptionRequest,
    ) -> Result<pb::CreateSubscriptionResponse, Refusal> {
        let asked = request.subscription.unwrap_or_default();
        let tenant = Self::tenant(&asked.tenant, "/subscription/tenant")?;
        let consumer = self.consumer(&caller, &tenant, &asked.consumer)?;
        check_id(&asked.id)?;
        let filter = view::filter(&asked.filter.unwrap_or_default(), "/subscription/filter")?;
        let (form, secret) = self.form(&tenant, &asked.id, asked.webhook)?;
        let usual = view::usual_limits(&form);
        let limits = view::limits(&asked.limits.unwrap_or_default(), "/subscription/limits", usual)?;
        let desk = self.0.desk(&tenant)?;
        self.check_room(&desk, &asked.id).await?;
        let subscription = Subscription {
            id: asked.id,
            consumer,
            filter,
            from: self.from(&tenant, request.start.and_then(|start| start.at)).await?,
            form,
            limits,
            state: State::Active,
            replay: None,
            because: None,
            by: caller.principal.acting_organisation().to_owned(),
            at: self.0.deps.clock.now(),
        };
        let by = subscription.by.clone();
        let snapshot = desk.ask(|reply| Command::Create(Box::new(subscription), reply)).await?;
        // One that was there before keeps its own, which was shown then.
        let secret = secret.filter(|made| holds(&snapshot.subscription, &made.sealed));
        let snapshot = self.verified(&desk, snapshot, &by).await?;
        let (subscription, status) = view::both(tenant.as_str(), &snapshot);
        Ok(pb::CreateSubscriptionResponse {
            subscription,
            status,
            secret: secret.map(|made| made.shown).unwrap_or_default(),
        })
    }

    pub(super) async fn change(
        &self,
        caller: Caller,
        request: pb::ChangeSubscriptionRequest,
    ) -> Result<pb::ChangeSubscriptionResponse, Refusal> {
        let (desk, snapshot) = self.subscription(&caller, &request.tenant, &request.id).await?;
        let state = request.state();
        if state == pb::SubscriptionState::Unverified {
            let advice = "leave it out; another address proves itself anew";
            return Err(invalid("/state", "is what the hub alone finds", advice));
        }
        let usual = view::usual_limits(&snapshot.subscription.form);
        let by = caller.principal.acting_organisation().to_owned();
        let change = Change {
            id: request.id,
            filter: request.filter.map(|filter| view::filter(&filter, "/filter")).transpose()?,
            limits: request.limits.map(|limits| view::limits(&limits, "/limits", usual)).transpose()?,
            state: view::state(state),
            webhook: request
                .webhook
                .map(|asked| self.url(&asked, "/webhook/url"))
                .transpose()?
                .map(WebhookChange::Url),
            by: by.clone(),
        };
        let has_url = change.webhook.is_some();
        let mut snapshot = desk.ask(|reply| Command::Change(change, reply)).await?;
        if has_url {
            snapshot = self.verified(&desk, snapshot, &by).await?;
        }
        let (subscription, status) = view::both(&request.tenant, &snapshot);
        Ok(pb::ChangeSubscriptionResponse { subscription, status })
    }

    /// The system that is to receive, which the caller may speak for.
    fn consumer(&self, caller: &Caller, tenant: &TenantId, named: &str) -> Result<SystemId, Refusal> {
        let consumer = SystemId::new(named).map_err(|rule| {
            invalid("/subscription/consumer", rule.to_string(), "name the system that receives")
        })?;
        let catalogue = self.0.deps.feed.get();
        caller.require(&catalogue, Scope::Consume, tenant, Some(&consumer))?;
        let today = self.0.deps.clock.now().date();
        if catalogue.is_in_use(&consumer, tenant, today) {
            return Ok(consumer);
        }
        let rule = "is no system that the municipality uses (not registered, not enrolled, or retired)";
        let advice =
            "register it (`samflyt registry system register`) or enrol the tenant (`… system enrol`)";
        Err(Refusal::of_field(Reason::SystemUnknown, "/subscription/consumer", rule, advice))
    }

    async fn check_room(&self, desk: &crate::desk::Handle, id: &str) -> Result<(), Refusal> {
        let all = desk.ask(Command::Snapshots).await?;
        let open = all.iter().filter(|one| !one.subscription.has_ended());
        let most = self.0.config.subscriptions_max;
        if open.clone().any(|one| one.subscription.id == id) || open.count() < most as usize {
            return Ok(());
        }
        let message =
            format!("this municipality has {most} subscriptions (`delivery.subscriptions_max`): end some");
        Err(Refusal::new(Reason::QuotaReached, message))
    }

    /// The sequence to begin with; 0: the next one that comes.
    ///
    /// # Errors
    /// `REQUEST_INVALID`, `LOG_UNAVAILABLE`.
    pub(super) async fn from(&self, tenant: &TenantId, start: Option<At>) -> Result<u64, Refusal> {
        match start {
            None | Some(At::Now(_)) => Ok(0),
            Some(At::Beginning(_)) => Ok(1),
            Some(At::Sequence(sequence)) => Ok(sequence.max(1)),
            Some(At::Time(time)) => {
                let since = moment(&time).ok_or_else(|| {
                    invalid("/start/time", "is out of range", "give a moment that a calendar has")
                })?;
                let stream = events_stream(tenant);
                let page = self.0.deps.log.read_subject_since(&stream, &events_of(tenant), since, 1).await;
                let page = page.map_err(|_| {
                    Refusal::new(Reason::LogUnavailable, "the log cannot be reached at the moment: try again")
                })?;
                Ok(page.entries.first().map_or(0, |entry| entry.sequence))
            }
        }
    }
}

fn check_id(id: &str) -> Result<(), Refusal> {
    let letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if !id.is_empty() && id.len() <= ID_MAX && id.bytes().all(letter) {
        return Ok(());
    }
    let rule = "is not 1 to 64 lower-case letters, digits and `-`";
    Err(invalid("/subscription/id", rule, "choose one such as `visma-cases`"))
}
