//! `samflyt subscription`: what consumers receive, how that is doing, and what could not be delivered.

mod change;
mod consume;
mod create;
mod letters;
mod list;
mod replay;
mod webhook;

use std::process::ExitCode;

use samflyt_proto::delivery::start::At;
use samflyt_proto::delivery::{Start, SubscriptionState};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::Remote;
pub(super) use list::{to_json, word};

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  samflyt subscription create visma-cases --tenant seljord --consumer seljord-visma \
                        --type case.opened\n  samflyt subscription consume visma-cases --tenant seljord"
)]
pub struct Subscription {
    /// Prints JSON
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Makes a subscription; the same again changes nothing
    Create(Box<create::Create>),
    /// Sends nothing until it is resumed; nothing is lost
    #[command(after_help = "Example:\n  samflyt subscription pause visma-cases --tenant seljord")]
    Pause(change::Named),
    /// Goes on where it was
    #[command(after_help = "Example:\n  samflyt subscription resume visma-cases --tenant seljord")]
    Resume(change::Named),
    /// Asks the endpoint of a webhook once more whether it wants events
    Verify(webhook::Verify),
    /// Makes a new secret for a webhook; for an overlap, what is posted is signed by the one before as well
    Rotate(webhook::Rotate),
    /// Posts to another address, which proves itself first
    Move(webhook::Move),
    /// Ends a subscription for good
    #[command(after_help = "Example:\n  samflyt subscription end visma-cases --tenant seljord")]
    End(change::Named),
    /// Lists subscriptions: how far each is, what waits, what is held back
    List(list::List),
    /// Prints events as they come, a JSON line each, and acknowledges what was printed
    Consume(consume::Consume),
    /// Lists events that could not be delivered; each holds back its entity
    Dead(letters::Dead),
    /// Tries dead letters again; their entities go on in order
    Redrive(letters::Redrive),
    /// Gives dead letters up, on record
    Discard(letters::Discard),
    /// Sends events of the past once more, marked as a replay
    Replay(replay::Replay),
}

impl Subscription {
    pub(super) async fn run(self, remote: &Remote) -> anyhow::Result<ExitCode> {
        let json = self.json;
        match self.command {
            Command::Create(command) => command.run(remote, json).await,
            Command::Pause(command) => command.run(remote, json, SubscriptionState::Paused).await,
            Command::Resume(command) => command.run(remote, json, SubscriptionState::Active).await,
            Command::Verify(command) => command.run(remote, json).await,
            Command::Rotate(command) => command.run(remote, json).await,
            Command::Move(command) => command.run(remote, json).await,
            Command::End(command) => command.run(remote, json, SubscriptionState::Ended).await,
            Command::List(command) => command.run(remote, json).await,
            Command::Consume(command) => command.run(remote).await,
            Command::Dead(command) => command.run(remote, json).await,
            Command::Redrive(command) => command.run(remote, json).await,
            Command::Discard(command) => command.run(remote, json).await,
            Command::Replay(command) => command.run(remote, json).await,
        }
    }
}

/// `now`, `beginning`, a sequence, or a time.
fn start(text: &str) -> Result<Start, String> {
    let at = match text {
        "now" => At::Now(true),
        "beginning" => At::Beginning(true),
        text => match text.parse() {
            Ok(sequence) => At::Sequence(sequence),
            Err(_) => At::Time(moment(text)?),
        },
    };
    Ok(Start { at: Some(at) })
}

fn moment(text: &str) -> Result<prost_types::Timestamp, String> {
    let moment = OffsetDateTime::parse(text, &Rfc3339);
    let wrong = "is neither `now`, `beginning`, a sequence, nor a time such as 2026-03-01T08:30:00Z";
    moment.map(samflyt_runtime::refused::timestamp).map_err(|_| wrong.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_start_is_a_word_a_sequence_or_a_time() {
        assert_eq!(start("now").unwrap().at, Some(At::Now(true)));
        assert_eq!(start("4711").unwrap().at, Some(At::Sequence(4_711)));
        assert!(matches!(start("2026-03-01T08:30:00Z").unwrap().at, Some(At::Time(_))));
        assert!(start("yesterday").is_err());
    }
}
