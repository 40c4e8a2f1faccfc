//! Telling the log what was delivered: one message for all of a tenant's subscriptions, one at a time.

use samflyt_events::subject::delivery_progress;
use samflyt_log::AppendError;
use tokio::task::JoinHandle;

use super::run::Desk;
use crate::cursor::Telling;
use crate::record::Progress;

/// What is on its way to the log.
pub(super) struct OnItsWay {
    tellings: Vec<(String, Telling)>,
    task: JoinHandle<Result<u64, AppendError>>,
}

impl Desk {
    /// Begins to tell what changed, if nothing is on its way.
    pub(super) fn begin_to_tell(&mut self) {
        if self.telling.is_some() {
            return;
        }
        let told = self.lanes.iter_mut().filter_map(|(id, lane)| Some((id.clone(), lane.cursor.tell(id)?)));
        let tellings: Vec<(String, Telling)> = told.collect();
        if tellings.is_empty() {
            return;
        }
        let steps = tellings.iter().map(|(_, telling)| telling.step.clone()).collect();
        let progress = Progress { at: self.deps.clock.now(), of: steps };
        let bytes = serde_json::to_vec(&progress).unwrap_or_default();
        let (log, subject) = (self.deps.log.clone(), delivery_progress(&self.tenant));
        let expected = self.progress_sequence;
        // The broker tells messages of one id apart by nothing else: each place has one.
        let id = format!("progress after {expected} at {}", progress.at.unix_timestamp_nanos());
        let task = self.tasks.spawn(async move {
            let appended = log.append_bytes(&subject, &id, &[], bytes.into(), expected).await?;
            Ok(appended.sequence)
        });
        self.telling = Some(OnItsWay { tellings, task });
    }

    /// What is on its way to the log, when it is there. Cancelling loses nothing.
    pub(super) async fn told(telling: &mut Option<OnItsWay>) -> Result<u64, AppendError> {
        match telling {
            Some(on_its_way) => match (&mut on_its_way.task).await {
                Ok(appended) => appended,
                Err(_) => Err(AppendError::Unavailable(None)),
            },
            None => std::future::pending().await,
        }
    }

    /// The log knows it.
    pub(super) fn was_told(&mut self, sequence: u64) {
        self.progress_sequence = sequence;
        let Some(on_its_way) = self.telling.take() else { return };
        for (id, telling) in &on_its_way.tellings {
            if let Some(lane) = self.lanes.get_mut(id) {
                lane.cursor.told(telling);
            }
        }
    }
}
