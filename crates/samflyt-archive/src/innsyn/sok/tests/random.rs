//! Random units and searches, of few different values: so that searches find something.

use proptest::prelude::*;
use samflyt_noark::unit::{Kind, Unit};
use serde_json::{Value, json};

use super::super::felt::Field;
use super::filter::{FIELDS, Of};

fn word() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["Anna Å", "anna", "Bjørn", "skole Bjørn", "geheim", "2026", "Ørn"])
}

fn code() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["I", "U", "anna"])
}

fn day() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["2026-01-01", "2026-02-01", "2026-03-29"])
}

fn moment() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "2026-01-01T00:00:00Z",
        "2025-12-31T23:30:00Z",
        "2026-02-01T12:00:00+01:00",
        "2026-02-01T12:00:00",
    ])
}

fn shield() -> impl Strategy<Value = Value> {
    let action = prop::sample::select(vec!["S", "G"]);
    (prop::sample::select(vec!["UO", "P"]), day(), action, word()).prop_map(|(code, date, action, why)| {
        json!({"tilgangsrestriksjon": {"kode": code}, "skjermingshjemmel": why,
            "skjermingOpphoererDato": date, "skjermingOpphoererAksjon": {"kode": action}})
    })
}

fn party(name: &'static str, role: &'static str) -> impl Strategy<Value = Value> {
    (word(), code(), any::<bool>(), word(), word(), any::<bool>(), word()).prop_map(
        move |(of, kind, secret, post, place, answers, office)| {
            json!({name: of, role: {"kode": kind}, "erSkjermet": secret, "postnummer": post, "poststed": place,
                "postadresse": [place, post], "epostadresse": of, "erBehandlingsansvarlig": answers,
                "organisasjonID": {"identifikator": post}, "organisasjonid": post, "deresReferanse": place,
                "forsendelsesmaate": {"kode": kind}, "administrativEnhet": {"navn": office, "initialer": of},
                "saksbehandler": {"identifikator": office}})
        },
    )
}

fn class() -> impl Strategy<Value = Value> {
    (word(), word(), any::<bool>()).prop_map(|(system, class, secret)| {
        json!({"klassifikasjonssystemID": system, "klasseID": class, "tittel": class, "erSkjermet": secret})
    })
}

/// What all units have, some of it left out.
fn members() -> impl Strategy<Value = Value> {
    let texts =
        (word(), word(), prop::option::of(word()), prop::collection::vec(word(), 0..3), word(), code());
    let moments = (moment(), prop::option::of(moment()));
    let lists = (
        prop::collection::vec(party("partNavn", "partRolle"), 0..3),
        prop::collection::vec(class(), 0..3),
        prop::option::weighted(0.3, shield()),
        prop::option::weighted(0.1, Just(json!({"grad": {"kode": "H"}}))),
    );
    (texts, moments, lists).prop_map(|(texts, moments, lists)| {
        let mut doc = json!({"tittel": texts.0, "beskrivelse": texts.1, "noekkelord": texts.3,
            "referanseEksternNoekkel": {"fagsystem": texts.4, "noekkel": texts.0}, "mappetype": {"kode": texts.5},
            "opprettetDato": moments.0, "part": lists.0, "klassifikasjon": lists.1});
        let more = [("offentligTittel", texts.2.map(Value::from)), ("avsluttetDato", moments.1.map(Value::from)),
            ("skjerming", lists.2), ("gradering", lists.3)];
        for (member, value) in more {
            if let Some(value) = value {
                doc[member] = value;
            }
        }
        doc
    })
}

fn mappe() -> impl Strategy<Value = Value> {
    (members(), any::<bool>(), day(), 2025..2027, 1..4, code(), word(), 1..3).prop_map(
        |(mut doc, is_case, day, year, number, status, office, place)| {
            doc["mappeID"] = json!(format!("{year}/{number}"));
            if is_case {
                doc["@type"] = json!("saksmappe");
                doc["saksdato"] = json!(day);
                doc["saksaar"] = json!(year);
                doc["sakssekvensnummer"] = json!(number);
                doc["saksstatus"] = json!({"kode": status});
                doc["administrativEnhet"] = json!({"navn": office});
                doc["saksansvarlig"] = json!({"initialer": office});
                doc["matrikkelnummer"] =
                    json!([{"kommunenummer": office, "gardsnummer": place, "bruksnummer": number}]);
                doc["byggident"] = json!([{"bygningsnummer": place}]);
                doc["planident"] = json!([{"planidentifikasjon": office, "fylkesnummer": office}]);
            }
            doc
        },
    )
}

fn document() -> impl Strategy<Value = Value> {
    (word(), moment(), code(), code(), prop::option::weighted(0.3, shield())).prop_map(
        |(title, moment, kind, status, shield)| {
            let mut doc = json!({"tittel": title, "opprettetDato": moment, "dokumenttype": {"kode": kind},
                "dokumentstatus": {"kode": status}, "beskrivelse": title});
            if let Some(shield) = shield {
                doc["skjerming"] = shield;
            }
            doc
        },
    )
}

