//! What a caller may see of the catalogue: the tenants that any grant of theirs covers, and what those use.

use std::collections::BTreeSet;

use samflyt_events::catalogue::{Catalogue, System};
use samflyt_events::{Refusal, TenantId};
use samflyt_runtime::Caller;

/// The tenants that the caller may know of.
///
/// # Errors
/// `NOT_GRANTED` where the caller holds no grant at all.
pub(crate) fn tenants(caller: &Caller, catalogue: &Catalogue) -> Result<BTreeSet<TenantId>, Refusal> {
    let held: Vec<_> = catalogue.grants_held(&caller.holder()).collect();
    if held.is_empty() {
        return Err(Refusal::not_granted());
    }
    let covered = |id: &TenantId| held.iter().any(|grant| grant.tenants.covers(id));
    Ok(catalogue.tenants().map(|tenant| &tenant.id).filter(|id| covered(id)).cloned().collect())
}

/// Those of the tenants asked about (empty: all) that the caller may know of.
///
/// # Errors
/// `NOT_GRANTED` where one that was asked about by name is not among them.
pub(crate) fn among(
    caller: &Caller,
    catalogue: &Catalogue,
    asked: &[String],
) -> Result<BTreeSet<TenantId>, Refusal> {
    let mut visible = tenants(caller, catalogue)?;
    if asked.is_empty() {
        return Ok(visible);
    }
    if !asked.iter().all(|tenant| visible.contains(tenant.as_str())) {
        return Err(Refusal::not_granted());
    }
    visible.retain(|tenant| asked.iter().any(|asked| asked == tenant.as_str()));
    Ok(visible)
}

/// Of those who use the system, the ones that the caller may know of.
pub(crate) fn users(
    catalogue: &Catalogue,
    system: &System,
    visible: &BTreeSet<TenantId>,
) -> BTreeSet<TenantId> {
    catalogue.users_of(system).intersection(visible).cloned().collect()
}

/// One page of a list that is ordered by key. The token is the last key of the page before, so pages stay right while
/// the list grows.
pub(crate) fn page<T>(
    items: impl Iterator<Item = T>,
    key: impl Fn(&T) -> String,
    size: u32,
    token: &str,
) -> (Vec<T>, String) {
    let size = if size == 0 { 100 } else { size.min(1_000) } as usize;
    let mut rest = items.filter(|item| token.is_empty() || key(item).as_str() > token);
    let taken: Vec<T> = rest.by_ref().take(size).collect();
    let next = if rest.next().is_some() { taken.last().map(&key).unwrap_or_default() } else { String::new() };
    (taken, next)
}
