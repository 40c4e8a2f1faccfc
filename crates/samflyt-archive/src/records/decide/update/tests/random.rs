//! Messages at random: whatever is sent, nothing is lost from the history, doubled, orphaned, or such that it cannot be written.

#[path = "../../../../../../samflyt-noark/tests/random/mod.rs"]
mod generated;

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
use samflyt_noark::fiks::codes::code_list;
use samflyt_noark::fiks::{avskrivning as settling, oppdater};
use samflyt_noark::grammar::{Complex, Content};
use samflyt_noark::write::TYPE;

use self::generated::{Choices, document as generate};
use super::*;
use crate::records::decide::avskrivning::{self, WriteOff};
use crate::records::fold::{apply, list};
use crate::records::{Step, Stored};

/// What is changed: two saksmapper, one of them with another in it, a moetemappe, and what lies in them.
struct Units {
    mapper: Vec<String>,
    registreringer: Vec<String>,
}

async fn units(archive: &mut Archive) -> Units {
    let items = |id: &str, name: &str| json!([{id: "1", name: "a"}, {id: "2", name: "b"}]);
    let first = archive.saksmappe(json!({"part": items("partID", "partNavn"), "noekkelord": ["x"]})).await;
    let second = archive.saksmappe(json!({"merknad": items("merknadID", "merknadstekst")})).await;
    let below = archive.saksmappe(json!({"referanseForeldermappe": {"systemID": second}})).await;
    let meeting = json!({"@type": "moetemappe", "tittel": "M", "moetenummer": "1", "utvalg": {"navn": "U"},
        "moetedato": "2026-05-01"});
    let meeting = archive.make(json!({"mappe": meeting}), &[]).await.remove(0);
    let mut registreringer = Vec::new();
    for (sak, of, status) in
        [(&first, "I", "M"), (&first, "U", "J"), (&first, "N", "S"), (&second, "I", "J"), (&below, "X", "F")]
    {
        let made = json!({"journalposttype": {"kode": of}, "journalstatus": {"kode": status}});
        registreringer.push(archive.journalpost(sak, made).await);
    }
    for made in [
        json!({"@type": "arkivnotat", "tittel": "N", "referanseForelderMappe": {"systemID": second}}),
        json!({"@type": "moetesak", "tittel": "S", "referanseForelderMappe": {"systemID": meeting},
            "moetesakstype": {"kode": "PS"}, "moetesaksaar": 2026, "moetesakssekvensnummer": 1}),
    ] {
        registreringer.extend(archive.make(json!({"registrering": made}), &[]).await);
    }
    Units { mapper: vec![first, second, below, meeting], registreringer }
}

/// What is chosen, one number after the other; when they are used up, always the first that there is.
struct Picks<'p>(&'p [u16]);

impl Picks<'_> {
    fn one<'v, T>(&mut self, all: &'v [T]) -> &'v T {
        let Some((first, rest)) = self.0.split_first() else { return &all[0] };
        self.0 = rest;
        &all[usize::from(*first) % all.len()]
    }
}

/// Makes a document of a grammar one about these units, with codes that are in their lists.
fn settle(value: &mut Value, of: &'static Complex, units: &Units, picks: &mut Picks<'_>) {
    let class = |picks: &mut Picks<'_>| {
        let (system, class) = *picks.one(&[("FA", "K01"), ("FA", "K02"), ("GBNR", "1/1"), ("GBNR", "1/2")]);
        json!({"klassifikasjonssystemID": system, "klasseID": class})
    };
    match of.name {
        "referanseTilMappe" => *value = json!({"systemID": picks.one(&units.mapper)}),
        "referanseTilRegistrering" | "referanseTilJournalpost" => {
            *value = json!({"systemID": picks.one(&units.registreringer)});
        }
        "referanseTilKlassifikasjon" => *value = class(picks),
        "klassifikasjon" => extend(value, class(picks)),
        _ if of.base.is_some_and(|base| base.name == "kode") => {
            if let Some(list) = code_list(of.name) {
                value["kode"] = json!(picks.one(list.codes).0);
            }
        }
        _ => settle_members(value, of, units, picks),
    }
}

fn settle_members(value: &mut Value, of: &'static Complex, units: &Units, picks: &mut Picks<'_>) {
    const IDS: [&str; 5] = ["partID", "merknadID", "kryssreferanseID", "punktID", "korrespondansepartID"];
    for (_, element) in of.all() {
        let Some(member) = value.get_mut(element.name) else { continue };
        if element.name == "arkivdel" {
            *member = json!({"kode": picks.one(&["SAK", "PERSONAL"])});
        } else if IDS.contains(&element.name) {
            *member = json!(picks.one(&["1", "2", "mottaker", "ny"]));
        } else {
            let Content::Complex(inner) = element.content else { continue };
            match member {
                Value::Array(items) => items.iter_mut().for_each(|item| settle(item, inner, units, picks)),
                member => settle(member, inner, units, picks),
            }
        }
    }
}

