//! `samflyt registry change`: from the proposal to what it came to.

use samflyt_proto::registry as pb;

use super::{Why, analysis, resources, show};
use crate::cli::{Failure, Remote};

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Asks what the change would touch, and puts the answer on record: it is decided on that
    #[command(
        after_help = "Example:\n  samflyt registry change analyse seljord-new-archive --tenant seljord"
    )]
    Analyse {
        #[command(flatten)]
        which: Which,
        /// How many lines of the answer go on record; its counts always do
        #[arg(long, value_name = "N", default_value_t = 200)]
        lines: u32,
    },
    /// Says what a body decided
    #[command(
        after_help = "Example:\n  samflyt registry change decide seljord-new-archive --tenant seljord --approve \
                            --body \"The joint ordering forum\" --bound seljord --bound vinje"
    )]
    Decide(Decide),
    /// Says that it was carried out
    #[command(
        after_help = "Example:\n  samflyt registry change carry-out seljord-new-archive --tenant seljord"
    )]
    CarryOut {
        #[command(flatten)]
        which: Which,
        /// When: YYYY-MM-DD [default: today]
        #[arg(long, value_name = "DATE", default_value = "", hide_default_value = true)]
        on: String,
    },
    /// Withdraws it; it stays on record
    #[command(
        after_help = "Example:\n  samflyt registry change withdraw seljord-new-archive --tenant seljord --reason \"no money\""
    )]
    Withdraw {
        #[command(flatten)]
        which: Which,
    },
    /// Says what an expected gain came to
    #[command(
        after_help = "Example:\n  samflyt registry change measure seljord-new-archive --tenant seljord --amount 75000"
    )]
    Measure {
        #[command(flatten)]
        which: Which,
        /// Which of its gains, from 0
        #[arg(long, value_name = "N", default_value_t = 0)]
        gain: u32,
        /// How much, in the gain's own unit
        #[arg(long, value_name = "N", allow_negative_numbers = true)]
        amount: i64,
        /// When: YYYY-MM-DD [default: today]
        #[arg(long, value_name = "DATE", default_value = "", hide_default_value = true)]
        on: String,
    },
}

/// A change, and why something is done with it.
#[derive(Debug, clap::Args)]
pub(super) struct Which {
    /// The change
    id: String,
    /// The municipality whose it is
    #[arg(long, value_name = "ID")]
    tenant: String,
    #[command(flatten)]
    why: Why,
}

#[derive(Debug, clap::Args)]
#[group(skip)]
#[command(group = clap::ArgGroup::new("answer").required(true))]
pub(super) struct Decide {
    #[command(flatten)]
    which: Which,
    /// Who decided: a joint ordering forum, an IT council
    #[arg(long, value_name = "BODY")]
    body: String,
    /// It is approved
    #[arg(long, group = "answer")]
    approve: bool,
    /// It is rejected
    #[arg(long, group = "answer")]
    reject: bool,
    /// A municipality that is bound by it; repeated [default: the one whose it is]
    #[arg(long, value_name = "ID")]
    bound: Vec<String>,
    /// When: YYYY-MM-DD [default: today]
    #[arg(long, value_name = "DATE", default_value = "", hide_default_value = true)]
    on: String,
}

impl Command {
    pub(super) async fn run(self, remote: &Remote, as_json: bool) -> anyhow::Result<()> {
        let mut catalogue = remote.catalogue().await?;
        let change = match self {
            Self::Analyse { which: Which { id, tenant, why }, lines } => {
                let mut insight = remote.insight().await?;
                let found = analysis::make(&mut catalogue, &mut insight, &tenant, &id, lines).await?;
                let request = pb::AnalyseChangeRequest {
                    tenant,
                    id,
                    analysis: serde_json::to_vec(&found.answer)?,
                    positions: found.positions,
                    reason: why.reason,
                };
                catalogue.analyse_change(request).await.map_err(Failure::from)?.into_inner().change
            }
            Self::Decide(decide) => {
                let Which { id, tenant, why } = decide.which;
                let request = pb::DecideChangeRequest {
                    tenant,
                    id,
                    body: decide.body,
                    approved: decide.approve,
                    bound: decide.bound,
                    on: decide.on,
                    reason: why.reason,
                };
                catalogue.decide_change(request).await.map_err(Failure::from)?.into_inner().change
            }
            Self::CarryOut { which: Which { id, tenant, why }, on } => {
                let request = pb::CarryOutChangeRequest { tenant, id, on, reason: why.reason };
                catalogue.carry_out_change(request).await.map_err(Failure::from)?.into_inner().change
            }
            Self::Withdraw { which: Which { id, tenant, why } } => {
                let request = pb::WithdrawChangeRequest { tenant, id, reason: why.reason };
                catalogue.withdraw_change(request).await.map_err(Failure::from)?.into_inner().change
            }
            Self::Measure { which: Which { id, tenant, why }, gain, amount, on } => {
                let request = pb::MeasureGainRequest { tenant, id, gain, amount, on, reason: why.reason };
                catalogue.measure_gain(request).await.map_err(Failure::from)?.into_inner().change
            }
        };
        if !as_json && let Some(change) = &change {
            crate::cli::output::print(&analysis::render(&change.document))?;
        }
        show(change.as_ref(), as_json, resources::to_json, resources::table)
    }
}
