//! `samflyt registry product`.

use samflyt_proto::registry as pb;

use super::{Why, resources, show};
use crate::cli::{Failure, Remote};

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Registers an installation of a product that somebody has described
    #[command(
        after_help = "Example:\n  samflyt registry product adopt ephorte --tenant vinje --reason \"we run it too\""
    )]
    Adopt {
        /// The product
        product: String,
        /// The municipality that runs it
        #[arg(long, value_name = "ID")]
        tenant: String,
        /// Id of the installation [default: <tenant>-<product>]
        #[arg(long, value_name = "ID", default_value = "", hide_default_value = true)]
        system: String,
        /// What the installation is called [default: as the product]
        #[arg(long, default_value = "", hide_default_value = true)]
        name: String,
        #[command(flatten)]
        why: Why,
    },
}

impl Command {
    pub(super) async fn run(self, remote: &Remote, as_json: bool) -> anyhow::Result<()> {
        let Self::Adopt { product, tenant, system, name, why } = self;
        let request = pb::AdoptProductRequest { tenant, product, system, name, reason: why.reason };
        let answer = remote.catalogue().await?.adopt_product(request).await.map_err(Failure::from)?;
        show(answer.into_inner().system.as_ref(), as_json, resources::to_json, resources::table)
    }
}
