//! What a service stands on: configuration, telemetry, authentication, the catalogue it decides by, lifecycle, the two
//! doors of a process, and the supervised local broker. Knows no service.

pub mod auth;
pub mod broker;
pub mod caller;
pub mod catalogue;
pub mod clock;
pub mod config;
mod deps;
pub mod lifecycle;
pub mod message;
mod problem;
pub mod projection;
pub mod refused;
pub mod rpc;
pub mod server;
pub mod telemetry;

pub use caller::Caller;
pub use catalogue::CatalogueFeed;
pub use clock::{Clock, SharedClock, SystemClock};
pub use deps::Deps;
pub use lifecycle::Lifecycle;
pub use problem::Problem;
