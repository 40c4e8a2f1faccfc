//! `samflyt subscription replay`.

use std::process::ExitCode;

use samflyt_proto::delivery::replay_events_request::Until;
use samflyt_proto::delivery::{Filter, ReplayEventsRequest, Start};
use serde_json::json;

use super::{moment, start};
use crate::cli::output::{plain, print, print_json};
use crate::cli::{Failure, Remote, show};

#[derive(Debug, clap::Args)]
pub(super) struct Replay {
    /// The subscription
    id: String,
    /// The municipality whose events they are
    #[arg(long, value_name = "ID")]
    tenant: String,
    /// From where on: `beginning`, a sequence, or a time
    #[arg(long, value_name = "START", value_parser = start)]
    from: Start,
    /// Up to this sequence or time, with it; left out: up to now
    #[arg(long, value_name = "END", value_parser = until)]
    until: Option<Until>,
    /// Only events of these types
    #[arg(long = "type", value_name = "TYPE")]
    types: Vec<String>,
    /// Only events about these
    #[arg(long = "entity", value_name = "ID")]
    entities: Vec<String>,
}

fn until(text: &str) -> Result<Until, String> {
    match text.parse() {
        Ok(sequence) => Ok(Until::UntilSequence(sequence)),
        Err(_) => moment(text).map(Until::UntilTime),
    }
}

impl Replay {
    pub(super) async fn run(self, remote: &Remote, json: bool) -> anyhow::Result<ExitCode> {
        let filter = Filter { types: self.types, entities: self.entities, ..Filter::default() };
        let request = ReplayEventsRequest {
            tenant: self.tenant,
            id: self.id,
            from: Some(self.from),
            until: self.until,
            filter: Some(filter),
        };
        let answer =
            remote.delivery().await?.replay_events(request).await.map_err(Failure::from)?.into_inner();
        if json {
            print_json(&json!({"replay": answer.replay, "from": answer.from, "until": answer.until}))?;
        } else {
            let (from, until) = (show::number(answer.from), show::number(answer.until));
            print(&format!(
                "{} repeats the sequences {from} to {until}, and ends by itself\n",
                plain(&answer.replay)
            ))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
