//! What may be chosen about a broker, and the configuration file that follows from it.

use std::path::{Path, PathBuf};

use super::credentials::Credentials;

/// Largest message unless configured otherwise: 8 MiB of data and room for its headers.
pub const MAX_PAYLOAD_BYTES_DEFAULT: u32 = 8 * 1024 * 1024 + 64 * 1024;

/// When the broker calls fsync.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SyncInterval {
    /// Before every acknowledgement. The only setting that keeps promise 1.
    #[default]
    Always,
    /// As nats-server does by itself: every two minutes. For benchmarks and tests that show the difference.
    Default,
}

/// What may be chosen about a broker.
#[derive(Clone, Debug)]
pub struct BrokerOptions {
    /// Where configuration, credentials, server log and store live. Created when missing.
    pub dir: PathBuf,
    /// The port for clients; `None` lets the system choose a free one.
    pub port: Option<u16>,
    pub sync: SyncInterval,
    /// Largest message, headers included.
    pub max_payload_bytes: u32,
}

impl BrokerOptions {
    /// A broker in this directory, on a free port, with an fsync before every acknowledgement.
    pub fn in_dir(dir: impl Into<PathBuf>) -> Self {
        Self {
            dir: dir.into(),
            port: None,
            sync: SyncInterval::Always,
            max_payload_bytes: MAX_PAYLOAD_BYTES_DEFAULT,
        }
    }
}

/// Ports to listen on; `None` lets the system choose.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct WantedPorts {
    pub client: Option<u16>,
    pub monitor: Option<u16>,
}

/// The text of `nats-server.conf`. Contains passwords.
///
/// `HUB` owns the streams. `SYSTEMS` has no users of its own: the auth callout puts them there. It reaches the hub
/// through the one exported service only, so that no reply subject chosen by a system can reach the log. `share` tells
/// the hub's side who is asking, for its diagnostics only: a client can forge it (see `tests/auth_callout.rs`).
pub(super) fn render(
    options: &BrokerOptions,
    credentials: &Credentials,
    issuer: &str,
    ports: WantedPorts,
) -> String {
    let listen = ports.client.map_or_else(|| "-1".to_owned(), |port| port.to_string());
    let http = ports.monitor.map_or_else(|| "-1".to_owned(), |port| port.to_string());
    let ports_dir = quoted(&ports_dir(&options.dir));
    let store_dir = quoted(&options.dir.join("store"));
    let sync = match options.sync {
        SyncInterval::Always => ", sync_interval: always",
        SyncInterval::Default => "",
    };
    let Credentials { hub_user, hub_password, sys_user, sys_password, .. } = credentials;
    let max_payload = options.max_payload_bytes;
    format!(
        r#"# Written by Samflyt at each start; changes are lost.
server_name: samflyt
listen: "127.0.0.1:{listen}"
http: "127.0.0.1:{http}"
ports_file_dir: {ports_dir}
max_payload: {max_payload}
jetstream {{ store_dir: {store_dir}{sync} }}
system_account: SYS
accounts {{
  HUB {{
    jetstream: enabled
    users: [{{user: "{hub_user}", password: "{hub_password}"}}]
    exports: [{{service: "ingest.>"}}]
  }}
  SYSTEMS {{
    imports: [{{service: {{account: HUB, subject: "ingest.>"}}, share: true}}]
  }}
  SYS {{
    users: [{{user: "{sys_user}", password: "{sys_password}"}}]
  }}
}}
authorization {{
  auth_callout {{ issuer: {issuer}, account: HUB, auth_users: ["{hub_user}", "{sys_user}"] }}
}}
"#
    )
}

/// Where the server writes which ports it got.
pub(super) fn ports_dir(dir: &Path) -> PathBuf {
    dir.join("ports")
}

/// A path as a string of the configuration language.
fn quoted(path: &Path) -> String {
    format!("\"{}\"", path.to_string_lossy().replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rendered(options: &BrokerOptions) -> String {
        render(options, &Credentials::generate().unwrap(), "AISSUER", WantedPorts::default())
    }

    #[test]
    fn it_syncs_always_unless_told_otherwise() {
        let mut options = BrokerOptions::in_dir("/d");
        assert!(rendered(&options).contains("sync_interval: always"));
        options.sync = SyncInterval::Default;
        assert!(!rendered(&options).contains("sync_interval"));
    }

    #[test]
    fn a_quotation_mark_in_the_path_cannot_end_the_string() {
        assert!(rendered(&BrokerOptions::in_dir("/a \"b\\c")).contains(r#"store_dir: "/a \"b\\c/store""#));
    }
}
