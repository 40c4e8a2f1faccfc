use proptest::prelude::*;

use super::super::*;
use super::*;
use crate::access::testing::viewer;
use crate::records::testing::NOW;

/// A journalpost in which every text that may not be seen holds `geheim`: shielded as a whole, or only in its parts.
fn journalpost(whole: bool, code: &str) -> Value {
    let secret = |text: &str| if whole { format!("geheim {text}") } else { text.to_owned() };
    let shielded = json!({"tilgangsrestriksjon": {"kode": code}, "skjermingshjemmel": "offl. § 13"});
    let mut doc = json!({
        "@type": "journalpost", "systemID": "00000000-0000-4000-8000-000000000001", "tittel": secret("tittel"),
        "offentligTittel": "Søknad", "beskrivelse": secret("beskrivelse"), "noekkelord": [secret("ord")],
        "forfatter": [secret("forfatter")], "journalaar": 2026,
        "referanseEksternNoekkel": {"fagsystem": "acos", "noekkel": secret("noekkel")},
        "part": [{"partID": "geheim 1", "partNavn": "geheim Kari", "partRolle": {"kode": "SØK"}, "erSkjermet": true,
            "personID": {"landkode": "NO", "identifikator": "geheim 01810112345"}},
            {"partID": secret("2"), "partNavn": secret("Ola"), "partRolle": {"kode": "SØK"}}],
        "merknad": [{"merknadstekst": "geheim merknad", "erSkjermet": true}, {"merknadstekst": secret("merknad")}],
        "klassifikasjon": [{"klassifikasjonssystemID": "FNR", "klasseID": "geheim 01810112345"},
            {"klassifikasjonssystemID": "FA", "klasseID": "geheim K", "erSkjermet": true},
            {"klassifikasjonssystemID": "FA", "klasseID": "K01"}],
        "korrespondansepart": [{"korrespondansepartID": "geheim", "korrespondansepartNavn": "geheim Nils",
            "korrespondanseparttype": {"kode": "EA"}, "erSkjermet": true, "epostadresse": "geheim@x.no",
            "avskrivning": [{"avskrivningsdato": "2026-01-01", "referanseAvskrivesAvJournalpost":
                {"referanseEksternNoekkel": {"fagsystem": "a", "noekkel": "geheim"}}}]}],
        "dokumentbeskrivelse": [
            {"systemID": "d1", "tittel": "geheim dokument", "skjerming": shielded, "forfatter": ["geheim"],
                "dokumentobjekt": [{"filnavn": "geheim.pdf", "sjekksum": "geheim"}]},
            {"systemID": "d2", "tittel": secret("vedlegg"), "merknad": [{"merknadstekst": "geheim", "erSkjermet": true}],
                "part": [{"partNavn": "geheim Per", "partRolle": {"kode": "SØK"}, "erSkjermet": true}],
                "dokumentobjekt": [{"filnavn": secret("fil"), "referanseDokumentfil": secret("fil")}]}],
        "vedtak": {"vedtaksdokumenter": [{"tittel": "geheim", "skjerming": shielded}]},
        "presedens": [{"tittel": secret("presedens")}], "nyttElement": secret("nytt"),
    });
    if whole {
        doc["skjerming"] = shielded;
    }
    doc
}

fn seen(viewer: &Viewer, doc: &Value) -> Value {
    let sight = viewer.through(&Shield::of(doc));
    viewer.shield(doc, sight, &BTreeSet::from(["FNR".to_owned()]))
}

proptest! {
    #[test]
    fn nothing_that_is_shielded_is_in_what_a_viewer_without_access_gets(
        whole: bool,
        code in prop::sample::select(vec!["UO", "PERS", ""]),
        codes in prop::collection::vec(prop::sample::select(vec!["XX", "A", "UOX"]), 0..3),
    ) {
        let shown = seen(&viewer(&codes), &journalpost(whole, code));
        prop_assert!(!shown.to_string().contains("geheim"), "{shown:#}");
        let title = if whole { "Søknad" } else { "tittel" };
        prop_assert_eq!(&shown["tittel"], title);
        prop_assert_eq!(&shown["klassifikasjon"][0]["klasseID"], "K01");
        prop_assert_eq!(&shown["part"][0]["partNavn"], HIDDEN);
        prop_assert_eq!(&shown["dokumentbeskrivelse"][0]["tittel"], HIDDEN);
    }
}

#[test]
fn a_viewer_with_the_code_sees_all_that_a_shielded_unit_holds_but_documents_under_other_codes() {
    let mut doc = journalpost(true, "UO");
    assert_eq!(seen(&viewer(&["UO"]), &doc), doc.clone());
    doc["dokumentbeskrivelse"][0]["skjerming"]["tilgangsrestriksjon"]["kode"] = json!("PERS");
    let shown = seen(&viewer(&["UO"]), &doc);
    assert_eq!(shown["tittel"], "geheim tittel");
    assert_eq!(shown["dokumentbeskrivelse"][0]["tittel"], HIDDEN);
    assert_eq!(shown["dokumentbeskrivelse"][1]["tittel"], "geheim vedlegg");
}

