//! Which systems a municipality uses, since when, and what each costs it. Pure.

use std::sync::Arc;

use samflyt_events::TenantId;
use samflyt_events::catalogue::resource::Lifecycle;
use samflyt_events::catalogue::{AsOf, Catalogue, System, Usage};
use time::Date;

/// A system as one municipality uses it.
#[derive(Debug, Clone)]
pub(super) struct Used {
    pub system: Arc<System>,
    pub usage: Option<Arc<Usage>>,
    /// How many municipalities use it, and this one's place among them.
    pub users: u64,
    pub place: u64,
    /// The first day on which the municipality is known to have used it, where the system's own dates do not say.
    pub since: Date,
}

impl Used {
    /// What is being phased out is still in use.
    pub fn is_in_use(&self, on: Date) -> bool {
        let lifecycle = self.system.lifecycle(on);
        self.since <= on && matches!(lifecycle, Lifecycle::InUse | Lifecycle::PhasedOut)
    }

    /// What the municipality pays in a year, in kroner: what it states; otherwise an equal share of what the system costs.
    /// The kroner that cannot be shared go to the first, so that the shares add up.
    pub fn cost_nok(&self) -> Option<u64> {
        if let Some(stated) = self.usage.as_ref().and_then(|usage| usage.cost_per_year_nok) {
            return Some(stated);
        }
        let (all, users) = (self.system.cost_per_year_nok?, self.users.max(1));
        Some(all / users + u64::from(self.place < all % users))
    }
}

/// A tenant's systems, by id.
pub(super) fn used(catalogue: &Catalogue, moment: AsOf, tenant: &TenantId) -> Vec<Used> {
    let systems = catalogue.systems_of(tenant, moment);
    let used = systems.map(|system| {
        let users = catalogue.users_at(system, moment);
        let place = users.iter().take_while(|user| *user != tenant).count();
        let enrolled = catalogue.enrolments(&system.id, moment).find(|(user, _)| *user == tenant);
        Used {
            system: Arc::clone(system),
            usage: catalogue.usages().get(tenant, system.id.as_str(), moment).cloned(),
            users: u64::try_from(users.len()).unwrap_or(u64::MAX),
            place: u64::try_from(place).unwrap_or(u64::MAX),
            since: match enrolled {
                Some((_, at)) if *tenant != system.host => at.date(),
                _ => host_since(catalogue, system),
            },
        }
    });
    used.collect()
}

/// A system without a date of its own is known from its registration on.
fn host_since(catalogue: &Catalogue, system: &System) -> Date {
    let first = catalogue.system_history(&system.id).and_then(|history| history.states().first());
    match (system.in_use_from, first) {
        (None, Some(first)) => first.at.date(),
        _ => Date::MIN,
    }
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;
    use samflyt_events::SystemId;
    use time::macros::date;

    use super::*;

    pub fn system(id: &str) -> System {
        let host = TenantId::new("seljord").unwrap();
        System::new(SystemId::new(id).unwrap(), host, "product".to_owned(), id.to_owned())
    }

    pub fn one(system: System) -> Used {
        Used { system: Arc::new(system), usage: None, users: 1, place: 0, since: Date::MIN }
    }

    proptest! {
        #[test]
        fn shares_add_up_to_what_the_system_costs_and_differ_by_one_krone_at_most(
            cost in 0u64..1_000_000_000, users in 1u64..400,
        ) {
            let system = Arc::new(System { cost_per_year_nok: Some(cost), ..system("seljord-gis") });
            let share = |place| Used { users, place, ..one(system.as_ref().clone()) }.cost_nok().unwrap();
            let shares: Vec<u64> = (0..users).map(share).collect();
            prop_assert_eq!(shares.iter().sum::<u64>(), cost);
            prop_assert!(shares.iter().max().unwrap() - shares.iter().min().unwrap() <= 1);
        }
    }

    #[test]
    fn what_a_municipality_states_counts_and_a_cost_that_nobody_stated_is_none() {
        let mut used = one(system("seljord-gis"));
        assert_eq!(used.cost_nok(), None);
        let usage = serde_json::json!({"system": "seljord-gis", "tenant": "seljord", "cost_per_year_nok": 7});
        used.usage = Some(Arc::new(serde_json::from_value(usage).unwrap()));
        used.system = Arc::new(System { cost_per_year_nok: Some(100), ..system("seljord-gis") });
        assert_eq!(used.cost_nok(), Some(7));
    }

    #[test]
    fn a_system_is_in_use_from_when_it_is_known_until_it_is_retired() {
        let dated = System { retired_on: Some(date!(2026 - 03 - 01)), ..system("seljord-gis") };
        let used = Used { since: date!(2026 - 01 - 10), ..one(dated) };
        assert!(!used.is_in_use(date!(2026 - 01 - 09)));
        assert!(used.is_in_use(date!(2026 - 01 - 10)));
        assert!(used.is_in_use(date!(2026 - 02 - 28)));
        assert!(!used.is_in_use(date!(2026 - 03 - 01)));
    }
}
