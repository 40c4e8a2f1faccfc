//! `samflyt archive numbers`.

use std::process::ExitCode;

use samflyt_proto::archive::{CheckNumbersRequest, NumberGap, NumberSeries};
use serde_json::{Value, json};

use crate::cli::output::{Table, plain, print, print_json};
use crate::cli::{Failure, Remote, show};

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  samflyt archive numbers --tenant seljord")]
pub(super) struct Numbers {
    /// The municipality whose archive it is
    #[arg(long, value_name = "ID")]
    tenant: String,
}

impl Numbers {
    /// The exit code is 1 where a gap has no cause.
    pub(super) async fn run(self, remote: &Remote, json: bool) -> anyhow::Result<ExitCode> {
        let request = CheckNumbersRequest { tenant: self.tenant };
        let answer = remote.records().await?.check_numbers(request).await.map_err(Failure::from)?;
        let series = answer.into_inner().series;
        if json {
            print_json(&series.iter().map(to_json).collect())?;
        } else {
            print(&render(&series).or("No number was given out yet."))?;
        }
        let unexplained = series.iter().flat_map(|series| &series.gaps).any(|gap| gap.cause.is_empty());
        Ok(if unexplained { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }
}

fn render(all: &[NumberSeries]) -> Table {
    let mut table = Table::new(&["series", "#year", "#last", "#given", "gaps"]);
    for series in all {
        let gaps: Vec<String> = series.gaps.iter().map(gap).collect();
        table.row([
            &series.series,
            &series.year.to_string(),
            &show::number(series.last.unsigned_abs()),
            &show::number(series.given.unsigned_abs()),
            &gaps.join("; "),
        ]);
    }
    table
}

fn gap(gap: &NumberGap) -> String {
    let cause = if gap.cause.is_empty() { "NO CAUSE ON RECORD".to_owned() } else { plain(&gap.cause) };
    format!("{}–{}: {cause}", gap.from, gap.to)
}

fn to_json(series: &NumberSeries) -> Value {
    let gaps: Vec<Value> =
        series.gaps.iter().map(|gap| json!({"from": gap.from, "to": gap.to, "cause": gap.cause})).collect();
    json!({
        "series": series.series, "arkiv": series.arkiv, "year": series.year,
        "last": series.last, "given": series.given, "gaps": gaps,
    })
}
