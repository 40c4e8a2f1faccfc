//! `samflyt subscription create`.

use std::process::ExitCode;

use prost_types::Duration;
use samflyt_proto::delivery::{
    CreateSubscriptionRequest, Filter, Limits, Start, Subscription, SubscriptionAndStatus, Webhook,
};

use super::{list, start};
use crate::cli::output::{plain, print, print_json};
use crate::cli::{Failure, Remote};

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  samflyt subscription create visma-cases --tenant seljord \\
          --consumer seljord-visma --type case.opened
  samflyt subscription create flyt-cases --tenant seljord \\
          --consumer seljord-flyt --type case.opened \\
          --webhook https://flyt.example.no/events")]
pub(super) struct Create {
    /// Its name: lower-case letters, digits and `-`
    id: String,
    /// The municipality whose events they are
    #[arg(long, value_name = "ID")]
    tenant: String,
    /// The system that receives them
    #[arg(long, value_name = "ID")]
    consumer: String,
    /// Only events of these types
    #[arg(long = "type", value_name = "TYPE")]
    types: Vec<String>,
    /// Only events whose types begin so: `case`
    #[arg(long = "domain", value_name = "DOMAIN")]
    domains: Vec<String>,
    /// Only events of these systems
    #[arg(long = "provider", value_name = "ID")]
    providers: Vec<String>,
    /// Only events about these
    #[arg(long = "entity", value_name = "ID")]
    entities: Vec<String>,
    /// From where on: `now`, `beginning`, a sequence, or a time
    #[arg(long, value_name = "START", default_value = "now", value_parser = start)]
    from: Start,
    /// Where events are posted to; left out: the consumer fetches them. The secret that signs them is shown once
    #[arg(long, value_name = "URL")]
    webhook: Option<String>,
    /// Events that are sent and not settled, at most
    #[arg(long, value_name = "COUNT", default_value_t = 0, hide_default_value = true)]
    in_flight: u32,
    /// After so long without a word an event counts as lost on its way
    #[arg(long, value_name = "SECONDS")]
    settle_within: Option<i64>,
    /// For so long an event that fails is tried, before it is a dead letter
    #[arg(long, value_name = "SECONDS")]
    try_for: Option<i64>,
}

impl Create {
    pub(super) async fn run(self, remote: &Remote, json: bool) -> anyhow::Result<ExitCode> {
        let span = |seconds: Option<i64>| seconds.map(|seconds| Duration { seconds, nanos: 0 });
        let subscription = Subscription {
            id: self.id,
            tenant: self.tenant,
            consumer: self.consumer,
            filter: Some(Filter {
                types: self.types,
                domains: self.domains,
                providers: self.providers,
                entities: self.entities,
            }),
            limits: Some(Limits {
                in_flight: self.in_flight,
                settle_within: span(self.settle_within),
                try_for: span(self.try_for),
                ..Limits::default()
            }),
            webhook: self.webhook.map(|url| Webhook { url }),
            ..Subscription::default()
        };
        let request = CreateSubscriptionRequest { subscription: Some(subscription), start: Some(self.from) };
        let answer = remote.delivery().await?.create_subscription(request).await.map_err(Failure::from)?;
        let made = answer.into_inner();
        let secret = made.secret;
        let made = SubscriptionAndStatus { subscription: made.subscription, status: made.status };
        if json {
            let mut shown = list::to_json(&made);
            if !secret.is_empty() {
                shown["secret"] = secret.into();
            }
            print_json(&shown)?;
        } else {
            print(&list::render(std::slice::from_ref(&made)))?;
            if !secret.is_empty() {
                print(&format!("secret, shown this once: {}\n", plain(&secret)))?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}
