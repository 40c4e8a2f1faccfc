use serde_json::json;
use time::macros::date;

use super::*;
use crate::records::testing::Archive;

fn asked(list: List) -> Asked {
    Asked {
        list,
        today: date!(2026 - 05 - 04),
        journaldato_from: None,
        journaldato_to: None,
        administrativ_enhet: String::new(),
        journalenhet: String::new(),
        arkivdel: None,
        from: Place::START,
        size: 100,
    }
}

fn ids(archive: &Archive, asked: &Asked) -> Vec<String> {
    let page = page(&archive.records(), asked).unwrap();
    assert_eq!(page.next, None);
    page.items.into_iter().map(|item| item.system_id).collect()
}

#[tokio::test]
async fn restanse_has_what_owes_an_answer_and_who_owes_it() {
    let mut archive = Archive::with_structure().await;
    let sak = archive
        .saksmappe(
            json!({"administrativEnhet": {"navn": "Oppvekst"}, "saksansvarlig": {"identifikator": "sa1"}}),
        )
        .await;
    let owes = archive.journalpost(&sak, json!({"forfallsdato": "2026-05-10"})).await;
    archive.journalpost(&sak, json!({"journalposttype": {"kode": "U"}})).await;
    archive.journalpost(&sak, json!({"journalstatus": {"kode": "U"}})).await;
    let found = page(&archive.records(), &asked(List::Restanse)).unwrap();
    let [item] = found.items.as_slice() else { panic!("{found:?}") };
    assert_eq!(
        (item.system_id.as_str(), item.owing.as_slice()),
        (owes.as_str(), ["Barnehagekontoret".to_owned()].as_slice())
    );
    assert_eq!((item.registrerings_id.as_str(), item.mappe_id.as_str()), ("2026/1-1", "2026/1"));
    assert_eq!((item.administrativ_enhet.as_str(), item.saksansvarlig.as_str()), ("Oppvekst", "sa1"));
    assert_eq!((item.journaldato.as_str(), item.forfallsdato.as_str()), ("2026-05-04", "2026-05-10"));
    assert_eq!(found.examined, 3);
}

#[tokio::test]
async fn forfall_has_what_is_owed_until_a_day() {
    let mut archive = Archive::with_structure().await;
    let sak = archive.saksmappe(json!({})).await;
    let past = archive.journalpost(&sak, json!({"forfallsdato": "2026-05-03"})).await;
    let soon = archive.journalpost(&sak, json!({"forfallsdato": "2026-05-11"})).await;
    archive.journalpost(&sak, json!({"forfallsdato": "2026-05-03", "journalposttype": {"kode": "U"}})).await;
    archive.journalpost(&sak, json!({})).await;
    assert_eq!(ids(&archive, &asked(List::Forfall(date!(2026 - 05 - 04)))), std::slice::from_ref(&past));
    assert_eq!(ids(&archive, &asked(List::Forfall(date!(2026 - 05 - 11)))), [past, soon]);
}

#[tokio::test]
async fn kvalitet_has_what_nobody_has_looked_at() {
    let mut archive = Archive::with_structure().await;
    let sak = archive.saksmappe(json!({})).await;
    let mut expected = Vec::new();
    for status in ["M", "S", "R", "F", "E", "J", "A", "U"] {
        let id = archive.journalpost(&sak, json!({"journalstatus": {"kode": status}})).await;
        expected.extend(Some(id).filter(|_| "MSRF".contains(status)));
    }
    assert_eq!(ids(&archive, &asked(List::Kvalitet)), expected);
}

#[tokio::test]
async fn kassasjon_has_what_is_due_and_why_it_is_held_back() {
    let mut archive = Archive::with_structure().await;
    let rule = json!({"kassasjon": {"kassasjonsvedtak": {"kode": "K"}, "kassasjonshjemmel": "Arkivplan",
        "bevaringstid": 1, "kassasjonsdato": "2026-05-04"}});
    let sak = archive.saksmappe(rule).await;
    let id = archive.journalpost(&sak, json!({})).await;
    let found = page(&archive.records(), &asked(List::Kassasjon)).unwrap();
    let [item] = found.items.as_slice() else { panic!("{found:?}") };
    assert_eq!((item.system_id.as_str(), item.held_back.as_str()), (id.as_str(), "its mappe is open"));
    let [document] = item.documents.as_slice() else { panic!("{item:?}") };
    assert_eq!((document.rule.as_str(), document.kassasjonshjemmel.as_str()), ("mappe 2026/1", "Arkivplan"));
    assert_eq!((document.kassasjonsdato.as_str(), document.files), ("2026-05-04", 1));
    let yesterday = Asked { today: date!(2026 - 05 - 03), ..asked(List::Kassasjon) };
    assert!(ids(&archive, &yesterday).is_empty());
}

