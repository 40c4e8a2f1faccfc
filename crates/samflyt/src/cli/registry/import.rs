//! `samflyt registry import`: a spreadsheet into the catalogue.

use std::path::PathBuf;
use std::process::ExitCode;

use samflyt_proto::registry as pb;
use serde_json::{Value, json};

use super::kind::Which;
use super::{Why, document};
use crate::cli::output::{Table, print, print_json};
use crate::cli::{Failure, Remote, show};

/// The largest table that is read, in bytes: a message of the API.
const TABLE_BYTES_MAX: usize = 3 * 1024 * 1024;

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  samflyt registry import system systems.csv --tenant seljord --dry-run\n  \
                        samflyt registry import usage systems.csv --tenant seljord --reason \"the old spreadsheet\"\n\n\
                        UTF-8 or Latin-1, comma, semicolon or tab: detected. docs/TABLES.md lists the headings."
)]
pub(super) struct Import {
    #[arg(value_enum, help = "What each row is; of a process, a row is a step")]
    kind: Which,
    /// The table, CSV; `-` for standard input
    file: PathBuf,
    /// The municipality whose they are; of products, none
    #[arg(long, value_name = "ID", default_value = "", hide_default_value = true)]
    tenant: String,
    /// Changes nothing, tells everything
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    why: Why,
}

impl Import {
    /// Fails where a row was not taken.
    pub(super) async fn run(self, remote: &Remote, as_json: bool) -> anyhow::Result<ExitCode> {
        let request = pb::ImportTableRequest {
            kind: self.kind.wire(),
            tenant: self.tenant,
            table: document::read(&self.file, TABLE_BYTES_MAX)?,
            dry_run: self.dry_run,
            reason: self.why.reason,
        };
        let answer = remote
            .patient_catalogue()
            .await?
            .import_table(request)
            .await
            .map_err(Failure::from)?
            .into_inner();
        if as_json {
            print_json(&to_json(&answer))?;
        } else {
            print(&render(&answer, self.dry_run))?;
        }
        // What is told of the headings leaves columns out, not rows.
        let broken = answer.problems.iter().any(|problem| problem.row > 1);
        Ok(if broken { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }
}

fn render(answer: &pb::ImportTableResponse, dry_run: bool) -> String {
    let would = if dry_run { "would be " } else { "" };
    let number = |count: u32| show::number(u64::from(count));
    let delimiter = if answer.delimiter == "\t" { "tab" } else { &answer.delimiter };
    let mut text = format!(
        "{} {would}created, {} {would}changed, {} unchanged ({}, separated by {delimiter})\n",
        number(answer.created),
        number(answer.changed),
        number(answer.unchanged),
        answer.encoding,
    );
    if !answer.problems.is_empty() {
        let mut table = Table::new(&["#row", "column", "what is wrong", "what to do"]);
        for problem in &answer.problems {
            table.row([&problem.row.to_string(), &problem.column, &problem.rule, &problem.advice]);
        }
        text += &table.render();
    }
    text
}

fn to_json(answer: &pb::ImportTableResponse) -> Value {
    let problem = |problem: &pb::RowProblem| json!({"row": problem.row, "column": problem.column, "rule": problem.rule, "advice": problem.advice});
    json!({
        "created": answer.created,
        "changed": answer.changed,
        "unchanged": answer.unchanged,
        "encoding": answer.encoding,
        "delimiter": answer.delimiter,
        "problems": answer.problems.iter().map(problem).collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dry_run_says_what_would_be_and_each_problem_has_its_row() {
        let answer = pb::ImportTableResponse {
            created: 2,
            encoding: "latin-1".to_owned(),
            delimiter: ";".to_owned(),
            problems: vec![pb::RowProblem {
                row: 3,
                column: "Sone".to_owned(),
                rule: "is none of".to_owned(),
                advice: "mend it".to_owned(),
            }],
            ..pb::ImportTableResponse::default()
        };
        assert_eq!(
            render(&answer, true),
            "2 would be created, 0 would be changed, 0 unchanged (latin-1, separated by ;)\n\
             row  column  what is wrong  what to do\n  3  Sone    is none of     mend it\n"
        );
    }
}
