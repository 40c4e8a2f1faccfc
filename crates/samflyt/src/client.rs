//! A connection to a hub as a client has it: one channel, a bearer token with every call.

use anyhow::{Context, bail};
use samflyt_archive::Digest;
use samflyt_proto::archive::archive_service_client::ArchiveServiceClient;
use samflyt_proto::archive::casework_service_client::CaseworkServiceClient;
use samflyt_proto::archive::deposit_service_client::DepositServiceClient;
use samflyt_proto::archive::extraction_service_client::ExtractionServiceClient;
use samflyt_proto::archive::fiks_arkiv_service_client::FiksArkivServiceClient;
use samflyt_proto::archive::public_journal_service_client::PublicJournalServiceClient;
use samflyt_proto::archive::record_service_client::RecordServiceClient;
use samflyt_proto::archive::upload_document_request::Part;
use samflyt_proto::archive::{UploadDocumentRequest, UploadStart};
use samflyt_proto::delivery::delivery_service_client::DeliveryServiceClient;
use samflyt_proto::gateway::gateway_service_client::GatewayServiceClient;
use samflyt_proto::lineage::insight_service_client::InsightServiceClient;
use samflyt_proto::lineage::lineage_service_client::LineageServiceClient;
use samflyt_proto::registry::catalogue_service_client::CatalogueServiceClient;
use samflyt_proto::registry::registry_service_client::RegistryServiceClient;
use samflyt_runtime::rpc;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Status};

use crate::Trust;

/// The largest message that a client takes or sends, in bytes: pages and graphs are larger than tonic's 4 MiB.
const MESSAGE_BYTES_MAX: usize = 64 * 1024 * 1024;

/// What one message of an upload carries.
const PIECE_BYTES: usize = 64 * 1024;

/// Where a hub answers gRPC, with TLS where the URL says so.
///
/// # Errors
/// Where it is no URL of a hub.
pub(crate) fn endpoint(url: &str, trust: &Trust) -> anyhow::Result<Endpoint> {
    let form = "write http://HOST:PORT, or https://HOST:PORT";
    let endpoint =
        Endpoint::from_shared(url.to_owned()).with_context(|| format!("{url} is no URL: {form}"))?;
    match endpoint.uri().scheme_str() {
        Some("http") => Ok(endpoint),
        Some("https") => endpoint.tls_config(trust.grpc()).context("TLS cannot be set up"),
        _ => bail!("{url} is no address of a hub: {form}"),
    }
}

/// Sends a token with every call, where there is one.
#[derive(Clone)]
pub struct Bearer(Option<MetadataValue<Ascii>>);

impl Bearer {
    /// # Errors
    /// Where the token cannot stand in a header. Never repeats it.
    pub fn of(token: Option<&str>) -> anyhow::Result<Self> {
        let Some(token) = token else { return Ok(Self(None)) };
        // The cause would repeat the token.
        let value = rpc::bearer(token)
            .map_err(|_| anyhow::anyhow!("the token holds characters that no token has"))?;
        Ok(Self(Some(value)))
    }
}

impl Interceptor for Bearer {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        if let Some(value) = &self.0 {
            request.metadata_mut().insert("authorization", value.clone());
        }
        Ok(request)
    }
}

/// A channel that authenticates.
pub type Authenticated = InterceptedService<Channel, Bearer>;

/// A client's connection. Cheap to clone.
#[derive(Clone)]
pub struct Client {
    channel: Channel,
    bearer: Bearer,
}

impl Client {
    /// Connects to `http://host:port`, or to `https://host:port` by the authorities of this machine.
    ///
    /// # Errors
    /// Where nothing answers there, or the token cannot stand in a header.
    pub async fn connect(endpoint: &str, token: &str) -> anyhow::Result<Self> {
        Self::connect_trusting(endpoint, token, &Trust::default()).await
    }

    /// As [`Client::connect`], by other authorities.
    ///
    /// # Errors
    /// As [`Client::connect`], and where the certificate is not of these authorities.
    pub async fn connect_trusting(endpoint: &str, token: &str, trust: &Trust) -> anyhow::Result<Self> {
        let channel = self::endpoint(endpoint, trust)?
            .tcp_nodelay(true)
            .initial_stream_window_size(1 << 20)
            .initial_connection_window_size(4 << 20)
            .connect()
            .await
            .with_context(|| format!("no hub answers at {endpoint}: is it up? `samflyt up` starts one"))?;
        Ok(Self::over(channel, Bearer::of(Some(token))?))
    }

