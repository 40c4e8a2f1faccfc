//! Reading a key set's document, from a file or over HTTP. Keeps nothing.

use std::path::PathBuf;
use std::time::Duration;

use reqwest::{Client, Url};
use tokio::io::AsyncReadExt;

use super::config::{AuthConfig, JwksLocation};
use super::error::{AuthConfigError, JwksError};

/// The largest document read. Maskinporten's has about 5 kB.
const BYTES_MAX: usize = 256 * 1024;

/// Where the document of one issuer's keys is read.
pub(super) enum Source {
    File(PathBuf),
    Http { client: Client, url: Url },
}

impl Source {
    /// The document as it is now.
    pub async fn read(&self) -> Result<Vec<u8>, JwksError> {
        match self {
            Self::File(path) => {
                let file = tokio::fs::File::open(path).await.map_err(JwksError::File)?;
                let mut document = Vec::new();
                let at_most = BYTES_MAX as u64 + 1;
                file.take(at_most).read_to_end(&mut document).await.map_err(JwksError::File)?;
                within_limit(document)
            }
            Self::Http { client, url } => fetch(client, url).await,
        }
    }

    /// As it is named in logs.
    pub fn location(&self) -> String {
        match self {
            Self::File(path) => path.display().to_string(),
            Self::Http { url, .. } => url.to_string(),
        }
    }
}

async fn fetch(client: &Client, url: &Url) -> Result<Vec<u8>, JwksError> {
    let mut response = client.get(url.clone()).send().await.map_err(JwksError::Fetch)?;
    if response.status() != reqwest::StatusCode::OK {
        return Err(JwksError::Status(response.status()));
    }
    let mut document = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(JwksError::Fetch)? {
        document.extend_from_slice(&chunk);
        if document.len() > BYTES_MAX {
            break;
        }
    }
    within_limit(document)
}

fn within_limit(document: Vec<u8>) -> Result<Vec<u8>, JwksError> {
    if document.len() > BYTES_MAX { Err(JwksError::TooLarge { bytes_max: BYTES_MAX }) } else { Ok(document) }
}

/// Makes the sources of the configured issuers, in their order. The HTTP client is only made if one needs it.
pub(super) fn sources(config: &AuthConfig) -> Result<Vec<Source>, AuthConfigError> {
    let mut client: Option<Client> = None;
    let mut sources = Vec::with_capacity(config.issuers.len());
    for issuer in &config.issuers {
        sources.push(match &issuer.jwks {
            JwksLocation::File(path) => Source::File(path.clone()),
            JwksLocation::Url(url) => {
                if url.scheme() == "http" {
                    tracing::warn!(
                        issuer = %issuer.issuer, location = %url,
                        "the key set is fetched without TLS: whoever is on the way can put in keys of their own"
                    );
                }
                let client = match &client {
                    Some(client) => client.clone(),
                    None => client.insert(http_client(config)?).clone(),
                };
                Source::Http { client, url: url.clone() }
            }
        });
    }
    Ok(sources)
}

fn http_client(config: &AuthConfig) -> Result<Client, AuthConfigError> {
    super::install_crypto_provider();
    Client::builder()
        .timeout(Duration::from_millis(config.jwks_fetch_timeout_ms.into()))
        .redirect(reqwest::redirect::Policy::none())
        .pool_max_idle_per_host(0)
        .user_agent(concat!("samflyt/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(AuthConfigError::HttpClient)
}
