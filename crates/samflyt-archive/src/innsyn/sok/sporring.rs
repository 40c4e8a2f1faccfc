//! From a request to a search, or all that is wrong with it.

use memchr::memmem::Finder;
use serde_json::Value;

use super::felt::{Field, Kind, Slot, Thing};
use super::jokertegn::Pattern;
use super::sjekk::{Ask, Check, Operator, Text};
use super::verdi;
use crate::records::decide::Problem;
use crate::records::list;

/// What is searched for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    Mappe,
    Saksmappe,
    Registrering,
    Journalpost,
    JournalpostMedSaksmappe,
    Dokumentbeskrivelse,
}

/// A search.
#[derive(Debug)]
pub(super) struct Search {
    pub target: Target,
    pub checks: Vec<Check>,
    /// Words of a free text: each must be somewhere.
    pub words: Vec<Finder<'static>>,
    pub order: Vec<Order>,
    pub take: usize,
    pub skip: usize,
}

/// By what hits are sorted: numbers, the first before the second.
#[derive(Debug, Clone, Copy)]
pub(super) struct Order {
    pub by: [Option<Slot>; 2],
    pub descending: bool,
}

const AT: &str = "/sok/sokdefinisjon";

impl Target {
    /// As `sokdefinisjon`'s type begins.
    fn of(definition: &str) -> Option<Self> {
        let name =
            definition.strip_suffix("FritekstSokdefinisjon").or(definition.strip_suffix("Sokdefinisjon"));
        Some(match name? {
            "mappe" => Self::Mappe,
            "saksmappe" => Self::Saksmappe,
            "registrering" => Self::Registrering,
            "journalpost" => Self::Journalpost,
            "journalpostMedSaksmappe" => Self::JournalpostMedSaksmappe,
            "dokumentbeskrivelse" => Self::Dokumentbeskrivelse,
            _ => return None,
        })
    }

    /// As `resultattype` and the elements of an answer have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Mappe => "mappe",
            Self::Saksmappe => "saksmappe",
            Self::Registrering => "registrering",
            Self::Journalpost => "journalpost",
            Self::JournalpostMedSaksmappe => "journalpostMedSaksmappe",
            Self::Dokumentbeskrivelse => "dokumentbeskrivelse",
        }
    }

    /// What the names of its fields may begin with.
    fn prefixes(self) -> &'static [&'static str] {
        match self {
            Self::Mappe => &["mappe"],
            Self::Saksmappe => &["mappe", "sak"],
            Self::Registrering => &["registrering"],
            Self::Journalpost | Self::JournalpostMedSaksmappe => &["registrering", "journalpost"],
            Self::Dokumentbeskrivelse => &["dokumentbeskrivelse"],
        }
    }
}

impl Search {
    /// # Errors
    /// All that is wrong with the request; each problem names the field.
    pub fn of(request: &Value, take_max: u32) -> Result<Self, Vec<Problem>> {
        let mut problems = Vec::new();
        let definition = request.get("sokdefinisjon").unwrap_or(&Value::Null);
        let target = definition.get("@type").and_then(Value::as_str).and_then(Target::of);
        let Some(target) = target else {
            let advice = "give xsi:type, such as mappeSokdefinisjon";
            return Err(vec![Problem::new(AT, "is no kind of search", advice)]);
        };
        let take = bounded(request, "take", Some(take_max), &mut problems);
        let skip = bounded(request, "skip", None, &mut problems);
        let mut checks = Vec::new();
        for (index, parameter) in list(definition, "parametere").iter().enumerate() {
            match check(target, parameter, &format!("{AT}/parametere/{index}")) {
                Ok(check) => checks.push(check),
                Err(problem) => problems.push(problem),
            }
        }
        let words = definition.get("soketekst").map(|text| words(text, &mut problems)).unwrap_or_default();
        let order = list(definition, "sortering").iter().filter_map(order).collect();
        if problems.is_empty() {
            return Ok(Self { target, checks, words, order, take, skip });
        }
        Err(problems)
    }
}

