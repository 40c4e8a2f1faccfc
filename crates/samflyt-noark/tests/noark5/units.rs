//! Units as the archive keeps them, made at random within what Fiks Arkiv allows.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

pub const ID: &str = "0f8fad5b-d9cb-469f-a165-70867728950e";
pub const OTHER: &str = "7c9e6679-7425-40de-944b-e07fc1f90ae7";
pub const NAME: &str = "Kari Nordmann";
/// Synthetic: the month is 81.
pub const IDENTITY_NUMBER: &str = "01810199999";
const AT: &str = "2026-03-02T10:11:12+01:00";

type Doc = BoxedStrategy<Value>;

/// An object with these members, each there or not.
fn perhaps(members: &[(&'static str, Doc)]) -> Doc {
    let each = members.iter().map(|(name, value)| {
        let name = *name;
        prop::option::of(value.clone()).prop_map(move |value| (name, value)).boxed()
    });
    let each: Vec<_> = each.collect();
    each.prop_map(|members| {
        members
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), value?)))
            .collect::<Map<_, _>>()
            .into()
    })
    .boxed()
}

fn with(always: Value, members: &[(&'static str, Doc)]) -> Doc {
    perhaps(members)
        .prop_map(move |there| {
            let mut whole = always.clone();
            let members = whole.as_object_mut().unwrap();
            members.extend(there.as_object().unwrap().clone());
            whole
        })
        .boxed()
}

fn just(value: Value) -> Doc {
    Just(value).boxed()
}

fn text() -> Doc {
    prop_oneof!["[a-zæøå<>&\" ]{1,20}".prop_map(Value::from), Just(json!(format!("Om {IDENTITY_NUMBER}")))]
        .boxed()
}

fn blank_or_text() -> Doc {
    prop_oneof![text(), Just(json!(" "))].boxed()
}

fn code(codes: &'static [&'static str]) -> Doc {
    let known = prop::sample::select(codes).prop_map(|code| json!({"kode": code}));
    prop_oneof![known, Just(json!({"kode": "XX", "beskrivelse": "Egen"}))].boxed()
}

fn who() -> Doc {
    let some = |member: &'static str| just(json!({member: "Nordmann"}));
    prop_oneof![some("navn"), some("initialer"), some("identifikator"), Just(json!({}))].boxed()
}

fn many(items: Doc) -> Doc {
    prop::collection::vec(items, 0..3).prop_map(Value::from).boxed()
}

fn moment() -> Doc {
    just(json!(AT))
}

fn date() -> Doc {
    just(json!("2026-03-02"))
}

fn reference() -> Doc {
    prop_oneof![
        Just(json!({"referanseTilMappe": {"systemID": ID}})),
        Just(json!({"referanseTilRegistrering": {"systemID": ID}, "kryssreferanseID": "1"})),
        Just(json!({"referanseTilMappe": {"saksnummer": {"saksaar": 2025, "sakssekvensnummer": 3}}})),
    ]
    .boxed()
}

fn common() -> Vec<(&'static str, Doc)> {
    let address = [
        ("postadresse", many(blank_or_text())),
        ("landkode", code(&["NO"])),
        ("telefonnummer", many(text())),
    ];
    let part = [
        ("partID", text()),
        ("erSkjermet", just(json!(true))),
        ("personID", just(json!({"landkode": "NO", "identifikator": IDENTITY_NUMBER}))),
    ];
    let part: Vec<_> = part.into_iter().chain(address).collect();
    let kassasjon = json!({"kassasjonsvedtak": {"kode": "K"}, "bevaringstid": 10});
    let gradering = json!({"grad": {"kode": "B"}, "graderingsdato": AT, "gradertAv": "Leder"});
    vec![
        ("offentligTittel", just(json!("Om ***"))),
        ("beskrivelse", blank_or_text()),
        ("noekkelord", many(blank_or_text())),
        ("dokumentmedium", code(&["E", "F"])),
        ("virksomhetsspesifikkeMetadata", just(json!("<a xmlns=\"urn:a\"><b>1</b></a>"))),
        ("part", many(with(json!({"partNavn": NAME, "partRolle": {"kode": "A"}}), &part))),
        ("kryssreferanse", many(reference())),
        (
            "merknad",
            many(with(
                json!({"merknadstekst": "Sett"}),
                &[("merknadstype", code(&["MS"])), ("merknadsdato", moment())],
            )),
        ),
        ("kassasjon", with(kassasjon, &[("kassasjonsdato", date()), ("kassasjonshjemmel", text())])),
        (
            "skjerming",
            with(
                json!({"skjermingshjemmel": "Offl. § 13"}),
                &[("tilgangsrestriksjon", code(&["13"])), ("skjermingOpphoererDato", date())],
            ),
        ),
        ("gradering", with(gradering, &[("nedgraderingsdato", moment())])),
        ("referanseEksternNoekkel", just(json!({"fagsystem": "f", "noekkel": "1"}))),
    ]
}

pub fn arkiv() -> Value {
    let creator = json!({"arkivskaperID": "964967458", "arkivskaperNavn": "Vinje kommune"});
    json!({"systemID": ID, "tittel": "Arkivet", "arkivstatus": {"kode": "Opprettet"}, "opprettetDato": AT,
        "opprettetAv": "Arkivar", "arkivskaper": [creator]})
}

pub fn arkivdel() -> Doc {
    let always = json!({"systemID": OTHER, "tittel": "Sakarkiv", "kode": "SAK", "standard": true, "opprettetDato": AT,
        "opprettetAv": "Arkivar", "arkivdelstatus": {"kode": "A"}, "klassifikasjonssystem": [ID]});
    let kassasjon = json!({"kassasjonsvedtak": {"kode": "B"}, "bevaringstid": 25});
    with(
        always,
        &[
            ("avsluttetDato", moment()),
            ("avsluttetAv", text()),
            ("arkivperiodeStartDato", date()),
            ("kassasjon", just(kassasjon)),
            (
                "skjerming",
                just(json!({"tilgangsrestriksjon": {"kode": "13"}, "skjermingshjemmel": "Offl. § 13"})),
            ),
        ],
    )
}

pub fn system() -> Value {
    json!({"systemID": ID, "klassifikasjonssystemID": "KK", "klassifikasjonstype": {"kode": "KK"}, "tittel": "K-koder",
        "opprettetDato": AT, "opprettetAv": "Arkivar"})
}

pub fn klasse() -> Doc {
    let always = json!({"klasseID": "A20", "tittel": "Barnehage", "opprettetDato": AT, "opprettetAv": "Arkivar",
        "klassifikasjonssystem": ID});
    with(
        always,
        &[
            ("noekkelord", many(text())),
            ("kassasjon", just(json!({"kassasjonsvedtak": {"kode": "K"}, "bevaringstid": 5}))),
            ("erSkjermet", just(json!(true))),
        ],
    )
}

fn mappe() -> Doc {
    let always = json!({"systemID": ID, "mappeID": "2026/M1", "opprettetDato": AT, "opprettetAv": "Kari"});
    let own = [("tittel", text()), ("avsluttetDato", moment()), ("avsluttetAv", text())];
    let members: Vec<_> = common().into_iter().chain(own.into_iter().skip(1)).collect();
    (with(always, &members), text()).prop_map(|(mappe, title)| titled(mappe, title)).boxed()
}

fn titled(mut doc: Value, title: Value) -> Value {
    let title = if title.as_str().unwrap().trim().is_empty() { json!("Tittel") } else { title };
    doc["tittel"] = json!(format!("Tittel {}", title.as_str().unwrap()));
    doc
}

pub fn saksmappe() -> Doc {
    let presedens = json!({"presedensDato": "2026-01-02", "opprettetDato": AT, "opprettetAv": "K", "tittel": "T",
        "rettskildefaktor": "Vedtak", "presedensStatus": {"kode": "G"}});
    let matrikkel = json!({"kommunenummer": "4036", "gardsnummer": 1, "bruksnummer": 2});
    let more = [("presedens", many(just(presedens))), ("matrikkelnummer", many(just(matrikkel)))];
    (mappe(), who(), who(), code(&["B", "A"]), perhaps(&more))
        .prop_map(|(mut mappe, unit, person, status, more)| {
            let members = mappe.as_object_mut().unwrap();
            let own = json!({"@type": "saksmappe", "saksaar": 2026, "sakssekvensnummer": 17, "saksdato": "2026-03-02",
                "administrativEnhet": unit, "saksansvarlig": person, "saksstatus": status});
            members.extend(own.as_object().unwrap().clone());
            members.extend(more.as_object().unwrap().clone());
            mappe
        })
        .boxed()
}

fn moetemappe() -> Doc {
    let member = json!({"identifikator": {"navn": "Per"}, "funksjon": {"kode": "LEDER"}});
    let own = json!({"@type": "moetemappe", "moetenummer": "3", "utvalg": {"navn": "Kommunestyret"},
        "moetedato": "2026-03-02", "moetedeltaker": [member, {}]});
    mappe()
        .prop_map(move |mut mappe| {
            mappe.as_object_mut().unwrap().extend(own.as_object().unwrap().clone());
            mappe
        })
        .boxed()
}

fn object() -> Doc {
    let always = json!({"systemID": ID, "versjonsnummer": 1, "variantformat": {"kode": "A"}, "format": {"kode": "RA-PDF"},
        "mimeType": "application/pdf", "filnavn": "søknad.PDF", "opprettetDato": AT, "opprettetAv": "K",
        "referanseDokumentfil": "1.pdf", "sjekksum": "AB12", "sjekksumAlgoritme": "SHA-256", "filstoerrelse": 1000});
    let turned = json!({"konvertertDato": AT, "konvertertAv": "K", "konvertertFraFormat": "DOCX",
        "konvertertTilFormat": "PDF/A"});
    with(always, &[("formatDetaljer", text()), ("konvertering", many(just(turned)))])
}

fn described() -> Doc {
    let always = json!({"systemID": OTHER, "dokumenttype": {"kode": "SØKNAD"}, "dokumentstatus": {"kode": "F"},
        "tittel": "Søknad", "opprettetDato": AT, "opprettetAv": "K", "tilknyttetRegistreringSom": {"kode": "H"},
        "dokumentnummer": 1, "tilknyttetDato": AT, "tilknyttetAv": "K"});
    with(
        always,
        &[
            ("forfatter", many(text())),
            ("utfoertKassasjon", just(json!({"kassertDato": AT, "kassertAv": "Arkivar"}))),
            ("dokumentobjekt", many(object())),
        ],
    )
}

fn registrering() -> Doc {
    let always = json!({"systemID": ID, "opprettetDato": AT, "opprettetAv": "Kari"});
    let own = [
        ("arkivertDato", moment()),
        ("arkivertAv", text()),
        ("registreringsID", just(json!("2026/17-1"))),
        ("forfatter", many(text())),
        ("dokumentbeskrivelse", many(described())),
    ];
    let members: Vec<_> = common().into_iter().chain(own).collect();
    (with(always, &members), text()).prop_map(|(doc, title)| titled(doc, title)).boxed()
}

fn korrespondansepart() -> Doc {
    let written = json!({"avskrivningsdato": "2026-03-02", "avskrevetAv": {"initialer": "KN"},
        "avskrivningsmaate": {"kode": "BU"}, "referanseAvskrivesAvJournalpost": {"systemID": OTHER}});
    with(
        json!({"korrespondansepartNavn": NAME, "korrespondanseparttype": {"kode": "EA"}}),
        &[
            ("erSkjermet", just(json!(true))),
            ("saksbehandler", who()),
            ("administrativEnhet", who()),
            ("avskrivning", many(just(written))),
            ("postadresse", many(text())),
        ],
    )
}

pub fn journalpost() -> Doc {
    let own = json!({"@type": "journalpost", "journalaar": 2026, "journalsekvensnummer": 5, "journalpostnummer": 1,
        "journaldato": "2026-03-02", "journalposttype": {"kode": "I"}, "journalstatus": {"kode": "J"}});
    let flow = json!({"flytTil": "A", "flytFra": "B", "flytMottattDato": AT, "flytSendtDato": AT,
        "flytStatus": {"kode": "G"}});
    let more = [
        ("mottattDato", moment()),
        ("offentlighetsvurdertDato", date()),
        ("antallVedlegg", just(json!(2))),
        ("korrespondansepart", many(korrespondansepart())),
        ("dokumentflyt", many(just(flow))),
    ];
    (registrering(), with(own, &more))
        .prop_map(|(mut doc, more)| {
            doc.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            doc
        })
        .boxed()
}

fn other_registrering() -> Doc {
    let vote = json!({"moetedeltaker": {"identifikator": {"navn": "Per"}}, "stemme": "Ja"});
    let sak = json!({"@type": "moetesak", "moetesakstype": {"kode": "PS"}, "moetesaksaar": 2026,
        "moetesakssekvensnummer": 4, "vedtak": {"vedtakstekst": {"tekstInnhold": "Ja"}, "votering": [vote]}});
    let kinds = prop::sample::select(vec![
        json!({}),
        json!({"@type": "arkivnotat", "dokumentetsDato": "2026-03-02"}),
        json!({"@type": "moetedokument", "moetedokumenttype": {"kode": "MI"}}),
        sak,
    ]);
    (registrering(), kinds)
        .prop_map(|(mut doc, kind)| {
            doc.as_object_mut().unwrap().extend(kind.as_object().unwrap().clone());
            doc
        })
        .boxed()
}

/// A mappe and what is in it.
pub fn case() -> BoxedStrategy<(Value, Vec<Value>)> {
    let mapper = prop_oneof![3 => saksmappe(), 1 => mappe(), 1 => moetemappe()];
    let within = prop_oneof![2 => journalpost(), 1 => other_registrering()];
    (mapper, prop::collection::vec(within, 0..3)).boxed()
}
