//! What comes wrong is refused with the place, the rule and what to do, and all of it at once.
#![allow(clippy::unwrap_used)]

use samflyt_noark::fiks::Schema;
use samflyt_noark::read::{self, PROBLEMS_MAX, Problem};
use serde_json::{Value, json};

const OPPRETT: &str = "https://ks-no.github.io/standarder/fiks-protokoll/fiks-arkiv/arkivmelding/opprett/v1";
const KATALOG: &str = "https://ks-no.github.io/standarder/fiks-protokoll/fiks-arkiv/metadatakatalog/v1";
const SOK: &str = "https://ks-no.github.io/standarder/fiks-protokoll/fiks-arkiv/sok/v1";
const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// An arkivmelding around what is given, which begins on line 3.
fn arkivmelding(inner: &str) -> String {
    format!(
        "<arkivmelding xmlns=\"{OPPRETT}\" xmlns:k=\"{KATALOG}\" xmlns:xsi=\"{XSI}\">\n\
         <system>S</system><antallFiler>0</antallFiler>\n{inner}\n</arkivmelding>"
    )
}

fn read(inner: &str) -> Result<Value, Vec<Problem>> {
    read::xml(arkivmelding(inner).as_bytes(), Schema::ArkivmeldingOpprett.root())
}

/// Path and rule of each problem.
fn problems(inner: &str) -> Vec<(String, String)> {
    read(inner).unwrap_err().into_iter().map(|problem| (problem.path, problem.rule)).collect()
}

#[track_caller]
fn refused(inner: &str, path: &str, rule: &str) {
    assert_eq!(problems(inner), [(path.to_owned(), rule.to_owned())]);
}

/// The one problem of a document that is not well-formed or not taken as a whole.
#[track_caller]
fn not_taken(xml: &str, path: &str, rule: &str) {
    let problems = read::xml(xml.as_bytes(), Schema::ArkivmeldingOpprett.root()).unwrap_err();
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert_eq!((problems[0].path.as_str(), problems[0].rule.as_str()), (path, rule));
}

#[test]
fn an_element_that_the_grammar_does_not_know_is_refused_and_it_says_what_may_come() {
    let problem = read("<mappe><tittel>T</tittel><farge>blå</farge></mappe>").unwrap_err().remove(0);
    assert_eq!((problem.path.as_str(), problem.line), ("/arkivmelding/mappe/farge", Some(3)));
    assert_eq!(problem.rule, "does not belong here");
    assert!(
        problem.advice.contains("`offentligTittel`") && !problem.to_string().contains("blå"),
        "{problem}"
    );
}

#[test]
fn an_element_in_the_wrong_namespace_is_refused() {
    let problem = read("<mappe><k:tittel>T</k:tittel></mappe>").unwrap_err().remove(0);
    assert_eq!(problem.rule, "is in the wrong namespace");
    assert_eq!(problem.path, "/arkivmelding/mappe/tittel");
    assert!(problem.advice.contains(OPPRETT));
}

#[test]
fn an_element_that_comes_too_late_is_refused_and_it_says_before_which_it_belongs() {
    let problem =
        read("<mappe><offentligTittel>O</offentligTittel><tittel>T</tittel></mappe>").unwrap_err().remove(0);
    assert_eq!(
        (problem.path.as_str(), problem.rule.as_str()),
        ("/arkivmelding/mappe/tittel", "comes too late")
    );
    assert!(
        problem.advice.starts_with("put it before `offentligTittel`; here may come `beskrivelse`"),
        "{problem}"
    );
}

#[test]
fn what_is_missing_is_named() {
    let problem = read("<mappe><opprettetAv>A</opprettetAv></mappe>").unwrap_err().remove(0);
    assert_eq!((problem.path.as_str(), problem.rule.as_str()), ("/arkivmelding/mappe/tittel", "is missing"));
    refused("<registrering/>", "/arkivmelding/registrering/tittel", "is missing");
}

#[test]
fn an_element_that_comes_twice_is_refused() {
    refused(
        "<mappe><tittel>A</tittel><tittel>B</tittel></mappe>",
        "/arkivmelding/mappe/tittel",
        "may come only once",
    );
}

