//! `samflyt lineage drift`: what is declared held against what was seen.

use clap::ValueEnum;
use samflyt_proto::lineage::{Drift as Row, DriftKind, FindDriftRequest};
use serde_json::{Value, json};

use super::ask::AsOf;
use crate::cli::output::{Table, print, print_json};
use crate::cli::{Failure, Remote, json as as_json, show};

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  samflyt lineage drift --tenant seljord\n  \
                        samflyt lineage drift --kind shadow --kind no-legal-basis --as-of 2026-03-01")]
pub(super) struct Drift {
    /// Only flows of this municipality; repeated
    #[arg(long = "tenant", value_name = "ID")]
    tenants: Vec<String>,
    /// Only drift of this kind; repeated
    #[arg(long = "kind", value_name = "KIND")]
    kinds: Vec<Kind>,
    /// After so many days without an event a declared flow is dead; 90 where it is not given
    #[arg(long, value_name = "DAYS", default_value_t = 0, hide_default_value = true)]
    silent_days: u32,
    #[command(flatten)]
    as_of: AsOf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// An agreement in force, and never an event of it used
    NeverSeen,
    /// Seen, and no agreement for it
    Shadow,
    /// An agreement in force; seen before, and not for long
    Dead,
    /// Seen after its last agreement had ended
    Outlived,
    /// Personal fields flow, and no agreement in force states a legal basis
    NoLegalBasis,
}

impl Kind {
    fn of(self) -> DriftKind {
        match self {
            Self::NeverSeen => DriftKind::NeverSeen,
            Self::Shadow => DriftKind::Shadow,
            Self::Dead => DriftKind::Dead,
            Self::Outlived => DriftKind::Outlived,
            Self::NoLegalBasis => DriftKind::NoLegalBasis,
        }
    }
}

/// The kinds in the order in which they are shown: what breaks the law first.
const SHOWN: [(DriftKind, &str, &str); 5] = [
    (
        DriftKind::NoLegalBasis,
        "no-legal-basis",
        "Personal data flows, and no agreement in force states a legal basis",
    ),
    (DriftKind::Shadow, "shadow", "Shadow flows: seen, and no agreement for them"),
    (DriftKind::Outlived, "outlived", "Seen after the last agreement had ended"),
    (DriftKind::Dead, "dead", "Declared and seen before, and silent since"),
    (DriftKind::NeverSeen, "never-seen", "Declared and never seen"),
];

impl Drift {
    pub(super) async fn run(self, remote: &Remote, json: bool) -> anyhow::Result<()> {
        let request = FindDriftRequest {
            tenants: self.tenants,
            kinds: self.kinds.into_iter().map(|kind| kind.of().into()).collect(),
            silent_days: self.silent_days,
            as_of: self.as_of.timestamp(),
            at_least: None,
        };
        let mut stream =
            remote.insight().await?.find_drift(request).await.map_err(Failure::from)?.into_inner();
        let (mut rows, mut completeness) = (Vec::new(), None);
        while let Some(message) = stream.message().await.map_err(Failure::from)? {
            rows.extend(message.drifts);
            completeness = message.completeness.or(completeness);
        }
        super::ask::whole(completeness.is_some())?;
        if json {
            let rows: Vec<Value> = rows.iter().map(row_json).collect();
            return print_json(
                &json!({ "drifts": rows, "completeness": as_json::completeness(completeness.as_ref()) }),
            );
        }
        print(&(render(&rows) + &show::completeness(completeness.as_ref(), "ask for less")))
    }
}

fn render(rows: &[Row]) -> String {
    if rows.is_empty() {
        return "no drift: every flow is as it was declared\n".to_owned();
    }
    let mut text = String::new();
    for (kind, _, title) in SHOWN {
        let of_kind: Vec<&Row> = rows.iter().filter(|row| row.kind() == kind).collect();
        if !of_kind.is_empty() {
            text += &format!("{title}: {} flows\n{}\n", of_kind.len(), table(&of_kind).render());
        }
    }
    text
}

fn table(rows: &[&Row]) -> Table {
    let mut table = Table::new(&[
        "tenant",
        "provider",
        "type",
        "consumer",
        "#events",
        "first seen",
        "last seen",
        "agreement",
        "ended on",
        "personal fields",
    ]);
    for row in rows {
        table.row([
            &row.tenant,
            &row.provider,
            &row.r#type,
            &row.consumer,
            &show::number(row.events),
            &show::time(row.first_seen.as_ref()),
            &show::time(row.last_seen.as_ref()),
            or_dash(&row.agreement),
            or_dash(&row.ended_on),
            or_dash(&row.personal_fields.join(" ")),
        ]);
    }
    table
}

fn or_dash(text: &str) -> &str {
    if text.is_empty() { "–" } else { text }
}

fn row_json(row: &Row) -> Value {
    let kind = SHOWN.iter().find(|(kind, ..)| row.kind() == *kind).map_or("", |(_, name, _)| name);
    json!({
        "kind": kind,
        "tenant": row.tenant,
        "provider": row.provider,
        "type": row.r#type,
        "consumer": row.consumer,
        "agreement": row.agreement,
        "events": row.events,
        "first_seen": as_json::time(row.first_seen.as_ref()),
        "last_seen": as_json::time(row.last_seen.as_ref()),
        "ended_on": row.ended_on,
        "personal_fields": row.personal_fields,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_breaks_the_law_comes_first_and_every_number_has_its_heading() {
        let row = |kind: DriftKind, provider: &str| Row {
            kind: kind.into(),
            provider: provider.to_owned(),
            events: 1_200,
            personal_fields: vec!["/note".to_owned()],
            ..Row::default()
        };
        let text = render(&[row(DriftKind::NeverSeen, "a-a"), row(DriftKind::NoLegalBasis, "b-b")]);
        assert!(text.find("b-b") < text.find("a-a"), "{text}");
        assert!(
            text.contains("1 200") && text.contains("/note") && text.contains("legal basis: 1 flows"),
            "{text}"
        );
        assert!(render(&[]).starts_with("no drift"));
    }

    #[test]
    fn each_kind_that_can_be_asked_for_is_shown_under_the_same_name() {
        for kind in Kind::value_variants() {
            let name = kind.to_possible_value().map(|value| value.get_name().to_owned());
            let shown =
                SHOWN.iter().find(|(shown, ..)| *shown == kind.of()).map(|(_, name, _)| (*name).to_owned());
            assert_eq!(name, shown);
        }
    }
}
