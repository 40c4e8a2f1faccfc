//! Life and death: one token, one tracker. Intake stops before the rest, so that what was accepted is still answered; a
//! task that dies takes the process with it.

use std::fmt::Display;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How long the end waits for intake to drain: longer than an event waits for its acknowledgement by default, shorter
/// than the ten seconds after which containers are killed. Whoever has not read its answers by then never may.
const DRAIN_WAIT_MAX: Duration = Duration::from_secs(8);

/// Shared by everything that runs in a process.
#[derive(Debug, Clone, Default)]
pub struct Lifecycle {
    /// Cancelled first: take nothing new, finish what is there.
    pub intake: CancellationToken,
    /// Cancelled when intake has drained: stop.
    pub services: CancellationToken,
    intake_tasks: TaskTracker,
    tasks: TaskTracker,
    death: Arc<Mutex<Option<String>>>,
}

impl Lifecycle {
    pub fn new() -> Self {
        Self::default()
    }

    /// The tracker of the tasks that live as long as the services.
    pub fn tasks(&self) -> &TaskTracker {
        &self.tasks
    }

    /// Runs a task that should end only when `services` is cancelled. Its error or panic ends the process.
    pub fn spawn<E: Display>(
        &self,
        name: &'static str,
        task: impl Future<Output = Result<(), E>> + Send + 'static,
    ) {
        self.watch(&self.tasks, name, task);
    }

    /// Runs a task that takes work in: it should end when `intake` is cancelled and its work is done.
    pub fn spawn_intake<E: Display>(
        &self,
        name: &'static str,
        task: impl Future<Output = Result<(), E>> + Send + 'static,
    ) {
        self.watch(&self.intake_tasks, name, task);
    }

    fn watch<E: Display>(
        &self,
        tracker: &TaskTracker,
        name: &'static str,
        task: impl Future<Output = Result<(), E>> + Send + 'static,
    ) {
        let lifecycle = self.clone();
        tracker.spawn(async move {
            let watch = Watch { lifecycle: &lifecycle, name, ended: false };
            watch.end(task.await.map_err(|error| error.to_string()));
        });
    }

    fn die(&self, cause: String) {
        tracing::error!(%cause, "a task died; the process ends");
        self.death.lock().get_or_insert(cause);
        self.intake.cancel();
    }

    /// Waits until something asks for the end.
    pub async fn asked_to_end(&self) {
        self.intake.cancelled().await;
    }

    /// Ends: intake first, then the services. A client that does not read its answers is not waited for without end.
    ///
    /// # Errors
    /// What died, where something did.
    pub async fn end(self) -> Result<(), String> {
        self.end_within(DRAIN_WAIT_MAX).await
    }

    async fn end_within(self, drain_wait_max: Duration) -> Result<(), String> {
        self.intake.cancel();
        self.intake_tasks.close();
        if tokio::time::timeout(drain_wait_max, self.intake_tasks.wait()).await.is_err() {
            let open = self.intake_tasks.len();
            tracing::warn!(open, "clients did not read their answers in time; their streams are broken off");
        }
        self.services.cancel();
        self.tasks.close();
        self.tasks.wait().await;
        self.death.lock().take().map_or(Ok(()), Err)
    }
}

/// Notices also a panic: then it is dropped without having ended.
struct Watch<'a> {
    lifecycle: &'a Lifecycle,
    name: &'static str,
    ended: bool,
}

impl Watch<'_> {
    fn end(mut self, result: Result<(), String>) {
        self.ended = true;
        if let Err(error) = result {
            self.lifecycle.die(format!("{}: {error}", self.name));
        }
    }
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        if !self.ended && std::thread::panicking() {
            self.lifecycle.die(format!("{}: panicked", self.name));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_task_that_fails_or_panics_ends_the_process_with_its_cause() {
        let lifecycle = Lifecycle::new();
        lifecycle.spawn("broken", async { Err("disk gone") });
        lifecycle.asked_to_end().await;
        assert_eq!(lifecycle.end().await.unwrap_err(), "broken: disk gone");

        let lifecycle = Lifecycle::new();
        lifecycle.spawn("careless", async { if true { panic!("oh") } else { Ok::<(), String>(()) } });
        lifecycle.asked_to_end().await;
        assert_eq!(lifecycle.end().await.unwrap_err(), "careless: panicked");
    }

    #[tokio::test]
    async fn intake_that_never_drains_is_not_waited_for_without_end() {
        let lifecycle = Lifecycle::new();
        let services = lifecycle.services.clone();
        lifecycle.spawn_intake("deaf", std::future::pending::<Result<(), String>>());
        assert_eq!(lifecycle.end_within(Duration::from_millis(20)).await, Ok(()));
        assert!(services.is_cancelled());
    }

    #[tokio::test]
    async fn intake_ends_before_the_services() {
        let lifecycle = Lifecycle::new();
        let (services, intake) = (lifecycle.services.clone(), lifecycle.intake.clone());
        lifecycle.spawn_intake("door", async move {
            intake.cancelled().await;
            assert!(!services.is_cancelled());
            Ok::<(), String>(())
        });
        assert_eq!(lifecycle.end().await, Ok(()));
    }
}
