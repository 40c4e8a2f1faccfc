//! Where numbers begin that were given out elsewhere before.

use super::super::trouble::Trouble;
use super::Problem;
use super::file::Tallserie;
use crate::records::keys::{Number, Series};
use crate::records::{Records, Step};

/// None: it begins there already.
pub(super) fn begin(
    records: &Records,
    series: &Tallserie,
    arkiv: &str,
    is_new: bool,
    at: &str,
    problems: &mut Vec<Problem>,
) -> Result<Option<Step>, Trouble> {
    let mut wrong = |member: &str, rule: &str, advice: &str| {
        problems.push(Problem::new(format!("{at}/{member}"), rule, advice));
    };
    if series.serie == Series::Post {
        wrong("serie", "is counted in each mappe", "use sak, journal or mappe");
    }
    if series.siste < 1 {
        wrong("siste", "is less than 1", "give the last number that was given out elsewhere");
    }
    if series.grunn.trim().is_empty() {
        wrong("grunn", "is empty", "say why the numbers begin there: it is the record of that gap");
    }
    let number =
        Number { series: series.serie, of: arkiv.to_owned(), year: series.aar, number: series.siste };
    let step = Step::SeriesBegun { number, reason: series.grunn.clone() };
    if is_new {
        return Ok(Some(step));
    }
    if records.begun(series.serie, arkiv, series.aar)? == Some(step.clone()) {
        return Ok(None);
    }
    if records.last(series.serie, arkiv, series.aar)? > 0 {
        wrong("siste", "cannot be set: the series has begun", "numbers are given out once and in order");
    }
    Ok(Some(step))
}
