//! What an error message holds, whichever of the three it is.

use super::namespaces;
use crate::grammar::{Complex, Element, Simple};

pub static FEILMELDING_BASE: Complex = Complex {
    name: "feilmeldingBase",
    namespace: namespaces::FEILMELDING,
    base: None,
    elements: &[Element::text("feilId", Simple::String), Element::text("feilmelding", Simple::String)],
};
