//! The form of the file: the standard's words, and what of them an administrator may say.

use serde::Deserialize;
use serde_json::{Map, Value, json};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Structure {
    pub arkiv: Vec<Arkiv>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Arkiv {
    #[serde(rename = "systemID")]
    pub system_id: Option<String>,
    pub tittel: String,
    pub beskrivelse: Option<String>,
    pub arkivskaper: Vec<Arkivskaper>,
    #[serde(default)]
    pub klassifikasjonssystem: Vec<Klassifikasjonssystem>,
    #[serde(default)]
    pub arkivdel: Vec<Arkivdel>,
    /// Where numbers begin, if not with 1.
    #[serde(default)]
    pub tallserier: Vec<Tallserie>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Arkivskaper {
    #[serde(rename = "arkivskaperID")]
    pub id: String,
    pub arkivskaper_navn: String,
    pub beskrivelse: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Klassifikasjonssystem {
    #[serde(rename = "klassifikasjonssystemID")]
    pub id: String,
    /// A code of the list `klassifikasjonstype`; classes of `GBN`, `PNR` and `UO` are made when they are first used.
    pub klassifikasjonstype: String,
    pub tittel: String,
    pub beskrivelse: Option<String>,
    #[serde(default)]
    pub klasse: Vec<Klasse>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Klasse {
    #[serde(rename = "klasseID")]
    pub id: String,
    pub tittel: String,
    pub beskrivelse: Option<String>,
    #[serde(default)]
    pub noekkelord: Vec<String>,
    pub kassasjon: Option<Kassasjon>,
    #[serde(default)]
    pub klasse: Vec<Klasse>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Arkivdel {
    /// How messages name it.
    pub kode: String,
    pub tittel: String,
    pub beskrivelse: Option<String>,
    /// A code of the list `arkivdelstatus`: `A` (default), `O`, `P` or `U`; the last two close it.
    pub arkivdelstatus: Option<String>,
    /// The ids of its klassifikasjonssystemer, the primary one first.
    #[serde(default)]
    pub klassifikasjonssystem: Vec<String>,
    /// Takes what names no arkivdel.
    #[serde(default)]
    pub standard: bool,
    pub arkivperiode_start_dato: Option<String>,
    pub arkivperiode_slutt_dato: Option<String>,
    pub kassasjon: Option<Kassasjon>,
}

/// What is to become of records, inherited by what is below.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Kassasjon {
    /// A code of the list `kassasjonsvedtak`.
    pub kassasjonsvedtak: String,
    pub kassasjonshjemmel: Option<String>,
    /// Years after the mappe was closed.
    pub bevaringstid: u32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Tallserie {
    pub serie: crate::records::keys::Series,
    pub aar: i32,
    /// The last number that was given out elsewhere.
    pub siste: i64,
    /// Why: the recorded cause of the gap.
    pub grunn: String,
}

fn text(doc: &mut Map<String, Value>, member: &str, value: Option<&String>) {
    if let Some(value) = value {
        doc.insert(member.to_owned(), json!(value));
    }
}

fn code(code: &str) -> Value {
    json!({"kode": code})
}

impl Kassasjon {
    fn doc(&self) -> Value {
        let mut doc = Map::new();
        doc.insert("kassasjonsvedtak".to_owned(), code(&self.kassasjonsvedtak));
        text(&mut doc, "kassasjonshjemmel", self.kassasjonshjemmel.as_ref());
        doc.insert("bevaringstid".to_owned(), json!(self.bevaringstid));
        Value::Object(doc)
    }
}

impl Arkiv {
    pub fn doc(&self) -> Map<String, Value> {
        let mut doc = Map::new();
        text(&mut doc, "tittel", Some(&self.tittel));
        text(&mut doc, "beskrivelse", self.beskrivelse.as_ref());
        doc.insert("arkivstatus".to_owned(), code("Opprettet"));
        let makers = self.arkivskaper.iter().map(|maker| {
            let mut doc = Map::new();
            text(&mut doc, "arkivskaperID", Some(&maker.id));
            text(&mut doc, "arkivskaperNavn", Some(&maker.arkivskaper_navn));
            text(&mut doc, "beskrivelse", maker.beskrivelse.as_ref());
            Value::Object(doc)
        });
        doc.insert("arkivskaper".to_owned(), makers.collect());
        doc
    }
}

impl Klassifikasjonssystem {
    pub fn doc(&self) -> Map<String, Value> {
        let mut doc = Map::new();
        text(&mut doc, "klassifikasjonssystemID", Some(&self.id));
        doc.insert("klassifikasjonstype".to_owned(), code(&self.klassifikasjonstype));
        text(&mut doc, "tittel", Some(&self.tittel));
        text(&mut doc, "beskrivelse", self.beskrivelse.as_ref());
        doc
    }
}

impl Klasse {
    pub fn doc(&self) -> Map<String, Value> {
        let mut doc = Map::new();
        text(&mut doc, "klasseID", Some(&self.id));
        text(&mut doc, "tittel", Some(&self.tittel));
        text(&mut doc, "beskrivelse", self.beskrivelse.as_ref());
        if !self.noekkelord.is_empty() {
            doc.insert("noekkelord".to_owned(), json!(self.noekkelord));
        }
        if let Some(disposal) = &self.kassasjon {
            doc.insert("kassasjon".to_owned(), disposal.doc());
        }
        doc
    }
}

impl Arkivdel {
    fn status(&self) -> &str {
        self.arkivdelstatus.as_deref().unwrap_or("A")
    }

    pub fn is_closed(&self) -> bool {
        matches!(self.status(), "P" | "U")
    }

    pub fn doc(&self) -> Map<String, Value> {
        let mut doc = Map::new();
        text(&mut doc, "kode", Some(&self.kode));
        text(&mut doc, "tittel", Some(&self.tittel));
        text(&mut doc, "beskrivelse", self.beskrivelse.as_ref());
        doc.insert("arkivdelstatus".to_owned(), code(self.status()));
        text(&mut doc, "arkivperiodeStartDato", self.arkivperiode_start_dato.as_ref());
        text(&mut doc, "arkivperiodeSluttDato", self.arkivperiode_slutt_dato.as_ref());
        if self.standard {
            doc.insert("standard".to_owned(), json!(true));
        }
        if let Some(disposal) = &self.kassasjon {
            doc.insert("kassasjon".to_owned(), disposal.doc());
        }
        doc
    }
}
