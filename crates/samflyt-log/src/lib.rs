//! The event log on NATS JetStream: append, read, follow.
//!
//! Consumes checked events; gives their sequences once they are on disk. Keeps true: what was acknowledged is there, and
//! a tenant's events are in the tenant's own stream. Knows nothing of contracts or grants.

mod append;
mod connect;
mod copy;
mod entry;
mod follow;
mod header;
mod read;
mod streams;

pub use append::{AppendError, Appended, Appending};
pub use connect::{ConnectError, Log, LogConfig};
pub use copy::{Copied, Expected};
pub use entry::{Entry, LEARNED_AT};
pub use follow::{Follow, Follower};
pub use read::{Page, ReadError};
pub use streams::{StreamError, StreamState};