#[tokio::test]
async fn a_list_can_be_narrowed() {
    let mut archive = Archive::with_structure().await;
    let sak = archive.saksmappe(json!({"administrativEnhet": {"navn": "Oppvekst"}})).await;
    let id = archive
        .journalpost(&sak, json!({"journaldato": "2026-05-02", "journalenhet": "Sentralarkivet"}))
        .await;
    let all = asked(List::Restanse);
    let arkivdel = |code: &str| archive.records().arkivdel(code).unwrap().map(|found| found.unit.system_id);
    let (first, second) = (date!(2026 - 05 - 01), date!(2026 - 05 - 02));
    let with = [
        Asked { administrativ_enhet: "Oppvekst".to_owned(), ..all.clone() },
        Asked { journalenhet: "Sentralarkivet".to_owned(), ..all.clone() },
        Asked { journaldato_from: Some(second), journaldato_to: Some(second), ..all.clone() },
        Asked { arkivdel: arkivdel("SAK"), ..all.clone() },
    ];
    let without = [
        Asked { administrativ_enhet: "Teknisk".to_owned(), ..all.clone() },
        Asked { journalenhet: "Teknisk".to_owned(), ..all.clone() },
        Asked { journaldato_to: Some(first), ..all.clone() },
        Asked { journaldato_from: Some(date!(2026 - 05 - 03)), ..all.clone() },
        Asked { arkivdel: arkivdel("PERSONAL"), ..all.clone() },
    ];
    assert!(with.iter().all(|asked| ids(&archive, asked) == [id.clone()]));
    assert!(without.iter().all(|asked| ids(&archive, asked).is_empty()));
}

#[tokio::test]
async fn pages_give_each_entry_once_in_the_order_of_registration() {
    let mut archive = Archive::with_structure().await;
    let sak = archive.saksmappe(json!({})).await;
    let mut expected = Vec::new();
    for _ in 0..5 {
        expected.push(archive.journalpost(&sak, json!({})).await);
    }
    let mut of = Asked { size: 2, ..asked(List::Restanse) };
    let (mut found, mut sizes) = (Vec::new(), Vec::new());
    loop {
        let page = page(&archive.records(), &of).unwrap();
        sizes.push(page.items.len());
        found.extend(page.items.into_iter().map(|item| item.system_id));
        match page.next {
            // As a caller hands it back.
            Some(next) => of.from = Place::parse(&next.text()).unwrap(),
            None => break,
        }
    }
    assert_eq!((found, sizes), (expected, vec![2, 2, 1]));
}

/// Run it alone: `cargo test -p samflyt-archive --lib -- --ignored --nocapture what_a_page_costs`.
#[tokio::test]
#[ignore = "it measures, over twenty thousand records"]
async fn what_a_page_costs() {
    let mut archive = Archive::with_structure().await;
    let class = json!({"klassifikasjon": [{"klassifikasjonssystemID": "FA", "klasseID": "K03.1"}]});
    let sak = archive.saksmappe(class).await;
    let id = archive.journalpost(&sak, json!({"journalposttype": {"kode": "U"}})).await;
    let one = archive.unit(&id).unit;
    let total = usize::try_from(EXAMINED_MAX).unwrap() + 1;
    for from in (1..total).step_by(1_000) {
        let made = (from..total.min(from + 1_000)).map(|number| {
            let (mut unit, id) = (one.clone(), format!("00000000-0000-4000-9000-{number:012}"));
            unit.doc["systemID"] = json!(id);
            unit.doc["dokumentbeskrivelse"][0]["systemID"] = json!(format!("d{number}"));
            unit.system_id = id;
            crate::records::Step::Created { unit, numbers: Vec::new() }
        });
        archive.take(made.collect()).await;
    }
    let records = archive.records();
    for list in [List::Restanse, List::Kvalitet, List::Kassasjon] {
        let begun = std::time::Instant::now();
        let found = page(&records, &asked(list)).unwrap();
        let (took, examined) = (begun.elapsed(), found.examined);
        println!("{list:?}: {examined} registreringer in {took:?}, {} on the list", found.items.len());
        assert_eq!((examined, found.next.is_some()), (EXAMINED_MAX, true));
    }
}
