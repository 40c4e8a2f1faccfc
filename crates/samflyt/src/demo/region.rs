//! The region of the demo: municipalities and systems, from `config/demo/region.toml`.

use std::collections::BTreeSet;

use anyhow::{Context, ensure};
use samflyt_events::{MunicipalityNumber, OrganisationNumber, SystemId, TenantId};
use serde::Deserialize;
use time::Date;

const DOCUMENT: &str = include_str!("../../../../config/demo/region.toml");

/// The demo's municipalities and their systems.
#[derive(Debug, Clone)]
pub struct Region {
    pub tenants: Vec<Tenant>,
    pub systems: Vec<System>,
    pub products: Vec<Product>,
    pub replacement: Replacement,
}

/// A municipality.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tenant {
    pub id: TenantId,
    pub municipality_number: MunicipalityNumber,
    pub organisation_number: OrganisationNumber,
    pub name: String,
    /// Since when these numbers are its own.
    pub valid_from: Date,
    /// Rounded; sizes the week.
    pub inhabitants: u32,
}

/// One installation.
#[derive(Debug, Clone)]
pub struct System {
    pub id: SystemId,
    pub host: TenantId,
    /// The product's slug.
    pub product: String,
    pub name: String,
    /// What it is used for, where that is known: `care records`.
    pub task: String,
    /// The municipalities that use it beside its host.
    pub enrolled: Vec<TenantId>,
    /// `invented`, or the list that it was taken from.
    pub note: String,
}

/// A system that another takes over from during the week.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Replacement {
    pub system: SystemId,
    pub by: SystemId,
    /// The first day of the new one.
    pub on: Date,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    tenants: Vec<Tenant>,
    products: Vec<Product>,
    replacement: Replacement,
}

/// A product and its installations, one for each host.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Product {
    pub slug: String,
    /// Its name.
    pub product: String,
    #[serde(default)]
    task: String,
    hosts: Vec<TenantId>,
    #[serde(default)]
    enrolled: Vec<TenantId>,
    /// `invented`, or the list that it was taken from.
    pub note: String,
}

impl Region {
    /// The region that comes with the binary.
    ///
    /// # Errors
    /// Where the document contradicts itself; the tests see that it does not.
    pub fn embedded() -> anyhow::Result<Self> {
        Self::parse(DOCUMENT).context("config/demo/region.toml")
    }

    fn parse(text: &str) -> anyhow::Result<Self> {
        let Document { tenants, products, replacement } = toml::from_str(text)?;
        let mut systems = Vec::new();
        for product in &products {
            for host in &product.hosts {
                let tenant = tenants.iter().find(|tenant| tenant.id == *host);
                let tenant =
                    tenant.with_context(|| format!("`{}` has the unknown host `{host}`", product.slug))?;
                systems.push(product.installed_at(tenant)?);
            }
        }
        let region = Self { tenants, systems, products, replacement };
        region.check()?;
        Ok(region)
    }

    fn check(&self) -> anyhow::Result<()> {
        let tenants: BTreeSet<_> = self.tenants.iter().map(|tenant| &tenant.id).collect();
        ensure!(tenants.len() == self.tenants.len(), "a tenant stands twice");
        let mut systems = BTreeSet::new();
        for system in &self.systems {
            ensure!(systems.insert(&system.id), "the system `{}` stands twice", system.id);
            let mut users = BTreeSet::from([&system.host]);
            for user in &system.enrolled {
                ensure!(tenants.contains(user), "`{}` enrols the unknown `{user}`", system.id);
                ensure!(users.insert(user), "`{}` is used by `{user}` twice", system.id);
            }
        }
        for system in [&self.replacement.system, &self.replacement.by] {
            ensure!(systems.contains(system), "the replacement names the unknown `{system}`");
        }
        Ok(())
    }

    /// The system that a municipality uses for a task.
    pub fn system_for(&self, tenant: &TenantId, task: &str) -> Option<&System> {
        self.systems.iter().find(|system| system.task == task && system.is_used_by(tenant))
    }

