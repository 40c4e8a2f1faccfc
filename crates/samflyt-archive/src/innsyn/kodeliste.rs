//! Code lists, as `HentKodeliste` asks for them.

use std::collections::BTreeMap;

use samflyt_noark::fiks::codes;
use samflyt_noark::fiks::innsyn::KODELISTER;
use samflyt_noark::grammar::Simple;
use samflyt_noark::unit::Kind;
use serde_json::{Value, json};

use crate::records::Records;
use crate::records::decide::find::leads_to_nothing;
use crate::records::decide::{Problem, Trouble};

/// The lists that are the archive's own, by name: each code with what it is called.
pub(crate) type Kodelister = BTreeMap<String, BTreeMap<String, String>>;

const AT: &str = "/HentKodeliste/kodelistenavn";

/// `innsyn.kodeliste.hent`: the document of a `KodeListe`. The answer has room for one list only: where none is named, it is
/// the list of the lists' names.
///
/// # Errors
/// [`Trouble`]; `NotFound` where the archive has no code of that list.
pub(crate) fn kodeliste_hent(records: &Records, own: &Kodelister, request: &Value) -> Result<Value, Trouble> {
    let Some(name) = request.get("kodelistenavn").and_then(Value::as_str) else {
        let named = names().iter().map(|name| json!({"kode": name}));
        return Ok(json!({"liste": named.collect::<Vec<_>>()}));
    };
    if !names().contains(&name) {
        let advice = "ask without a name to get the names of all";
        return Err(Problem::new(AT, "is no code list of the protocol", advice).into());
    }
    let mut listed = BTreeMap::new();
    if name == "arkivdel" {
        for arkivdel in records.all(Kind::Arkivdel) {
            let unit = arkivdel?.unit;
            if let (Some(code), Some(title)) = (unit.text("/kode"), unit.text("/tittel")) {
                listed.insert(code.to_owned(), title.to_owned());
            }
        }
    }
    let published = codes::code_list(name).map(|list| list.codes).unwrap_or_default();
    let is_published = |code: &str| published.iter().any(|(known, _)| *known == code);
    listed.extend(own.get(name).into_iter().flatten().map(|(code, title)| (code.clone(), title.clone())));
    let first = published.iter().map(|(code, title)| json!({"kode": code, "beskrivelse": title}));
    let more = listed.iter().filter(|(code, _)| !is_published(code));
    let list: Vec<Value> =
        first.chain(more.map(|(code, title)| json!({"kode": code, "beskrivelse": title}))).collect();
    // The schema takes no empty list.
    if list.is_empty() {
        return Err(leads_to_nothing(AT.to_owned()));
    }
    Ok(json!({"liste": list}))
}

fn names() -> &'static [&'static str] {
    match KODELISTER {
        Simple::OneOf(names) => names,
        _ => &[],
    }
}

/// What a municipality usually has in the lists that the protocol leaves to the archive.
pub(crate) fn usual() -> Kodelister {
    let list = |codes: &[(&str, &str)]| {
        codes.iter().map(|(code, title)| ((*code).to_owned(), (*title).to_owned())).collect()
    };
    USUAL.iter().map(|(name, codes)| ((*name).to_owned(), list(codes))).collect()
}

/// Codes by list. Those of `koordinatsystem` are from the schema's own documentation.
static USUAL: &[(&str, &[(&str, &str)])] = &[
    (
        "format",
        &[
            ("PDF", "PDF"),
            ("TXT", "Ren tekst"),
            ("XML", "XML"),
            ("TIFF", "TIFF"),
            ("JPEG", "JPEG"),
            ("PNG", "PNG"),
        ],
    ),
    (
        "forsendelsesmaate",
        &[
            ("SVARUT", "SvarUt"),
            ("ALTINN", "Altinn"),
            ("EPOST", "E-post"),
            ("POST", "Post"),
            ("INTERN", "Intern"),
        ],
    ),
    (
        "mappetype",
        &[("SAK", "Saksmappe"), ("PERSONAL", "Personalmappe"), ("ELEV", "Elevmappe"), ("BYGG", "Byggesak")],
    ),
    (
        "tilgangsrestriksjon",
        &[("UO", "Unntatt offentlighet"), ("P", "Personalsaker"), ("XX", "Midlertidig unntatt offentlighet")],
    ),
    (
        "landkode",
        &[("NO", "Norge"), ("SE", "Sverige"), ("DK", "Danmark"), ("FI", "Finland"), ("IS", "Island")],
    ),
    (
        "koordinatsystem",
        &[
            ("EPSG:25832", "EUREF89 UTM sone 32"),
            ("EPSG:25833", "EUREF89 UTM sone 33"),
            ("EPSG:25835", "EUREF89 UTM sone 35"),
            ("EPSG:4258", "EUREF 89 Geografisk (ETRS 89) 2d"),
        ],
    ),
    ("moetedokumenttype", &[("MI", "Møteinnkalling"), ("SL", "Saksliste"), ("MP", "Møteprotokoll")]),
];
