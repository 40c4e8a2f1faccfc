//! `VerifySubscription`, `RotateSecret`, and what making and changing a webhook needs.

use samflyt_events::delivery::{Form, Secret, Subscription, Webhook};
use samflyt_events::{Refusal, TenantId};
use samflyt_proto::delivery as pb;
use samflyt_runtime::Caller;
use samflyt_runtime::refused::timestamp;
use time::Duration;

use super::{Service, invalid, view};
use crate::desk::{Change, Command, Handle, Snapshot};
use crate::webhook::{NewSecret, WebhookChange, check_url, no_webhook};

const OVERLAP: Duration = Duration::hours(24);
const OVERLAP_MAX: Duration = Duration::days(30);

impl Service {
    pub(super) async fn verify(
        &self,
        caller: Caller,
        request: pb::VerifySubscriptionRequest,
    ) -> Result<pb::VerifySubscriptionResponse, Refusal> {
        let (desk, snapshot) = self.webhook(&caller, &request.tenant, &request.id).await?;
        let snapshot = self.verified(&desk, snapshot, caller.principal.acting_organisation()).await?;
        let (subscription, status) = view::both(&request.tenant, &snapshot);
        Ok(pb::VerifySubscriptionResponse { subscription, status })
    }

    pub(super) async fn rotate(
        &self,
        caller: Caller,
        request: pb::RotateSecretRequest,
    ) -> Result<pb::RotateSecretResponse, Refusal> {
        let (desk, _) = self.webhook(&caller, &request.tenant, &request.id).await?;
        let overlap = request.overlap.map_or(OVERLAP, |span| Duration::new(span.seconds, span.nanos));
        if overlap.is_negative() || overlap > OVERLAP_MAX {
            return Err(invalid(
                "/overlap",
                "is not between 0 and 30 days",
                "mend it, or leave it out for 24 h",
            ));
        }
        let tenant = Self::tenant(&request.tenant, "/tenant")?;
        let NewSecret { shown, sealed } = self.0.webhooks.seal.make(&tenant, &request.id)?;
        let until = self.0.deps.clock.now() + overlap;
        let rotate = WebhookChange::Rotate { sealed, until };
        let change = Change::of_webhook(&request.id, rotate, caller.principal.acting_organisation());
        desk.ask(|reply| Command::Change(change, reply)).await?;
        Ok(pb::RotateSecretResponse { secret: shown, both_until: Some(timestamp(until)) })
    }

    async fn webhook(&self, caller: &Caller, tenant: &str, id: &str) -> Result<(Handle, Snapshot), Refusal> {
        let found = self.subscription(caller, tenant, id).await?;
        if found.1.subscription.webhook().is_some() { Ok(found) } else { Err(no_webhook()) }
    }

    /// The form of a new subscription, and the secret to be shown.
    pub(super) fn form(
        &self,
        tenant: &TenantId,
        id: &str,
        asked: Option<pb::Webhook>,
    ) -> Result<(Form, Option<NewSecret>), Refusal> {
        let Some(asked) = asked else { return Ok((Form::Pull, None)) };
        let url = self.url(&asked, "/subscription/webhook/url")?;
        let secret = self.0.webhooks.seal.make(tenant, id)?;
        let secrets = vec![Secret { sealed: secret.sealed.clone(), until: None }];
        Ok((Form::Webhook(Webhook { url, verified: false, secrets }), Some(secret)))
    }

    pub(super) fn url(&self, asked: &pb::Webhook, field: &str) -> Result<String, Refusal> {
        let checked = check_url(&asked.url, &self.0.webhooks.config);
        checked.map(String::from).map_err(|(rule, advice)| invalid(field, rule, advice))
    }

    /// Has an endpoint that did not prove itself do so; what came of it is on record.
    pub(super) async fn verified(&self, desk: &Handle, of: Snapshot, by: &str) -> Result<Snapshot, Refusal> {
        let subscription = &of.subscription;
        let Some(webhook) = subscription.webhook() else { return Ok(of) };
        if webhook.verified || subscription.has_ended() {
            return Ok(of);
        }
        let refused = self.0.webhooks.verify(&webhook.url).await.err();
        let verified = WebhookChange::Verified { url: webhook.url.clone(), refused };
        let change = Change::of_webhook(&subscription.id, verified, by);
        desk.ask(|reply| Command::Change(change, reply)).await
    }
}

/// Whether a secret is the subscription's.
pub(super) fn holds(of: &Subscription, sealed: &str) -> bool {
    of.webhook().is_some_and(|webhook| webhook.secrets.iter().any(|one| one.sealed == sealed))
}