#[test]
fn access_to_everything_is_a_star_or_an_administrators() {
    let doc = journalpost(true, "UO");
    assert_eq!(seen(&viewer(&["*"]), &doc), doc.clone());
    let tenant = TenantId::new("seljord").unwrap();
    let administrator = Viewer::new(&[], &tenant, "964963193", None, true, NOW);
    assert_eq!(seen(&administrator, &doc), doc);
}

#[test]
fn a_shield_ends_after_its_day_where_it_ends_by_itself_and_not_where_somebody_must_decide() {
    let shield = |action: &str, date: &str| {
        Shield::of(&json!({"skjerming": {"tilgangsrestriksjon": {"kode": "UO"},
            "skjermingOpphoererDato": date, "skjermingOpphoererAksjon": {"kode": action}}}))
    };
    let through = |shield: Shield| viewer(&[]).through(&shield);
    assert_eq!(through(shield("S", "2026-05-03")), Sight::Open);
    assert_eq!(through(shield("A", "2026-05-03+02:00")), Sight::Open);
    assert_eq!(through(shield("S", "2026-05-04")), Sight::Masked);
    assert_eq!(through(shield("G", "2026-05-03")), Sight::Masked);
    assert_eq!(through(shield("U", "2026-05-03")), Sight::Masked);
    assert_eq!(through(shield("S", "soon")), Sight::Masked);
}

#[test]
fn what_is_graded_is_not_known_to_who_has_no_access_until_it_is_graded_down() {
    let doc = |until: &str| {
        json!({"gradering": {"grad": {"kode": "B"}, "nedgraderingsdato": until},
            "skjerming": {"tilgangsrestriksjon": {"kode": "UO"}}})
    };
    let through = |codes: &[&str], until: &str| viewer(codes).through(&Shield::of(&doc(until)));
    assert_eq!(through(&["UO"], "2027-01-01T00:00:00Z"), Sight::Unknown);
    assert_eq!(through(&["B"], "2027-01-01T00:00:00Z"), Sight::Masked);
    assert_eq!(through(&["B", "UO"], "2027-01-01T00:00:00Z"), Sight::Cleared);
    assert_eq!(through(&["UO"], "2026-01-01T00:00:00Z"), Sight::Cleared);
}

#[test]
fn access_is_for_the_named_systems_organisation_and_municipality_only() {
    let access = AccessConfig {
        tenant: "seljord".to_owned(),
        organisation: "1".to_owned(),
        systems: vec!["a".to_owned()],
        tilgangsrestriksjon: vec!["UO".to_owned()],
    };
    let codes = |access: &AccessConfig, tenant: &str, organisation: &str, system: Option<&str>| {
        let tenant = TenantId::new(tenant).unwrap();
        Viewer::new(std::slice::from_ref(access), &tenant, organisation, system, false, NOW).codes.len()
    };
    assert_eq!(codes(&access, "seljord", "1", Some("a")), 1);
    assert_eq!(codes(&access, "vinje", "1", Some("a")), 0);
    assert_eq!(codes(&access, "seljord", "2", Some("a")), 0);
    assert_eq!(codes(&access, "seljord", "1", Some("b")), 0);
    assert_eq!(codes(&access, "seljord", "1", None), 0);
    let nobody = AccessConfig { tilgangsrestriksjon: vec!["*".to_owned()], ..AccessConfig::default() };
    assert_eq!(codes(&nobody, "seljord", "1", Some("a")), 0);
}

#[tokio::test]
async fn a_mappes_shield_holds_for_what_it_holds_but_not_for_who_deposited_that() {
    let mut archive = crate::records::testing::Archive::with_structure().await;
    let shielded = json!({"tilgangsrestriksjon": {"kode": "UO"}, "skjermingshjemmel": "offl. § 13"});
    let mappe = archive.saksmappe(json!({"skjerming": shielded})).await;
    let id = archive.journalpost(&mappe, json!({})).await;
    let journalpost = archive.unit(&id);
    let records = archive.records();
    let sight = |viewer: &Viewer| viewer.sight(&records, &journalpost).unwrap();
    assert_eq!(sight(&viewer(&[])), Sight::Masked);
    assert_eq!(sight(&viewer(&["UO"])), Sight::Cleared);
    let depositor = Viewer { system: Some("seljord-acos".to_owned()), ..viewer(&[]) };
    assert_eq!(sight(&depositor), Sight::Whole);
}
