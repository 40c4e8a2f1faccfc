//! What every service is given.

use std::path::PathBuf;
use std::sync::Arc;

use samflyt_log::Log;

use crate::auth::Authenticator;
use crate::{CatalogueFeed, SharedClock};

/// Cheap to clone; all clones share one connection, one catalogue and one cache of tokens.
#[derive(Clone)]
pub struct Deps {
    pub log: Log,
    pub feed: CatalogueFeed,
    pub authenticator: Arc<Authenticator>,
    pub clock: SharedClock,
    /// Where projections keep their files.
    pub data_dir: PathBuf,
}
