//! gRPC: the door of delivery.

mod consume;
mod dead_letters;
mod read;
mod replay;
mod subscriptions;
mod view;
mod webhooks;

use std::sync::Arc;

use samflyt_events::catalogue::Scope;
use samflyt_events::{Reason, Refusal, TenantId};
use samflyt_proto::delivery as pb;
use samflyt_proto::delivery::delivery_service_server::DeliveryService;
use samflyt_runtime::rpc::Answers;
use samflyt_runtime::{Caller, rpc};
use tonic::metadata::MetadataMap;
use tonic::{Request, Response, Status, Streaming};

use crate::Delivery;
use crate::desk::{Command, Handle, Snapshot};

/// The gRPC service.
pub(crate) struct Service(pub Arc<Delivery>);

impl Service {
    async fn caller(&self, metadata: &MetadataMap) -> Result<Caller, Refusal> {
        Caller::of_metadata(&self.0.deps.authenticator, metadata).await
    }

    fn tenant(named: &str, field: &str) -> Result<TenantId, Refusal> {
        TenantId::new(named).map_err(|rule| invalid(field, rule.to_string(), "name the municipality"))
    }

    /// A subscription that the caller may see; nobody else learns whether there is one.
    async fn subscription(
        &self,
        caller: &Caller,
        tenant: &str,
        id: &str,
    ) -> Result<(Handle, Snapshot), Refusal> {
        let tenant = Self::tenant(tenant, "/tenant")?;
        // Whoever may consume nothing of this municipality learns nothing of it.
        caller.require(&self.0.deps.feed.get(), Scope::Consume, &tenant, None)?;
        let desk = self.0.desk(&tenant)?;
        let snapshot = desk.ask(|reply| Command::Snapshot(id.to_owned(), reply)).await;
        match snapshot {
            Ok(snapshot) if self.may_see(caller, &tenant, &snapshot) => Ok((desk, snapshot)),
            Ok(_) => Err(Refusal::not_granted()),
            Err(refusal) if refusal.reason == Reason::NotFound && !self.sees_all(caller, &tenant) => {
                Err(Refusal::not_granted())
            }
            Err(refusal) => Err(refusal),
        }
    }

    fn may_see(&self, caller: &Caller, tenant: &TenantId, snapshot: &Snapshot) -> bool {
        let consumer = &snapshot.subscription.consumer;
        caller.require(&self.0.deps.feed.get(), Scope::Consume, tenant, Some(consumer)).is_ok()
            || self.sees_all(caller, tenant)
    }

    fn sees_all(&self, caller: &Caller, tenant: &TenantId) -> bool {
        caller.require(&self.0.deps.feed.get(), Scope::Admin, tenant, None).is_ok()
    }
}

fn invalid(field: &str, rule: impl Into<String>, advice: &str) -> Refusal {
    Refusal::of_field(Reason::RequestInvalid, field, rule, advice)
}

macro_rules! service {
    ($($rpc:ident($request:ident) -> $response:ident by $method:ident;)*) => {
        #[tonic::async_trait]
        impl DeliveryService for Service {
            $(async fn $rpc(
                &self,
                request: Request<pb::$request>,
            ) -> Result<Response<pb::$response>, Status> {
                rpc!(self, request, $method)
            })*

            type WatchSubscriptionsStream = Answers<pb::WatchSubscriptionsResponse>;

            async fn watch_subscriptions(
                &self,
                request: Request<pb::WatchSubscriptionsRequest>,
            ) -> Result<Response<Self::WatchSubscriptionsStream>, Status> {
                rpc!(self, request, watch)
            }

            type ConsumeStream = Answers<pb::ConsumeResponse>;

            async fn consume(
                &self,
                request: Request<Streaming<pb::ConsumeRequest>>,
            ) -> Result<Response<Self::ConsumeStream>, Status> {
                rpc!(self, request, consume_events)
            }
        }
    };
}

service! {
    create_subscription(CreateSubscriptionRequest) -> CreateSubscriptionResponse by create;
    change_subscription(ChangeSubscriptionRequest) -> ChangeSubscriptionResponse by change;
    get_subscription(GetSubscriptionRequest) -> GetSubscriptionResponse by get;
    list_subscriptions(ListSubscriptionsRequest) -> ListSubscriptionsResponse by list;
    verify_subscription(VerifySubscriptionRequest) -> VerifySubscriptionResponse by verify;
    rotate_secret(RotateSecretRequest) -> RotateSecretResponse by rotate;
    list_dead_letters(ListDeadLettersRequest) -> ListDeadLettersResponse by dead_letters;
    redrive_dead_letters(RedriveDeadLettersRequest) -> RedriveDeadLettersResponse by redrive;
    discard_dead_letters(DiscardDeadLettersRequest) -> DiscardDeadLettersResponse by discard;
    replay_events(ReplayEventsRequest) -> ReplayEventsResponse by replay;
}
