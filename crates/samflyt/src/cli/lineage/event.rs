//! `samflyt lineage event`: one event with its data.

use samflyt_proto::lineage::{GetEventRequest, GetEventResponse};
use serde_json::{Value, json};

use super::ask::WhichEvent;
use crate::cli::output::{plain, print, print_json};
use crate::cli::{Failure, Remote, json as as_json, show};

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  samflyt lineage event seljord seljord-oppvekst/soknad-17 --json")]
pub(super) struct Show {
    #[command(flatten)]
    which: WhichEvent,
}

impl Show {
    pub(super) async fn run(self, remote: &Remote, json: bool) -> anyhow::Result<()> {
        let request = GetEventRequest {
            tenant: self.which.tenant,
            system: self.which.event.system.to_string(),
            event_id: self.which.event.id.to_string(),
            at_least: None,
        };
        let answer = remote.lineage().await?.get_event(request).await.map_err(Failure::from)?.into_inner();
        if json { print_json(&to_json(&answer)) } else { print(&render(&answer)) }
    }
}

fn to_json(answer: &GetEventResponse) -> Value {
    json!({
        "recorded": answer.event.as_ref().map(as_json::recorded),
        "corrected_by": answer.corrected_by,
        "retracted_by": answer.retracted_by,
        "completeness": as_json::completeness(answer.completeness.as_ref()),
    })
}

/// The event as a CloudEvent, and what the hub knows of it.
fn render(answer: &GetEventResponse) -> String {
    let recorded = answer.event.clone().unwrap_or_default();
    let event = recorded.event.as_ref().map_or(Value::Null, as_json::event);
    let mut text = format!("{event:#}\n");
    let learned = show::time(recorded.learned_at.as_ref());
    text += &format!(
        "sequence {}, learned {learned}, published by {}\n",
        recorded.sequence,
        plain(&recorded.publisher)
    );
    for (word, names) in [
        ("withheld", &recorded.withheld),
        ("corrected by", &answer.corrected_by),
        ("retracted by", &answer.retracted_by),
    ] {
        if !names.is_empty() {
            text += &format!("{word} {}\n", plain(&names.join(", ")));
        }
    }
    text + &show::completeness(answer.completeness.as_ref(), "ask again")
}
