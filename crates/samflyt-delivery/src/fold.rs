//! Folds `DELIVERY_<tenant>` into what a start needs: each subscription as it is now, and how far it came.
//!
//! | family | key | value |
//! | --- | --- | --- |
//! | `s` | tenant, id | the subscription and the sequence of its last state, JSON |
//! | `p` | tenant, id | how far it came: [`Stand`], JSON |
//! | `h` | tenant, id, 0, entity as a token | [`Held`], JSON |
//!
//! A tenant ends with 0. Persisted: a change needs a higher version.

use samflyt_events::TenantId;
use samflyt_events::subject::{delivery_progress, delivery_tenant};
use samflyt_log::Entry;
use samflyt_projection::{Fold, FoldError, StoreError, View, Writer};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::cursor::Known;
use samflyt_events::delivery::{Held, Progress, Rule, Step, Subscription};

pub(crate) struct DeliveryFold;

/// A subscription and where its state stands in the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Kept {
    pub subscription: Subscription,
    pub sequence: u64,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Stand {
    next: u64,
    pending: Vec<u64>,
    window: u64,
    rules: Vec<Rule>,
}

fn key(family: u8, tenant: &TenantId, rest: &[&str]) -> Vec<u8> {
    let mut key = vec![family];
    key.extend(tenant.as_str().as_bytes());
    for part in rest {
        key.push(0);
        key.extend(part.as_bytes());
    }
    key
}

impl Fold for DeliveryFold {
    const NAME: &'static str = "deliveries";
    const VERSION: u32 = 1;

    fn fold(&self, entry: &Entry, stream: &str, writer: &mut Writer<'_>) -> Result<(), FoldError> {
        let refused = |what: &str| FoldError::Refused(what.to_owned());
        let tenant = delivery_tenant(stream).ok_or_else(|| refused("it is no stream of deliveries"))?;
        if entry.subject == delivery_progress(&tenant) {
            let progress: Progress = serde_json::from_slice(&entry.payload)
                .map_err(|_| refused("what was delivered is not of its form"))?;
            return progress.of.iter().try_for_each(|step| fold_step(&tenant, step, writer));
        }
        let subscription: Subscription = serde_json::from_slice(&entry.payload)
            .map_err(|_| refused("a subscription is not of its form"))?;
        let key = key(b's', &tenant, &[&subscription.id]);
        let kept = Kept { subscription, sequence: entry.sequence };
        writer.put(key, serde_json::to_vec(&kept).unwrap_or_default());
        Ok(())
    }
}

fn fold_step(tenant: &TenantId, step: &Step, writer: &mut Writer<'_>) -> Result<(), FoldError> {
    let place = key(b'p', tenant, &[&step.subscription]);
    let mut stand: Stand = writer.get(&place)?.map(|bytes| read(&bytes)).transpose()?.unwrap_or_default();
    stand.next = step.next;
    stand.pending.clone_from(&step.pending);
    stand.window = step.window;
    stand.rules.extend(step.rules.iter().cloned());
    writer.put(place, serde_json::to_vec(&stand).unwrap_or_default());
    for (entity, held) in &step.held {
        let place = key(b'h', tenant, &[&step.subscription, entity]);
        match held {
            Some(held) => writer.put(place, serde_json::to_vec(held).unwrap_or_default()),
            None => writer.remove(place),
        }
    }
    Ok(())
}

fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, StoreError> {
    serde_json::from_slice(bytes)
        .map_err(|_| StoreError::Corrupt("what is known of a subscription is not of its form"))
}

/// All subscriptions of a tenant, by id.
pub(crate) fn subscriptions(view: &View, tenant: &TenantId) -> Result<Vec<Kept>, StoreError> {
    let mut prefix = key(b's', tenant, &[]);
    prefix.push(0);
    view.scan_prefix(&prefix).map(|pair| read(&pair?.1)).collect()
}

/// How far a subscription came; none: it was not told yet.
pub(crate) fn known(view: &View, tenant: &TenantId, id: &str) -> Result<Option<Known>, StoreError> {
    let Some(stand) = view.get(&key(b'p', tenant, &[id]))? else { return Ok(None) };
    let Stand { next, pending, window, rules } = read(&stand)?;
    let prefix = key(b'h', tenant, &[id, ""]);
    let mut known = Known { next, pending, window, rules, ..Known::default() };
    for pair in view.scan_prefix(&prefix) {
        let (key, held) = pair?;
        let entity = String::from_utf8(key[prefix.len()..].to_vec());
        let entity = entity.map_err(|_| StoreError::Corrupt("the name of an entity is not of its form"))?;
        known.held.insert(entity, read::<Held>(&held)?);
    }
    Ok(Some(known))
}
