//! `samflyt subscription consume`.

use std::process::ExitCode;

use samflyt_proto::delivery::consume_request::Part as Ask;
use samflyt_proto::delivery::consume_response::Part;
use samflyt_proto::delivery::{ConsumeRequest, ConsumeStart, Delivered, Delivery, Settled};
use serde_json::json;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use crate::cli::output::print_json_line;
use crate::cli::{Failure, Remote, json as as_json};

#[derive(Debug, clap::Args)]
pub(super) struct Consume {
    /// The subscription
    id: String,
    /// The municipality whose events they are
    #[arg(long, value_name = "ID")]
    tenant: String,
    /// Ends after so many events; left out: goes on until it is stopped
    #[arg(long, value_name = "COUNT")]
    count: Option<u64>,
}

impl Consume {
    pub(super) async fn run(self, remote: &Remote) -> anyhow::Result<ExitCode> {
        let (asks, asked) = mpsc::channel(64);
        let in_flight = self.count.map_or(0, |count| u32::try_from(count.min(1_000)).unwrap_or(1_000));
        let start = ConsumeStart { tenant: self.tenant, id: self.id, in_flight };
        asks.send(ConsumeRequest { part: Some(Ask::Start(start)) }).await?;
        let answer =
            remote.delivery().await?.consume(ReceiverStream::new(asked)).await.map_err(Failure::from)?;
        let (mut told, mut left) = (answer.into_inner(), self.count.unwrap_or(u64::MAX));
        while left > 0 {
            let Some(message) = told.message().await.map_err(Failure::from)? else { break };
            let Some(Part::Delivery(delivery)) = message.part else { continue };
            print_json_line(&to_json(&delivery))?;
            let sequence = delivery.event.map(|event| event.sequence).unwrap_or_default();
            let deliveries = vec![Delivered { sequence, replay: delivery.replay }];
            asks.send(ConsumeRequest { part: Some(Ask::Acknowledge(Settled { deliveries })) }).await?;
            left -= 1;
        }
        // The hub has heard the last word when it ends the stream in its turn.
        drop(asks);
        while let Ok(Some(_)) = told.message().await {}
        Ok(ExitCode::SUCCESS)
    }
}

fn to_json(delivery: &Delivery) -> serde_json::Value {
    json!({
        "event": delivery.event.as_ref().map(as_json::recorded),
        "attempt": delivery.attempt,
        "redelivery": delivery.redelivery,
        "replay": delivery.replay,
    })
}
