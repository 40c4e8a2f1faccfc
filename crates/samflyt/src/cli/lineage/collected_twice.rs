//! `samflyt lineage collected-twice`: what people are asked for by more than one system.

use samflyt_proto::lineage::{CollectedTwice as Row, Collector, FindCollectedTwiceRequest, Source};
use serde_json::{Value, json};

use super::ask::{AsOf, Period};
use crate::cli::output::{Table, plain, print, print_json};
use crate::cli::{Failure, Remote, json as as_json, show};

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  samflyt lineage collected-twice --tenant seljord --from 2026-01-01\n  \
                        samflyt lineage collected-twice --concept person.address")]
pub(super) struct CollectedTwice {
    /// Only in this municipality; repeated
    #[arg(long = "tenant", value_name = "ID")]
    tenants: Vec<String>,
    /// Only this concept
    #[arg(long, value_name = "CONCEPT", default_value = "", hide_default_value = true)]
    concept: String,
    #[command(flatten)]
    period: Period,
    #[command(flatten)]
    as_of: AsOf,
}

impl CollectedTwice {
    pub(super) async fn run(self, remote: &Remote, json: bool) -> anyhow::Result<()> {
        let request = FindCollectedTwiceRequest {
            tenants: self.tenants,
            concept: self.concept,
            window: Some(self.period.window()),
            as_of: self.as_of.timestamp(),
            at_least: None,
        };
        let answer = remote.insight().await?.find_collected_twice(request).await.map_err(Failure::from)?;
        let mut stream = answer.into_inner();
        let (mut rows, mut completeness) = (Vec::new(), None);
        while let Some(message) = stream.message().await.map_err(Failure::from)? {
            rows.extend(message.collected);
            completeness = message.completeness.or(completeness);
        }
        super::ask::whole(completeness.is_some())?;
        if json {
            let rows: Vec<Value> = rows.iter().map(row_json).collect();
            return print_json(
                &json!({ "collected": rows, "completeness": as_json::completeness(completeness.as_ref()) }),
            );
        }
        print(&(render(&rows) + &show::completeness(completeness.as_ref(), "ask for less")))
    }
}

fn render(rows: &[Row]) -> String {
    if rows.is_empty() {
        return "nothing is collected twice\n".to_owned();
    }
    let mut text = String::new();
    for row in rows {
        let (tenant, concept) = (plain(&row.tenant), plain(&row.concept));
        let systems: std::collections::BTreeSet<&str> =
            row.collectors.iter().map(|collector| collector.system.as_str()).collect();
        let events = show::number(row.events);
        text += &format!("{concept} in {tenant}: asked for by {} systems, {events} times\n", systems.len());
        text += &table(&row.collectors).render();
        text.push('\n');
    }
    text
}

fn table(collectors: &[Collector]) -> Table {
    let mut table =
        Table::new(&["asked by", "type", "fields", "#times", "could be taken from", "also asked in"]);
    for collector in collectors {
        let sources: Vec<String> = collector.reusable_from.iter().map(source).collect();
        table.row([
            &collector.system,
            &collector.r#type,
            &collector.fields.join(" "),
            &show::number(collector.events),
            &if sources.is_empty() { "–".to_owned() } else { sources.join("; ") },
            &if collector.shared_with.is_empty() {
                "–".to_owned()
            } else {
                collector.shared_with.join(", ")
            },
        ]);
    }
    table
}

fn source(source: &Source) -> String {
    let Source { system, r#type, legal_basis, agreement } = source;
    match agreement.as_str() {
        "" => format!("{system} ({type}; {legal_basis}; an agreement has to be made)"),
        agreement => format!("{system} ({type}; {legal_basis}; {agreement})"),
    }
}

fn row_json(row: &Row) -> Value {
    let collectors = row.collectors.iter().map(|collector| {
        let sources = collector.reusable_from.iter().map(|source| {
            json!({
                "system": source.system,
                "type": source.r#type,
                "legal_basis": source.legal_basis,
                "agreement": source.agreement,
            })
        });
        json!({
            "system": collector.system,
            "type": collector.r#type,
            "fields": collector.fields,
            "events": collector.events,
            "reusable_from": sources.collect::<Vec<_>>(),
            "shared_with": collector.shared_with,
        })
    });
    json!({
        "tenant": row.tenant,
        "concept": row.concept,
        "events": row.events,
        "collectors": collectors.collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_says_by_which_agreement_or_that_one_has_to_be_made() {
        let source = |agreement: &str| Source {
            system: "seljord-oppvekst".to_owned(),
            r#type: "case.opened".to_owned(),
            legal_basis: "GDPR 6(1)(e)".to_owned(),
            agreement: agreement.to_owned(),
        };
        let collector = |agreement: &str| Collector {
            system: "seljord-gat".to_owned(),
            events: 1_300,
            reusable_from: vec![source(agreement)],
            ..Collector::default()
        };
        let row = Row { collectors: vec![collector(""), collector("a-1")], events: 2_600, ..Row::default() };
        let text = render(&[row]);
        assert!(text.contains("by 1 systems, 2 600 times") && text.contains("1 300"), "{text}");
        assert!(text.contains("has to be made)") && text.contains("GDPR 6(1)(e); a-1)"), "{text}");
    }
}
