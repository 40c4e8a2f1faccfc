//! Which hub is spoken to, and as whom.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use rustls::CertificateError;
use samflyt_adapters::hub::{self, Hub};
use samflyt_proto::archive::archive_service_client::ArchiveServiceClient;
use samflyt_proto::archive::casework_service_client::CaseworkServiceClient;
use samflyt_proto::archive::deposit_service_client::DepositServiceClient;
use samflyt_proto::archive::extraction_service_client::ExtractionServiceClient;
use samflyt_proto::archive::fiks_arkiv_service_client::FiksArkivServiceClient;
use samflyt_proto::archive::public_journal_service_client::PublicJournalServiceClient;
use samflyt_proto::archive::record_service_client::RecordServiceClient;
use samflyt_proto::delivery::delivery_service_client::DeliveryServiceClient;
use samflyt_proto::gateway::gateway_service_client::GatewayServiceClient;
use samflyt_proto::lineage::insight_service_client::InsightServiceClient;
use samflyt_proto::lineage::lineage_service_client::LineageServiceClient;
use samflyt_proto::registry::catalogue_service_client::CatalogueServiceClient;
use samflyt_proto::registry::registry_service_client::RegistryServiceClient;
use tonic::transport::{Channel, Endpoint};

use crate::Trust;
use crate::client::{self, Authenticated, Bearer, Client};
use crate::trust::certificate_refused;

const CONNECT_WAIT_MAX: Duration = Duration::from_secs(5);
/// Until the first of an answer; streams may go on longer.
const ANSWER_WAIT_MAX: Duration = Duration::from_secs(60);
/// Until the answer to what is sent first, all of it: a municipality's whole log, a long table.
const INTAKE_WAIT_MAX: Duration = Duration::from_secs(24 * 3_600);

/// Options of every command that speaks to a hub.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "The hub")]
pub struct Remote {
    /// Where the hub answers gRPC
    #[arg(
        long,
        global = true,
        env = "SAMFLYT_ENDPOINT",
        hide_env_values = true,
        value_name = "URL",
        default_value = "http://127.0.0.1:50051"
    )]
    pub endpoint: String,
    /// Where the hub answers HTTP
    #[arg(
        long,
        global = true,
        env = "SAMFLYT_HTTP_ENDPOINT",
        hide_env_values = true,
        value_name = "URL",
        default_value = "http://127.0.0.1:8080"
    )]
    pub http_endpoint: String,
    /// A file of certificates (PEM) of the authorities that https:// is believed by, instead of this machine's
    #[arg(long, global = true, env = "SAMFLYT_CA", hide_env_values = true, value_name = "FILE")]
    pub ca: Option<PathBuf>,
    /// The bearer token; without one, that of the file `operator-token` in the data directory
    #[arg(long, global = true, env = "SAMFLYT_TOKEN", hide_env_values = true, value_name = "JWT")]
    pub token: Option<Token>,
    /// Where a hub on this machine keeps its files [default: ./data]
    #[arg(long, global = true, env = "SAMFLYT_DATA_DIR", hide_env_values = true, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
}

/// A bearer token. Never prints.
#[derive(Clone)]
pub struct Token(String);

impl std::str::FromStr for Token {
    type Err = std::convert::Infallible;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.trim().to_owned()))
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(token)")
    }
}

impl Remote {
    pub(super) fn data_dir(&self) -> &Path {
        self.data_dir.as_deref().unwrap_or(Path::new("./data"))
    }

    pub(super) async fn registry(&self) -> anyhow::Result<RegistryServiceClient<Authenticated>> {
        Ok(self.client().await?.registry())
    }

    pub(super) async fn catalogue(&self) -> anyhow::Result<CatalogueServiceClient<Authenticated>> {
        Ok(self.client().await?.catalogue())
    }

    /// For what takes as long as there is something to take in.
    pub(super) async fn patient_catalogue(&self) -> anyhow::Result<CatalogueServiceClient<Authenticated>> {
        let bearer = self.bearer()?;
        let channel = self.connect(self.endpoint_checked()?.timeout(INTAKE_WAIT_MAX)).await?;
        Ok(Client::over(channel, bearer).catalogue())
    }

    pub(super) async fn lineage(&self) -> anyhow::Result<LineageServiceClient<Authenticated>> {
        Ok(self.client().await?.lineage())
    }

    pub(super) async fn insight(&self) -> anyhow::Result<InsightServiceClient<Authenticated>> {
        Ok(self.client().await?.insight())
    }

    pub(super) async fn gateway(&self) -> anyhow::Result<GatewayServiceClient<Authenticated>> {
        Ok(self.client().await?.gateway())
    }

