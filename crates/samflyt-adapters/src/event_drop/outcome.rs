//! What is written beside a file when its rows are settled. Pure.

use std::collections::BTreeMap;

use samflyt_proto::common::Refusal;

use super::rows::Rows;

/// What became of a file.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Outcome {
    pub accepted: u64,
    pub refused: u64,
    /// Files to be put beside it, by name.
    pub added: Vec<(String, Vec<u8>)>,
}

/// Of a file whose rows are settled. `refused`: by their place among the rows.
pub(super) fn of_rows(name: &Name, bytes: &[u8], rows: &Rows, refused: &BTreeMap<u64, Refusal>) -> Outcome {
    let count = refused.len() as u64;
    let accepted = rows.rows.len() as u64 - count;
    let told = format!("{}: {accepted} events accepted, {count} lines refused.\n", name.whole);
    let mut added = vec![("kvittering.txt".to_owned(), told.clone().into_bytes())];
    if count > 0 {
        let file = format!("{}-avviste.{}", name.stem, name.end);
        let mut lines = bytes[rows.header.clone()].to_vec();
        let mut text = told + "What is wrong, by line, and what to do:\n\n";
        for (at, refusal) in refused {
            let Some(row) = usize::try_from(*at).ok().and_then(|at| rows.rows.get(at)) else { continue };
            lines.extend_from_slice(&bytes[row.place.clone()]);
            if !lines.ends_with(b"\n") {
                lines.push(b'\n');
            }
            problems(refusal).for_each(|problem| text += &format!("- line {}: {problem}\n", row.line));
        }
        text += &format!("\nThe refused lines alone are in {file}: mend it, and move it to `inn`.\n");
        added.push((file, lines));
        added.push(("grunn.txt".to_owned(), text.into_bytes()));
    }
    Outcome { accepted, refused: count, added }
}

/// Of a file of which nothing can be read.
pub(super) fn of_file(name: &Name, problem: &str) -> Outcome {
    let text = format!(
        "{} was refused: {problem}\n\nNothing of it was published. When it is mended, move it back to `inn`.\n",
        name.whole
    );
    Outcome { accepted: 0, refused: 0, added: vec![("grunn.txt".to_owned(), text.into_bytes())] }
}

fn problems(refusal: &Refusal) -> impl Iterator<Item = String> {
    let violations = refusal.violations.iter();
    let mut told: Vec<String> =
        violations.map(|v| format!("{} {}: {} ({})", v.field, v.rule, v.advice, refusal.reason)).collect();
    if told.is_empty() {
        told.push(format!("{} ({})", refusal.message, refusal.reason));
    }
    told.into_iter()
}

/// A file's name and its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name {
    pub whole: String,
    pub stem: String,
    pub end: String,
}

impl Name {
    /// None where it does not end as one of these.
    pub(super) fn of(whole: &str, ends: &[&str]) -> Option<Self> {
        let (stem, end) = whole.rsplit_once('.')?;
        let is_one = ends.iter().any(|one| end.eq_ignore_ascii_case(one)) && !stem.is_empty();
        is_one.then(|| Self { whole: whole.to_owned(), stem: stem.to_owned(), end: end.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::super::mapping::Mapping;
    use super::super::rows::{self, Owner};
    use super::*;

    #[test]
    fn refused_lines_are_kept_alone_with_their_header_and_told_by_their_number() {
        let mapping = "format = 'csv'\ntype = 'a.b'\nentity = 'c'\ntime = 't'\n[data]\nn = {column = 'n', type = 'integer'}";
        let text = "c,t,n\n1,2026-03-01,1\n2,2026-03-01,x\n3,2026-03-01,y";
        let owner = Owner { tenant: "seljord".to_owned(), system: "seljord-gat".to_owned() };
        let rows = rows::read(text.as_bytes(), &Mapping::parse(mapping).unwrap(), &owner).unwrap();
        let refused =
            rows.rows.iter().zip(0..).filter_map(|(row, at)| Some((at, row.event.clone().err()?))).collect();
        let name = Name::of("plasser.CSV", &["csv"]).unwrap();
        let outcome = of_rows(&name, text.as_bytes(), &rows, &refused);
        assert_eq!((outcome.accepted, outcome.refused), (1, 2));
        let added: BTreeMap<_, _> = outcome.added.into_iter().collect();
        assert_eq!(added["plasser-avviste.CSV"], b"c,t,n\n2,2026-03-01,x\n3,2026-03-01,y\n");
        let reason = String::from_utf8(added["grunn.txt"].clone()).unwrap();
        assert!(
            reason.contains("- line 4: column `n` is not a whole number: write digits only (ROW_INVALID)"),
            "{reason}"
        );
    }

    #[test]
    fn a_file_is_known_by_the_end_of_its_name() {
        assert!(
            Name::of("a.csv", &["csv"]).is_some() && Name::of("a.NDJSON", &["jsonl", "ndjson"]).is_some()
        );
        assert!(Name::of("a.txt", &["csv"]).is_none() && Name::of(".csv", &["csv"]).is_none());
    }
}
