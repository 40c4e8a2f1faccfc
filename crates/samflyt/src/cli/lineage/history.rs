//! `samflyt lineage history`: what happened to an entity.

use samflyt_proto::common::{Completeness, RecordedEvent};
use samflyt_proto::lineage::ListEntityEventsRequest;
use serde_json::json;

use crate::cli::output::{Table, print, print_json};
use crate::cli::{Failure, Remote, json as as_json, show};

const PAGE_SIZE: u32 = 1_000;

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  samflyt lineage history seljord 2026/17")]
pub(super) struct History {
    /// The municipality whose affair it is
    tenant: String,
    /// The case, the deposit, the system
    entity: String,
}

impl History {
    pub(super) async fn run(self, remote: &Remote, json: bool) -> anyhow::Result<()> {
        let mut lineage = remote.lineage().await?;
        let mut request = ListEntityEventsRequest {
            tenant: self.tenant,
            entity: self.entity,
            page_size: PAGE_SIZE,
            page_token: String::new(),
        };
        let mut events = Vec::new();
        let completeness = loop {
            let page = lineage.list_entity_events(request.clone()).await.map_err(Failure::from)?.into_inner();
            events.extend(page.events);
            if page.next_page_token.is_empty() || page.next_page_token == request.page_token {
                break page.completeness;
            }
            request.page_token = page.next_page_token;
        };
        if json {
            print_json(&json!({
                "events": events.iter().map(as_json::recorded).collect::<Vec<_>>(),
                "completeness": as_json::completeness(completeness.as_ref()),
            }))
        } else {
            print(&render(events, completeness.as_ref()))
        }
    }
}

/// A table, oldest first, and a line on its completeness.
fn render(events: Vec<RecordedEvent>, completeness: Option<&Completeness>) -> String {
    let mut table = Table::new(&["happened", "learned", "#sequence", "type", "event", "caused by", "note"]);
    for recorded in events {
        let event = recorded.event.unwrap_or_default();
        let notes: Vec<String> = [("corrects", &event.corrects), ("retracts", &event.retracts)]
            .into_iter()
            .filter(|(_, reference)| !reference.is_empty())
            .map(|(word, reference)| format!("{word} {reference}"))
            .chain(event.backfill.then(|| "backfill".to_owned()))
            .collect();
        table.row([
            &show::time(event.time.as_ref()),
            &show::time(recorded.learned_at.as_ref()),
            &recorded.sequence.to_string(),
            &event.r#type,
            &format!("{}/{}", event.system, event.id),
            &event.causation_id,
            &notes.join(", "),
        ]);
    }
    table.or("nothing is known of it") + &show::completeness(completeness, "ask again")
}

#[cfg(test)]
mod tests {
    use samflyt_proto::common::Event;

    use super::*;

    #[test]
    fn a_correction_and_a_backfill_are_seen_in_the_history() {
        let event = Event { corrects: "s/a".to_owned(), backfill: true, ..Event::default() };
        let text = render(vec![RecordedEvent { event: Some(event), ..RecordedEvent::default() }], None);
        assert!(text.contains("corrects s/a, backfill"), "{text}");
        assert!(text.ends_with("the hub did not say how complete this is"), "{text}");
    }
}
