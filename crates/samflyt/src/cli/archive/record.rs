//! `samflyt archive record` and `samflyt archive history`.

use std::process::ExitCode;

use samflyt_proto::archive::get_record_request::Reference;
use samflyt_proto::archive::{Correction, GetRecordHistoryRequest, GetRecordRequest, Record};
use serde_json::{Value, json};

use crate::cli::output::{Table, plain, print, print_json};
use crate::cli::{Failure, Remote, json as as_json, show};

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  samflyt archive record 2026/17-3 --tenant seljord")]
pub(super) struct Get {
    /// A mappeID (`2026/17`), a registreringsID (`2026/17-3`) or a systemID
    #[arg(value_name = "ID")]
    id: String,
    /// The municipality whose archive it is
    #[arg(long, value_name = "ID")]
    tenant: String,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  samflyt archive history 2026/17 --tenant seljord")]
pub(super) struct History {
    /// A mappeID (`2026/17`), a registreringsID (`2026/17-3`) or a systemID
    #[arg(value_name = "ID")]
    id: String,
    /// The municipality whose archive it is
    #[arg(long, value_name = "ID")]
    tenant: String,
}

impl Get {
    pub(super) async fn run(self, remote: &Remote, json: bool) -> anyhow::Result<ExitCode> {
        let record = fetch(remote, &self.tenant, &self.id).await?;
        let shown = to_json(&record);
        if json {
            print_json(&shown)?;
        } else {
            print(&format!("{} {} in {}\n", record.kind, record.system_id, record.parent))?;
            print_json(&as_json::data(&record.document))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl History {
    pub(super) async fn run(self, remote: &Remote, json: bool) -> anyhow::Result<ExitCode> {
        let record = fetch(remote, &self.tenant, &self.id).await?;
        let request = GetRecordHistoryRequest { tenant: self.tenant, system_id: record.system_id };
        let answer = remote.records().await?.get_record_history(request).await.map_err(Failure::from)?;
        let corrections = answer.into_inner().corrections;
        if json {
            print_json(&corrections.iter().map(correction_json).collect())?;
        } else {
            print(&render(&corrections).or("Nothing of it was changed."))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

async fn fetch(remote: &Remote, tenant: &str, id: &str) -> anyhow::Result<Record> {
    let reference = if id.len() == 36 && !id.contains('/') {
        Reference::SystemId(id.to_owned())
    } else if id.contains('-') {
        Reference::RegistreringsId(id.to_owned())
    } else {
        Reference::MappeId(id.to_owned())
    };
    let request = GetRecordRequest { tenant: tenant.to_owned(), reference: Some(reference) };
    let answer = remote.records().await?.get_record(request).await.map_err(Failure::from)?;
    Ok(answer.into_inner().record.unwrap_or_default())
}

fn to_json(record: &Record) -> Value {
    json!({
        "systemID": record.system_id,
        "kind": record.kind,
        "parent": record.parent,
        "arkivdel": record.arkivdel,
        "document": as_json::data(&record.document),
        "created_at": as_json::time(record.created_at.as_ref()),
        "changed_at": as_json::time(record.changed_at.as_ref()),
        "created_by_system": record.created_by_system,
    })
}

fn render(corrections: &[Correction]) -> Table {
    let mut table = Table::new(&["changed", "by", "what", "before", "after"]);
    for correction in corrections {
        table.row([
            &show::time(correction.changed_at.as_ref()),
            &plain(&correction.changed_by),
            &plain(&correction.path),
            &plain(&String::from_utf8_lossy(&correction.old)),
            &plain(&String::from_utf8_lossy(&correction.new)),
        ]);
    }
    table
}

fn correction_json(correction: &Correction) -> Value {
    let value = |text: &[u8]| if text.is_empty() { Value::Null } else { as_json::data(text) };
    json!({
        "changed_at": as_json::time(correction.changed_at.as_ref()),
        "changed_by": correction.changed_by,
        "path": correction.path,
        "old": value(&correction.old),
        "new": value(&correction.new),
    })
}
