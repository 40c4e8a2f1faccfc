//! What is asked about: systems and municipalities drawn from those there are, and the product that most run.

use std::collections::BTreeMap;

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use super::kinds::product_id;
use super::shape::House;

const SYSTEMS_ASKED: usize = 300;
const TENANTS_ASKED: usize = 50;
const SEED: u64 = 11;

/// A system, and a municipality that uses it.
pub(super) struct Asked {
    pub tenant: String,
    pub system: String,
}

pub(super) struct Sample {
    pub systems: Vec<Asked>,
    pub tenants: Vec<String>,
    /// The product that most municipalities run, and how many installations there are of it.
    pub product: String,
    pub installations: usize,
}

impl Sample {
    /// From the first so many municipalities.
    pub fn draw(municipalities: usize) -> anyhow::Result<Self> {
        let mut chance = StdRng::seed_from_u64(SEED);
        let (mut systems, mut tenants) = (Vec::new(), Vec::new());
        for _ in 0..SYSTEMS_ASKED {
            let house = House::draw(chance.random_range(0..municipalities))?;
            let system = house.systems[chance.random_range(0..house.systems.len())].id.to_string();
            systems.push(Asked { tenant: house.tenant.to_string(), system });
        }
        for _ in 0..TENANTS_ASKED.min(municipalities) {
            tenants.push(super::shape::tenant(chance.random_range(0..municipalities))?.to_string());
        }
        let mut installed: BTreeMap<usize, usize> = BTreeMap::new();
        for index in 0..municipalities {
            let house = House::draw(index)?;
            for system in house.systems.iter().filter(|system| system.host == index) {
                *installed.entry(system.product).or_default() += 1;
            }
        }
        let (product, installations) =
            installed.into_iter().max_by_key(|(_, count)| *count).unwrap_or_default();
        Ok(Self { systems, tenants, product: product_id(product)?.to_string(), installations })
    }
}
