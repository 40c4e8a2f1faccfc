//! `samflyt archive deposit`.

use std::process::ExitCode;

use samflyt_proto::archive::{DepositState, GetDepositRequest, GetDepositResponse};
use serde_json::{Value, json};

use super::deposits::{to_json, word};
use crate::cli::output::{plain, print, print_json};
use crate::cli::{Failure, Remote, json as as_json, show};

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  samflyt archive deposit seljord-oppvekst/vedtak-17 --tenant seljord --wait 10"
)]
pub(super) struct Show {
    /// The event that asked: `<system>/<id>`
    #[arg(value_name = "EVENT")]
    request: String,
    /// The municipality whose archive it is
    #[arg(long, value_name = "ID")]
    tenant: String,
    /// Waits so long for the answer, at most 50
    #[arg(long, value_name = "SECONDS", default_value_t = 0, hide_default_value = true,
          value_parser = clap::value_parser!(i64).range(0..=50))]
    wait: i64,
}

impl Show {
    /// The exit code is 1 where it was rejected.
    pub(super) async fn run(self, remote: &Remote, json: bool) -> anyhow::Result<ExitCode> {
        let wait = Some(prost_types::Duration { seconds: self.wait, nanos: 0 });
        let request = GetDepositRequest { tenant: self.tenant, request: self.request, wait };
        let answer = remote.deposits().await?.get_deposit(request).await.map_err(Failure::from)?.into_inner();
        let deposit = answer.deposit.clone().unwrap_or_default();
        if json {
            print_json(&json!({
                "deposit": to_json(&deposit),
                "answer": as_json::data(&answer.answer),
                "completeness": as_json::completeness(answer.completeness.as_ref()),
            }))?;
        } else {
            print(&render(&answer))?;
        }
        let rejected = deposit.state() == DepositState::Rejected;
        Ok(if rejected { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }
}

fn render(answer: &GetDepositResponse) -> String {
    let deposit = answer.deposit.clone().unwrap_or_default();
    let age = deposit.age.as_ref().map(show::duration).unwrap_or_default();
    let mut text = match deposit.state() {
        DepositState::Unspecified | DepositState::Waiting => format!("waiting for {age}\n"),
        state => format!("{} after {age}, by {}\n", word(state), plain(&deposit.answer)),
    };
    let data: Value = serde_json::from_slice(&answer.answer).unwrap_or_default();
    for (what, pointer) in [("case", "/mappe/mappeID"), ("record", "/registrering/registreringsID")] {
        if let Some(id) = data.pointer(pointer).and_then(Value::as_str) {
            text += &format!("{what} {}\n", plain(id));
        }
    }
    for list in ["warnings", "problems"] {
        for told in data.get(list).and_then(Value::as_array).into_iter().flatten() {
            let said = |member: &str| plain(told.get(member).and_then(Value::as_str).unwrap_or_default());
            text += &format!(
                "{}: {} {}: {}\n",
                list.trim_end_matches('s'),
                said("field"),
                said("rule"),
                said("advice")
            );
        }
    }
    text + &show::completeness(answer.completeness.as_ref(), "")
}

#[cfg(test)]
mod tests {
    use samflyt_proto::archive::Deposit;

    use super::*;

    #[test]
    fn a_rejection_tells_every_problem_with_its_place() {
        let data = json!({"problems": [
            {"field": "/data/documents/0/sha256", "rule": "is no document", "advice": "upload it"},
            {"field": "/data/arkivmelding", "rule": "is empty", "advice": "fill it"},
        ]});
        let deposit = Deposit { state: DepositState::Rejected.into(), ..Deposit::default() };
        let text = render(&GetDepositResponse {
            deposit: Some(deposit),
            answer: data.to_string().into(),
            completeness: None,
        });
        assert!(text.contains("problem: /data/documents/0/sha256 is no document: upload it"), "{text}");
        assert!(text.contains("problem: /data/arkivmelding is empty: fill it"), "{text}");
    }
}