    /// What a product is called; its slug where the region has no such.
    pub fn product_name<'s>(&'s self, slug: &'s str) -> &'s str {
        self.products.iter().find(|product| product.slug == slug).map_or(slug, |product| &product.product)
    }
}

impl Tenant {
    /// `Seljord` of `Seljord kommune`.
    pub fn place(&self) -> &str {
        self.name.split(' ').next().unwrap_or_default()
    }
}

impl Product {
    fn installed_at(&self, host: &Tenant) -> anyhow::Result<System> {
        let id = format!("{}-{}", host.id, self.slug);
        Ok(System {
            id: SystemId::new(&id).with_context(|| format!("the system id `{id}`"))?,
            host: host.id.clone(),
            product: self.slug.clone(),
            name: format!("{}, {}", self.product, host.name),
            task: self.task.clone(),
            enrolled: self.enrolled.clone(),
            note: self.note.clone(),
        })
    }
}

impl System {
    /// Whether the municipality hosts it or is enrolled in it.
    pub fn is_used_by(&self, tenant: &TenantId) -> bool {
        self.host == *tenant || self.enrolled.contains(tenant)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn modulo_11_holds(number: &str) -> bool {
        let digits: Vec<u32> = number.chars().filter_map(|c| c.to_digit(10)).collect();
        let sum: u32 =
            [3, 2, 7, 6, 5, 4, 3, 2, 1].iter().zip(&digits).map(|(weight, digit)| weight * digit).sum();
        digits.len() == 9 && sum.is_multiple_of(11)
    }

    #[test]
    fn the_region_has_six_municipalities_that_all_use_agresso() {
        let region = Region::embedded().unwrap();
        let tenants: Vec<_> =
            region.tenants.iter().map(|t| (t.id.as_str(), t.municipality_number.as_str())).collect();
        let expected = [
            ("seljord", "4022"),
            ("kviteseid", "4028"),
            ("nissedal", "4030"),
            ("fyresdal", "4032"),
            ("tokke", "4034"),
            ("vinje", "4036"),
        ];
        assert_eq!(tenants, expected);
        for tenant in &region.tenants {
            assert!(modulo_11_holds(tenant.organisation_number.as_str()), "{}", tenant.id);
            assert_eq!(region.system_for(&tenant.id, "economy").unwrap().id.as_str(), "vinje-agresso");
            assert_eq!(
                region.system_for(&tenant.id, "child welfare").unwrap().id.as_str(),
                "kviteseid-varsemd"
            );
        }
    }

    #[test]
    fn every_system_says_where_it_was_taken_from() {
        let region = Region::embedded().unwrap();
        for system in &region.systems {
            let notes = ["invented", "list of 2017", "the hub's own archive"];
            assert!(notes.contains(&system.note.as_str()), "{}", system.id);
            assert!(system.id.as_str().starts_with(system.host.as_str()));
        }
        let listed = |host: &str| {
            let of_host = |s: &&System| s.host.as_str() == host && s.note == "list of 2017";
            region.systems.iter().filter(of_host).count()
        };
        assert_eq!((listed("seljord"), listed("nissedal"), listed("fyresdal")), (23, 17, 20));
        assert_eq!((listed("kviteseid"), listed("tokke"), listed("vinje")), (0, 0, 1));
    }

    #[test]
    fn a_region_that_contradicts_itself_is_refused() {
        let refused = |from: &str, to: &str| {
            assert!(DOCUMENT.contains(from));
            Region::parse(&DOCUMENT.replacen(from, to, 1)).unwrap_err().to_string()
        };
        assert!(refused("id = \"tokke\"", "id = \"tokkke\"").contains("`tokke`"));
        assert!(refused("enrolled = [\"seljord\"", "enrolled = [\"kviteseid\"").contains("twice"));
        assert!(refused("slug = \"link\"", "slug = \"profil\"").contains("seljord-profil"));
        assert!(refused("slug = \"link\"", "slug = \"Link\"").contains("seljord-Link"));
        assert!(
            refused("by = \"kviteseid-byggmappa\"", "by = \"kviteseid-mappa\"").contains("kviteseid-mappa")
        );
    }
}
