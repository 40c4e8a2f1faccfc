//! Changes of what the archive holds (`arkivmelding.oppdater`).

pub mod deler;
pub mod mappe;
pub mod moete;
pub mod part;
pub mod registrering;
pub mod sted;
