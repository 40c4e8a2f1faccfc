//! Code lists: what a code may be, and what it is called.
//!
//! A code counts as it is written in its list: `J` is journalført, `j` is nothing. No list has two codes that differ in
//! capitals only, so that the right one can be told.

mod lists;

use serde_json::{Map, Value};

use self::lists::LISTS;
use crate::grammar::{Complex, Content, Root};
use crate::read::Problem;
use crate::write::TYPE;

/// A code list of the protocol.
#[derive(Debug)]
pub struct CodeList {
    pub name: &'static str,
    /// Code and what it is called.
    pub codes: &'static [(&'static str, &'static str)],
}

/// What is open: a municipality has more types of documents than the protocol knows.
const OPEN: &str = "dokumenttype";

/// The list of a name, as `HentKodeliste` names it or as the protocol publishes it.
///
/// None, where the protocol publishes none: `format`, `forsendelsesmaate`, `mappetype`, `tilgangsrestriksjon`, `landkode`,
/// `koordinatsystem` and `moetedokumenttype` are for the archive to configure, and `arkivdel` is what it has.
pub fn code_list(name: &str) -> Option<&'static CodeList> {
    // The schema of the lists' names spells it so.
    let name = if name == "flytsatus" { "flytstatus" } else { name };
    LISTS.iter().find(|list| list.name.eq_ignore_ascii_case(name))
}

impl CodeList {
    pub fn description(&self, code: &str) -> Option<&'static str> {
        self.codes.iter().find(|(known, _)| *known == code).map(|(_, description)| *description)
    }
}

/// Every code of a document that is not in its list. The type of an element says which list that is, so that codes are
/// checked wherever a grammar has them. Paths are as in XML.
pub fn check_codes(document: &Value, root: &Root) -> Vec<Problem> {
    wrong_codes(document, root.content, &format!("/{}", root.name), |at| format!("[{}]", at + 1))
}

/// As [`check_codes`], of a document that came as JSON. `at` is the JSON pointer of the value.
pub fn check_codes_of_json(document: &Value, of: &'static Complex, at: &str) -> Vec<Problem> {
    wrong_codes(document, of, at, |at| format!("/{at}"))
}

fn wrong_codes(document: &Value, of: &'static Complex, path: &str, item: Item) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut copy = document.clone();
    walk(&mut copy, of, "", path, item, &mut |list, members, path| {
        let Some(code) = members.get("kode").and_then(Value::as_str) else { return };
        if list.name == OPEN || list.description(code).is_some() {
            return;
        }
        let codes: Vec<_> = list.codes.iter().map(|(code, _)| format!("`{code}`")).collect();
        let advice =
            format!("`{code}` is not in the code list `{}`, which has {}", list.name, codes.join(", "));
        problems.push(Problem {
            path: format!("{path}/kode"),
            line: None,
            rule: "is not a code of its list".to_owned(),
            advice,
        });
    });
    problems
}

/// Says what known codes are called, where the document does not.
pub fn fill_descriptions(document: &mut Value, root: &Root) {
    walk(document, root.content, "", "", |_| String::new(), &mut |list, members, _| {
        let description = members.get("kode").and_then(Value::as_str).and_then(|code| list.description(code));
        if let Some(description) = description
            && !members.contains_key("beskrivelse")
        {
            members.insert("beskrivelse".to_owned(), Value::from(description));
        }
    });
}

type Visit<'v> = dyn FnMut(&'static CodeList, &mut Map<String, Value>, &str) + 'v;

/// How an item of a list, counted from 0, is told in a path.
type Item = fn(usize) -> String;

fn walk(
    value: &mut Value,
    of: &'static Complex,
    element: &str,
    path: &str,
    item: Item,
    visit: &mut Visit<'_>,
) {
    let Value::Object(members) = value else { return };
    if let Some(list) = list_of(of, element) {
        return visit(list, members, path);
    }
    for (_, element) in of.all() {
        let Some(value) = members.get_mut(element.name) else { continue };
        let path = format!("{path}/{}", element.name);
        match value {
            Value::Array(items) if element.many => {
                for (at, value) in items.iter_mut().enumerate() {
                    let path = format!("{path}{}", item(at));
                    inside(value, &element.content, element.name, &path, item, visit);
                }
            }
            value => inside(value, &element.content, element.name, &path, item, visit),
        }
    }
}

