//! What each kind of unit is in the extraction's words.

mod arkiv;
mod beyond;
mod dokument;
mod endring;
mod felles;
mod journal;
mod klasse;
mod mappe;
mod moete;
mod registrering;

pub use arkiv::{arkiv, arkivdel};
pub use dokument::{File, files};
pub use endring::{Changed, endringer, moved};
pub use journal::{Journal, JournalHead, Post, is_public, journalhode, journalregistrering};
pub use klasse::{klasse, klassifikasjonssystem};
pub use mappe::mappe;
pub use registrering::registrering;
