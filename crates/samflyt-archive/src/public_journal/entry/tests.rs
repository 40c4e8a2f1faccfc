use samflyt_events::personal::synthetic;
use serde_json::json;
use time::macros::datetime;

use super::super::page::{Asked, page};
use super::*;
use crate::records::decide::avskrivning::{WriteOff, opprett};
use crate::records::keys::Place;
use crate::records::testing::{Archive, NOW, actor};

/// An archive with one open saksmappe.
async fn archive() -> (Archive, String) {
    let mut archive = Archive::with_structure().await;
    let sak = archive.saksmappe(json!({"tittel": "Barnehageplass"})).await;
    (archive, sak)
}

fn assessed(more: Value) -> Value {
    let mut doc = json!({"offentlighetsvurdertDato": "2026-05-04"});
    doc.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    doc
}

fn shown_at(archive: &Archive, id: &str, never: &[&str], now: OffsetDateTime) -> Option<Shown> {
    let records = archive.records();
    let never: Vec<String> = never.iter().map(|never| (*never).to_owned()).collect();
    Public::new(&records, &records.tenant, &never, now).unwrap().show(&archive.unit(id)).unwrap()
}

fn shown(archive: &Archive, id: &str) -> Option<pb::PublicEntry> {
    shown_at(archive, id, &[], NOW).map(|shown| shown.entry)
}

#[tokio::test]
async fn only_what_is_journalfoert_not_withdrawn_and_assessed_is_public() {
    let (mut archive, sak) = archive().await;
    for (status, is_public) in [
        ("J", true),
        ("E", true),
        ("A", true),
        ("M", false),
        ("S", false),
        ("R", false),
        ("F", false),
        ("U", false),
    ] {
        let id = archive.journalpost(&sak, assessed(json!({"journalstatus": {"kode": status}}))).await;
        assert_eq!(shown(&archive, &id).is_some(), is_public, "{status}");
    }
    let not_assessed = archive.journalpost(&sak, json!({})).await;
    assert!(shown(&archive, &not_assessed).is_none());
    let note = json!({"registrering": {"@type": "arkivnotat", "tittel": "N", "referanseForelderMappe": {"systemID": sak}}});
    let note = archive.make(note, &[]).await.remove(0);
    assert!(shown(&archive, &note).is_none());
}

#[tokio::test]
async fn an_entry_shows_numbers_titles_parties_and_how_it_was_answered() {
    let (mut archive, sak) = archive().await;
    let id = archive.journalpost(&sak, assessed(json!({"dokumentetsDato": "2026-05-01"}))).await;
    let answer = archive.journalpost(&sak, json!({"journalposttype": {"kode": "U"}})).await;
    let doc = json!({"referanseTilJournalpost": {"systemID": id}, "korrespondansepartID": "mottaker",
        "avskrivning": {"avskrivningsdato": "2026-05-04", "avskrivningsmaate": {"kode": "BU"},
            "referanseAvskrivesAvJournalpost": {"systemID": answer}}});
    let by = actor();
    let written = WriteOff { doc: &doc, by: &by, now: NOW };
    archive.carry_out(|records, ids| opprett(records, &written, ids)).await.unwrap();
    let party = |of: &str, name: &str| pb::PublicParty {
        r#type: of.to_owned(),
        name: name.to_owned(),
        ..pb::PublicParty::default()
    };
    let expected = pb::PublicEntry {
        journalaar: 2026,
        journalsekvensnummer: 1,
        registrerings_id: "2026/1-1".to_owned(),
        journaldato: "2026-05-04".to_owned(),
        dokumentets_dato: "2026-05-01".to_owned(),
        journalposttype: "I".to_owned(),
        title: "Brev".to_owned(),
        parties: vec![
            party("EA", "Ola Nordmann"),
            pb::PublicParty {
                avskrivningsmaate: "BU".to_owned(),
                avskrivningsdato: "2026-05-04".to_owned(),
                avskrives_av: "2026/1-2".to_owned(),
                ..party("IM", "Barnehagekontoret")
            },
        ],
        mappe_id: "2026/1".to_owned(),
        mappe_title: "Barnehageplass".to_owned(),
        klasse_id: "K01".to_owned(),
        ..pb::PublicEntry::default()
    };
    assert_eq!(shown(&archive, &id), Some(expected));
}

