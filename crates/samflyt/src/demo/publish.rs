//! Publishing the week: one client a municipality, all at once, each in its own order.

use std::collections::BTreeMap;

use anyhow::{Context, ensure};
use futures::future::try_join_all;
use indicatif::{ProgressBar, ProgressStyle};
use samflyt_proto::gateway::publish_events_response::Outcome;
use samflyt_proto::gateway::{PublishEventsRequest, PublishEventsResponse};
use samflyt_proto::registry::ReplaceSystemRequest;

use super::region::Region;
use super::week::{Expect, Planned, Week};
use crate::client::Client;
use crate::run::LocalHub;

/// What became of a municipality's events.
#[derive(Debug, Default, Clone)]
pub(super) struct Totals {
    pub tenant: String,
    pub accepted: u64,
    pub duplicates: u64,
    pub refused: BTreeMap<String, u64>,
    /// Events that the archive answered by.
    pub answers: u64,
    /// The newest sequence that was answered.
    pub sequence: u64,
    /// Answers that are not what the week expects: the event's id, what was expected, what came.
    pub unexpected: Vec<(String, String, String)>,
    sent: u64,
}

impl Totals {
    /// Every event was answered, and just as it should be.
    pub fn adds_up(&self) -> bool {
        let answered = self.accepted + self.duplicates + self.refused.values().sum::<u64>();
        self.unexpected.is_empty() && answered == self.sent
    }

    fn count(&mut self, planned: &Planned, answer: PublishEventsResponse) {
        let (came, right) = match answer.outcome {
            Some(Outcome::Accepted(receipt)) => {
                self.sequence = self.sequence.max(receipt.sequence);
                if receipt.duplicate {
                    self.duplicates += 1;
                    ("duplicate".to_owned(), planned.expect == Expect::Duplicate)
                } else {
                    self.accepted += 1;
                    ("accepted".to_owned(), planned.expect == Expect::Accepted)
                }
            }
            Some(Outcome::Refused(refusal)) => {
                let right = matches!(planned.expect, Expect::Refused(reason) if reason == refusal.reason);
                *self.refused.entry(refusal.reason.clone()).or_default() += 1;
                (format!("{}: {}", refusal.reason, refusal.message), right)
            }
            None => ("nothing".to_owned(), false),
        };
        if !right {
            self.unexpected.push((planned.event.id.clone(), format!("{:?}", planned.expect), came));
        }
    }
}

pub(super) async fn publish(local: &LocalHub, region: &Region, week: &Week) -> anyhow::Result<Vec<Totals>> {
    let total = week.by_tenant.values().map(Vec::len).sum::<usize>() as u64;
    let style = ProgressStyle::with_template("Publishing the week  {bar:40} {pos}/{len} events, {per_sec}")?;
    let progress = ProgressBar::new(total).with_style(style);
    let since = std::time::Instant::now();
    let clients = week.by_tenant.iter().map(|(tenant, planned)| {
        let progress = progress.clone();
        async move {
            let found = region.tenants.iter().find(|found| found.id.as_str() == tenant);
            let organisation =
                found.context("a tenant of the week is not in the region")?.organisation_number.as_str();
            let token = local.token(organisation, Some(&format!("{tenant}-integration")))?;
            let client = Client::connect(&format!("http://{}", local.hub.grpc), &token).await?;
            publish_one(&client, tenant, planned, &progress).await
        }
    });
    let totals = try_join_all(clients).await?;
    progress.finish_and_clear();
    let seconds = since.elapsed().as_secs_f64();
    #[allow(clippy::cast_precision_loss, reason = "a rate for people")]
    let rate = total as f64 / seconds;
    println!(
        "Published {total} events by {} clients in {seconds:.1} s ({rate:.0}/s, each on disk)",
        totals.len()
    );
    Ok(totals)
}

async fn publish_one(
    client: &Client,
    tenant: &str,
    planned: &[Planned],
    progress: &ProgressBar,
) -> anyhow::Result<Totals> {
    let events: Vec<_> = planned.iter().map(|planned| planned.event.clone()).collect();
    let request = |event| PublishEventsRequest { event: Some(event), validate_only: false };
    let requests = futures::stream::iter(events.into_iter().map(request));
    let mut answers = client.gateway().publish_events(requests).await?.into_inner();
    let mut totals = Totals { tenant: tenant.to_owned(), sent: planned.len() as u64, ..Totals::default() };
    for (index, planned) in planned.iter().enumerate() {
        let answer = answers.message().await?.context("the hub closed the stream before all was answered")?;
        ensure!(answer.index == index as u64, "answers came out of order");
        totals.count(planned, answer);
        progress.inc(1);
    }
    Ok(totals)
}

/// The replacement that the week's events are about, noted in the catalogue.
pub(super) async fn replace(operator: &Client, region: &Region) -> anyhow::Result<()> {
    let replacement = &region.replacement;
    let request = ReplaceSystemRequest {
        id: replacement.system.to_string(),
        by: replacement.by.to_string(),
        on: replacement.on.to_string(),
        reason: "the demo".to_owned(),
    };
    operator.registry().replace_system(request).await?;
    Ok(())
}
