//! The commands that run the hub: `up` and `serve`.

mod local;
mod serve;
mod up;

pub use local::{LocalHub, OPERATOR};
pub use serve::{Serve, load_config, until_stopped};
pub use up::Up;
pub(crate) use up::{announce, supervise};
