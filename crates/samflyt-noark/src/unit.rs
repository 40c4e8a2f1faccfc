//! The units of an archive (*arkivenheter*), each a document of its own.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What a unit is. A dokumentbeskrivelse and its dokumentobjekter are parts of the document of their registrering.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Arkiv,
    Arkivdel,
    Klassifikasjonssystem,
    Klasse,
    Mappe,
    Registrering,
}

/// A unit as it is now.
///
/// Its document is in the words of Fiks Arkiv's `arkivstruktur` (grammar [`crate::fiks`]) for a mappe and a registrering,
/// without the units that it holds; mapper and registreringer have the member `@type` (`saksmappe`, `journalpost`, …). The
/// others are in the same words. An arkivdel has besides: `kode` (how messages name it), `klassifikasjonssystem` (a list of
/// their systemIDs, the primary one first), `standard` (it takes what names none). A klasse has `klassifikasjonssystem`: the
/// systemID of the one that it is in, however deep. `kassasjon` of an arkivdel and a klasse has no `kassasjonsdato`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Unit {
    #[serde(rename = "systemID")]
    pub system_id: String,
    pub kind: Kind,
    /// The unit that holds it: an arkiv's is an arkiv or none, an arkivdel's and a klassifikasjonssystem's an arkiv, a
    /// klasse's a klassifikasjonssystem or a klasse, a mappe's and a registrering's a mappe or an arkivdel.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub parent: Option<String>,
    /// Of a mappe and a registrering: the arkivdel that it is in, however deep.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub arkivdel: Option<String>,
    pub doc: Value,
}

impl Unit {
    /// The derived type of a mappe or registrering, such as `saksmappe`.
    pub fn type_name(&self) -> Option<&str> {
        self.doc.get(crate::write::TYPE)?.as_str()
    }

    /// A text of its document, by JSON pointer.
    pub fn text(&self, pointer: &str) -> Option<&str> {
        self.doc.pointer(pointer)?.as_str()
    }

    /// The code of a member such as `saksstatus`.
    pub fn code(&self, member: &str) -> Option<&str> {
        self.doc.get(member)?.get("kode")?.as_str()
    }
}

/// One change of one value of a unit: an entry of the *endringslogg*.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Edit {
    /// JSON pointer into the document.
    pub path: String,
    /// None: there was none.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub old: Option<Value>,
    /// None: it was removed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub new: Option<Value>,
}
