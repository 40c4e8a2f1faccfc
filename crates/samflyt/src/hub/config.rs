//! The configuration of a process. `config/samflyt.toml` documents every key.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use samflyt_archive::ArchiveConfig;
use samflyt_delivery::DeliveryConfig;
use samflyt_gateway::GatewayConfig;
use samflyt_lineage::LineageConfig;
use samflyt_log::LogConfig;
use samflyt_registry::RegistryConfig;
use samflyt_runtime::auth::AuthConfig;
use samflyt_runtime::config::Secret;
use samflyt_runtime::telemetry::TelemetryConfig;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HubConfig {
    /// Where projections, the local broker and the development issuer keep their files. `SAMFLYT_DATA_DIR`
    pub data_dir: PathBuf,
    /// 64 hexadecimal digits: the secret of the digests by which a resend is told from a reused id. All gateways of a hub
    /// share it, and it never changes. Empty: a file of its own in `data_dir`. `SAMFLYT_SECRETS__DIGEST_KEY`
    pub secrets: Secrets,
    pub grpc: Listen,
    pub http: Listen,
    pub nats: LogConfig,
    pub auth: AuthConfig,
    pub gateway: GatewayConfig,
    pub registry: RegistryConfig,
    pub lineage: LineageConfig,
    pub archive: ArchiveConfig,
    pub delivery: DeliveryConfig,
    pub telemetry: TelemetryConfig,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Secrets {
    pub digest_key: Secret,
}

/// An address to listen on; port 0 takes a free one.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listen {
    pub listen: SocketAddr,
}

impl Listen {
    pub fn loopback(port: u16) -> Self {
        Self { listen: SocketAddr::from((Ipv4Addr::LOCALHOST, port)) }
    }
}

impl Default for Listen {
    fn default() -> Self {
        Self::loopback(0)
    }
}

impl Default for HubConfig {
    fn default() -> Self {
        Self {
            data_dir: PathBuf::from("data"),
            secrets: Secrets::default(),
            grpc: Listen::loopback(50_051),
            http: Listen::loopback(8_080),
            nats: LogConfig::default(),
            auth: AuthConfig::default(),
            gateway: GatewayConfig::default(),
            registry: RegistryConfig::default(),
            lineage: LineageConfig::default(),
            archive: ArchiveConfig::default(),
            delivery: DeliveryConfig::default(),
            telemetry: TelemetryConfig::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_file_is_the_defaults() {
        let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../config/samflyt.toml");
        let read: HubConfig = samflyt_runtime::config::load(Some(&file), []).unwrap();
        let table = |config: &HubConfig| toml::Table::try_from(config).unwrap();
        assert_eq!(table(&read), table(&HubConfig::default()));
    }
}
