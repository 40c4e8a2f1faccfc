//! `samflyt lineage coverage`: what reached the archive.

use samflyt_proto::lineage::{Coverage as Row, GetCoverageRequest, Uncovered};
use serde_json::{Value, json};

use super::ask::AsOf;
use crate::cli::output::{Table, print, print_json};
use crate::cli::{Failure, Remote, json as as_json, show};

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  samflyt lineage coverage --tenant seljord --quiet-days 30")]
pub(super) struct Coverage {
    /// Only this municipality; repeated
    #[arg(long = "tenant", value_name = "ID")]
    tenants: Vec<String>,
    /// Only affairs that were closed at least so many days ago
    #[arg(long, value_name = "DAYS", default_value_t = 0, hide_default_value = true)]
    quiet_days: u32,
    #[command(flatten)]
    as_of: AsOf,
}

impl Coverage {
    pub(super) async fn run(self, remote: &Remote, json: bool) -> anyhow::Result<()> {
        let request = GetCoverageRequest {
            tenants: self.tenants,
            quiet_days: self.quiet_days,
            as_of: self.as_of.timestamp(),
            at_least: None,
        };
        let mut stream =
            remote.insight().await?.get_coverage(request).await.map_err(Failure::from)?.into_inner();
        let (mut rows, mut completeness) = (Vec::new(), None);
        while let Some(message) = stream.message().await.map_err(Failure::from)? {
            rows.extend(message.rows);
            completeness = message.completeness.or(completeness);
        }
        super::ask::whole(completeness.is_some())?;
        if json {
            let rows: Vec<Value> = rows.iter().map(row_json).collect();
            return print_json(
                &json!({ "rows": rows, "completeness": as_json::completeness(completeness.as_ref()) }),
            );
        }
        print(&(render(&rows) + &show::completeness(completeness.as_ref(), "ask for less")))
    }
}

/// One row for each system and type, and below each what is in a plight.
fn render(rows: &[Row]) -> String {
    let headings = [
        "tenant",
        "closed by",
        "type",
        "#affairs",
        "#accepted",
        "#never asked",
        "#no answer",
        "#rejected",
        "oldest",
    ];
    let mut table = Table::new(&headings);
    for row in rows {
        let plights = [&row.missing, &row.unanswered, &row.rejected];
        let count = |plight: &Option<Uncovered>| show::number(plight.as_ref().map_or(0, |some| some.affairs));
        let oldest = plights.into_iter().flatten().min_by_key(|some| {
            some.since.as_ref().map_or((i64::MAX, 0), |since| (since.seconds, since.nanos))
        });
        let oldest = oldest.map(|some| format!("{} since {}", some.oldest, show::time(some.since.as_ref())));
        table.row([
            &row.tenant,
            &row.system,
            &row.r#type,
            &show::number(row.closed),
            &show::number(row.accepted),
            &count(&row.missing),
            &count(&row.unanswered),
            &count(&row.rejected),
            oldest.as_deref().unwrap_or("–"),
        ]);
    }
    table.or("no affair with archive duty was closed")
}

fn row_json(row: &Row) -> Value {
    let plight = |plight: &Option<Uncovered>| {
        plight.as_ref().map(|some| {
            json!({"affairs": some.affairs, "since": as_json::time(some.since.as_ref()), "oldest": some.oldest})
        })
    };
    json!({
        "tenant": row.tenant,
        "system": row.system,
        "type": row.r#type,
        "closed": row.closed,
        "accepted": row.accepted,
        "missing": plight(&row.missing),
        "unanswered": plight(&row.unanswered),
        "rejected": plight(&row.rejected),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_counts_each_plight_and_names_the_oldest() {
        let plight = |affairs, seconds, oldest: &str| {
            let since = Some(prost_types::Timestamp { seconds, nanos: 0 });
            Some(Uncovered { affairs, since, oldest: oldest.to_owned() })
        };
        let row = Row {
            tenant: "seljord".to_owned(),
            closed: 1_700,
            missing: plight(1_200, 200, "a/1"),
            rejected: plight(2, 100, "a/2"),
            ..Row::default()
        };
        let text = render(&[row]);
        assert!(
            text.contains("1 700") && text.contains("1 200") && text.contains("a/2 since 1970"),
            "{text}"
        );
        assert!(render(&[]).starts_with("no affair"));
    }
}
