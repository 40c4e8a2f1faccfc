//! Places: properties, buildings, plans, points, addresses, as given: the same as in full answers.

use super::super::{arkivstruktur, namespaces};
use crate::grammar::Complex;

pub static MATRIKKELNUMMER: Complex = arkivstruktur::sted::MATRIKKELNUMMER.in_namespace(namespaces::OPPRETT);

pub static BYGGIDENT: Complex = arkivstruktur::sted::BYGGIDENT.in_namespace(namespaces::OPPRETT);

pub static PLANIDENT: Complex = arkivstruktur::sted::PLANIDENT.in_namespace(namespaces::OPPRETT);

pub static PUNKT: Complex = arkivstruktur::sted::PUNKT.in_namespace(namespaces::OPPRETT);

pub static ADRESSE: Complex = arkivstruktur::sted::ADRESSE.in_namespace(namespaces::OPPRETT);