#[tokio::test]
async fn what_is_shielded_is_masked_and_what_is_graded_is_not_there() {
    let (mut archive, sak) = archive().await;
    let shield =
        json!({"skjerming": {"tilgangsrestriksjon": {"kode": "UO"}, "skjermingshjemmel": "Offl. § 13"}});
    let masked = archive.journalpost(&sak, assessed(shield.clone())).await;
    let entry = shown(&archive, &masked).unwrap();
    assert_eq!((entry.title.as_str(), entry.tilgangsrestriksjon.as_str()), (HIDDEN, "UO"));
    assert_eq!(entry.skjermingshjemmel, "Offl. § 13");
    assert!(entry.parties.iter().all(|party| party.name == HIDDEN), "{entry:?}");
    let mut titled = shield.clone();
    titled["offentligTittel"] = json!("Brev om *****");
    let titled = archive.journalpost(&sak, assessed(titled)).await;
    assert_eq!(shown(&archive, &titled).unwrap().title, "Brev om *****");
    let graded = json!({"gradering": {"grad": {"kode": "F"}, "graderingsdato": "2026-05-04T10:00:00Z", "gradertAv": "A"}});
    let graded = archive.journalpost(&sak, assessed(graded)).await;
    assert!(shown(&archive, &graded).is_none());
    let party = json!({"korrespondansepart": [{"korrespondanseparttype": {"kode": "EA"},
        "korrespondansepartNavn": "Kari Nordmann", "erSkjermet": true}]});
    let party = archive.journalpost(&sak, assessed(party)).await;
    assert_eq!(shown(&archive, &party).unwrap().parties[0].name, HIDDEN);
    // What shields a mappe shields what is in it.
    let sak = archive.saksmappe(shield).await;
    let below = archive.journalpost(&sak, assessed(json!({}))).await;
    let entry = shown(&archive, &below).unwrap();
    assert_eq!((entry.title.as_str(), entry.mappe_title.as_str()), (HIDDEN, HIDDEN));
}

#[tokio::test]
async fn an_offentlig_tittel_stands_for_the_title_also_where_nothing_is_shielded() {
    let (mut archive, sak) = archive().await;
    let id = archive.journalpost(&sak, assessed(json!({"offentligTittel": "Brev om plass"}))).await;
    assert_eq!(shown(&archive, &id).unwrap().title, "Brev om plass");
}

#[tokio::test]
async fn no_identity_number_is_in_any_text_nor_a_class_that_is_one() {
    let mut archive = Archive::with_structure().await;
    let number = (0..999).find_map(|serial| synthetic(1, 2, 90, serial)).unwrap();
    let spaced = format!("{} {}", &number[..6], &number[6..]);
    let sak = archive.saksmappe(json!({"tittel": format!("Sak {spaced}")})).await;
    let id = archive
        .journalpost(
            &sak,
            assessed(json!({"tittel": format!("Søknad {number}"), "journalenhet": number,
            "korrespondansepart": [{"korrespondanseparttype": {"kode": "EA"},
                "korrespondansepartNavn": format!("Ola {spaced}"), "personid": number}]})),
        )
        .await;
    let entry = shown(&archive, &id).unwrap();
    assert_eq!((entry.title.as_str(), entry.mappe_title.as_str()), ("Søknad *****", "Sak *****"));
    assert_eq!((entry.parties[0].name.as_str(), entry.journalenhet.as_str()), ("Ola *****", HIDDEN));
    // A class of its own that says who somebody is does not give its place to the next one.
    let secret = json!({"klassifikasjon": [
        {"klassifikasjonssystemID": "FA", "klasseID": "K01", "erSkjermet": true},
        {"klassifikasjonssystemID": "FA", "klasseID": "K02"}]});
    let sak = archive.saksmappe(secret).await;
    let id = archive.journalpost(&sak, assessed(json!({}))).await;
    assert_eq!(shown(&archive, &id).unwrap().klasse_id, "");
}