#[test]
fn both_of_a_choice_are_refused_and_none_of_one_that_must_be() {
    let part = "<partNavn>N</partNavn><partRolle><k:kode>K</k:kode></partRolle>";
    let id = "<identifikator>1</identifikator>";
    refused(
        &format!(
            "<mappe><tittel>T</tittel><part>{part}<organisasjonID>{id}</organisasjonID>\
             <personID><landkode>NO</landkode>{id}</personID></part></mappe>"
        ),
        "/arkivmelding/mappe/part[1]/personID",
        "is there with another of the same choice",
    );
    let root = Schema::SokMinimum.root();
    let xml = format!(
        "<sokeresultatMinimum xmlns=\"{}\"><system>S</system><take>1</take><skip>0</skip><count>1</count>\
         <resultattype>mappe</resultattype><resultatListe><resultatMinimum/></resultatListe></sokeresultatMinimum>",
        root.namespace
    );
    let problem = read::xml(xml.as_bytes(), root).unwrap_err().remove(0);
    assert_eq!(problem.path, "/sokeresultatMinimum/resultatListe/resultatMinimum[1]/mappe");
    assert!(problem.rule == "is missing" && problem.advice.contains("`saksmappe`"), "{problem}");
}

#[test]
fn values_that_are_not_of_their_type_are_refused() {
    let klassifikasjon = |skjermet: &str| {
        format!(
            "<mappe><tittel>T</tittel><klassifikasjon><klasseID>1</klasseID><erSkjermet>{skjermet}</erSkjermet></klassifikasjon></mappe>"
        )
    };
    assert!(read(&klassifikasjon(" 1 ")).is_ok());
    refused(
        &klassifikasjon("ja"),
        "/arkivmelding/mappe/klassifikasjon[1]/erSkjermet",
        "is not true or false",
    );
    refused("<mappe><tittel></tittel></mappe>", "/arkivmelding/mappe/tittel", "is empty");
    let mappe = |inner: &str| format!("<mappe xsi:type=\"saksmappe\"><tittel>T</tittel>{inner}</mappe>");
    let saksdato = "/arkivmelding/mappe/saksdato";
    refused(&mappe("<saksdato>1.2.2026</saksdato>"), saksdato, "is not a date");
    refused(
        &mappe("<opprettetDato>2026-01-31</opprettetDato>"),
        "/arkivmelding/mappe/opprettetDato",
        "is not a moment",
    );
    refused(&mappe("<saksdato><k:dato/></saksdato>"), saksdato, "holds an element where only text may be");
    let forelder = "<referanseForeldermappe><k:systemID>1</k:systemID></referanseForeldermappe>";
    let path = "/arkivmelding/mappe/referanseForeldermappe/systemID";
    refused(&format!("<mappe>{forelder}<tittel>T</tittel></mappe>"), path, "is not a UUID");
    refused("tekst", "/arkivmelding", "holds text where only elements may be");
}

#[test]
fn a_type_that_does_not_belong_is_refused_and_its_prefix_counts() {
    let mappe = |of: &str| format!("<mappe xsi:type=\"{of}\"><tittel>T</tittel></mappe>");
    for wrong in ["journalpost", "k:saksmappe", "x:saksmappe", ""] {
        refused(&mappe(wrong), "/arkivmelding/mappe", "is of a type that does not belong here");
    }
    let prefixed =
        format!("<a:mappe xmlns:a=\"{OPPRETT}\" xsi:type=\"a:saksmappe\"><tittel>T</tittel></a:mappe>");
    assert_eq!(read(&prefixed).unwrap()["mappe"], json!({"@type": "saksmappe", "tittel": "T"}));
    assert_eq!(read("<mappe><tittel>T</tittel></mappe>").unwrap()["mappe"]["@type"], "mappe");
}

#[test]
fn a_search_must_say_its_type() {
    let xml = format!(
        "<sok xmlns=\"{SOK}\"><system>S</system><take>1</take><skip>0</skip>\
         <sokdefinisjon><responstype>minimum</responstype></sokdefinisjon></sok>"
    );
    let problems = read::xml(xml.as_bytes(), Schema::Sok.root()).unwrap_err();
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert_eq!(
        (problems[0].path.as_str(), problems[0].rule.as_str()),
        ("/sok/sokdefinisjon", "does not say its type")
    );
    assert!(problems[0].advice.contains("`mappeSokdefinisjon`"));
}

