//! `samflyt subscription pause`, `resume`, `end`.

use std::process::ExitCode;

use samflyt_proto::delivery::{ChangeSubscriptionRequest, SubscriptionAndStatus, SubscriptionState};

use super::list;
use crate::cli::{Failure, Remote};

#[derive(Debug, clap::Args)]
pub(super) struct Named {
    /// The subscription
    id: String,
    /// The municipality whose events they are
    #[arg(long, value_name = "ID")]
    tenant: String,
}

impl Named {
    pub(super) async fn run(
        self,
        remote: &Remote,
        json: bool,
        state: SubscriptionState,
    ) -> anyhow::Result<ExitCode> {
        let request = ChangeSubscriptionRequest {
            tenant: self.tenant,
            id: self.id,
            state: state.into(),
            ..ChangeSubscriptionRequest::default()
        };
        let answer = remote.delivery().await?.change_subscription(request).await.map_err(Failure::from)?;
        let changed = answer.into_inner();
        list::print_one(
            json,
            &SubscriptionAndStatus { subscription: changed.subscription, status: changed.status },
        )?;
        Ok(ExitCode::SUCCESS)
    }
}
