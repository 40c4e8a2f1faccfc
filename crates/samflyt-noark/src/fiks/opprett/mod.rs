//! What a fagsystem gives to the archive (`arkivmelding.opprett`).

pub mod deler;
pub mod dokument;
pub mod mappe;
pub mod moete;
pub mod part;
pub mod registrering;
pub mod sted;
