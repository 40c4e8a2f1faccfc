//! The keys of what is known of deposits. Persisted, keep stable.
//!
//! | family | key | value |
//! | --- | --- | --- |
//! | `r` | tenant, request as in headers | the deposit, JSON |
//! | `s` | state, tenant, sequence of the request | request as in headers |
//! | `c` | tenant, state, system | how many, 8 bytes |
//!
//! A tenant ends with 0; a state is one byte; numbers are big-endian.

use samflyt_events::TenantId;

use super::fold::State;

pub(super) fn request(tenant: &str, reference: &str) -> Vec<u8> {
    [b"r", tenant.as_bytes(), &[0], reference.as_bytes()].concat()
}

pub(super) fn in_state(state: State, tenant: &str, sequence: u64) -> Vec<u8> {
    [&all_in_state(state, tenant)[..], &sequence.to_be_bytes()].concat()
}

pub(super) fn all_in_state(state: State, tenant: &str) -> Vec<u8> {
    [&of_state(state)[..], tenant.as_bytes(), &[0]].concat()
}

/// Of all tenants.
pub(super) fn of_state(state: State) -> Vec<u8> {
    vec![b's', state.byte()]
}

/// The tenant of a key of [`in_state`].
pub(super) fn tenant_of(key: &[u8]) -> Option<TenantId> {
    let tenant = key.get(2..key.len().checked_sub(9)?)?;
    TenantId::new(std::str::from_utf8(tenant).ok()?).ok()
}

pub(super) fn count(tenant: &str, state: State, system: &str) -> Vec<u8> {
    [&counts(tenant)[..], &[state.byte()], system.as_bytes()].concat()
}

pub(super) fn counts(tenant: &str) -> Vec<u8> {
    [b"c", tenant.as_bytes(), &[0]].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenant_comes_back_from_a_key_and_no_tenant_is_another_ones_beginning() {
        let key = in_state(State::Rejected, "seljord", 7);
        assert_eq!(tenant_of(&key).unwrap().as_str(), "seljord");
        assert!(key.ends_with(&7_u64.to_be_bytes()));
        assert!(!in_state(State::Waiting, "seljord", 1).starts_with(&all_in_state(State::Waiting, "sel")));
        assert_eq!(tenant_of(b"s"), None);
    }
}
