//! `feilmelding`: what is wrong, with an id by which both sides can speak of it.

use samflyt_events::Refusal;
use samflyt_noark::fiks::MessageType;
use serde_json::{Value, json};

use super::Answer;
use super::place::element_path;
use crate::records::decide::{Problem, Trouble};
use crate::records::{new_id, unreadable};

/// # Errors
/// `STORE_UNAVAILABLE`, where it is not the message that is wrong.
pub(super) fn answer(trouble: Trouble, root: &str) -> Result<Answer, Refusal> {
    match trouble {
        Trouble::NotFound(problem) => Ok(Answer::of(MessageType::IkkeFunnet, said(&[problem], root))),
        Trouble::Invalid(problems) => Ok(Answer::of(MessageType::UgyldigForespoersel, said(&problems, root))),
        Trouble::Unreadable(error) => Err(unreadable(error)),
    }
}

/// In the words of `feilmeldingBase`: every problem with its element, the rule and what to do.
pub(super) fn said(problems: &[Problem], root: &str) -> Value {
    let text: Vec<String> = problems.iter().map(|problem| one(problem, root)).collect();
    json!({"feilId": new_id(), "feilmelding": text.join("\n")})
}

fn one(problem: &Problem, root: &str) -> String {
    let Problem { field, rule, advice } = problem;
    // What came of reading the XML, or of looking something up, has its path already.
    let is_path = field.strip_prefix('/').is_some_and(|rest| rest.starts_with(root));
    let place = if is_path { field.clone() } else { element_path(root, field) };
    format!("{place} {rule}: {advice}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_is_told_with_its_element_rule_and_advice() {
        let problems = [
            Problem::new("/registrering/dokumentbeskrivelse/0/tittel", "is missing", "give it"),
            Problem::new("/arkivmelding/antallFiler (line 3)", "is no number", "give one"),
        ];
        let said = said(&problems, "arkivmelding");
        assert_eq!(
            said["feilmelding"],
            "/arkivmelding/registrering/dokumentbeskrivelse[1]/tittel is missing: give it\n\
             /arkivmelding/antallFiler (line 3) is no number: give one"
        );
        assert_eq!(said["feilId"].as_str().unwrap().len(), 36);
    }
}
