//! `GetSubscription`, `ListSubscriptions`, `WatchSubscriptions`.

use std::time::Duration;

use futures::StreamExt;
use samflyt_events::catalogue::Scope;
use samflyt_events::{Refusal, TenantId};
use samflyt_proto::delivery as pb;
use samflyt_runtime::{Caller, refused};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use super::{Answers, Service, view};
use crate::desk::{Command, Snapshot};

const WATCHED_EVERY: Duration = Duration::from_secs(1);

impl Service {
    pub(super) async fn get(
        &self,
        caller: Caller,
        request: pb::GetSubscriptionRequest,
    ) -> Result<pb::GetSubscriptionResponse, Refusal> {
        let (_, snapshot) = self.subscription(&caller, &request.tenant, &request.id).await?;
        let (subscription, status) = view::both(&request.tenant, &snapshot);
        Ok(pb::GetSubscriptionResponse { subscription, status })
    }

    pub(super) async fn list(
        &self,
        caller: Caller,
        request: pb::ListSubscriptionsRequest,
    ) -> Result<pb::ListSubscriptionsResponse, Refusal> {
        let tenant = self.readable(&caller, &request.tenant)?;
        let all = self.0.desk(&tenant)?.ask(Command::Snapshots).await?;
        let kept = all.iter().filter(|one| request.ended || !one.subscription.has_ended());
        let seen: Vec<&Snapshot> = kept.filter(|one| self.may_see(&caller, &tenant, one)).collect();
        Ok(pb::ListSubscriptionsResponse { subscriptions: messages(&tenant, seen) })
    }

    pub(super) async fn watch(
        &self,
        caller: Caller,
        request: pb::WatchSubscriptionsRequest,
    ) -> Result<Answers<pb::WatchSubscriptionsResponse>, Refusal> {
        let tenant = self.readable(&caller, &request.tenant)?;
        let desk = self.0.desk(&tenant)?;
        let (sender, answers) = mpsc::channel(1);
        let service = Self(std::sync::Arc::clone(&self.0));
        let stop = self.0.lifecycle.intake.clone();
        self.0.lifecycle.spawn_intake("watched subscriptions", async move {
            let mut ticks = tokio::time::interval(WATCHED_EVERY);
            let watching = async {
                loop {
                    ticks.tick().await;
                    let all = desk.ask(Command::Snapshots).await;
                    let answer = all.map(|all| {
                        let open = all.iter().filter(|one| !one.subscription.has_ended());
                        let seen = open.filter(|one| service.may_see(&caller, &tenant, one)).collect();
                        pb::WatchSubscriptionsResponse { subscriptions: messages(&tenant, seen) }
                    });
                    let answer = answer.map_err(|refusal| refused::status(&refusal));
                    if sender.send(answer).await.is_err() {
                        return;
                    }
                }
            };
            stop.run_until_cancelled(watching).await;
            Ok::<(), String>(())
        });
        Ok(ReceiverStream::new(answers).boxed())
    }

    fn readable(&self, caller: &Caller, tenant: &str) -> Result<TenantId, Refusal> {
        let tenant = Self::tenant(tenant, "/tenant")?;
        if !self.sees_all(caller, &tenant) {
            caller.require(&self.0.deps.feed.get(), Scope::Consume, &tenant, None)?;
        }
        Ok(tenant)
    }
}

fn messages(tenant: &TenantId, seen: Vec<&Snapshot>) -> Vec<pb::SubscriptionAndStatus> {
    let message = |one: &Snapshot| {
        let (subscription, status) = view::both(tenant.as_str(), one);
        pb::SubscriptionAndStatus { subscription, status }
    };
    seen.into_iter().map(message).collect()
}
