//! What the archive holds, in answers that tell all (`arkivstruktur.xsd`).

pub mod arkiv;
pub mod deler;
pub mod dokument;
pub mod mappe;
pub mod moete;
pub mod part;
pub mod registrering;
pub mod sted;
