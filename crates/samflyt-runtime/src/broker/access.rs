//! How to reach a running broker.

use std::fmt;

/// Addresses and credentials of a broker. They stay the same when it is started again.
#[derive(Clone)]
pub struct BrokerAccess {
    /// For NATS clients: `nats://127.0.0.1:<port>`.
    pub url: String,
    /// The monitoring endpoints (`/varz`, `/jsz`, …): `http://127.0.0.1:<port>`.
    pub monitor_url: String,
    /// User of the account `HUB`, which owns the streams and answers auth callouts.
    pub hub_user: String,
    pub hub_password: String,
    /// User of the system account.
    pub sys_user: String,
    pub sys_password: String,
    /// Seed of the account nkey that signs auth-callout responses.
    pub auth_issuer_seed: String,
}

impl BrokerAccess {
    /// Connection options that identify the user of the account `HUB`.
    pub fn hub(&self) -> async_nats::ConnectOptions {
        async_nats::ConnectOptions::with_user_and_password(self.hub_user.clone(), self.hub_password.clone())
    }

    /// Connection options that identify the user of the system account.
    pub fn sys(&self) -> async_nats::ConnectOptions {
        async_nats::ConnectOptions::with_user_and_password(self.sys_user.clone(), self.sys_password.clone())
    }
}

impl fmt::Debug for BrokerAccess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BrokerAccess")
            .field("url", &self.url)
            .field("monitor_url", &self.monitor_url)
            .finish_non_exhaustive()
    }
}
