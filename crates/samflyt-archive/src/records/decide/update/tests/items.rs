//! Every member of an item of a list changes that item, and no other.

use std::collections::BTreeSet;

use samflyt_noark::fiks::oppdater::{deler, moete, part, sted};
use samflyt_noark::grammar::Complex;

use super::*;

/// Of a list: the type of its `oppdatering`, the element that changes it, its member of the record, two items that are there,
/// what is sent for the first by and by, and what it holds then.
struct Case {
    of: &'static Complex,
    changes: &'static str,
    member: &'static str,
    items: Value,
    key: Value,
    sent: Vec<(Value, Value)>,
}

fn same(changes: Value) -> (Value, Value) {
    (changes.clone(), changes)
}

fn address() -> Vec<(Value, Value)> {
    vec![
        same(json!({"postadresse": ["a", "b"], "telefonnummer": ["1", "2"]})),
        same(json!({"postnummer": "3840", "poststed": "Seljord", "landkode": {"kode": "NO"}})),
        same(json!({"epostadresse": "a@b", "kontaktperson": "Ola"})),
        same(json!({"erSkjermet": true, "erPersonnavn": true})),
    ]
}

fn parts() -> Case {
    let mut sent = address();
    let own = "virksomhetsspesifikkeMetadataOppdateringer";
    sent.extend([
        same(json!({"partNavn": "Per", "partRolle": {"kode": "A"}})),
        (json!({"organisasjonid": "964963193"}), json!({"organisasjonID": {"identifikator": "964963193"}})),
        (
            json!({"personid": "01810012345"}),
            json!({"organisasjonID": null,
            "personID": {"landkode": "NO", "identifikator": "01810012345"}}),
        ),
        (
            json!({own: {"ny": "<a xmlns=\"urn:a\"/>"}}),
            json!({"virksomhetsspesifikkeMetadata": "<a xmlns=\"urn:a\"/>"}),
        ),
    ]);
    Case {
        of: &part::PART_OPPDATERING,
        changes: "partOppdateringer",
        member: "part",
        items: json!([{"partID": "1", "partNavn": "Kari", "partRolle": {"kode": "K"}}, {"partID": "2", "partNavn": "Ola"}]),
        key: json!({"partID": "1"}),
        sent,
    }
}

fn correspondents() -> Case {
    let mut sent = address();
    sent.extend([
        same(json!({"korrespondanseparttype": {"kode": "EM"}, "korrespondansepartNavn": "Per"})),
        same(json!({"organisasjonid": "964963193"})),
        (json!({"personid": "01810012345"}), json!({"personid": "01810012345", "organisasjonid": null})),
        same(json!({"administrativEnhet": {"navn": "Skole"}, "saksbehandler": {"navn": "Ola"}})),
        same(json!({"forsendelsesmaate": {"kode": "E"}, "deresReferanse": "x", "erBehandlingsansvarlig": true})),
    ]);
    let one = |id: &str| json!({"korrespondansepartID": id, "korrespondanseparttype": {"kode": "EA"}, "korrespondansepartNavn": id});
    Case {
        of: &part::KORRESPONDANSEPART_OPPDATERING,
        changes: "korrespondansepartOppdateringer",
        member: "korrespondansepart",
        items: json!([one("1"), one("2")]),
        key: json!({"korrespondansepartID": "1"}),
        sent,
    }
}

fn remarks() -> Case {
    Case {
        of: &deler::MERKNAD_OPPDATERING,
        changes: "merknadOppdateringer",
        member: "merknad",
        items: json!([{"merknadID": "1", "merknadstekst": "a"}, {"merknadID": "2", "merknadstekst": "b"}]),
        key: json!({"merknadID": "1"}),
        sent: vec![
            same(json!({"merknadstekst": "c", "merknadstype": {"kode": "MA"}, "erSkjermet": true})),
            same(json!({"merknadsdato": "2026-01-01T00:00:00Z", "merknadRegistrertAv": "Kari"})),
        ],
    }
}

fn references() -> Case {
    let id = "00000000-0000-4000-8000-00000000aaaa";
    let to = |member: &str| json!({member: {"systemID": id}});
    let (document, post) = ("referanseTilDokumentbeskrivelse", "referanseTilRegistrering");
    let both = json!({"referanseTilMappe": {"mappeID": "2026/1"}, post: {"systemID": id}});
    Case {
        of: &deler::KRYSSREFERANSE_OPPDATERING,
        changes: "kryssreferanseOppdateringer",
        member: "kryssreferanse",
        items: json!([{"kryssreferanseID": "1", "referanseTilMappe": {"mappeID": "2026/1"}},
            {"kryssreferanseID": "2", "referanseTilMappe": {"mappeID": "2026/1"}}]),
        key: json!({"kryssreferanseID": "1"}),
        sent: vec![
            (to(post), json!({post: {"systemID": id}, "referanseTilMappe": null})),
            (to(document), json!({document: {"systemID": id}, post: null})),
            // The protocol lets one have several: then all of them are kept.
            (both.clone(), both),
        ],
    }
}

fn points() -> Case {
    let one = |id: &str| json!({"punktID": id, "koordinatsystem": {"kode": "22"}, "x": 1.0, "y": 2.0});
    Case {
        of: &sted::PUNKT_OPPDATERING,
        changes: "punktOppdateringer",
        member: "punkt",
        items: json!([one("1"), one("2")]),
        key: json!({"punktID": "1"}),
        sent: vec![same(json!({"koordinatsystem": {"kode": "23"}, "x": 3.0, "y": 4.0, "z": 5.0}))],
    }
}