fn type_of_change(stored: &Stored) -> &'static Complex {
    match stored.unit.type_name() {
        Some("saksmappe") => &oppdater::mappe::SAKSMAPPE_OPPDATERING,
        Some("moetemappe") => &oppdater::mappe::MOETEMAPPE_OPPDATERING,
        Some("journalpost") => &oppdater::registrering::JOURNALPOST_OPPDATERING,
        Some("moetesak") => &oppdater::moete::MOETESAK_OPPDATERING,
        _ => &oppdater::registrering::REGISTRERING_OPPDATERING,
    }
}

/// One message of some kind, and what came of it.
async fn send_any(
    archive: &mut Archive,
    units: &Units,
    kind: u8,
    choices: &[u16],
    picks: &[u16],
) -> Result<Decision, Trouble> {
    let mut picks = Picks(picks);
    let made = |of: &'static Complex, picks: &mut Picks<'_>| {
        let mut made = generate(of, &mut Choices::new(choices));
        settle(&mut made, of, units, picks);
        made
    };
    let (element, reference, all) = match kind {
        0..=3 => ("mappeOppdateringer", "referanseTilMappe", &units.mapper),
        _ => ("registreringOppdateringer", "referanseTilRegistrering", &units.registreringer),
    };
    let id = picks.one(all).clone();
    let by = actor();
    match kind {
        0..=6 => {
            let of = type_of_change(&archive.unit(&id));
            let mut given = made(of, &mut picks);
            given[TYPE] = json!(of.name);
            given[reference] = json!({"systemID": id});
            send(archive, json!({element: given})).await
        }
        7 => {
            let of = &oppdater::registrering::DOKUMENTBESKRIVELSE_OPPDATERING;
            let mut given = made(of, &mut picks);
            let first = archive.unit(&id).unit.doc["dokumentbeskrivelse"][0]["systemID"].clone();
            let unknown = json!({"fagsystem": "x", "noekkel": "ingen"});
            given["referanseTilDokumentbeskrivelse"] = if first.is_null() {
                json!({"referanseEksternNoekkel": unknown})
            } else {
                json!({"systemID": first})
            };
            send(archive, json!({"dokumentbeskrivelseOppdateringer": given})).await
        }
        8 => {
            let doc = made(&settling::NY_AVSKRIVNING, &mut picks);
            let what = WriteOff { doc: &doc, by: &by, now: NOW };
            archive.carry_out(|records, ids| avskrivning::opprett(records, &what, ids)).await
        }
        _ => {
            let doc = made(&settling::SLETT_AVSKRIVNING, &mut picks);
            archive.carry_out(|records, _| avskrivning::slett(records, &doc)).await
        }
    }
}

type State = BTreeMap<String, Stored>;

fn state(archive: &Archive) -> State {
    let records = archive.records();
    let kinds = [Kind::Mappe, Kind::Registrering, Kind::Klasse, Kind::Arkivdel];
    let all = kinds.into_iter().flat_map(|kind| records.all(kind).collect::<Vec<_>>());
    all.map(Result::unwrap).map(|stored| (stored.unit.system_id.clone(), stored)).collect()
}

/// The edits of a decision lead from what was to what is, each from the value that it says was there.
fn assert_history(before: &State, after: &State, steps: &[Step]) {
    let mut docs: BTreeMap<String, Value> =
        before.iter().map(|(id, stored)| (id.clone(), stored.unit.doc.clone())).collect();
    for step in steps {
        match step {
            Step::Created { unit, .. } => {
                assert!(docs.insert(unit.system_id.clone(), unit.doc.clone()).is_none(), "made twice");
            }
            Step::Edited { system_id, edits, .. } => {
                let doc = docs.get_mut(system_id).unwrap();
                for edit in edits {
                    assert_eq!(doc.pointer(&edit.path), edit.old.as_ref(), "{}", edit.path);
                    assert_ne!(edit.old, edit.new, "{}", edit.path);
                    apply(doc, edit);
                }
            }
            other => panic!("{other:?}"),
        }
    }
    let is: BTreeMap<String, Value> =
        after.iter().map(|(id, stored)| (id.clone(), stored.unit.doc.clone())).collect();
    assert_eq!(docs, is);
}

