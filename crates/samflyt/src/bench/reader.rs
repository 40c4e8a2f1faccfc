//! Consumers of the bench's own: agreements and subscriptions for them, and clients that take events and acknowledge them
//! as they come.

use anyhow::{Context, ensure};
use futures::FutureExt;
use samflyt_proto::common;
use samflyt_proto::delivery as pb;
use samflyt_proto::delivery::consume_request::Part as Ask;
use samflyt_proto::delivery::consume_response::Part;
use samflyt_proto::delivery::start::At;
use samflyt_proto::registry as catalogue;
use serde_json::json;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Streaming;

use crate::client::Client;

/// What has come is acknowledged together, so many at most.
const TOGETHER: usize = 64;

/// A consumer system of a municipality that may have these types of these systems.
pub(super) async fn agree(
    client: &Client,
    tenant: &str,
    consumer: &str,
    providers: &[&str],
    types: &[&str],
) -> anyhow::Result<()> {
    let system = catalogue::RegisterSystemRequest {
        id: consumer.to_owned(),
        host: tenant.to_owned(),
        product: "bench".to_owned(),
        name: consumer.to_owned(),
        ..Default::default()
    };
    client.registry().register_system(system).await?;
    for provider in providers {
        let id = format!("{provider}-{consumer}");
        let document = json!({
            "id": id, "tenant": tenant, "provider": provider, "consumer": consumer, "types": types,
            "purpose": "Measure", "legal_basis": {"gdpr": "6(1)(c)", "law": "arkivlova § 9"}, "valid_from": "2020-01-01",
        });
        let document = document.to_string().into_bytes();
        let kind = catalogue::ResourceKind::Agreement.into();
        let put = catalogue::PutResourceRequest { kind, document, ..Default::default() };
        client.catalogue().put_resource(put).await?;
        let (tenant, approved_by) = (tenant.to_owned(), "bench".to_owned());
        let approve = catalogue::ApproveAgreementRequest { tenant, id, approved_by, ..Default::default() };
        client.catalogue().approve_agreement(approve).await?;
    }
    Ok(())
}

/// Which subscription is meant.
#[derive(Debug, Clone, Copy)]
pub(super) struct Named<'a> {
    pub tenant: &'a str,
    pub consumer: &'a str,
    pub kind: &'a str,
}

impl Named<'_> {
    /// Makes it. It begins with the first event of the log, or with the next one that comes.
    pub async fn subscribe(self, client: &Client, id: &str, beginning: bool) -> anyhow::Result<()> {
        let subscription = pb::Subscription {
            id: id.to_owned(),
            tenant: self.tenant.to_owned(),
            consumer: self.consumer.to_owned(),
            filter: Some(pb::Filter { types: vec![self.kind.to_owned()], ..Default::default() }),
            ..Default::default()
        };
        let at = if beginning { At::Beginning(true) } else { At::Now(true) };
        let start = Some(pb::Start { at: Some(at) });
        let request = pb::CreateSubscriptionRequest { subscription: Some(subscription), start };
        client.delivery().create_subscription(request).await?;
        Ok(())
    }
}

/// A client that takes the events of a subscription.
pub(super) struct Consumer {
    asks: mpsc::Sender<pb::ConsumeRequest>,
    told: Streaming<pb::ConsumeResponse>,
}

impl Consumer {
    pub async fn open(client: &Client, tenant: &str, id: &str) -> anyhow::Result<Self> {
        let (asks, asked) = mpsc::channel(64);
        let start = pb::ConsumeStart { tenant: tenant.to_owned(), id: id.to_owned(), in_flight: 0 };
        asks.send(pb::ConsumeRequest { part: Some(Ask::Start(start)) }).await?;
        let mut told = client.delivery().consume(ReceiverStream::new(asked)).await?.into_inner();
        let first = told.message().await?.context("the stream ended before it began")?;
        ensure!(matches!(first.part, Some(Part::Started(_))), "a consumer began with {first:?}");
        Ok(Self { asks, told })
    }

    /// Takes so many events, and acknowledges them.
    pub async fn take(&mut self, count: u64, mut each: impl FnMut(&common::Event)) -> anyhow::Result<()> {
        let mut left = count;
        while left > 0 {
            let mut next = Some(self.told.message().await?.context("the deliveries ended early")?);
            let mut deliveries = Vec::new();
            while let Some(message) = next {
                let Some(Part::Delivery(delivery)) = message.part else {
                    anyhow::bail!("a consumer was told {message:?}");
                };
                let recorded = delivery.event.context("a delivery has no event")?;
                recorded.event.iter().for_each(&mut each);
                deliveries.push(pb::Delivered { sequence: recorded.sequence, replay: String::new() });
                left -= 1;
                let is_enough = left == 0 || deliveries.len() >= TOGETHER;
                next =
                    if is_enough { None } else { self.told.message().now_or_never().transpose()?.flatten() };
            }
            let acknowledge = Ask::Acknowledge(pb::Settled { deliveries });
            self.asks.send(pb::ConsumeRequest { part: Some(acknowledge) }).await?;
        }
        Ok(())
    }
}
