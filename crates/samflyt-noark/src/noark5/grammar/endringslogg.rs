//! `endringslogg.xsd`.

use crate::grammar::{Complex, Element, Root, Simple};

pub const NAMESPACE: &str = "http://www.arkivverket.no/standarder/noark5/endringslogg";

pub static ROOT: Root = Root { name: "endringslogg", namespace: NAMESPACE, content: &ENDRINGSLOGG };

pub static ENDRINGSLOGG: Complex = Complex {
    name: "endringslogg",
    namespace: NAMESPACE,
    base: None,
    elements: &[Element::of("endring", &ENDRING).many()],
};

pub static ENDRING: Complex = Complex {
    name: "endring",
    namespace: NAMESPACE,
    base: None,
    elements: &[
        Element::text("referanseArkivenhet", Simple::Uuid),
        Element::text("referanseMetadata", Simple::NonEmpty),
        Element::text("endretDato", Simple::DateTime),
        Element::text("endretAv", Simple::NonEmpty),
        Element::text("tidligereVerdi", Simple::NonEmpty),
        Element::text("nyVerdi", Simple::NonEmpty),
    ],
};