fn registrering() -> impl Strategy<Value = Value> {
    let parties = prop::collection::vec(party("korrespondansepartNavn", "korrespondanseparttype"), 0..3);
    let documents = prop::collection::vec(document(), 0..3);
    (members(), parties, documents, any::<bool>(), day(), 1..4, code()).prop_map(
        |(mut doc, parties, documents, is_journalpost, day, number, code)| {
            doc["korrespondansepart"] = json!(parties);
            doc["dokumentbeskrivelse"] = json!(documents);
            doc["registreringsID"] = json!(format!("2026/1-{number}"));
            if is_journalpost {
                doc["@type"] = json!("journalpost");
                doc["journalaar"] = json!(2026);
                doc["journalsekvensnummer"] = json!(number);
                doc["journalpostnummer"] = json!(number);
                doc["journalposttype"] = json!({"kode": code});
                doc["journalstatus"] = json!({"kode": code});
                doc["journaldato"] = json!(day);
                doc["dokumentetsDato"] = json!(day);
                doc["forfallsdato"] = json!(day);
            }
            doc
        },
    )
}

/// Mapper within mapper, and registreringer in them.
pub(super) fn units(most: usize) -> impl Strategy<Value = Vec<Unit>> {
    let mapper = prop::collection::vec((mappe(), any::<prop::sample::Index>(), any::<bool>()), 1..most);
    let others = prop::collection::vec((registrering(), any::<prop::sample::Index>()), 0..most);
    (mapper, others).prop_map(|(mapper, others)| {
        let id = |kind: u32, at: usize| format!("00000000-0000-4000-{kind:04}-{at:012}");
        let mut units = Vec::new();
        for (at, (doc, above, within)) in mapper.into_iter().enumerate() {
            let parent = (within && at > 0).then(|| id(1, above.index(at)));
            units.push(unit(Kind::Mappe, id(1, at), parent, doc));
        }
        let count = units.len();
        for (at, (mut doc, above)) in others.into_iter().enumerate() {
            let documents = doc["dokumentbeskrivelse"].as_array_mut().unwrap();
            for (number, document) in documents.iter_mut().enumerate() {
                document["systemID"] = json!(id(3, at * 10 + number));
            }
            units.push(unit(Kind::Registrering, id(2, at), Some(id(1, above.index(count))), doc));
        }
        units
    })
}

fn unit(kind: Kind, system_id: String, parent: Option<String>, mut doc: Value) -> Unit {
    doc["systemID"] = json!(system_id);
    Unit { system_id, kind, parent, arkivdel: None, doc }
}

/// A search: what for, and its parameters.
pub(super) fn parameters() -> impl Strategy<Value = (&'static str, Vec<Value>)> {
    prop::sample::select(super::TARGETS.to_vec()).prop_flat_map(|target| {
        let fields: Vec<_> = FIELDS.iter().filter(|of| of.is_of(target)).collect();
        let parameters = prop::collection::vec(prop::sample::select(fields).prop_flat_map(parameter), 1..3);
        (Just(target), parameters)
    })
}

fn parameter(of: &'static Of) -> BoxedStrategy<Value> {
    assert!(Field::of(of.name).is_some());
    let name = of.name;
    let made = move |(operator, kind, mut values): (&'static str, &'static str, Vec<Value>)| {
        match operator {
            "between" => {
                values.truncate(2);
                values.sort_by_key(Of::order);
            }
            "inlist" => {}
            _ => values.truncate(1),
        }
        super::parameter(name, operator, json!({kind: {"value": values}}))
    };
    let operators = vec![
        "equal",
        "notequal",
        "between",
        "lessthan",
        "lessequal",
        "greaterthan",
        "greaterequal",
        "inlist",
    ];
    let operator = prop::sample::select(operators.clone());
    let pattern = prop::sample::select(vec!["*", "?nna*", "*ø*", "*Å", "gehei?", "i", "2*6"]);
    let values = |kind: &'static str, value: BoxedStrategy<Value>| {
        (operator.clone(), Just(kind), prop::collection::vec(value, 2..4)).prop_map(made).boxed()
    };
    match of.kind {
        "text" => {
            let wild = pattern
                .prop_map(move |pattern| made(("wildcardquery", "stringvalues", vec![json!(pattern)])));
            let value = prop_oneof![word(), code(), Just("uo"), Just("*****")].prop_map(Value::from).boxed();
            prop_oneof![values("stringvalues", value), wild].boxed()
        }
        "int" => values("intvalues", prop_oneof![1..4, 2025..2027].prop_map(Value::from).boxed()),
        "key" => (word(), word(), prop::sample::select(vec!["equal", "notequal"]))
            .prop_map(move |(fagsystem, noekkel, operator)| {
                let key = json!({"eksternNoekkel": {"fagsystem": fagsystem, "noekkel": noekkel}});
                super::parameter(name, operator, key)
            })
            .boxed(),
        _ => values("datevalues", moment().prop_map(Value::from).boxed()),
    }
}