fn inside(
    value: &mut Value,
    content: &Content,
    element: &str,
    path: &str,
    item: Item,
    visit: &mut Visit<'_>,
) {
    match content {
        Content::Complex(of) => walk(value, of, element, path, item, visit),
        Content::Derived(types) => {
            let name = value.get(TYPE).and_then(Value::as_str).unwrap_or_default();
            let of = types.iter().find(|of| of.name == name).or_else(|| types.first());
            if let Some(of) = of {
                walk(value, of, element, path, item, visit);
            }
        }
        // None of those that repeat holds a code.
        Content::Text(_) | Content::Repeated(_) | Content::Any => {}
    }
}

/// A type that extends `kode` has the name of its list; the formats of texts are of no type of their own.
fn list_of(of: &'static Complex, element: &str) -> Option<&'static CodeList> {
    match of.base {
        Some(base) if base.name == "kode" => code_list(of.name),
        None if of.name == "kode" && element == "tekstFormat" => code_list(element),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::fiks::Schema;

    fn journalpost(journalstatus: &str, dokumenttype: &str) -> Value {
        json!({"system": "S", "antallFiler": 0, "registrering": {"@type": "journalpost", "journalstatus": {"kode": journalstatus},
            "dokumentbeskrivelse": [{"dokumenttype": {"kode": dokumenttype}, "dokumentstatus": {"kode": "F", "beskrivelse": "Egen"}}]}})
    }

    #[test]
    fn a_code_that_is_not_in_its_list_is_a_problem_that_names_the_list_and_its_codes() {
        let root = Schema::ArkivmeldingOpprett.root();
        let problems = check_codes(&journalpost("j", "KART"), root);
        assert_eq!(problems.len(), 1);
        assert_eq!(problems[0].path, "/arkivmelding/registrering/journalstatus/kode");
        assert_eq!(problems[0].rule, "is not a code of its list");
        assert!(problems[0].advice.contains("`journalstatus`, which has `J`, `F`"), "{}", problems[0].advice);
    }

    #[test]
    fn types_of_documents_are_open() {
        assert_eq!(check_codes(&journalpost("J", "EGENTYPE"), Schema::ArkivmeldingOpprett.root()), []);
    }

    #[test]
    fn what_a_code_is_called_is_said_where_the_document_does_not() {
        let mut document = journalpost("J", "EGENTYPE");
        fill_descriptions(&mut document, Schema::ArkivmeldingOpprett.root());
        let registrering = &document["registrering"];
        assert_eq!(registrering["journalstatus"], json!({"kode": "J", "beskrivelse": "Journalført"}));
        let beskrivelse = &registrering["dokumentbeskrivelse"][0];
        assert_eq!(beskrivelse["dokumentstatus"]["beskrivelse"], "Egen");
        assert_eq!(beskrivelse["dokumenttype"], json!({"kode": "EGENTYPE"}));
    }

    #[test]
    fn the_lists_that_the_archive_configures_are_not_here_and_all_others_are() {
        let own = ["arkivdel", "format", "forsendelsesmaate", "koordinatsystem", "landkode", "mappetype"];
        let own = own.iter().chain(&["moetedokumenttype", "tilgangsrestriksjon"]);
        let crate::grammar::Content::Text(crate::grammar::Simple::OneOf(names)) =
            Schema::KodelisteHent.root().content.elements[0].content
        else {
            panic!("the names of the lists are an enumeration");
        };
        let missing: Vec<_> = names.iter().filter(|name| code_list(name).is_none()).collect();
        assert_eq!(missing.len(), own.clone().count());
        for name in own {
            assert!(missing.contains(&name), "{name}");
        }
        assert_eq!(code_list("flytsatus").map(|list| list.codes.len()), Some(3));
    }
}
