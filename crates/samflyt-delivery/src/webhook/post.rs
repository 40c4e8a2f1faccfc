//! One event on its way: the HTTP binding of CloudEvents 1.0 in binary mode, with the headers of Standard Webhooks.

use samflyt_events::RecordedEvent;

use super::answer::{Outcome, judge, no_answer};
use super::secret::sign;
use super::{Endpoint, Ready, Webhooks};
use crate::desk::Outgoing;

impl Webhooks {
    /// Posts an event, and says what became of it.
    pub(super) async fn post(
        &self,
        endpoint: &Endpoint,
        outgoing: &Outgoing,
        event: &RecordedEvent,
    ) -> Outcome {
        let failed = |reason| Outcome::Failed { reason, after: None };
        let ready = match &endpoint.ready {
            Ok(ready) => ready,
            Err(reason) => return failed(reason.clone()),
        };
        let client = match &self.client {
            Ok(client) => client,
            Err(reason) => return failed(reason.clone()),
        };
        let mut request = client.post(ready.url.clone()).timeout(endpoint.within);
        for (header, value) in self.headers(endpoint, ready, outgoing, event) {
            request = request.header(header, value);
        }
        match request.body(event.event.data.clone()).send().await {
            Ok(response) => judge(response, self.clock.now()).await.bounded(endpoint.longest_pause),
            Err(error) => failed(no_answer(&error, endpoint.within)),
        }
    }

    fn headers(
        &self,
        endpoint: &Endpoint,
        ready: &Ready,
        outgoing: &Outgoing,
        event: &RecordedEvent,
    ) -> Vec<(&'static str, String)> {
        let now = self.clock.now();
        // A replay is meant to be taken once more: its events have names of their own.
        let is_replay = !outgoing.lane.is_empty();
        let lane = if is_replay { &outgoing.lane } else { &endpoint.subscription };
        let id = format!("{}/{lane}/{}", endpoint.tenant, event.sequence);
        let timestamp = now.unix_timestamp().to_string();
        let keys = ready.keys.iter().filter(|(_, until)| until.is_none_or(|until| now < until));
        let signatures: Vec<String> =
            keys.map(|(key, _)| sign(key, &id, &timestamp, &event.event.data)).collect();
        let mut headers = event.event.headers();
        // The digest is for the hub alone. In the HTTP binding the type of the data is a header of HTTP's own.
        headers.retain(|(name, _)| !matches!(*name, "ce-digest" | "ce-datacontenttype"));
        headers.extend([
            ("content-type", "application/json".to_owned()),
            ("webhook-id", id),
            ("webhook-timestamp", timestamp),
            ("webhook-signature", signatures.join(" ")),
            ("samflyt-sequence", event.sequence.to_string()),
            ("samflyt-attempt", outgoing.sending.attempt.to_string()),
        ]);
        if outgoing.sending.redelivery {
            headers.push(("samflyt-redelivery", "true".to_owned()));
        }
        if is_replay {
            headers.push(("samflyt-replay", outgoing.lane.clone()));
        }
        headers
    }
}

impl Outcome {
    /// No longer pause than the subscription has.
    fn bounded(self, longest: time::Duration) -> Self {
        match self {
            Self::Failed { reason, after } => {
                let after = after.map(|pause| pause.clamp(time::Duration::ZERO, longest));
                Self::Failed { reason, after }
            }
            other => other,
        }
    }
}
