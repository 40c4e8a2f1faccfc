//! `samflyt archive show`, and how a document is shown.

use std::process::ExitCode;

use samflyt_proto::archive::{Document, Finding, FindingKind, GetDocumentRequest, Holder};
use serde_json::{Value, json};

use super::digest;
use crate::cli::output::{Table, print, print_json};
use crate::cli::{Failure, Remote, json as as_json, show};

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  samflyt archive show DIGEST --tenant seljord")]
pub(super) struct Show {
    /// The document: its SHA-256, 64 hexadecimal digits
    #[arg(value_name = "DIGEST", value_parser = digest)]
    sha256: String,
    /// The municipality whose document it is
    #[arg(long, value_name = "ID")]
    tenant: String,
}

impl Show {
    pub(super) async fn run(self, remote: &Remote, json: bool) -> anyhow::Result<ExitCode> {
        let request = GetDocumentRequest { tenant: self.tenant, sha256: self.sha256 };
        let answer = remote.archive().await?.get_document(request).await.map_err(Failure::from)?;
        let document = answer.into_inner().document.unwrap_or_default();
        if json {
            print_json(&to_json(&document))?;
        } else {
            print(&render(&document))?;
        }
        Ok(if document.finding.is_some() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }
}

pub(super) fn render(document: &Document) -> String {
    let mut table = Table::new(&["digest", "#bytes", "format", "approved", "stored", "verified"]);
    let format = document.format.clone().unwrap_or_default();
    let name = if format.profile.is_empty() { &format.media_type } else { &format.profile };
    table.row([
        &document.sha256,
        &show::number(document.size),
        name,
        if format.approved { "yes" } else { "no" },
        &show::time(document.stored_at.as_ref()),
        &show::time(document.verified_at.as_ref()),
    ]);
    let mut text = table.render();
    if let Some(finding) = &document.finding {
        text += &format!("{}: {}\n", kind(finding), finding.detail);
        if !finding.holders.is_empty() {
            text += &format!("In the records {}\n", holders(finding));
        }
    }
    text
}

pub(super) fn to_json(document: &Document) -> Value {
    let format = document.format.clone().unwrap_or_default();
    json!({
        "tenant": document.tenant,
        "sha256": document.sha256,
        "size": document.size,
        "format": {
            "media_type": format.media_type,
            "profile": format.profile,
            "approved": format.approved,
        },
        "stored_at": as_json::time(document.stored_at.as_ref()),
        "verified_at": as_json::time(document.verified_at.as_ref()),
        "finding": document.finding.as_ref().map(finding_json),
    })
}

pub(super) fn finding_json(finding: &Finding) -> Value {
    json!({
        "sha256": finding.sha256,
        "kind": kind(finding),
        "found_at": as_json::time(finding.found_at.as_ref()),
        "detail": finding.detail,
        "holders": finding.holders.iter().map(holder_json).collect::<Vec<_>>(),
    })
}

fn holder_json(holder: &Holder) -> Value {
    json!({
        "system_id": holder.system_id,
        "registrerings_id": holder.registrerings_id,
        "mappe_id": holder.mappe_id,
    })
}

/// The records that have it, each by the name that people know, with its case.
pub(super) fn holders(finding: &Finding) -> String {
    let named = finding.holders.iter().map(|holder| {
        let id =
            if holder.registrerings_id.is_empty() { &holder.system_id } else { &holder.registrerings_id };
        if holder.mappe_id.is_empty() { id.clone() } else { format!("{id} (case {})", holder.mappe_id) }
    });
    named.collect::<Vec<_>>().join(", ")
}

pub(super) fn kind(finding: &Finding) -> &'static str {
    match finding.kind() {
        FindingKind::Damaged => "damaged",
        FindingKind::Missing => "missing",
        FindingKind::Unreadable => "unreadable",
        FindingKind::Unspecified => "not good",
    }
}
