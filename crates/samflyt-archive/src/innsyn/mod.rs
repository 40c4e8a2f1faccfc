//! Looking into the archive: mappe, registrering, dokumentfil, kodeliste and the search.
//!
//! Consumes a request's document (grammars of [`samflyt_noark::fiks`]), the records and who looks ([`Viewer`]); gives the
//! answer's document. Kept true: what a viewer may not know of is answered like what is not there; nothing is changed.
//!
//! [`Viewer`]: crate::access::Viewer

mod answer;
mod dokumentfil;
mod hent;
mod kodeliste;
pub(crate) mod sok;

pub(crate) use dokumentfil::dokumentfil_hent;
pub(crate) use hent::{mappe_hent, registrering_hent};
pub(crate) use kodeliste::{Kodelister, kodeliste_hent, usual as usual_kodelister};

#[cfg(test)]
pub(crate) mod testing;