fn bounded(request: &Value, member: &str, max: Option<u32>, problems: &mut Vec<Problem>) -> usize {
    let given = request.get(member).and_then(Value::as_i64).unwrap_or(-1);
    let at = format!("/sok/{member}");
    let Ok(number) = usize::try_from(given) else {
        problems.push(Problem::new(at, "is less than 0", "give 0 or more"));
        return 0;
    };
    if let Some(max) = max.filter(|max| number > *max as usize) {
        let advice = format!("take {max} at a time, and the next with skip");
        problems.push(Problem::new(at, format!("is more than {max}"), advice));
    }
    number
}

fn words(text: &Value, problems: &mut Vec<Problem>) -> Vec<Finder<'static>> {
    let folded = verdi::folded(text.as_str().unwrap_or_default());
    let words: Vec<_> = folded.split_whitespace().map(|word| Finder::new(word).into_owned()).collect();
    if words.is_empty() {
        problems.push(Problem::new(format!("{AT}/soketekst"), "is empty", "give at least one word"));
    }
    words
}

fn order(sorting: &Value) -> Option<Order> {
    let by = match sorting.get("felt")?.as_str()? {
        "mappeOpprettetDato" | "registreringOpprettetDato" | "opprettetDato" => [Some(Slot::Opprettet), None],
        "sakSaksaar-saksekvensnummer" => [Some(Slot::Saksaar), Some(Slot::Sakssekvensnummer)],
        "journalpostJournaldato" => [Some(Slot::Journaldato), None],
        "journalpostJournalaar-journalsekvensnummer" => {
            [Some(Slot::Journalaar), Some(Slot::Journalsekvensnummer)]
        }
        "journalpostJournalpostnummer" => [Some(Slot::Journalpostnummer), None],
        _ => return None,
    };
    Some(Order { by, descending: sorting.get("type")?.as_str() == Some("synkende") })
}

/// One parameter.
fn check(target: Target, parameter: &Value, at: &str) -> Result<Check, Problem> {
    let name = parameter.get("felt").and_then(Value::as_str).unwrap_or_default();
    let belongs = target.prefixes().iter().any(|prefix| name.starts_with(prefix));
    let field = Field::of(name).filter(|_| belongs).ok_or_else(|| {
        let rule = format!("is no field of a search for {}", target.name());
        Problem::new(format!("{at}/felt"), rule, "see the schema no.ks.fiks.arkiv.v1.innsyn.sok")
    })?;
    let operator = parameter.get("operator").and_then(Value::as_str).and_then(Operator::parse);
    let operator = operator.ok_or_else(|| {
        Problem::new(
            format!("{at}/operator"),
            "is no operator",
            "use equal, between, inlist, wildcardquery, …",
        )
    })?;
    let values = parameter.get("sokVerdier").unwrap_or(&Value::Null);
    Ok(Check { thing: field.thing, ask: ask(name, field, operator, values, at)? })
}