#[test]
fn attributes_are_refused_but_for_those_that_change_nothing() {
    let forelder = |attribute: &str| {
        format!(
            "<mappe><referanseForeldermappe><k:systemID {attribute}>b3f7c1de-0000-4000-8000-000000000000</k:systemID>\
             </referanseForeldermappe><tittel>T</tittel></mappe>"
        )
    };
    assert_eq!(read(&forelder("label=\"L\"")), read(&forelder("")));
    assert!(read(&forelder("xsi:schemaLocation=\"urn:a a.xsd\"")).is_ok());
    let path = "/arkivmelding/mappe/referanseForeldermappe/systemID";
    refused(&forelder("farge=\"x\""), path, "has an attribute that does not belong here");
    refused(
        "<mappe><tittel label=\"L\">T</tittel></mappe>",
        "/arkivmelding/mappe/tittel",
        "has an attribute that does not belong here",
    );
    refused(
        "<mappe><tittel xsi:nil=\"false\">T</tittel></mappe>",
        "/arkivmelding/mappe/tittel",
        "has xsi:nil",
    );
}

#[test]
fn all_problems_are_told_up_to_a_hundred() {
    let two = problems("<mappe><tittel/><farge/></mappe><registrering/>");
    assert_eq!(two.len(), 3, "{two:?}");
    let many = problems(&format!("<mappe><tittel>T</tittel>{}</mappe>", "<farge/>".repeat(500)));
    assert_eq!(many.len(), PROBLEMS_MAX);
}

#[test]
fn the_root_element_must_be_that_of_the_message() {
    not_taken("<arkivmelding/>", "/arkivmelding", "does not belong here");
    not_taken(&format!("<melding xmlns=\"{OPPRETT}\"/>"), "/melding", "does not belong here");
}

#[test]
fn what_is_not_well_formed_is_one_problem_with_its_line() {
    let cut = arkivmelding("<mappe>").replace("\n</arkivmelding>", "");
    not_taken(&cut, "/arkivmelding/mappe", "is not closed");
    let crossed = arkivmelding("<mappe></registrering>");
    let problem = read::xml(crossed.as_bytes(), Schema::ArkivmeldingOpprett.root()).unwrap_err().remove(0);
    assert_eq!((problem.rule.as_str(), problem.line), ("is not well-formed", Some(3)));
    not_taken("", "/", "holds no element");
    not_taken("<a/><b/>", "/", "is not well-formed: there is more than one root element");
    not_taken("<a/>tekst", "/", "is not well-formed: text stands outside the root element");
    not_taken("<a b=\"1\" b=\"2\"/>", "/", "is not well-formed: an attribute");
    not_taken("<a b=\"<\"/>", "/", "is not well-formed: an attribute");
    not_taken("<a>]]></a>", "/a", "is not well-formed: `]]>` stands in text");
    not_taken("<1a/>", "/", "is not well-formed: a name");
    not_taken("<p:a/>", "/", "uses a prefix that is not declared");
    not_taken("<a>1 & 2</a>", "/a", "is not well-formed");
    not_taken("<a><b", "/a", "is not well-formed: it ends within a tag, a comment or the like");
}

#[test]
fn a_dtd_is_refused_and_entities_do_not_exist() {
    let dtd = "has a DTD, which is refused";
    let laughs: String =
        (1..10).map(|n| format!("<!ENTITY l{n} \"{}\">", format!("&l{};", n - 1).repeat(10))).collect();
    not_taken(&format!("<!DOCTYPE a [<!ENTITY l0 \"ha\">{laughs}]><a>&l9;</a>"), "/", dtd);
    not_taken("<!DOCTYPE a [<!ENTITY f SYSTEM \"file:///etc/hostname\">]><a>&f;</a>", "/", dtd);
    not_taken("<!DOCTYPE a SYSTEM \"http://127.0.0.1/a.dtd\"><a/>", "/", dtd);
    not_taken("<a>&f;</a>", "/a", "uses an entity that XML itself does not have");
    not_taken("<a b=\"&f;\"/>", "/", "is not well-formed: an attribute");
    not_taken("<a>&#11;</a>", "/a", "uses an entity that XML itself does not have");
    let known = read("<mappe><tittel>&lt;&#229;&#xE5;&amp;<![CDATA[<]]><!-- -->!</tittel></mappe>").unwrap();
    assert_eq!(known["mappe"]["tittel"], "<åå&<!");
}

