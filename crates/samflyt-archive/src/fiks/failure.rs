//! `feilmelding`: what is wrong, with an id by which both sides can speak of it.

use samflyt_noark::fiks::Schema;
use serde_json::{Value, json};

use super::Answer;
use super::place::element_path;
use crate::records::decide::{Problem, Trouble};
use crate::records::new_id;

pub(super) fn answer(trouble: Trouble, root: &str) -> Answer {
    match trouble {
        Trouble::NotFound(problem) => Answer::of(
            "no.ks.fiks.arkiv.v1.feilmelding.ikkefunnet",
            Schema::IkkeFunnet,
            said(&[problem], root),
        ),
        Trouble::Invalid(problems) => Answer::of(
            "no.ks.fiks.arkiv.v1.feilmelding.ugyldigforespoersel",
            Schema::UgyldigForespoersel,
            said(&problems, root),
        ),
        Trouble::Unreadable(_) => Answer::of(
            "no.ks.fiks.arkiv.v1.feilmelding.serverfeil",
            Schema::Serverfeil,
            json!({"feilId": new_id(), "feilmelding": "arkivet kan ikke leses"}),
        ),
    }
}

/// In the words of `feilmeldingBase`: every problem with its element, the rule and what to do.
pub(super) fn said(problems: &[Problem], root: &str) -> Value {
    let text: Vec<String> = problems.iter().map(|problem| one(problem, root)).collect();
    json!({"feilId": new_id(), "feilmelding": text.join("\n")})
}

fn one(problem: &Problem, root: &str) -> String {
    let Problem { field, rule, advice } = problem;
    // What came of reading the XML has its path already.
    let is_path = field.starts_with(&format!("/{root}"));
    let place = if is_path { field.clone() } else { element_path(root, field) };
    format!("{place} {rule}: {advice}")
}