#[tokio::test]
async fn what_the_configuration_names_is_left_out_whole_with_what_is_below_it() {
    let (mut archive, sak) = archive().await;
    let plain = archive.journalpost(&sak, assessed(json!({}))).await;
    let shield =
        |code: &str| json!({"tilgangsrestriksjon": {"kode": code}, "skjermingshjemmel": "Offl. § 13"});
    let pay = archive.journalpost(&sak, assessed(json!({"skjerming": shield("LONN")}))).await;
    let in_document = json!({"dokumentbeskrivelse": [{"tittel": "D", "dokumentstatus": {"kode": "F"},
        "tilknyttetRegistreringSom": {"kode": "H"}, "skjerming": shield("LONN"),
        "dokumentobjekt": [{"filnavn": "brev.pdf", "referanseDokumentfil": "brev.pdf"}]}]});
    let in_document = archive.journalpost(&sak, assessed(in_document)).await;
    let class = json!({"klassifikasjon": [{"klassifikasjonssystemID": "FA", "klasseID": "K03.1"}]});
    let sak_in_class = archive.saksmappe(class).await;
    let in_class = archive.journalpost(&sak_in_class, assessed(json!({}))).await;
    let sak_of_pay = archive.saksmappe(json!({"skjerming": shield("LONN")})).await;
    let in_mappe = archive.journalpost(&sak_of_pay, assessed(json!({}))).await;
    let is_shown = |id: &str, never: &[&str]| shown_at(&archive, id, never, NOW).is_some();
    for id in [&plain, &pay, &in_document, &in_class, &in_mappe] {
        assert!(is_shown(id, &[]));
    }
    for id in [&pay, &in_document, &in_mappe] {
        assert!(!is_shown(id, &["LONN"]));
    }
    assert!(!is_shown(&in_class, &["K03.1"]) && !is_shown(&in_class, &["K03"]));
    assert!(is_shown(&plain, &["LONN", "K03"]) && is_shown(&in_class, &["LONN", "K02"]));
}

#[tokio::test]
async fn an_entry_is_found_by_its_titles_and_by_the_name_of_a_person_for_a_year() {
    let (mut archive, sak) = archive().await;
    let parties = json!({"korrespondansepart": [
        {"korrespondanseparttype": {"kode": "EA"}, "korrespondansepartNavn": "Ola Nordmann"},
        {"korrespondanseparttype": {"kode": "EK"}, "korrespondansepartNavn": "Kari Nordmann", "personid": "P1"},
        {"korrespondanseparttype": {"kode": "IM"}, "korrespondansepartNavn": "Fylkesmannen", "organisasjonid": "974762994"}]});
    let id = archive.journalpost(&sak, assessed(parties)).await;
    let found =
        |text: &str, now: OffsetDateTime| shown_at(&archive, &id, &[], now).unwrap().is_found_by(text);
    let (young, old) = (datetime!(2027-05-03 10:00 UTC), datetime!(2027-05-04 10:00 UTC));
    for text in ["", "brev", "barnehage", "fylkesmannen"] {
        assert!(found(text, young) && found(text, old), "{text}");
    }
    for text in ["ola", "kari"] {
        assert!(found(text, young) && !found(text, old), "{text}");
    }
    assert!(!found("ingen", young));
    assert_eq!(shown_at(&archive, &id, &[], old).unwrap().entry.parties[0].name, "Ola Nordmann");
    // What is hidden is not found either.
    let shield =
        json!({"skjerming": {"tilgangsrestriksjon": {"kode": "UO"}, "skjermingshjemmel": "Offl. § 13"}});
    let masked = archive.journalpost(&sak, assessed(shield)).await;
    let masked = shown_at(&archive, &masked, &[], NOW).unwrap();
    assert!(!masked.is_found_by("brev") && !masked.is_found_by("ola"));
}

#[tokio::test]
async fn pages_go_by_journaldato_through_a_period_each_entry_once() {
    let (mut archive, sak) = archive().await;
    for day in ["2026-05-03", "2026-05-01", "2026-05-02", "2026-05-02", "2026-04-30", "2026-05-04"] {
        archive.journalpost(&sak, assessed(json!({"journaldato": day}))).await;
    }
    archive.journalpost(&sak, json!({"journaldato": "2026-05-02"})).await;
    let records = archive.records();
    let public = Public::new(&records, &records.tenant, &[], NOW).unwrap();
    let mut asked = Asked {
        from: ("2026-05-01".to_owned(), Place::START),
        to: "2026-05-03".to_owned(),
        search: String::new(),
        journalenhet: String::new(),
        administrativ_enhet: String::new(),
        size: 1,
    };
    let (mut found, mut pages) = (Vec::new(), 0);
    loop {
        let page = page(&records, &public, &asked).unwrap();
        found.extend(page.entries.into_iter().map(|entry| (entry.journaldato, entry.journalsekvensnummer)));
        pages += 1;
        match page.next {
            Some(next) => asked.from = next,
            None => break,
        }
    }
    let expected = [("2026-05-01", 2), ("2026-05-02", 3), ("2026-05-02", 4), ("2026-05-03", 1)];
    assert_eq!(found, expected.map(|(day, number)| (day.to_owned(), number)));
    assert_eq!(pages, 4);
    asked.journalenhet = "Oppvekst".to_owned();
    assert!(page(&records, &public, &asked).unwrap().entries.is_empty());
}