    /// On a connection that is there already.
    pub fn over(channel: Channel, bearer: Bearer) -> Self {
        Self { channel, bearer }
    }

    pub fn gateway(&self) -> GatewayServiceClient<Authenticated> {
        GatewayServiceClient::with_interceptor(self.channel.clone(), self.bearer.clone())
            .max_decoding_message_size(MESSAGE_BYTES_MAX)
            .max_encoding_message_size(MESSAGE_BYTES_MAX)
    }

    pub fn archive(&self) -> ArchiveServiceClient<Authenticated> {
        ArchiveServiceClient::with_interceptor(self.channel.clone(), self.bearer.clone())
    }

    pub fn deposits(&self) -> DepositServiceClient<Authenticated> {
        DepositServiceClient::with_interceptor(self.channel.clone(), self.bearer.clone())
            .max_decoding_message_size(MESSAGE_BYTES_MAX)
    }

    /// Sends a whole document ahead of what refers to it; its digest.
    ///
    /// # Errors
    /// What the archive refuses.
    pub async fn upload(&self, tenant: &str, document: &[u8]) -> Result<Digest, Status> {
        let (digest, size) = (Digest::of(document), document.len() as u64);
        let start = UploadStart { tenant: tenant.to_owned(), sha256: digest.to_string(), size, offset: 0 };
        let pieces = document.chunks(PIECE_BYTES).map(|piece| Part::Content(piece.to_vec().into()));
        let parts: Vec<_> = std::iter::once(Part::Start(start)).chain(pieces).collect();
        let parts = parts.into_iter().map(|part| UploadDocumentRequest { part: Some(part) });
        self.archive().upload_document(futures::stream::iter(parts)).await?;
        Ok(digest)
    }

    pub fn delivery(&self) -> DeliveryServiceClient<Authenticated> {
        DeliveryServiceClient::with_interceptor(self.channel.clone(), self.bearer.clone())
            .max_decoding_message_size(MESSAGE_BYTES_MAX)
    }

    pub fn messages(&self) -> FiksArkivServiceClient<Authenticated> {
        FiksArkivServiceClient::with_interceptor(self.channel.clone(), self.bearer.clone())
            .max_decoding_message_size(MESSAGE_BYTES_MAX)
            .max_encoding_message_size(MESSAGE_BYTES_MAX)
    }

    pub fn extractions(&self) -> ExtractionServiceClient<Authenticated> {
        ExtractionServiceClient::with_interceptor(self.channel.clone(), self.bearer.clone())
            .max_decoding_message_size(MESSAGE_BYTES_MAX)
    }

    pub fn records(&self) -> RecordServiceClient<Authenticated> {
        RecordServiceClient::with_interceptor(self.channel.clone(), self.bearer.clone())
            .max_decoding_message_size(MESSAGE_BYTES_MAX)
            .max_encoding_message_size(MESSAGE_BYTES_MAX)
    }

    pub fn casework(&self) -> CaseworkServiceClient<Authenticated> {
        CaseworkServiceClient::with_interceptor(self.channel.clone(), self.bearer.clone())
            .max_decoding_message_size(MESSAGE_BYTES_MAX)
    }

    pub fn public_journal(&self) -> PublicJournalServiceClient<Authenticated> {
        PublicJournalServiceClient::with_interceptor(self.channel.clone(), self.bearer.clone())
    }

    pub fn registry(&self) -> RegistryServiceClient<Authenticated> {
        RegistryServiceClient::with_interceptor(self.channel.clone(), self.bearer.clone())
            .max_decoding_message_size(MESSAGE_BYTES_MAX)
    }

    pub fn catalogue(&self) -> CatalogueServiceClient<Authenticated> {
        CatalogueServiceClient::with_interceptor(self.channel.clone(), self.bearer.clone())
            .max_decoding_message_size(MESSAGE_BYTES_MAX)
            .max_encoding_message_size(MESSAGE_BYTES_MAX)
    }

    pub fn insight(&self) -> InsightServiceClient<Authenticated> {
        InsightServiceClient::with_interceptor(self.channel.clone(), self.bearer.clone())
            .max_decoding_message_size(MESSAGE_BYTES_MAX)
    }

    pub fn lineage(&self) -> LineageServiceClient<Authenticated> {
        LineageServiceClient::with_interceptor(self.channel.clone(), self.bearer.clone())
            .max_decoding_message_size(MESSAGE_BYTES_MAX)
    }
}
