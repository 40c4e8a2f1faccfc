//! The hub's own nats-server: found or installed, configured, started, watched, stopped.
//!
//! Consumes a directory ([`BrokerOptions`]); gives a [`Broker`] whose [`BrokerAccess`] says how to connect. Kept true:
//!
//! - it listens on the loopback interface only, and nobody enters without credentials made for this directory;
//! - with [`SyncInterval::Always`] (the default) whatever it acknowledges is on disk (design, promise 1);
//! - it never outlives the process that started it, and a directory never has two brokers.
//!
//! What lies in the directory:
//!
//! | | |
//! | --- | --- |
//! | `credentials.json` | passwords and the auth-callout issuer's seed; made once, reused |
//! | `nats-server.conf` | rewritten at each start |
//! | `nats-server.log` | what the server says; appended to |
//! | `store/` | JetStream's files: the log itself |
//! | `ports/`, `lock` | which ports it got; who uses the directory |

mod access;
mod config;
mod credentials;
mod die_with_parent;
mod error;
pub mod find;
mod install;
mod lifecycle;
mod process;
mod ready;
mod supervise;
mod version;

pub use access::BrokerAccess;
pub use config::{BrokerOptions, MAX_PAYLOAD_BYTES_DEFAULT, SyncInterval};
pub use error::BrokerError;
pub use lifecycle::Broker;
pub use process::BrokerExit;
