//! What the region knows of its house, from `config/demo/catalogue/`: documents as `PutResource` takes them.

mod declared;
mod drift;
mod pattern;
mod put;
mod systems;

use std::collections::BTreeMap;

use anyhow::Context;
use samflyt_events::TenantId;
use samflyt_events::catalogue::Kind;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use time::Date;

use super::region::Region;
pub use declared::Declared;
pub(super) use drift::Drift;
use pattern::{Pattern, Place};
pub(super) use put::put;
use systems::{Installed, Systems};

macro_rules! document {
    ($name:literal) => {
        (
            concat!("config/demo/catalogue/", $name),
            include_str!(concat!("../../../../../config/demo/catalogue/", $name)),
        )
    };
}

const PRODUCTS: File = document!("products.toml");
const SYSTEMS: File = document!("systems.toml");
const CHANGES: File = document!("changes.toml");
const AGREEMENTS: File = document!("agreements.toml");
/// Those that need nothing more than to be said, each after what it names.
const PLAIN: [(Kind, File); 5] = [
    (Kind::Controller, document!("controllers.toml")),
    (Kind::Usage, document!("usages.toml")),
    (Kind::Process, document!("processes.toml")),
    (Kind::Dataset, document!("datasets.toml")),
    (Kind::Service, document!("services.toml")),
];

/// Its name, and what stands in it.
type File = (&'static str, &'static str);

/// The region's catalogue.
#[derive(Debug, Clone)]
pub struct House {
    pub adopted: Adopted,
    /// Kind by kind, in an order in which each finds what it names.
    pub documents: Vec<(Kind, Vec<Value>)>,
    pub agreements: Vec<Declared>,
    pub changes: Vec<Value>,
}

/// A product that a municipality takes over from its neighbours.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Adopted {
    pub tenant: TenantId,
    pub product: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Changes {
    adopted: Adopted,
    changes: Vec<Pattern>,
}

impl House {
    /// The catalogue that comes with the binary, as of a day.
    ///
    /// # Errors
    /// Where a file contradicts itself or the region; the tests see that none does.
    pub fn embedded(region: &Region, today: Date) -> anyhow::Result<Self> {
        let changes: Changes = read(CHANGES)?;
        let places: Vec<Place<'_>> =
            region.tenants.iter().map(|tenant| Place { region, tenant, today }).collect();
        let mut documents =
            vec![(Kind::Product, products(region)?), (Kind::System, systems(region, &changes.adopted)?)];
        for (kind, file) in PLAIN {
            let patterns: BTreeMap<String, Vec<Pattern>> = read(file)?;
            documents.push((kind, said(patterns.values().flatten(), &places).context(file.0)?));
        }
        Ok(Self {
            agreements: declared::agreements(read(AGREEMENTS)?, &places).context(AGREEMENTS.0)?,
            changes: said(&changes.changes, &places).context(CHANGES.0)?,
            adopted: changes.adopted,
            documents,
        })
    }

    /// How many calls it takes to load it.
    fn calls(&self) -> usize {
        let plain: usize = self.documents.iter().map(|(_, documents)| documents.len()).sum();
        plain + self.agreements.iter().map(Declared::calls).sum::<usize>() + self.changes.len()
    }
}

fn read<T: DeserializeOwned>((name, text): File) -> anyhow::Result<T> {
    toml::from_str(text).context(name)
}

fn said<'p>(
    patterns: impl IntoIterator<Item = &'p Pattern>,
    places: &[Place<'_>],
) -> anyhow::Result<Vec<Value>> {
    let mut documents = Vec::new();
    for pattern in patterns {
        for place in places {
            documents.extend(pattern.at(place)?);
        }
    }
    Ok(documents)
}

/// Every product of the region: its name, and what more is known of it.
fn products(region: &Region) -> anyhow::Result<Vec<Value>> {
    let mut known: BTreeMap<String, Map<String, Value>> = read(PRODUCTS)?;
    let mut documents = Vec::new();
    for product in &region.products {
        let mut document = known.remove(&product.slug).unwrap_or_default();
        document.insert("id".to_owned(), product.slug.as_str().into());
        document.insert("name".to_owned(), product.product.as_str().into());
        document.entry("note").or_insert_with(|| product.note.as_str().into());
        documents.push(Value::Object(document));
    }
    anyhow::ensure!(known.is_empty(), "{} describes what the region does not have: {known:?}", PRODUCTS.0);
    Ok(documents)
}

fn systems(region: &Region, adopted: &Adopted) -> anyhow::Result<Vec<Value>> {
    let details: Systems = read(SYSTEMS)?;
    for product in details.systems.keys() {
        let known = region.products.iter().any(|known| known.slug == *product);
        anyhow::ensure!(known, "{} describes the unknown `{product}`", SYSTEMS.0);
    }
    let registered = region.systems.iter().map(|system| Installed {
        id: system.id.to_string(),
        host: &system.host,
        product: &system.product,
        name: system.name.clone(),
        note: &system.note,
        users: std::iter::once(&system.host).chain(&system.enrolled).collect(),
    });
    let adopted = Installed {
        id: format!("{}-{}", adopted.tenant, adopted.product),
        host: &adopted.tenant,
        product: &adopted.product,
        name: format!("{}, to come", region.product_name(&adopted.product)),
        note: "invented",
        users: vec![&adopted.tenant],
    };
    Ok(registered.chain([adopted]).filter_map(|installed| details.document(region, &installed)).collect())
}

/// The contract of the system that would replace ePhorte: stricter in one field.
pub(super) const SUBSTITUTE: &str = include_str!("../../../../../config/demo/substitute/case.opened.json");

#[cfg(test)]
mod tests;
