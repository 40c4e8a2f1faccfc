//! The schemas of the extraction, as tables.

mod arkiv;
mod dokument;
pub mod endringslogg;
mod felles;
pub mod loepende_journal;
mod mappe;
pub mod offentlig_journal;
mod registrering;

use crate::grammar::Root;

pub use arkiv::{ARKIV, ARKIVDEL, KLASSE, KLASSIFIKASJONSSYSTEM};
pub use mappe::MAPPE_TYPES;
pub use registrering::REGISTRERING_TYPES;

const NAMESPACE: &str = "http://www.arkivverket.no/standarder/noark5/arkivstruktur";

pub static ROOT: Root = Root { name: "arkiv", namespace: NAMESPACE, content: &ARKIV };
