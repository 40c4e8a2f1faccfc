//! Life and death: one token, one tracker. Intake stops before the rest, so that what was accepted is still answered; a
//! task that dies takes the process with it.

use std::fmt::Display;
use std::future::Future;
use std::sync::Arc;

use parking_lot::Mutex;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

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

    /// Ends: intake first, then the services.
    ///
    /// # Errors
    /// What died, where something did.
    pub async fn end(self) -> Result<(), String> {
        self.intake.cancel();
        self.intake_tasks.close();
        self.intake_tasks.wait().await;
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
