//! `samflyt archive messages`.

use std::process::ExitCode;

use samflyt_proto::archive::{ListMessagesRequest, MessageState, MessageSummary};
use serde_json::{Value, json};

use super::send::short;
use crate::cli::output::{Table, print, print_json};
use crate::cli::{Failure, Remote, json as as_json, show};

const PAGE: i32 = 1_000;

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  samflyt archive messages --tenant seljord --state dead-reply")]
pub(super) struct List {
    /// The municipality whose archive it is
    #[arg(long, value_name = "ID")]
    tenant: String,
    /// Only those in this state
    #[arg(long, value_name = "STATE")]
    state: Option<State>,
    /// Only those of this system
    #[arg(long, value_name = "ID", default_value = "", hide_default_value = true)]
    system: String,
    /// At most so many
    #[arg(long, value_name = "COUNT", default_value_t = 100)]
    limit: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum State {
    /// Without an answer
    Waiting,
    /// With an answer that was confirmed, or still may be
    Answered,
    /// Its time was over before it was carried out
    Expired,
    /// Its answer was not confirmed in its time
    DeadReply,
}

impl State {
    fn of(self) -> MessageState {
        match self {
            Self::Waiting => MessageState::Waiting,
            Self::Answered => MessageState::Answered,
            Self::Expired => MessageState::Expired,
            Self::DeadReply => MessageState::DeadReply,
        }
    }
}

impl List {
    pub(super) async fn run(self, remote: &Remote, json: bool) -> anyhow::Result<ExitCode> {
        let mut request = ListMessagesRequest {
            tenant: self.tenant,
            state: self.state.map_or(MessageState::Unspecified, State::of).into(),
            system: self.system,
            page_size: PAGE.min(i32::try_from(self.limit).unwrap_or(PAGE)),
            page_token: String::new(),
        };
        let mut client = remote.messages().await?;
        let mut messages = Vec::new();
        let (waiting, dead) = loop {
            let answer = client.list_messages(request.clone()).await.map_err(Failure::from)?.into_inner();
            messages.extend(answer.messages);
            if answer.next_page_token.is_empty() || messages.len() >= self.limit {
                break (answer.waiting, answer.dead_replies);
            }
            request.page_token = answer.next_page_token;
        };
        messages.truncate(self.limit);
        if json {
            let messages: Vec<_> = messages.iter().map(to_json).collect();
            print_json(&json!({"messages": messages, "waiting": waiting, "dead_replies": dead}))?;
        } else {
            print(&render(&messages, waiting, dead))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn render(messages: &[MessageSummary], waiting: u64, dead: u64) -> String {
    let mut table = Table::new(&["message", "system", "type", "received", "state", "answer", "answered"]);
    for message in messages {
        let answer = if message.answer_type.is_empty() { "–" } else { short(&message.answer_type) };
        table.row([
            &message.message_id,
            &message.system,
            short(&message.r#type),
            &show::time(message.received_at.as_ref()),
            word(message.state()),
            answer,
            &show::time(message.answered_at.as_ref()),
        ]);
    }
    let (waiting, dead) = (show::number(waiting), show::number(dead));
    format!(
        "{}\n{waiting} wait for an answer, {dead} answers were never confirmed",
        table.or("No such message.")
    )
}

fn word(state: MessageState) -> &'static str {
    match state {
        MessageState::Unspecified | MessageState::Waiting => "waiting",
        MessageState::Answered => "answered",
        MessageState::Expired => "expired",
        MessageState::DeadReply => "dead reply",
    }
}

fn to_json(message: &MessageSummary) -> Value {
    json!({
        "message_id": message.message_id,
        "system": message.system,
        "type": message.r#type,
        "state": word(message.state()),
        "received_at": as_json::time(message.received_at.as_ref()),
        "expires_at": as_json::time(message.expires_at.as_ref()),
        "answer_type": message.answer_type,
        "answered_at": as_json::time(message.answered_at.as_ref()),
        "confirmed_at": as_json::time(message.confirmed_at.as_ref()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dead_reply_is_told_apart_from_what_waits() {
        let dead = MessageSummary {
            r#type: "no.ks.fiks.arkiv.v1.innsyn.sok".to_owned(),
            answer_type: "no.ks.fiks.arkiv.v1.innsyn.sok.resultat.minimum".to_owned(),
            state: MessageState::DeadReply.into(),
            ..MessageSummary::default()
        };
        let text = render(&[dead, MessageSummary::default()], 1, 1);
        assert!(
            text.contains("innsyn.sok") && text.contains("dead reply") && text.contains("waiting"),
            "{text}"
        );
        assert!(text.ends_with("1 wait for an answer, 1 answers were never confirmed"), "{text}");
    }
}
