//! `samflyt archive deposits`.

use std::process::ExitCode;

use samflyt_proto::archive::{Deposit, DepositCount, DepositState, ListDepositsRequest};
use serde_json::{Value, json};

use crate::cli::output::{Table, print, print_json};
use crate::cli::{Failure, Remote, json as as_json, show};

const PAGE: u32 = 1_000;

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  samflyt archive deposits --tenant seljord\n  \
                        samflyt archive deposits --tenant seljord --state rejected --system seljord-oppvekst")]
pub(super) struct List {
    /// The municipality whose archive it is
    #[arg(long, value_name = "ID")]
    tenant: String,
    /// Which deposits
    #[arg(long, value_name = "STATE", default_value = "waiting")]
    state: State,
    /// Only those of this system
    #[arg(long, value_name = "ID", default_value = "", hide_default_value = true)]
    system: String,
    /// Only those that were asked for so many seconds ago, or earlier
    #[arg(long, value_name = "SECONDS", default_value_t = 0, hide_default_value = true)]
    older_than: i64,
    /// At most so many
    #[arg(long, value_name = "COUNT", default_value_t = 100)]
    limit: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum State {
    /// Without an answer
    Waiting,
    /// Kept, with numbers
    Accepted,
    /// Not kept, with what has to be mended
    Rejected,
}

impl State {
    fn of(self) -> DepositState {
        match self {
            Self::Waiting => DepositState::Waiting,
            Self::Accepted => DepositState::Accepted,
            Self::Rejected => DepositState::Rejected,
        }
    }
}

impl List {
    pub(super) async fn run(self, remote: &Remote, json: bool) -> anyhow::Result<ExitCode> {
        let mut request = ListDepositsRequest {
            tenant: self.tenant,
            state: self.state.of().into(),
            system: self.system,
            older_than: (self.older_than > 0)
                .then_some(prost_types::Duration { seconds: self.older_than, nanos: 0 }),
            page_size: PAGE.min(u32::try_from(self.limit).unwrap_or(PAGE)),
            page_token: String::new(),
        };
        let mut client = remote.deposits().await?;
        let mut deposits = Vec::new();
        let (counts, completeness) = loop {
            let answer = client.list_deposits(request.clone()).await.map_err(Failure::from)?.into_inner();
            deposits.extend(answer.deposits);
            if answer.next_page_token.is_empty() || deposits.len() >= self.limit {
                break (answer.counts, answer.completeness);
            }
            request.page_token = answer.next_page_token;
        };
        deposits.truncate(self.limit);
        if json {
            print_json(&json!({
                "deposits": deposits.iter().map(to_json).collect::<Vec<_>>(),
                "counts": counts.iter().map(count_json).collect::<Vec<_>>(),
                "completeness": as_json::completeness(completeness.as_ref()),
            }))?;
        } else {
            let text = format!("{}\n{}", render(&deposits), counted(&counts));
            print(&(text + &show::completeness(completeness.as_ref(), "raise --limit")))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn render(deposits: &[Deposit]) -> String {
    let mut table = Table::new(&["request", "asked for", "age", "answer", "waits for"]);
    for deposit in deposits {
        table.row([
            &deposit.request,
            &show::time(deposit.requested_at.as_ref()),
            &deposit.age.as_ref().map(show::duration).unwrap_or_default(),
            if deposit.answer.is_empty() { "–" } else { &deposit.answer },
            &deposit.waits_for,
        ]);
    }
    table.or("No such deposit.")
}

fn counted(counts: &[DepositCount]) -> String {
    let mut table = Table::new(&["system", "state", "#deposits"]);
    for count in counts {
        table.row([&count.system, word(count.state()), &show::number(count.deposits)]);
    }
    table.or("Nothing was ever asked for.")
}

pub(super) fn word(state: DepositState) -> &'static str {
    match state {
        DepositState::Unspecified | DepositState::Waiting => "waiting",
        DepositState::Accepted => "accepted",
        DepositState::Rejected => "rejected",
    }
}

fn count_json(count: &DepositCount) -> Value {
    json!({"system": count.system, "state": word(count.state()), "deposits": count.deposits})
}

pub(super) fn to_json(deposit: &Deposit) -> Value {
    json!({
        "request": deposit.request,
        "system": deposit.system,
        "state": word(deposit.state()),
        "sequence": deposit.sequence,
        "requested_at": as_json::time(deposit.requested_at.as_ref()),
        "age_s": as_json::seconds(deposit.age.as_ref()),
        "answer": deposit.answer,
        "answer_sequence": deposit.answer_sequence,
        "answered_at": as_json::time(deposit.answered_at.as_ref()),
        "waits_for": deposit.waits_for,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deposit_that_waits_says_how_long_and_for_what() {
        let deposit = Deposit {
            request: "seljord-oppvekst/1".to_owned(),
            age: Some(prost_types::Duration { seconds: 90_000, nanos: 0 }),
            waits_for: "the log".to_owned(),
            ..Deposit::default()
        };
        let text = render(&[deposit]);
        assert!(text.contains("1 d 1 h") && text.contains("the log"), "{text}");
        let count = DepositCount {
            system: "seljord-oppvekst".to_owned(),
            state: DepositState::Rejected.into(),
            deposits: 1_200,
        };
        assert!(counted(&[count]).contains("rejected     1 200"));
    }
}
