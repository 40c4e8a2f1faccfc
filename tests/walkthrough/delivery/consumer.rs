//! A consumer, as one is written against the API.

use samflyt::client::Client;
use samflyt_proto::delivery as pb;
use samflyt_proto::delivery::consume_request::Part;
use samflyt_proto::delivery::consume_response::Part as Told;
use samflyt_testkit::hub::SELJORD;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Status, Streaming};

pub struct Consumer {
    asks: mpsc::Sender<pb::ConsumeRequest>,
    told: Streaming<pb::ConsumeResponse>,
}

impl Consumer {
    pub async fn start(client: &Client, id: &str, in_flight: u32) -> Result<Self, Status> {
        let (asks, asked) = mpsc::channel(1_024);
        let start = pb::ConsumeStart { tenant: SELJORD.tenant.to_owned(), id: id.to_owned(), in_flight };
        asks.send(pb::ConsumeRequest { part: Some(Part::Start(start)) }).await.unwrap();
        let told = client.delivery().consume(ReceiverStream::new(asked)).await?.into_inner();
        let mut consumer = Self { asks, told };
        match consumer.next_part().await? {
            Told::Started(_) => Ok(consumer),
            other => panic!("{other:?} before it started"),
        }
    }

    pub async fn next_part(&mut self) -> Result<Told, Status> {
        let answer = self.told.message().await?;
        answer.and_then(|answer| answer.part).ok_or_else(|| Status::cancelled("it ended"))
    }

    /// The next event.
    pub async fn next(&mut self) -> pb::Delivery {
        match self.next_part().await.unwrap() {
            Told::Delivery(delivery) => delivery,
            other => panic!("{other:?} is no event"),
        }
    }

    pub async fn say(&self, part: Part) {
        self.asks.send(pb::ConsumeRequest { part: Some(part) }).await.unwrap();
    }

    /// Where the hub is gone, nobody hears it.
    pub async fn say_if_heard(&self, part: Part) {
        let _ = self.asks.send(pb::ConsumeRequest { part: Some(part) }).await;
    }

    pub async fn acknowledge(&self, delivery: &pb::Delivery) {
        self.say(Part::Acknowledge(pb::Settled { deliveries: vec![named(delivery)] })).await;
    }

    pub async fn reject(&self, delivery: &pb::Delivery, reason: &str) {
        let rejected = pb::Rejected { delivery: Some(named(delivery)), reason: reason.to_owned() };
        self.say(Part::Reject(rejected)).await;
    }

    /// Takes and acknowledges so many events; gives their sequences.
    pub async fn take(&mut self, count: usize) -> Vec<u64> {
        let mut sequences = Vec::new();
        while sequences.len() < count {
            let delivery = self.next().await;
            sequences.push(sequence(&delivery));
            self.acknowledge(&delivery).await;
        }
        sequences
    }
}

pub fn sequence(delivery: &pb::Delivery) -> u64 {
    delivery.event.as_ref().unwrap().sequence
}

pub fn case(delivery: &pb::Delivery) -> &str {
    &delivery.event.as_ref().unwrap().event.as_ref().unwrap().entity
}

pub fn named(delivery: &pb::Delivery) -> pb::Delivered {
    pb::Delivered { sequence: sequence(delivery), replay: delivery.replay.clone() }
}

impl Consumer {
    /// The next that is no event: what it said of one that it does not have.
    pub async fn next_until_unknown(&mut self) -> Told {
        loop {
            match self.next_part().await.unwrap() {
                Told::Delivery(_) => {}
                told => return told,
            }
        }
    }
}