fn buildings() -> Case {
    Case {
        of: &sted::BYGGIDENT_OPPDATERING,
        changes: "byggidentOppdateringer",
        member: "byggident",
        items: json!([{"bygningsnummer": 1}, {"bygningsnummer": 2}]),
        key: json!({"opprinneligBygningsnummer": 1}),
        sent: vec![
            same(json!({"endringsloepenummer": 4})),
            (
                json!({"bygningsnummer": 3}),
                json!({"bygningsnummer": 3, "endringsloepenummer": 4, "opprinneligBygningsnummer": null}),
            ),
        ],
    }
}

fn plans() -> Case {
    Case {
        of: &sted::PLANIDENT_OPPDATERING,
        changes: "planidentOppdateringer",
        member: "planident",
        items: json!([{"planidentifikasjon": "1", "kommunenummer": "4022"}, {"planidentifikasjon": "2"}]),
        key: json!({"planidentifikasjon": "1"}),
        sent: vec![
            (json!({"fylkesnummer": "40"}), json!({"fylkesnummer": "40", "kommunenummer": null})),
            (json!({"landkode": {"kode": "NO"}}), json!({"landkode": {"kode": "NO"}, "fylkesnummer": null})),
            (json!({"kommunenummer": "4024"}), json!({"kommunenummer": "4024", "landkode": null})),
        ],
    }
}

fn attendants() -> Case {
    let one = |id: &str| json!({"identifikator": {"navn": "Kari", "identifikator": id}});
    Case {
        of: &moete::MOETEDELTAKER_OPPDATERING,
        changes: "moetedeltakerOppdateringer",
        member: "moetedeltaker",
        items: json!([one("1"), one("2")]),
        key: json!({"personid": "1"}),
        sent: vec![
            (
                json!({"navn": "Ola"}),
                json!({"identifikator": {"navn": "Ola", "identifikator": "1"}, "navn": null}),
            ),
            same(json!({"funksjon": {"kode": "L"}, "representerer": {"navn": "Sp"}})),
        ],
    }
}

/// As [`holds`], where `null` says that a member is not there.
fn assert_item(item: &Value, expected: &Value, about: &str) {
    for (member, expected) in expected.as_object().unwrap() {
        let is = item.get(member).unwrap_or(&Value::Null);
        assert!(holds(is, expected), "{about}: {member} is {is:#} and not {expected:#}");
    }
}

/// Changes, and then deletes, the first of two items.
async fn change_item(case: Case) {
    let mut named: BTreeSet<&str> = case.key.as_object().unwrap().keys().map(String::as_str).collect();
    named.extend(case.sent.iter().flat_map(|(sent, _)| sent.as_object().unwrap().keys().map(String::as_str)));
    let all: BTreeSet<&str> = case.of.all().into_iter().map(|(_, element)| element.name).collect();
    assert_eq!(named, all, "{}", case.of.name);
    let mut archive = Archive::with_structure().await;
    let of_post = case.member == "korrespondansepart";
    let of_meeting = case.member == "moetedeltaker";
    let own = if of_post || of_meeting { json!({}) } else { json!({case.member: case.items}) };
    let sak = archive.saksmappe(own).await;
    let id = if of_post {
        archive.journalpost(&sak, json!({"journalstatus": {"kode": "M"}, case.member: case.items})).await
    } else if of_meeting {
        let made = json!({"@type": "moetemappe", "tittel": "M", "moetenummer": "1", "utvalg": {"navn": "U"},
            "moetedato": "2026-05-01", case.member: case.items});
        archive.make(json!({"mappe": made}), &[]).await.remove(0)
    } else {
        sak
    };
    let of_type = if of_meeting { "moetemappeOppdatering" } else { "saksmappeOppdatering" };
    let second = doc(&archive, &id)[case.member][1].clone();
    let capital = case.changes == "byggidentOppdateringer";
    let (update, delete) = if capital { ("Oppdatering", "Slett") } else { ("oppdatering", "slett") };
    for (sent, expected) in case.sent {
        let mut item = case.key.clone();
        extend(&mut item, sent);
        let mut changes = json!({update: [item]});
        if of_meeting {
            changes = json!([changes]);
        }
        let changed = if of_post {
            post(&mut archive, &id, json!({case.changes: changes})).await
        } else {
            mappe(&mut archive, &id, json!({"@type": of_type, case.changes: changes})).await
        };
        changed.unwrap();
        let all = doc(&archive, &id)[case.member].clone();
        assert_item(&all[0], &expected, case.of.name);
        assert_eq!((&all[1], &all[2]), (&second, &Value::Null));
        assert_written(&archive, &id);
    }
    assert_published(&archive, &id);
    // A building has another number by now.
    let key = if capital { json!({"bygningsnummer": 3}) } else { case.key };
    let changes = if of_meeting { json!([{delete: [key]}]) } else { json!({delete: [key]}) };
    let deleted = if of_post {
        post(&mut archive, &id, json!({case.changes: changes})).await
    } else {
        mappe(&mut archive, &id, json!({"@type": of_type, case.changes: changes})).await
    };
    deleted.unwrap();
    assert_eq!(doc(&archive, &id)[case.member], json!([second]));
}

#[tokio::test]
async fn every_member_of_a_part_a_correspondent_and_a_remark_is_changed_by_itself() {
    for case in [parts(), correspondents(), remarks()] {
        change_item(case).await;
    }
}

#[tokio::test]
async fn every_member_of_a_place_a_reference_and_an_attendant_is_changed_by_itself() {
    for case in [references(), points(), buildings(), plans(), attendants()] {
        change_item(case).await;
    }
}
