//! Whom a client believes behind `https://`: the certificate authorities of this machine, or those of a file and no
//! others.

use std::io;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, bail};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use tonic::transport::{Certificate, ClientTlsConfig};

/// The authorities by which a hub's certificate is judged. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Trust {
    /// In PEM form. None: those of the machine.
    authorities: Option<Arc<[u8]>>,
}

impl Trust {
    /// Those of a file, in PEM form.
    ///
    /// # Errors
    /// Where it cannot be read, or holds no certificate.
    pub fn of_file(path: &Path) -> anyhow::Result<Self> {
        let pem = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
        if !certificates.is_ok_and(|certificates| !certificates.is_empty()) {
            bail!("{} holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)", path.display());
        }
        Ok(Self { authorities: Some(pem.into()) })
    }

    pub(crate) fn grpc(&self) -> ClientTlsConfig {
        match &self.authorities {
            Some(pem) => ClientTlsConfig::new().ca_certificate(Certificate::from_pem(pem)),
            None => ClientTlsConfig::new().with_native_roots(),
        }
    }

    pub(crate) fn http(&self, client: reqwest::ClientBuilder) -> reqwest::Result<reqwest::ClientBuilder> {
        Ok(match &self.authorities {
            Some(pem) => client.tls_certs_only(reqwest::Certificate::from_pem_bundle(pem)?),
            None => client,
        })
    }
}

/// What was wrong with the other end's certificate, where that was what kept a connection from being made.
pub(crate) fn certificate_refused(error: &anyhow::Error) -> Option<&rustls::CertificateError> {
    error.chain().find_map(|cause| {
        // An I/O error's source is that of what it holds, not what it holds.
        let held = cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        let found = held.and_then(|held| held.downcast_ref()).or_else(|| cause.downcast_ref());
        match found {
            Some(rustls::Error::InvalidCertificate(why)) => Some(why),
            _ => None,
        }
    })
}
