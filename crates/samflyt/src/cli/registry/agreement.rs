//! `samflyt registry agreement`.

use samflyt_proto::registry as pb;

use super::{Why, resources, show};
use crate::cli::{Failure, Remote};

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Approves a draft: the flow is allowed from its first day on
    #[command(
        after_help = "Example:\n  samflyt registry agreement approve seljord-admission-to-archive --tenant seljord \
                            --by \"Head of administration\""
    )]
    Approve {
        /// The agreement
        id: String,
        /// The municipality whose it is
        #[arg(long, value_name = "ID")]
        tenant: String,
        /// The office or body that approves it, never a person
        #[arg(long, value_name = "OFFICE")]
        by: String,
        /// When: YYYY-MM-DD [default: today]
        #[arg(long, value_name = "DATE", default_value = "", hide_default_value = true)]
        on: String,
        #[command(flatten)]
        why: Why,
    },
    /// Ends an agreement that was approved
    #[command(
        after_help = "Example:\n  samflyt registry agreement end seljord-admission-to-archive --tenant seljord --on 2026-12-31"
    )]
    End {
        /// The agreement
        id: String,
        /// The municipality whose it is
        #[arg(long, value_name = "ID")]
        tenant: String,
        /// The last day on which it holds: YYYY-MM-DD [default: today]
        #[arg(long, value_name = "DATE", default_value = "", hide_default_value = true)]
        on: String,
        #[command(flatten)]
        why: Why,
    },
}

impl Command {
    pub(super) async fn run(self, remote: &Remote, as_json: bool) -> anyhow::Result<()> {
        let mut catalogue = remote.catalogue().await?;
        let agreement = match self {
            Self::Approve { id, tenant, by, on, why } => {
                let request =
                    pb::ApproveAgreementRequest { tenant, id, approved_by: by, on, reason: why.reason };
                catalogue.approve_agreement(request).await.map_err(Failure::from)?.into_inner().agreement
            }
            Self::End { id, tenant, on, why } => {
                let request = pb::EndAgreementRequest { tenant, id, on, reason: why.reason };
                catalogue.end_agreement(request).await.map_err(Failure::from)?.into_inner().agreement
            }
        };
        show(agreement.as_ref(), as_json, resources::to_json, resources::table)
    }
}
