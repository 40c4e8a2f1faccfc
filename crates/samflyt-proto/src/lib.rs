//! The public API of the hub, generated from `proto/`. No code of our own beside the module tree.
#![allow(clippy::all, clippy::unwrap_used, clippy::expect_used)]

/// `samflyt.<service>.v1`, as the packages of `proto/` are named.
pub mod samflyt {
    pub mod archive {
        pub mod v1 {
            tonic::include_proto!("samflyt.archive.v1");
        }
    }
    pub mod common {
        pub mod v1 {
            tonic::include_proto!("samflyt.common.v1");
        }
    }
    pub mod delivery {
        pub mod v1 {
            tonic::include_proto!("samflyt.delivery.v1");
        }
    }
    pub mod gateway {
        pub mod v1 {
            tonic::include_proto!("samflyt.gateway.v1");
        }
    }
    pub mod lineage {
        pub mod v1 {
            tonic::include_proto!("samflyt.lineage.v1");
        }
    }
    pub mod registry {
        pub mod v1 {
            tonic::include_proto!("samflyt.registry.v1");
        }
    }
}

pub use samflyt::archive::v1 as archive;
pub use samflyt::common::v1 as common;
pub use samflyt::delivery::v1 as delivery;
pub use samflyt::gateway::v1 as gateway;
pub use samflyt::lineage::v1 as lineage;
pub use samflyt::registry::v1 as registry;

/// The descriptors of all of it, for gRPC reflection.
pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));
