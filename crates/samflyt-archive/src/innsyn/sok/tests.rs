mod filter;
mod random;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::json;

use super::*;
use crate::access::testing::viewer;
use crate::innsyn::testing::assert_valid;
use crate::records::Step;
use crate::records::decide::Problem;
use crate::records::testing::{Archive, actor};

use random::units;

const XSD: [(&str, &str); 3] = [
    ("minimum", "no.ks.fiks.arkiv.v1.innsyn.sok.resultat.minimum.xsd"),
    ("noekler", "no.ks.fiks.arkiv.v1.innsyn.sok.resultat.noekler.xsd"),
    ("utvidet", "no.ks.fiks.arkiv.v1.innsyn.sok.resultat.utvidet.xsd"),
];
const TARGETS: [&str; 6] =
    ["mappe", "saksmappe", "registrering", "journalpost", "journalpostMedSaksmappe", "dokumentbeskrivelse"];

fn request(target: &str, more: Value) -> Value {
    let mut definition = json!({"@type": format!("{target}Sokdefinisjon"), "responstype": "noekler"});
    if let (Value::Object(definition), Value::Object(more)) = (&mut definition, more) {
        definition.extend(more);
    }
    json!({"system": "test", "take": 1000, "skip": 0, "sokdefinisjon": definition})
}

fn parameter(field: &str, operator: &str, values: Value) -> Value {
    json!({"felt": field, "operator": operator, "sokVerdier": values})
}

fn free(target: &str, text: &str) -> Value {
    request(target, json!({"@type": format!("{target}FritekstSokdefinisjon"), "soketekst": text}))
}

/// The systemIDs that an answer has.
fn ids(answer: &Value) -> Vec<String> {
    let list = answer["resultatListe"].as_object().unwrap().values().next().unwrap();
    let hits = list.as_array().unwrap().iter().map(|hit| hit.as_object().unwrap().values().next().unwrap());
    hits.map(|hit| hit["systemID"].as_str().unwrap().to_owned()).collect()
}

fn problems(answer: Result<(Schema, Value), Trouble>) -> Vec<Problem> {
    answer.unwrap_err().into_problems().unwrap()
}

fn viewers() -> Vec<Viewer> {
    let depositor = Viewer { system: actor().system, ..viewer(&[]) };
    vec![viewer(&[]), viewer(&["UO"]), viewer(&["UO", "H"]), viewer(&["*"]), depositor]
}

async fn archive_of(units: Vec<samflyt_noark::unit::Unit>) -> Archive {
    let archive = Archive::with_structure().await;
    let steps = units.into_iter().map(|unit| Step::Created { unit, numbers: Vec::new() }).collect();
    archive.take(steps).await;
    archive
}

fn with_runtime(cases: u32, test: impl Fn(&tokio::runtime::Runtime, &mut TestRunner)) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let mut runner = TestRunner::new(Config { cases, ..Config::default() });
    test(&runtime, &mut runner);
}

#[test]
fn a_search_finds_and_counts_what_a_filter_over_the_documents_as_the_viewer_sees_them_does() {
    with_runtime(12, |runtime, runner| {
        let input = (units(30), prop::collection::vec(random::parameters(), 60));
        let found = std::cell::Cell::new(0);
        let tried = runner.run(&input, |(units, searches)| {
            let archive = runtime.block_on(archive_of(units));
            let (records, all) = (archive.records(), Searches::new(1000));
            for (target, parameters) in &searches {
                for viewer in viewers() {
                    let asked = request(target, json!({"parametere": parameters}));
                    let expected = filter::found(&records, &viewer, target, parameters);
                    let (_, answer) = all.sok(&records, &viewer, &asked).unwrap();
                    let mut got = ids(&answer);
                    got.sort();
                    prop_assert_eq!(&got, &expected, "{:#} as {:?}", asked, viewer);
                    prop_assert_eq!(&answer["count"], expected.len());
                    found.set(found.get() + expected.len());
                }
            }
            Ok(())
        });
        tried.unwrap();
        assert!(found.get() > 1000, "only {} hits: the searches say nothing", found.get());
    });
}

