//! Products that several municipalities run in different versions. Pure.

use std::collections::{BTreeMap, BTreeSet};

use samflyt_events::TenantId;
use samflyt_proto::lineage as pb;
use time::Date;

use super::used::Used;

/// The systems that run a version, and the municipalities that use them.
type Runs<'u> = (BTreeSet<&'u str>, BTreeSet<&'u TenantId>);

/// A version that nobody stated is no other version.
pub(super) fn in_versions(used: &BTreeMap<TenantId, Vec<Used>>, on: Date) -> Vec<pb::ProductVersions> {
    let mut products: BTreeMap<&str, BTreeMap<&str, Runs<'_>>> = BTreeMap::new();
    for (tenant, used) in used {
        for system in used.iter().filter(|used| used.is_in_use(on)).map(|used| &used.system) {
            let version = system.version.trim();
            if !version.is_empty() {
                let runs = products.entry(&system.product).or_default().entry(version).or_default();
                runs.0.insert(system.id.as_str());
                runs.1.insert(tenant);
            }
        }
    }
    let several = |versions: &BTreeMap<&str, Runs<'_>>| {
        let tenants: BTreeSet<_> = versions.values().flat_map(|(_, tenants)| tenants).collect();
        versions.len() > 1 && tenants.len() > 1
    };
    let found = products.into_iter().filter(|(_, versions)| several(versions));
    found
        .map(|(product, versions)| pb::ProductVersions {
            product: product.to_owned(),
            versions: versions
                .into_iter()
                .map(|(version, (systems, _))| pb::VersionInUse {
                    version: version.to_owned(),
                    systems: systems.into_iter().map(str::to_owned).collect(),
                })
                .collect(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use samflyt_events::catalogue::System;
    use time::macros::date;

    use super::super::used::tests::{one, system};
    use super::*;

    #[test]
    fn only_what_several_municipalities_run_in_different_versions_is_told() {
        let run = |id: &str, product: &str, version: &str| {
            let (product, version) = (product.to_owned(), version.to_owned());
            one(System { product, version, ..system(id) })
        };
        let used = BTreeMap::from([
            (
                TenantId::new("seljord").unwrap(),
                vec![
                    run("s-a", "archive", "1"),
                    run("s-b", "payroll", "1"),
                    run("s-c", "test-and-production", "1"),
                    run("s-d", "test-and-production", "2"),
                    run("s-e", "unstated", "1"),
                ],
            ),
            (
                TenantId::new("vinje").unwrap(),
                vec![
                    run("v-a", "archive", "2"),
                    run("v-b", "payroll", "1"),
                    run("v-e", "unstated", " "),
                    System::clone(&run("v-z", "archive", "3").system).retire(),
                ],
            ),
        ]);
        let found = in_versions(&used, date!(2026 - 03 - 01));
        let versions: Vec<_> = found
            .iter()
            .flat_map(|product| {
                product.versions.iter().map(|run| (&*product.product, &*run.version, &*run.systems))
            })
            .collect();
        assert_eq!(
            versions,
            [("archive", "1", ["s-a".to_owned()].as_slice()), ("archive", "2", &["v-a".to_owned()])]
        );
    }

    trait Retire {
        fn retire(self) -> Used;
    }

    impl Retire for System {
        fn retire(self) -> Used {
            one(System { retired_on: Some(date!(2026 - 01 - 01)), ..self })
        }
    }
}
