//! What a request says: a document in the words of `arkivmelding` (opprett), and the documents that belong to it.

use samflyt_events::Event;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::Digest;
use crate::records::decide::Problem;

/// Where the document stands in the event.
pub(super) const AT: &str = "/data/arkivmelding";

#[derive(Debug, Deserialize)]
struct Data {
    arkivdel: Option<String>,
    arkivmelding: Value,
    #[serde(default)]
    documents: Vec<Said>,
}

#[derive(Debug, Deserialize)]
struct Said {
    name: String,
    sha256: String,
    size: u64,
}

/// A document as the request names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Named {
    pub name: String,
    pub digest: Digest,
    pub size: u64,
}

#[derive(Debug)]
pub(super) struct Request {
    /// With what the protocol's message has beside mappe and registrering.
    pub doc: Value,
    pub documents: Vec<Named>,
}

impl Request {
    /// # Errors
    /// Where the data is not of the form of any version of its contract that this hub knows.
    pub fn read(event: &Event) -> Result<Self, Vec<Problem>> {
        let data: Data = serde_json::from_slice(&event.data).map_err(|_| {
            let rule = "is not of the form of the hub's own contract";
            vec![Problem::new("/data", rule, "use the contract that came with the hub")]
        })?;
        let documents = named(&data.documents)?;
        let mut doc = data.arkivmelding;
        doc["system"] = json!(event.system);
        doc["antallFiler"] = json!(documents.len());
        if let Some(code) = &data.arkivdel {
            put_into(&mut doc, code);
        }
        Ok(Self { doc, documents })
    }

    /// A problem of the document, placed in the event, without the names of files: they may name a person.
    pub fn place(&self, problem: Problem) -> Problem {
        let hide = |text: String| {
            let named = self.documents.iter().enumerate().filter(|(_, document)| !document.name.is_empty());
            named.fold(text, |text, (index, document)| {
                text.replace(&document.name, &format!("/data/documents/{index}"))
            })
        };
        let field = format!("{AT}{}", problem.field);
        Problem::new(field, hide(problem.rule), hide(problem.advice))
    }
}

/// Says the arkivdel of what says neither its own nor what holds it.
fn put_into(doc: &mut Value, arkivdel: &str) {
    let part = if doc.get("mappe").is_some() { "mappe" } else { "registrering" };
    let held = ["referanseForeldermappe", "referanseForelderMappe"];
    if let Some(part) = doc.get_mut(part).and_then(Value::as_object_mut)
        && !held.iter().any(|reference| part.contains_key(*reference))
    {
        part.entry("arkivdel").or_insert_with(|| json!({ "kode": arkivdel }));
    }
}

fn named(said: &[Said]) -> Result<Vec<Named>, Vec<Problem>> {
    let (mut documents, mut problems): (Vec<Named>, Vec<Problem>) = (Vec::new(), Vec::new());
    for (index, said) in said.iter().enumerate() {
        let at = format!("/data/documents/{index}");
        if documents.iter().any(|before| before.name == said.name) {
            let advice = "give each document a name of its own";
            problems.push(Problem::new(format!("{at}/name"), "is that of another document too", advice));
        }
        match Digest::parse(&said.sha256) {
            Ok(digest) => documents.push(Named { name: said.name.clone(), digest, size: said.size }),
            Err(rule) => {
                problems.push(Problem::new(format!("{at}/sha256"), rule, "compute it of the bytes"));
            }
        }
    }
    if problems.is_empty() { Ok(documents) } else { Err(problems) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(data: &Value) -> Event {
        let headers = [
            ("ce-id", "1"),
            ("ce-source", "urn:samflyt:system:seljord-oppvekst"),
            ("ce-type", "no.samflyt.archive.deposit-requested"),
            ("ce-subject", "2026/17"),
            ("ce-time", "2026-03-02T08:00:00Z"),
            ("ce-tenant", "seljord"),
            ("ce-correlationid", "seljord-oppvekst/1"),
        ];
        let get = |name: &str| headers.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
        Event::from_headers(get, data.to_string().into()).unwrap()
    }

    #[test]
    fn the_arkivdel_of_the_request_holds_where_nothing_else_is_said() {
        let read = |arkivmelding: Value| {
            let data = json!({"arkivdel": "SAK", "arkivmelding": arkivmelding});
            let mut doc = Request::read(&event(&data)).unwrap().doc;
            assert_eq!(
                (doc["system"].take(), doc["antallFiler"].take()),
                (json!("seljord-oppvekst"), json!(0))
            );
            (doc["mappe"].take(), doc["registrering"].take())
        };
        let (sak, own) = (json!({"arkivdel": {"kode": "SAK"}}), json!({"arkivdel": {"kode": "X"}}));
        assert_eq!(read(json!({"mappe": {}, "registrering": {}})), (sak.clone(), json!({})));
        assert_eq!(read(json!({"registrering": {}})), (Value::Null, sak));
        assert_eq!(read(json!({"registrering": own})), (Value::Null, own));
        let held = json!({"referanseForelderMappe": {"mappeID": "2026/1"}});
        assert_eq!(read(json!({"registrering": held})), (Value::Null, held));
    }

    #[test]
    fn two_documents_of_one_name_are_told_by_their_place_and_a_problem_repeats_no_name() {
        let document = |name: &str| json!({"name": name, "sha256": "a".repeat(64), "size": 1});
        let twice = json!({"arkivmelding": {}, "documents": [document("Kari.pdf"), document("Kari.pdf")]});
        let problems = Request::read(&event(&twice)).unwrap_err();
        assert_eq!(problems.len(), 1);
        assert_eq!(problems[0].field, "/data/documents/1/name");
        let once = json!({"arkivmelding": {}, "documents": [document("Kari.pdf")]});
        let request = Request::read(&event(&once)).unwrap();
        let placed = request.place(Problem::new("/registrering", "does not refer to the file Kari.pdf", "x"));
        assert_eq!(placed.field, "/data/arkivmelding/registrering");
        assert_eq!(placed.rule, "does not refer to the file /data/documents/0");
    }
}