#[test]
fn free_text_finds_each_word_where_the_viewer_sees_it_and_nowhere_else() {
    with_runtime(8, |runtime, runner| {
        let words = prop::sample::select(vec!["anna", "skole BJØRN", "ø", "2026/1", "geheim", "*****"]);
        let input = (units(30), prop::collection::vec((0..TARGETS.len(), words), 30));
        let tried = runner.run(&input, |(units, searches)| {
            let archive = runtime.block_on(archive_of(units));
            let (records, all) = (archive.records(), Searches::new(1000));
            for (target, text) in &searches {
                for viewer in viewers() {
                    let target = TARGETS[*target];
                    let expected = filter::found_by_words(&records, &viewer, target, text);
                    let (_, answer) = all.sok(&records, &viewer, &free(target, text)).unwrap();
                    let mut got = ids(&answer);
                    got.sort();
                    prop_assert_eq!(got, expected, "{} for {} as {:?}", text, target, viewer);
                }
            }
            Ok(())
        });
        tried.unwrap();
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_answer_is_as_its_schema_says_with_any_part_included() {
    let mut archive = Archive::with_structure().await;
    let shield = json!({"tilgangsrestriksjon": {"kode": "UO"}, "skjermingshjemmel": "offl. § 13"});
    let open = archive.saksmappe(json!({"part": [{"partNavn": "Kari", "partRolle": {"kode": "KLI"}}]})).await;
    let shielded = archive.saksmappe(json!({"skjerming": shield, "tittel": "geheim"})).await;
    archive.make(json!({"mappe": {"tittel": "Mappe"}}), &[]).await;
    for mappe in [&open, &shielded] {
        archive.journalpost(mappe, json!({})).await;
    }
    archive.make(json!({"registrering": {"@type": "arkivnotat", "tittel": "Notat"}}), &[]).await;
    let (records, all) = (archive.records(), Searches::new(1000));
    for target in TARGETS {
        for (responstype, xsd) in XSD {
            for inkluder in [json!([]), json!(["merknad"]), json!(["dokumentobjekt"])] {
                for viewer in viewers() {
                    let field = filter::title_field(target);
                    let anything =
                        parameter(field, "wildcardquery", json!({"stringvalues": {"value": ["*"]}}));
                    let more =
                        json!({"responstype": responstype, "inkluder": inkluder, "parametere": [anything]});
                    let (schema, answer) = all.sok(&records, &viewer, &request(target, more)).unwrap();
                    assert!(!ids(&answer).is_empty(), "{answer:#}");
                    assert_eq!(ids(&answer).len(), answer["count"].as_u64().unwrap() as usize);
                    assert_valid(schema, xsd, &answer);
                }
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn hits_come_in_the_order_asked_for_and_page_by_page_with_the_count_of_all() {
    let mut archive = Archive::with_structure().await;
    let mut made = Vec::new();
    for title in ["a", "b", "c", "d", "e"] {
        made.push(archive.saksmappe(json!({"tittel": title})).await);
    }
    let (records, all) = (archive.records(), Searches::new(3));
    let page = |take: i64, skip: i64, direction: &str| {
        let sorted = json!([{"felt": "mappeOpprettetDato", "type": "stigende"},
            {"felt": "sakSaksaar-saksekvensnummer", "type": direction}]);
        let anything = parameter("mappeTittel", "wildcardquery", json!({"stringvalues": {"value": ["?"]}}));
        let mut asked = request("saksmappe", json!({"parametere": [anything], "sortering": sorted}));
        (asked["take"], asked["skip"]) = (json!(take), json!(skip));
        all.sok(&records, &viewer(&[]), &asked)
    };
    let (_, answer) = page(2, 1, "synkende").unwrap();
    assert_eq!((ids(&answer), &answer["count"]), (vec![made[3].clone(), made[2].clone()], &json!(5)));
    assert_eq!(ids(&page(3, 0, "stigende").unwrap().1), made[..3]);
    assert_eq!(ids(&page(3, 4, "stigende").unwrap().1), made[4..]);
    assert_eq!(page(0, 9, "stigende").unwrap().1["count"], 5);
    let told: Vec<_> =
        problems(page(4, -1, "stigende")).into_iter().map(|one| (one.field, one.rule)).collect();
    assert_eq!(
        told,
        [
            ("/sok/take".to_owned(), "is more than 3".to_owned()),
            ("/sok/skip".to_owned(), "is less than 0".to_owned()),
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_table_follows_what_is_made_changed_and_moved_and_what_a_mappe_begins_to_shield() {
    let mut archive = Archive::with_structure().await;
    let all = Searches::new(1000);
    let mappe = archive.saksmappe(json!({"tittel": "Gul"})).await;
    let post = archive.journalpost(&mappe, json!({"tittel": "Brev om gul"})).await;
    let count = |archive: &Archive, asked: &Value, codes: &[&str]| {
        all.sok(&archive.records(), &viewer(codes), asked).unwrap().1["count"].as_u64().unwrap()
    };
    let (title, words) = (
        request(
            "mappe",
            json!({"parametere":
            [parameter("mappeTittel", "equal", json!({"stringvalues": {"value": ["GUL"]}}))]}),
        ),
        free("journalpost", "nordmann"),
    );
    assert_eq!((count(&archive, &title, &[]), count(&archive, &words, &[])), (1, 1));
    let edit = |id: &str, member: &str, new: Value| Step::Edited {
        system_id: id.to_owned(),
        parent: None,
        arkivdel: None,
        numbers: Vec::new(),
        edits: vec![samflyt_noark::unit::Edit { path: format!("/{member}"), old: None, new: Some(new) }],
    };
    let shield = json!({"tilgangsrestriksjon": {"kode": "UO"}});
    archive.take(vec![edit(&mappe, "skjerming", shield)]).await;
    assert_eq!((count(&archive, &title, &[]), count(&archive, &words, &[])), (0, 0));
    assert_eq!((count(&archive, &title, &["UO"]), count(&archive, &words, &["UO"])), (1, 1));
    archive.take(vec![edit(&mappe, "tittel", json!("Blå"))]).await;
    assert_eq!(count(&archive, &title, &["UO"]), 0);
    let documents = free("dokumentbeskrivelse", "vedlegg");
    assert_eq!(count(&archive, &documents, &["UO"]), 0);
    let described = json!([{"systemID": "00000000-0000-4000-8000-00000000000a", "tittel": "Vedlegg A"},
        {"systemID": "00000000-0000-4000-8000-00000000000b", "tittel": "Vedlegg B"}]);
    archive.take(vec![edit(&post, "dokumentbeskrivelse", described)]).await;
    assert_eq!((count(&archive, &documents, &["UO"]), count(&archive, &documents, &[])), (2, 0));
    let elsewhere = archive.saksmappe(json!({})).await;
    archive
        .take(vec![Step::Edited {
            system_id: post,
            parent: Some(elsewhere),
            arkivdel: None,
            numbers: Vec::new(),
            edits: Vec::new(),
        }])
        .await;
    assert_eq!((count(&archive, &documents, &[]), count(&archive, &words, &[])), (2, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_class_is_found_by_what_the_classification_says_of_it_and_a_persons_by_nobody_else() {
    let mut archive = Archive::with_structure().await;
    archive.saksmappe(json!({})).await;
    archive
        .saksmappe(json!({"klassifikasjon": [
        {"klassifikasjonssystemID": "FA", "klasseID": "K02"},
        {"klassifikasjonssystemID": "GBNR", "klasseID": "K01", "erSkjermet": true}]}))
        .await;
    let (records, all) = (archive.records(), Searches::new(1000));
    let count = |viewer: &Viewer, parameters: Value| {
        let asked = request("mappe", json!({"parametere": parameters}));
        all.sok(&records, viewer, &asked).unwrap().1["count"].as_u64().unwrap()
    };
    let text =
        |field: &str, text: &str| parameter(field, "equal", json!({"stringvalues": {"value": [text]}}));
    let both = json!([text("mappeKlasseKlassifikasjonssystemID", "FA"), text("mappeKlasseKlasseID", "K01")]);
    assert_eq!(count(&viewer(&["*"]), both), 1);
    assert_eq!(count(&viewer(&["*"]), json!([text("mappeKlasseTittel", "k02")])), 1);
    let class = |system: &str, class: &str, operator: &str| {
        let pair = json!({"mappeKlassifikasjon": [{"klassifikasjonssystemID": system, "klasseID": class}]});
        json!([parameter("mappeKlassifikasjon", operator, pair)])
    };
    assert_eq!(count(&viewer(&["*"]), class("fa", "K02", "equal")), 1);
    assert_eq!(count(&viewer(&["*"]), class("gbnr", "K01", "equal")), 1);
    assert_eq!(count(&viewer(&[]), class("gbnr", "K01", "equal")), 0);
    assert_eq!(count(&viewer(&[]), class("fa", "K01", "notequal")), 1);
}

#[test]
fn a_point_is_found_within_a_box_of_its_own_coordinate_system() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let archive = runtime.block_on(async {
        let mut archive = Archive::with_structure().await;
        let punkt = json!([{"koordinatsystem": {"kode": "EPSG:25832"}, "x": 10.5, "y": 20.0}]);
        archive.saksmappe(json!({"punkt": punkt})).await;
        archive
    });
    let (records, all) = (archive.records(), Searches::new(1000));
    let count = |system: &str, to: f64| {
        let bbox = json!({"bbox": {"koordinatsystem": {"kode": system},
            "nedreVenstre": {"x": 10.0, "y": 19.0}, "oevreHoeyre": {"x": to, "y": 20.0}}});
        let asked = request("saksmappe", json!({"parametere": [parameter("sakBbox", "equal", bbox)]}));
        all.sok(&records, &viewer(&[]), &asked).unwrap().1["count"].as_u64().unwrap()
    };
    assert_eq!((count("epsg:25832", 10.5), count("EPSG:25833", 10.5), count("EPSG:25832", 10.4)), (1, 0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_parameter_that_does_not_fit_is_refused_with_the_name_of_its_field() {
    let archive = Archive::empty().await;
    let (records, all) = (archive.records(), Searches::new(1000));
    let refused = |field: &str, operator: &str, values: Value| {
        let asked = request("saksmappe", json!({"parametere": [parameter(field, operator, values)]}));
        let mut problems = problems(all.sok(&records, &viewer(&[]), &asked));
        assert_eq!(problems.len(), 1, "{problems:?}");
        let problem = problems.remove(0);
        (problem.field.rsplit('/').next().unwrap().to_owned(), problem.rule)
    };
    let text = |texts: &[&str]| json!({"stringvalues": {"value": texts}});
    let unfit = |at: &str, field: &str| (at.to_owned(), format!("does not fit the field {field}"));
    let miscounted = |field: &str| {
        (
            "sokVerdier".to_owned(),
            format!("has not as many values as the operator takes, for the field {field}"),
        )
    };
    assert_eq!(refused("sakSaksaar", "equal", text(&["2026"])), unfit("sokVerdier", "sakSaksaar"));
    assert_eq!(
        refused("mappeTittel", "equal", json!({"intvalues": {"value": [1]}})),
        unfit("sokVerdier", "mappeTittel")
    );
    assert_eq!(refused("mappeTittel", "equal", Value::Null), unfit("sokVerdier", "mappeTittel"));
    assert_eq!(
        refused("sakSaksaar", "wildcardquery", json!({"intvalues": {"value": [1]}})),
        unfit("operator", "sakSaksaar")
    );
    assert_eq!(refused("mappeTittel", "between", text(&["a"])), miscounted("mappeTittel"));
    assert_eq!(refused("mappeTittel", "between", text(&["b", "a"])), miscounted("mappeTittel"));
    assert_eq!(refused("mappeTittel", "equal", text(&["a", "b"])), miscounted("mappeTittel"));
    assert_eq!(refused("mappeTittel", "inlist", text(&[])), miscounted("mappeTittel"));
    assert_eq!(
        refused("mappeOpprettetDato", "equal", json!({"datevalues": {"value": ["soon"]}})),
        unfit("sokVerdier", "mappeOpprettetDato")
    );
    let key = json!({"eksternNoekkel": {"fagsystem": "a", "noekkel": "b"}});
    assert_eq!(refused("mappeEksternNoekkel", "between", key), unfit("operator", "mappeEksternNoekkel"));
    assert_eq!(
        refused("mappeKlassifikasjon", "equal", json!({"mappeKlassifikasjon": [{}]})),
        unfit("sokVerdier", "mappeKlassifikasjon")
    );
    assert_eq!(refused("sakBbox", "lessthan", json!({})), unfit("operator", "sakBbox"));
    let rule = "is no field of a search for saksmappe".to_owned();
    assert_eq!(refused("journalpostJournalaar", "equal", json!({})), ("felt".to_owned(), rule));
    let empty = all.sok(&records, &viewer(&[]), &free("mappe", "  "));
    assert_eq!(problems(empty)[0].field, "/sok/sokdefinisjon/soketekst");
}
