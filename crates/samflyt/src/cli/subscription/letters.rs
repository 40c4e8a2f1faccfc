//! `samflyt subscription dead`, `redrive`, `discard`.

use std::process::ExitCode;

use samflyt_proto::delivery::{
    DeadLetter, DiscardDeadLettersRequest, ListDeadLettersRequest, RedriveDeadLettersRequest, Which,
};
use serde_json::{Value, json};

use crate::cli::output::{Table, print, print_json};
use crate::cli::{Failure, Remote, json as as_json, show};

const PAGE: u32 = 1_000;

#[derive(Debug, clap::Args)]
pub(super) struct Dead {
    /// The subscription
    id: String,
    /// The municipality whose events they are
    #[arg(long, value_name = "ID")]
    tenant: String,
    /// At most so many
    #[arg(long, value_name = "COUNT", default_value_t = 100)]
    limit: usize,
}

/// Which of them: all where nothing is named.
#[derive(Debug, clap::Args)]
struct Meant {
    /// Those of these sequences
    #[arg(long = "sequence", value_name = "SEQUENCE")]
    sequences: Vec<u64>,
    /// Those of these entities
    #[arg(long = "entity", value_name = "ID")]
    entities: Vec<String>,
}

#[derive(Debug, clap::Args)]
pub(super) struct Redrive {
    /// The subscription
    id: String,
    /// The municipality whose events they are
    #[arg(long, value_name = "ID")]
    tenant: String,
    #[command(flatten)]
    meant: Meant,
}

#[derive(Debug, clap::Args)]
pub(super) struct Discard {
    /// The subscription
    id: String,
    /// The municipality whose events they are
    #[arg(long, value_name = "ID")]
    tenant: String,
    #[command(flatten)]
    meant: Meant,
    /// Why they are given up
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Who decides, by name or role
    #[arg(long, value_name = "WHO")]
    by: String,
}

impl Meant {
    fn which(self) -> Which {
        Which { sequences: self.sequences, entities: self.entities }
    }
}

impl Dead {
    pub(super) async fn run(self, remote: &Remote, json: bool) -> anyhow::Result<ExitCode> {
        let mut request = ListDeadLettersRequest {
            tenant: self.tenant,
            id: self.id,
            page_size: PAGE.min(u32::try_from(self.limit).unwrap_or(PAGE)),
            page_token: String::new(),
        };
        let mut client = remote.delivery().await?;
        let mut letters = Vec::new();
        let total = loop {
            let answer = client.list_dead_letters(request.clone()).await.map_err(Failure::from)?.into_inner();
            letters.extend(answer.dead_letters);
            if answer.next_page_token.is_empty() || letters.len() >= self.limit {
                break answer.total;
            }
            request.page_token = answer.next_page_token;
        };
        letters.truncate(self.limit);
        if json {
            print_json(
                &json!({"dead_letters": letters.iter().map(to_json).collect::<Vec<_>>(), "total": total}),
            )?;
        } else {
            print(&format!("{}{} in all\n", render(&letters), show::number(total.into())))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl Redrive {
    pub(super) async fn run(self, remote: &Remote, json: bool) -> anyhow::Result<ExitCode> {
        let which = Some(self.meant.which());
        let request = RedriveDeadLettersRequest { tenant: self.tenant, id: self.id, which };
        let answer = remote.delivery().await?.redrive_dead_letters(request).await.map_err(Failure::from)?;
        said(json, "redriven", answer.into_inner().redriven)
    }
}

impl Discard {
    pub(super) async fn run(self, remote: &Remote, json: bool) -> anyhow::Result<ExitCode> {
        let which = Some(self.meant.which());
        let request = DiscardDeadLettersRequest {
            tenant: self.tenant,
            id: self.id,
            which,
            reason: self.reason,
            by: self.by,
        };
        let answer = remote.delivery().await?.discard_dead_letters(request).await.map_err(Failure::from)?;
        said(json, "discarded", answer.into_inner().discarded)
    }
}

fn said(json: bool, what: &str, count: u32) -> anyhow::Result<ExitCode> {
    if json {
        print_json(&json!({ what: count }))?;
    } else {
        print(&format!("{} {what}\n", show::number(count.into())))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn render(letters: &[DeadLetter]) -> String {
    let mut table = Table::new(&["#sequence", "event", "type", "entity", "#tries", "first tried", "reason"]);
    for letter in letters {
        let recorded = letter.event.clone().unwrap_or_default();
        let event = recorded.event.unwrap_or_default();
        table.row([
            show::number(recorded.sequence).as_str(),
            &format!("{}/{}", event.system, event.id),
            &event.r#type,
            &event.entity,
            &show::number(letter.tries.into()),
            &show::time(letter.first_tried_at.as_ref()),
            &letter.reason,
        ]);
    }
    table.or("No dead letter.\n")
}

fn to_json(letter: &DeadLetter) -> Value {
    json!({
        "event": letter.event.as_ref().map(as_json::recorded),
        "reason": letter.reason,
        "tries": letter.tries,
        "first_tried_at": as_json::time(letter.first_tried_at.as_ref()),
    })
}
