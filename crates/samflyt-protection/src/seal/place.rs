//! What a sealed field is bound to.

use samflyt_events::{EntityId, EventRef, TenantId};

use crate::subject::Pseudonym;

/// The event whose data it is.
#[derive(Debug, Clone, Copy)]
pub struct Place<'e> {
    pub event: &'e EventRef,
    /// Whose affair it is, where the event names no person.
    pub entity: &'e EntityId,
}

/// The associated data of a sealed field: tenant, event, pointer, and the pseudonym that stands beside it.
pub(crate) fn bound(
    tenant: &TenantId,
    event: &EventRef,
    pointer: &str,
    pseudonym: Option<&Pseudonym>,
) -> Vec<u8> {
    let pseudonym = pseudonym.map_or(&[][..], |pseudonym| pseudonym.bytes());
    let parts = [
        tenant.as_str().as_bytes(),
        event.system.as_str().as_bytes(),
        event.id.as_str().as_bytes(),
        pointer.as_bytes(),
        pseudonym,
    ];
    let mut bound = Vec::with_capacity(parts.iter().map(|part| part.len() + 4).sum::<usize>() + 16);
    bound.extend_from_slice(b"samflyt field 1");
    for part in parts {
        // Identifiers and pointers are far shorter than 4 GiB.
        bound.extend_from_slice(&u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
        bound.extend_from_slice(part);
    }
    bound
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_the_parts_meet_is_bound_too() {
        let tenant = TenantId::new("seljord").unwrap();
        let at = |event: &str, pointer: &str| bound(&tenant, &EventRef::parse(event).unwrap(), pointer, None);
        assert_ne!(at("a/b", "/c"), at("a/b/c", ""));
        assert_ne!(at("a/bc", "/d"), at("ab/c", "/d"));
        let pseudonym = Pseudonym::random();
        let event = EventRef::parse("a/b").unwrap();
        assert_ne!(bound(&tenant, &event, "/c", pseudonym.as_ref()), at("a/b", "/c"));
    }
}
