//! The kinds of resources, as commands name them.

use samflyt_events::catalogue::Kind;
use samflyt_proto::registry::ResourceKind;

/// A kind of resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Which {
    /// What systems are installations of; shared by all municipalities
    Product,
    /// An installation
    System,
    /// How a municipality uses a system
    Usage,
    /// What a municipality does, step by step
    Process,
    /// A collection of information
    Dataset,
    /// What a municipality offers to its inhabitants
    Service,
    /// A declared flow
    Agreement,
    /// A change of a system, a contract or an agreement
    Change,
    /// Who answers for the processing of personal data
    Controller,
}

impl Which {
    pub(super) fn kind(self) -> Kind {
        match self {
            Self::Product => Kind::Product,
            Self::System => Kind::System,
            Self::Usage => Kind::Usage,
            Self::Process => Kind::Process,
            Self::Dataset => Kind::Dataset,
            Self::Service => Kind::Service,
            Self::Agreement => Kind::Agreement,
            Self::Change => Kind::Change,
            Self::Controller => Kind::Controller,
        }
    }

    pub(super) fn wire(self) -> i32 {
        i32::from(match self {
            Self::Product => ResourceKind::Product,
            Self::System => ResourceKind::System,
            Self::Usage => ResourceKind::Usage,
            Self::Process => ResourceKind::Process,
            Self::Dataset => ResourceKind::Dataset,
            Self::Service => ResourceKind::Service,
            Self::Agreement => ResourceKind::Agreement,
            Self::Change => ResourceKind::Change,
            Self::Controller => ResourceKind::Controller,
        })
    }
}