    /// A document may be long on its way, and is answered when it has arrived.
    pub(super) async fn archive(&self) -> anyhow::Result<ArchiveServiceClient<Authenticated>> {
        let bearer = self.bearer()?;
        Ok(Client::over(self.connect(self.endpoint_checked()?).await?, bearer).archive())
    }

    /// An extraction takes as long as there is something to extract.
    pub(super) async fn extractions(&self) -> anyhow::Result<ExtractionServiceClient<Authenticated>> {
        let bearer = self.bearer()?;
        Ok(Client::over(self.connect(self.endpoint_checked()?).await?, bearer).extractions())
    }

    pub(super) async fn deposits(&self) -> anyhow::Result<DepositServiceClient<Authenticated>> {
        Ok(self.client().await?.deposits())
    }

    pub(super) async fn records(&self) -> anyhow::Result<RecordServiceClient<Authenticated>> {
        Ok(self.client().await?.records())
    }

    pub(super) async fn casework(&self) -> anyhow::Result<CaseworkServiceClient<Authenticated>> {
        Ok(self.client().await?.casework())
    }

    pub(super) async fn public_journal(&self) -> anyhow::Result<PublicJournalServiceClient<Authenticated>> {
        Ok(self.client().await?.public_journal())
    }

    pub(super) async fn messages(&self) -> anyhow::Result<FiksArkivServiceClient<Authenticated>> {
        Ok(self.client().await?.messages())
    }

    pub(super) async fn delivery(&self) -> anyhow::Result<DeliveryServiceClient<Authenticated>> {
        Ok(self.client().await?.delivery())
    }

    async fn client(&self) -> anyhow::Result<Client> {
        let bearer = self.bearer()?;
        Ok(Client::over(self.channel().await?, bearer))
    }

    /// A connection without a token.
    pub(super) async fn channel(&self) -> anyhow::Result<Channel> {
        self.connect(self.endpoint_checked()?.timeout(ANSWER_WAIT_MAX)).await
    }

    /// The hub as adapters speak to it, over a connection that is made when it is used, and made again when the hub was gone; by the token in a file, else by that of the options.
    pub(super) fn adapted(
        &self,
        token_file: Option<PathBuf>,
        tenant: String,
        system: String,
    ) -> anyhow::Result<Hub> {
        self.check()?;
        let token = token_file.map_or_else(|| hub::Token::Given(self.token_text()), hub::Token::File);
        Ok(Hub { channel: self.endpoint_checked()?.connect_lazy(), token, tenant, system })
    }

    async fn connect(&self, endpoint: Endpoint) -> anyhow::Result<Channel> {
        let error = match endpoint.connect().await {
            Ok(channel) => return Ok(channel),
            Err(error) => anyhow::Error::from(error),
        };
        let what_to_do = match certificate_refused(&error) {
            Some(CertificateError::UnknownIssuer) => format!(
                "the certificate of {} is of no authority that is believed here: --ca FILE (SAMFLYT_CA) names another",
                self.endpoint
            ),
            Some(_) => format!("the certificate of {} is not good for it", self.endpoint),
            None => format!(
                "no hub answers gRPC at {}: `samflyt up` starts one here; --endpoint (SAMFLYT_ENDPOINT) names another",
                self.endpoint
            ),
        };
        Err(error.context(what_to_do))
    }

    /// Whom to believe behind `https://`.
    pub(super) fn trust(&self) -> anyhow::Result<Trust> {
        let given = self.ca.as_deref().filter(|path| !path.as_os_str().is_empty());
        given.map_or_else(|| Ok(Trust::default()), |path| Trust::of_file(path).context("--ca"))
    }

    /// What can be wrong with the options themselves, before anything is tried.
    pub(super) fn check(&self) -> anyhow::Result<()> {
        self.endpoint_checked()?;
        self.bearer()?;
        Ok(())
    }

    fn endpoint_checked(&self) -> anyhow::Result<Endpoint> {
        Ok(client::endpoint(&self.endpoint, &self.trust()?)
            .context("--endpoint")?
            .connect_timeout(CONNECT_WAIT_MAX)
            .http2_keep_alive_interval(Duration::from_secs(20))
            .keep_alive_timeout(Duration::from_secs(10)))
    }

    fn bearer(&self) -> anyhow::Result<Bearer> {
        Bearer::of(self.token_text().as_deref())
    }

    fn token_text(&self) -> Option<String> {
        let given = self.token.as_ref().map(|token| token.0.clone()).filter(|token| !token.is_empty());
        given.or_else(|| self.kept_token())
    }

    fn kept_token(&self) -> Option<String> {
        let kept = std::fs::read_to_string(self.data_dir().join("operator-token")).ok()?;
        Some(kept.trim().to_owned()).filter(|token| !token.is_empty())
    }
}
