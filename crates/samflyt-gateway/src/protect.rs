//! The place of protection: between contract and append, and nowhere else.
//!
//! Only a [`Protected`] event can be appended, and only [`protect`] makes one. Until personal fields are encrypted here,
//! it adds what the hub knows (contract, publisher, digest) and leaves the data as the publisher sent it; that no
//! attribute in clear names a person was checked before, by the envelope and by the contract.

use samflyt_events::{CompiledContract, Digest, Event, OrganisationNumber, ParsedDraft};

/// An event as it may stand in the log.
pub(crate) struct Protected(pub(crate) Event);

pub(crate) fn protect(
    draft: ParsedDraft,
    contract: &CompiledContract,
    publisher: Option<OrganisationNumber>,
    digest: Digest,
) -> Protected {
    Protected(Event {
        contract: Some(contract.contract.version),
        publisher,
        digest: Some(digest),
        ..draft.event
    })
}
