//! What is agreed, as flows: the agreements that were approved and are not over, read for a municipality when it is first
//! asked about.

use std::collections::HashMap;

use samflyt_events::TenantId;
use samflyt_events::catalogue::{Agreement, AsOf, Catalogue};
use samflyt_projection::StoreError;
use time::Date;

use crate::names::Names;
use crate::projections::keys::{NOBODY, Number};
use crate::walk::{Hop, Node};

pub(super) struct Declared<'a> {
    pub catalogue: &'a Catalogue,
    /// What the catalogue was then.
    pub moment: AsOf,
    /// The day on which agreements have to stand.
    pub on: Date,
    pub tenants: &'a [TenantId],
    read: HashMap<u32, Agreed<'a>>,
}

/// A flow that an agreement allows.
pub(super) struct Allowed<'a> {
    near: Number,
    pub hop: Hop<Number>,
    pub agreement: &'a Agreement,
}

/// What is agreed in one municipality, by the near end.
#[derive(Default)]
struct Agreed<'a> {
    down: Vec<Allowed<'a>>,
    up: Vec<Allowed<'a>>,
}

impl<'a> Agreed<'a> {
    fn of<'r>(rows: &'r [Allowed<'a>], near: Number) -> &'r [Allowed<'a>] {
        let begin = rows.partition_point(|row| row.near < near);
        let own = rows[begin..].partition_point(|row| row.near == near);
        &rows[begin..begin + own]
    }
}

impl<'a> Declared<'a> {
    pub fn new(catalogue: &'a Catalogue, moment: AsOf, on: Date, tenants: &'a [TenantId]) -> Self {
        Self { catalogue, moment, on, tenants, read: HashMap::new() }
    }

    /// A municipality's agreements that stand: approved, and not over.
    pub fn standing(&self, place: u32) -> impl Iterator<Item = &'a Agreement> + use<'a> {
        let (on, moment) = (self.on, self.moment);
        let agreements = self.catalogue.agreements().of(&self.tenants[place as usize], moment);
        agreements.map(AsRef::as_ref).filter(move |agreement| stands(agreement, on))
    }

    pub fn down(&mut self, names: &mut Names<'_>, from: Node) -> Result<&[Allowed<'a>], StoreError> {
        let agreed = self.agreed(names, from.place)?;
        Ok(Agreed::of(&agreed.down, from.system))
    }

    pub fn up(&mut self, names: &mut Names<'_>, to: Node) -> Result<&[Allowed<'a>], StoreError> {
        let agreed = self.agreed(names, to.place)?;
        Ok(Agreed::of(&agreed.up, to.system))
    }

    /// The agreements that a system is a party of, by id.
    pub fn of(&mut self, names: &mut Names<'_>, party: Node) -> Result<Vec<&'a Agreement>, StoreError> {
        let agreed = self.agreed(names, party.place)?;
        let sides = [Agreed::of(&agreed.down, party.system), Agreed::of(&agreed.up, party.system)];
        let mut agreements: Vec<&Agreement> =
            sides.into_iter().flatten().map(|allowed| allowed.agreement).collect();
        agreements.sort_unstable_by(|a, b| a.id.cmp(&b.id));
        agreements.dedup_by(|a, b| a.id == b.id);
        Ok(agreements)
    }

    fn agreed(&mut self, names: &mut Names<'_>, place: u32) -> Result<&Agreed<'a>, StoreError> {
        if !self.read.contains_key(&place) {
            let mut agreed = Agreed::default();
            for agreement in self.standing(place) {
                let provider = names.number(agreement.provider.as_str())?;
                let consumer = names.number(agreement.consumer.as_str())?;
                for kind in &agreement.types {
                    let kind = names.number(kind.as_str())?;
                    let allowed =
                        |near, other| Allowed { near, hop: Hop { other, kind, flow: NOBODY }, agreement };
                    agreed.down.push(allowed(provider, consumer));
                    agreed.up.push(allowed(consumer, provider));
                }
            }
            agreed.down.sort_by_key(|allowed| allowed.near);
            agreed.up.sort_by_key(|allowed| allowed.near);
            self.read.insert(place, agreed);
        }
        Ok(self.read.entry(place).or_default())
    }
}

/// Whether an agreement allows its flow on a day, or will.
pub(crate) fn stands(agreement: &Agreement, on: Date) -> bool {
    agreement.was_approved() && agreement.valid_until.is_none_or(|until| on <= until)
}