/// Numbers are unique, what holds a unit is there and of the same arkivdel, and what is closed is done with.
fn assert_sound(all: &State) {
    let mut numbers = BTreeSet::new();
    for stored in all.values() {
        let unit = &stored.unit;
        for number in ["mappeID", "registreringsID"] {
            let is_new = unit.doc.get(number).is_none_or(|id| numbers.insert(format!("{number} {id}")));
            assert!(is_new, "{number} twice: {:#}", unit.doc);
        }
        if let Some(number) = unit.doc.get("journalsekvensnummer") {
            assert!(numbers.insert(format!("journal {} {number}", unit.doc["journalaar"])));
        }
        if !matches!(unit.kind, Kind::Mappe | Kind::Registrering) {
            continue;
        }
        let arkivdel = unit.arkivdel.as_ref().unwrap();
        assert_eq!(all[arkivdel].unit.kind, Kind::Arkivdel);
        let parent = &all[unit.parent.as_ref().unwrap()].unit;
        if parent.kind == Kind::Arkivdel {
            assert_eq!(&parent.system_id, arkivdel);
            continue;
        }
        assert_eq!((parent.kind, parent.arkivdel.as_ref()), (Kind::Mappe, Some(arkivdel)));
        let is_post = unit.type_name() == Some("journalpost");
        assert!(!is_post || parent.type_name() == Some("saksmappe"));
        if parent.doc.get("avsluttetDato").is_some() {
            assert!(unit.kind != Kind::Mappe || unit.doc.get("avsluttetDato").is_some());
            assert!(!is_post || avskrivning::owing(&unit.doc).is_empty(), "{:#}", unit.doc);
        }
    }
    for klasse in all.values().filter(|stored| stored.unit.kind == Kind::Klasse) {
        let id =
            format!("klasse {} {}", klasse.unit.doc["klassifikasjonssystem"], klasse.unit.doc["klasseID"]);
        assert!(numbers.insert(id), "made twice: {:#}", klasse.unit.doc);
    }
}

/// No two items of a list have one id.
fn ids_are_unique(doc: &Value) -> bool {
    let lists =
        [("part", "partID"), ("merknad", "merknadID"), ("korrespondansepart", "korrespondansepartID")];
    lists.iter().all(|(member, id)| {
        let items = list(doc, member);
        let ids: BTreeSet<_> = items.iter().map(|item| item.get(*id).and_then(Value::as_str)).collect();
        ids.len() == items.len()
    })
}

type Message = (u8, Vec<u16>, Vec<u16>);

async fn change_at_random(messages: &[Message], counts: &Cell<(usize, usize)>) {
    let mut archive = Archive::with_structure().await;
    let units = units(&mut archive).await;
    let mut before = state(&archive);
    for (kind, choices, picks) in messages {
        let sent = send_any(&mut archive, &units, *kind, choices, picks).await;
        let after = state(&archive);
        let (accepted, refused) = counts.get();
        match sent {
            Ok(decision) => {
                assert_history(&before, &after, &decision.steps);
                counts.set((accepted + 1, refused));
            }
            Err(Trouble::Unreadable(error)) => panic!("{error}"),
            Err(_) => {
                assert_eq!(before, after);
                counts.set((accepted, refused + 1));
            }
        }
        assert_sound(&after);
        for (id, stored) in &after {
            if matches!(stored.unit.kind, Kind::Mappe | Kind::Registrering) && before.get(id) != Some(stored)
            {
                assert!(ids_are_unique(&stored.unit.doc), "{:#}", stored.unit.doc);
                assert_written(&archive, id);
            }
        }
        before = after;
    }
    for id in units.mapper.iter().chain(&units.registreringer) {
        if *id == units.mapper[0] || messages.len().is_multiple_of(8) {
            assert_published(&archive, id);
        }
    }
}

#[test]
fn whatever_is_sent_nothing_is_lost_doubled_orphaned_or_unwritable() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let config = ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let message = (0_u8..10, vec(any::<u16>(), 0..80), vec(any::<u16>(), 0..20));
    let counts = Cell::new((0, 0));
    let ran = runner.run(&vec(message, 1..25), |messages| {
        runtime.block_on(change_at_random(&messages, &counts));
        Ok(())
    });
    ran.unwrap_or_else(|failed| panic!("{failed}"));
    let (accepted, refused) = counts.get();
    println!("{accepted} messages were carried out, {refused} refused");
    assert!(accepted > 200 && refused > 80, "{accepted} accepted, {refused} refused");
}