fn ask(name: &str, field: Field, operator: Operator, values: &Value, at: &str) -> Result<Ask, Problem> {
    let wrong = |kind: &str| {
        let advice = format!("give {kind}");
        Problem::new(format!("{at}/sokVerdier"), format!("does not fit the field {name}"), advice)
    };
    let unfit = |operators: &str| {
        let advice = format!("use {operators}");
        Problem::new(format!("{at}/operator"), format!("does not fit the field {name}"), advice)
    };
    let given = |member: &str| values.get(member).map(|of| list(of, "value"));
    let slot = field.slot;
    let texts = || {
        let texts = given("stringvalues").ok_or_else(|| wrong("stringvalues"))?;
        let texts: Vec<_> = texts.iter().filter_map(Value::as_str).map(verdi::folded).collect();
        counted(operator, &texts, name, at)?;
        Ok(match (operator, texts.first()) {
            (Operator::Wildcard, Some(text)) => Text::Fits(Box::new(Pattern::new(text))),
            _ => Text::Compared { operator, values: texts },
        })
    };
    let numbers = |member: &str, read: &dyn Fn(&Value) -> Option<i64>| {
        let all = given(member).ok_or_else(|| wrong(member))?;
        let numbers: Option<Vec<i64>> = all.iter().map(read).collect();
        let values = numbers.ok_or_else(|| wrong(member))?;
        if operator == Operator::Wildcard {
            return Err(unfit("an operator that compares"));
        }
        counted(operator, &values, name, at)?;
        Ok(Ask::Number { slot, operator, values })
    };
    let one_or_not = || match operator {
        Operator::Equal | Operator::InList => Ok(false),
        Operator::NotEqual => Ok(true),
        _ => Err(unfit("equal, notequal or inlist")),
    };
    match field.kind {
        Kind::Text => Ok(Ask::Text { slot, text: texts()? }),
        Kind::OfClass => Ok(Ask::OfClass { slot, text: texts()?, classes: Default::default() }),
        Kind::Int => numbers("intvalues", &Value::as_i64),
        Kind::Date => numbers("datevalues", &|value| verdi::day_of_moment(value.as_str()?)),
        Kind::Moment => numbers("datevalues", &|value| verdi::moment(value.as_str()?)),
        Kind::Key if values.get("stringvalues").is_some() => {
            Ok(Ask::Text { slot: Slot::EksternId, text: texts()? })
        }
        Kind::Key => {
            let key = values.get("eksternNoekkel").and_then(key).ok_or_else(|| wrong("eksternNoekkel"))?;
            Ok(Ask::Key { key, negated: one_or_not()? })
        }
        Kind::Klassifikasjon => {
            let pairs = values.get("mappeKlassifikasjon").and_then(Value::as_array);
            let pairs: Vec<_> = pairs.into_iter().flatten().map(pair).collect();
            if pairs.is_empty() || pairs.contains(&(None, None)) {
                return Err(wrong("mappeKlassifikasjon with a klassifikasjonssystemID, a klasseID or both"));
            }
            Ok(Ask::Classes { pairs, negated: one_or_not()? })
        }
        Kind::Bbox if !matches!(operator, Operator::Equal | Operator::Between | Operator::InList) => {
            Err(unfit("equal, between or inlist: each means within"))
        }
        Kind::Bbox => {
            let within = values.get("bbox").and_then(within);
            within.ok_or_else(|| wrong("bbox, its lower left corner first"))
        }
    }
}

/// As many values as the operator takes, those of `between` in their order.
fn counted<V: PartialOrd>(operator: Operator, values: &[V], name: &str, at: &str) -> Result<(), Problem> {
    let (fits, takes) = match operator {
        Operator::InList => (!values.is_empty(), "one value or more"),
        Operator::Between => (values.len() == 2 && values[0] <= values[1], "two values, the lower one first"),
        _ => (values.len() == 1, "one value"),
    };
    if fits {
        return Ok(());
    }
    let rule = format!("has not as many values as the operator takes, for the field {name}");
    Err(Problem::new(format!("{at}/sokVerdier"), rule, format!("give {takes}")))
}

fn key(given: &Value) -> Option<Vec<u8>> {
    let (fagsystem, noekkel) = (given.get("fagsystem")?.as_str()?, given.get("noekkel")?.as_str()?);
    Some([fagsystem.as_bytes(), &[0], noekkel.as_bytes()].concat())
}

fn pair(given: &Value) -> (Option<String>, Option<String>) {
    let text = |member: &str| given.get(member).and_then(Value::as_str).map(verdi::folded);
    (text("klassifikasjonssystemID"), text("klasseID"))
}

fn within(given: &Value) -> Option<Ask> {
    let corner = |member: &str| {
        let corner = given.get(member)?;
        Some((corner.get("x")?.as_f64()?, corner.get("y")?.as_f64()?))
    };
    let system = verdi::folded(given.pointer("/koordinatsystem/kode")?.as_str()?);
    let (from, to) = (corner("nedreVenstre")?, corner("oevreHoeyre")?);
    (from.0 <= to.0 && from.1 <= to.1).then_some(Ask::Within { system, from, to })
}

impl Search {
    /// Whether checks of a thing are among it.
    pub fn asks_of(&self, thing: Thing) -> bool {
        self.checks.iter().any(|check| check.thing == thing)
    }
}
