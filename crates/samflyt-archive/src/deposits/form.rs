//! Whether a request's document is in the words of `arkivmelding` (opprett). Kept true: no problem repeats what the document
//! says, also not the name of a member that the standard does not know.

use samflyt_noark::fiks::{Schema, codes};
use samflyt_noark::read;
use serde_json::Value;

use super::request::AT;
use crate::records::decide::Problem;

/// As the grammar says it of a member that it does not know.
const UNKNOWN: &str = "does not belong here";

/// All that is wrong, with its place in the event.
pub(super) fn check(doc: &Value) -> Vec<Problem> {
    let root = Schema::ArkivmeldingOpprett.root();
    match read::json(doc, root.content, AT) {
        Ok(()) => codes::check_codes_of_json(doc, root.content, AT).into_iter().map(of_code).collect(),
        Err(problems) => problems.into_iter().map(of_form).collect(),
    }
}

fn of_form(problem: read::Problem) -> Problem {
    match problem.path.rsplit_once('/') {
        Some((holder, _)) if problem.rule == UNKNOWN => {
            Problem::new(holder, "has a member that does not belong here", problem.advice)
        }
        _ => Problem::new(problem.path, problem.rule, problem.advice),
    }
}

/// Without the code itself.
fn of_code(problem: read::Problem) -> Problem {
    Problem::new(problem.path, problem.rule, "use a code of the standard's list for it")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_fault_has_its_place_in_the_event_and_nothing_of_the_document_is_repeated() {
        let doc = json!({
            "system": "seljord-oppvekst", "antallFiler": 0,
            "registrering": {"@type": "journalpost", "Kari Testesen": 1, "tittel": "", "journalposttype": {"kode": "U"}},
        });
        let problems = check(&doc);
        let fields: Vec<_> = problems.iter().map(|problem| problem.field.as_str()).collect();
        assert_eq!(fields, ["/data/arkivmelding/registrering", "/data/arkivmelding/registrering/tittel"]);
        assert!(!format!("{problems:?}").contains("Kari"), "{problems:?}");
    }

    #[test]
    fn a_code_that_is_in_no_list_is_told_by_its_place() {
        let part =
            |code: &str| json!({"korrespondanseparttype": {"kode": code}, "korrespondansepartNavn": "X"});
        let doc = json!({
            "system": "seljord-oppvekst", "antallFiler": 0,
            "registrering": {
                "@type": "journalpost", "tittel": "T", "journalposttype": {"kode": "SECRET"},
                "korrespondansepart": [part("EM"), part("SECRET")],
            },
        });
        let problems = check(&doc);
        let mut fields: Vec<_> = problems.iter().map(|problem| problem.field.as_str()).collect();
        fields.sort_unstable();
        let at = "/data/arkivmelding/registrering";
        let expected = [
            format!("{at}/journalposttype/kode"),
            format!("{at}/korrespondansepart/1/korrespondanseparttype/kode"),
        ];
        assert_eq!(fields, expected);
        assert!(!format!("{problems:?}").contains("SECRET"));
    }
}