#[test]
fn depth_elements_and_attributes_are_limited() {
    let nested = |depth: usize| format!("{}{}", "<a>".repeat(depth), "</a>".repeat(depth));
    not_taken(&nested(64), "/a", "does not belong here");
    not_taken(&nested(65), &"/a".repeat(64), "is nested deeper than 64 elements");
    not_taken(&nested(100_000), &"/a".repeat(64), "is nested deeper than 64 elements");
    let wide = |count: usize| format!("<a>{}</a>", "<b/>".repeat(count));
    not_taken(&wide(199_999), "/a", "does not belong here");
    not_taken(&wide(200_000), "/a", "has more than 200,000 elements");
    let attributes: String = (0..65).map(|number| format!(" a{number}=\"\"")).collect();
    not_taken(&format!("<a{attributes}/>"), "/", "has more than 64 attributes");
}

#[test]
fn xml_of_the_senders_own_is_kept_so_that_it_means_the_same_elsewhere() {
    let own = "<mappe><tittel>T</tittel><virksomhetsspesifikkeMetadata><k:a xsi:type=\"k:b\">1 &lt; 2</k:a> \
               <c/><d xmlns=\"urn:d\" k:e=\"2\"/></virksomhetsspesifikkeMetadata></mappe>";
    let kept = format!(
        "<k:a xmlns=\"{OPPRETT}\" xmlns:k=\"{KATALOG}\" xmlns:xsi=\"{XSI}\" xsi:type=\"k:b\">1 &lt; 2</k:a> \
         <c xmlns=\"{OPPRETT}\"/><d xmlns:k=\"{KATALOG}\" xmlns=\"urn:d\" k:e=\"2\"/>"
    );
    let document = read(own).unwrap();
    assert_eq!(document["mappe"]["virksomhetsspesifikkeMetadata"], kept);
    let root = Schema::ArkivmeldingOpprett.root();
    let written = samflyt_noark::write::document(root, &document).unwrap();
    assert_eq!(read::xml(written.as_bytes(), root), Ok(document));
}

#[test]
fn a_document_that_came_as_json_is_refused_in_the_same_way() {
    let of = Schema::ArkivmeldingOpprett.root().content;
    let wrong = json!({"system": 1, "antallFiler": "2", "farge": "blå", "mappe": {"@type": "sak"}, "registrering":
        {"@type": "journalpost", "dokumentbeskrivelse": {}, "noekkelord": ["a", ""], "virksomhetsspesifikkeMetadata": "<a>",
         "referanseForelderMappe": {}, "arkivdel": {"kode": "A"}}});
    let problems = read::json(&wrong, of, "/payload").unwrap_err();
    let told: Vec<_> =
        problems.iter().map(|problem| (problem.path.as_str(), problem.rule.as_str())).collect();
    for expected in [
        ("/payload/farge", "does not belong here"),
        ("/payload/system", "is not text"),
        ("/payload/antallFiler", "is not a whole number"),
        ("/payload/mappe", "is of a type that does not belong here"),
        ("/payload/registrering/tittel", "is missing"),
        ("/payload/registrering/dokumentbeskrivelse", "is not a list"),
        ("/payload/registrering/noekkelord/1", "is empty"),
        ("/payload/registrering/virksomhetsspesifikkeMetadata", "is not well-formed"),
        ("/payload/registrering/arkivdel", "is there with another of the same choice"),
    ] {
        assert!(told.contains(&expected), "{expected:?} is not among {told:#?}");
    }
    assert!(!problems.iter().any(|problem| problem.to_string().contains("blå")));
    assert_eq!(read::json(&json!([]), of, "").unwrap_err()[0].rule, "is not an object");
}
