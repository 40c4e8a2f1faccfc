//! `samflyt archive verify`: documents read again.

use std::process::ExitCode;

use anyhow::bail;
use indicatif::{ProgressBar, ProgressStyle};
use samflyt_proto::archive::verify_fixity_response::Part;
use samflyt_proto::archive::{Finding, Progress, VerifyFixityRequest};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::{digest, document};
use crate::cli::output::{Table, print, print_json_line};
use crate::cli::{Failure, Remote, show};

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  samflyt archive verify --tenant seljord\n  \
                        samflyt archive verify --tenant seljord --not-since 2026-01-01T00:00:00Z --json")]
pub(super) struct Verify {
    /// The municipality whose documents are read
    #[arg(long, value_name = "ID")]
    tenant: String,
    /// Only this document; repeated
    #[arg(long = "digest", value_name = "DIGEST", value_parser = digest)]
    digests: Vec<String>,
    /// Only documents that were not verified since: a time such as 2026-03-01T08:30:00Z
    #[arg(long, value_name = "TIME", value_parser = moment, conflicts_with = "digests")]
    not_since: Option<OffsetDateTime>,
}

impl Verify {
    pub(super) async fn run(self, remote: &Remote, json: bool) -> anyhow::Result<ExitCode> {
        let request = VerifyFixityRequest {
            tenant: self.tenant,
            sha256: self.digests,
            not_verified_since: self.not_since.map(samflyt_runtime::refused::timestamp),
        };
        let answer = remote.archive().await?.verify_fixity(request).await.map_err(Failure::from)?;
        let mut told = answer.into_inner();
        let bar = if json { ProgressBar::hidden() } else { bar()? };
        let (mut findings, mut done) = (Vec::new(), None);
        while let Some(message) = told.message().await.map_err(Failure::from)? {
            let Some(part) = message.part else { continue };
            if json {
                print_json_line(&to_json(&part))?;
            }
            match part {
                Part::Progress(progress) => follow(&bar, &progress),
                Part::Finding(finding) => findings.push(finding),
                Part::Done(progress) => done = Some(progress),
            }
        }
        bar.finish_and_clear();
        let Some(done) = done else { bail!("the verification broke off before its end: start it again") };
        if !json {
            print(&render(&findings, &done))?;
        }
        Ok(if done.findings > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }
}

fn bar() -> anyhow::Result<ProgressBar> {
    let style =
        ProgressStyle::with_template("{bar:40} {human_pos} of {human_len} documents, {msg}, {eta} left")?;
    Ok(ProgressBar::new(0).with_style(style))
}

fn follow(bar: &ProgressBar, progress: &Progress) {
    bar.set_length(progress.documents_total.max(progress.documents));
    bar.set_position(progress.documents);
    bar.set_message(format!("{} not good", show::number(progress.findings)));
}

fn render(findings: &[Finding], done: &Progress) -> String {
    let mut table = Table::new(&["digest", "finding", "found", "detail", "records"]);
    for finding in findings {
        table.row([
            &finding.sha256,
            document::kind(finding),
            &show::time(finding.found_at.as_ref()),
            &finding.detail,
            &document::holders(finding),
        ]);
    }
    let text = if table.is_empty() { String::new() } else { table.render() };
    let (documents, bytes) = (show::number(done.documents), show::number(done.bytes));
    format!("{text}{documents} documents, {bytes} bytes: {} not good", show::number(done.findings))
}

fn to_json(part: &Part) -> Value {
    let progress = |progress: &Progress| {
        json!({
            "documents": progress.documents,
            "bytes": progress.bytes,
            "findings": progress.findings,
            "documents_total": progress.documents_total,
            "bytes_total": progress.bytes_total,
        })
    };
    match part {
        Part::Progress(so_far) => json!({"progress": progress(so_far)}),
        Part::Finding(finding) => json!({"finding": document::finding_json(finding)}),
        Part::Done(all) => json!({"done": progress(all)}),
    }
}

fn moment(text: &str) -> Result<OffsetDateTime, String> {
    OffsetDateTime::parse(text, &Rfc3339).map_err(|_| "is not a time such as 2026-03-01T08:30:00Z".to_owned())
}

#[cfg(test)]
mod tests {
    use samflyt_proto::archive::Holder;

    use super::*;

    #[test]
    fn every_finding_is_named_and_counted() {
        let holder = Holder {
            registrerings_id: "2026/1-2".to_owned(),
            mappe_id: "2026/1".to_owned(),
            ..Holder::default()
        };
        let finding = Finding {
            sha256: "ab".repeat(32),
            kind: 2,
            detail: "gone".to_owned(),
            holders: vec![holder],
            ..Finding::default()
        };
        let done = Progress { documents: 1_200, bytes: 5, findings: 1, ..Progress::default() };
        let text = render(&[finding], &done);
        assert!(
            text.contains(&"ab".repeat(32)) && text.contains("missing") && text.contains("gone"),
            "{text}"
        );
        assert!(text.contains("2026/1-2 (case 2026/1)"), "{text}");
        assert!(text.ends_with("1 200 documents, 5 bytes: 1 not good"), "{text}");
    }
}
