//! `samflyt archive kasser`.

use std::process::ExitCode;

use anyhow::bail;
use samflyt_proto::archive::{
    DisposeDocumentsRequest, DisposeDocumentsResponse, ListWorkRequest, WorkItem, WorkList,
};
use serde_json::json;

use super::work::fetch;
use crate::cli::output::{print, print_json};
use crate::cli::{Failure, Remote, show};

/// As many as one request takes.
const AT_ONCE: usize = 100;

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  samflyt archive kasser --dry-run --decision 'Arkivplan 2031' --by 'Anne Arkivar' --tenant seljord\n  \
                        samflyt archive kasser --mappe 2020/17 --decision 'Arkivplan 2031' --by 'Anne Arkivar' --tenant seljord"
)]
pub(super) struct Dispose {
    /// The municipality whose archive it is
    #[arg(long, value_name = "ID")]
    tenant: String,
    /// Who does it; kept with what is done
    #[arg(long, value_name = "NAME")]
    by: String,
    /// Who decided it, and when; kept as a remark
    #[arg(long, value_name = "TEXT")]
    decision: String,
    /// Only what is due of this mappe; may be given several times
    #[arg(long, value_name = "ID", required_unless_present_any = ["all", "arkivdel", "dry_run"])]
    mappe: Vec<String>,
    /// Only what is due in this arkivdel
    #[arg(long, value_name = "CODE", default_value = "", hide_default_value = true)]
    arkivdel: String,
    /// All that is due
    #[arg(long)]
    all: bool,
    /// Says what would be done, and does nothing
    #[arg(long)]
    dry_run: bool,
}

impl Dispose {
    pub(super) async fn run(self, remote: &Remote, json: bool) -> anyhow::Result<ExitCode> {
        let list = ListWorkRequest {
            tenant: self.tenant.clone(),
            list: WorkList::Kassasjon.into(),
            arkivdel: self.arkivdel.clone(),
            page_size: 1_000,
            ..ListWorkRequest::default()
        };
        let (items, _) = fetch(remote, list, usize::MAX).await?;
        let is_meant = |item: &WorkItem| self.mappe.is_empty() || self.mappe.contains(&item.mappe_id);
        let (due, held_back): (Vec<_>, Vec<_>) =
            items.into_iter().filter(is_meant).partition(|item| item.held_back.is_empty());
        if due.is_empty() && !json {
            bail!("no document is due for disposal there: see `samflyt archive work kassasjon`");
        }
        let mut total = DisposeDocumentsResponse::default();
        for some in due.chunks(AT_ONCE) {
            let request = DisposeDocumentsRequest {
                tenant: self.tenant.clone(),
                registreringer: some.iter().map(|item| item.system_id.clone()).collect(),
                decision: self.decision.clone(),
                by: self.by.clone(),
                dry_run: self.dry_run,
            };
            let answer = remote.casework().await?.dispose_documents(request).await.map_err(Failure::from)?;
            add(&mut total, &answer.into_inner());
        }
        if json {
            print_json(&json!({
                "dry_run": self.dry_run, "registreringer": total.registreringer, "documents": total.documents,
                "files_released": total.files_released, "files_kept": total.files_kept,
                "files_removed": total.files_removed, "files_waiting": total.files_waiting,
                "held_back": held_back.len(),
            }))?;
        } else {
            print(&told(&total, held_back.len() as u64, self.dry_run))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn add(total: &mut DisposeDocumentsResponse, one: &DisposeDocumentsResponse) {
    total.registreringer += one.registreringer;
    total.documents += one.documents;
    total.files_released += one.files_released;
    total.files_kept += one.files_kept;
    total.files_removed += one.files_removed;
    // Those that wait are counted anew each time.
    total.files_waiting = one.files_waiting;
}

fn told(done: &DisposeDocumentsResponse, held_back: u64, dry_run: bool) -> String {
    let number = show::number;
    let deed = if dry_run { "would be disposed of" } else { "disposed of" };
    let mut text = format!(
        "{} documents of {} registreringer {deed}: {} files, and {} that other records keep.\n",
        number(done.documents),
        number(done.registreringer),
        number(done.files_released),
        number(done.files_kept)
    );
    if !dry_run {
        text +=
            &format!("{} files removed, {} wait.\n", number(done.files_removed), number(done.files_waiting));
    }
    if held_back > 0 {
        text += &format!("{} registreringer are due and held back.\n", number(held_back));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dry_run_does_not_sound_like_the_deed() {
        let done = DisposeDocumentsResponse {
            registreringer: 2,
            documents: 3,
            files_released: 3,
            files_removed: 3,
            ..DisposeDocumentsResponse::default()
        };
        assert!(told(&done, 0, true).starts_with("3 documents of 2 registreringer would be disposed of"));
        let text = told(&done, 1, false);
        assert!(
            text.contains("3 files removed, 0 wait.")
                && text.contains("1 registreringer are due and held back")
        );
    }
}
