//! Who looks.

use samflyt_events::TenantId;

use super::{AccessConfig, Viewer};
use crate::records::testing::NOW;

/// Another system than the one that deposits, with access to these codes.
pub(crate) fn viewer(codes: &[&str]) -> Viewer {
    let access = AccessConfig {
        systems: vec!["seljord-visma".to_owned()],
        tilgangsrestriksjon: codes.iter().map(|code| (*code).to_owned()).collect(),
        ..AccessConfig::default()
    };
    let tenant = TenantId::new("seljord").unwrap();
    Viewer::new(&[access], &tenant, "964963193", Some("seljord-visma"), false, NOW)
}
