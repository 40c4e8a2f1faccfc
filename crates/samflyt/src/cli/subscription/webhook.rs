//! `samflyt subscription verify`, `rotate`, `move`: what only webhooks have.

use std::process::ExitCode;

use prost_types::Duration;
use samflyt_proto::delivery::{
    ChangeSubscriptionRequest, RotateSecretRequest, SubscriptionAndStatus, SubscriptionState,
    VerifySubscriptionRequest, Webhook,
};
use serde_json::json;

use super::list;
use crate::cli::output::{plain, print, print_json};
use crate::cli::{Failure, Remote, json as as_json, show};

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Ends with code 1 where the endpoint does not want events.\n\nExample:\n  samflyt subscription verify flyt-cases --tenant seljord"
)]
pub(super) struct Verify {
    /// The subscription
    id: String,
    /// The municipality whose events they are
    #[arg(long, value_name = "ID")]
    tenant: String,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  samflyt subscription rotate flyt-cases --tenant seljord --overlap 3600")]
pub(super) struct Rotate {
    /// The subscription
    id: String,
    /// The municipality whose events they are
    #[arg(long, value_name = "ID")]
    tenant: String,
    /// For so long the secret before signs as well; left out: a day. 0: not at all
    #[arg(long, value_name = "SECONDS")]
    overlap: Option<i64>,
}

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Ends with code 1 where the endpoint does not want events.\n\nExample:\n  samflyt subscription move flyt-cases --tenant seljord \\\n          --webhook https://new.example.no/events"
)]
pub(super) struct Move {
    /// The subscription
    id: String,
    /// The municipality whose events they are
    #[arg(long, value_name = "ID")]
    tenant: String,
    /// Where events are posted to from now on
    #[arg(long, value_name = "URL")]
    webhook: String,
}

impl Verify {
    pub(super) async fn run(self, remote: &Remote, json: bool) -> anyhow::Result<ExitCode> {
        let request = VerifySubscriptionRequest { tenant: self.tenant, id: self.id };
        let answer = remote.delivery().await?.verify_subscription(request).await.map_err(Failure::from)?;
        let answer = answer.into_inner();
        proved(json, SubscriptionAndStatus { subscription: answer.subscription, status: answer.status })
    }
}

impl Move {
    pub(super) async fn run(self, remote: &Remote, json: bool) -> anyhow::Result<ExitCode> {
        let request = ChangeSubscriptionRequest {
            tenant: self.tenant,
            id: self.id,
            webhook: Some(Webhook { url: self.webhook }),
            ..ChangeSubscriptionRequest::default()
        };
        let answer = remote.delivery().await?.change_subscription(request).await.map_err(Failure::from)?;
        let answer = answer.into_inner();
        proved(json, SubscriptionAndStatus { subscription: answer.subscription, status: answer.status })
    }
}

/// Shows a webhook, and says by the exit code whether its endpoint proved itself.
fn proved(json: bool, of: SubscriptionAndStatus) -> anyhow::Result<ExitCode> {
    list::print_one(json, &of)?;
    let state = of.subscription.unwrap_or_default().state();
    Ok(if state == SubscriptionState::Unverified { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

impl Rotate {
    pub(super) async fn run(self, remote: &Remote, json: bool) -> anyhow::Result<ExitCode> {
        let overlap = self.overlap.map(|seconds| Duration { seconds, nanos: 0 });
        let request = RotateSecretRequest { tenant: self.tenant, id: self.id, overlap };
        let answer = remote.delivery().await?.rotate_secret(request).await.map_err(Failure::from)?;
        let answer = answer.into_inner();
        let until = answer.both_until.as_ref();
        if json {
            print_json(&json!({"secret": answer.secret, "both_until": as_json::time(until)}))?;
        } else {
            let (secret, until) = (plain(&answer.secret), show::time(until));
            print(&format!(
                "secret, shown this once: {secret}\nthe one before signs as well until {until}\n"
            ))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
