//! Running a service's projection: on the service's clock and tasks, and the process ends where it cannot go on.

use std::sync::Arc;

use samflyt_projection::{Fold, ProjectionConfig, ProjectionError, Runner, Source};

use crate::{Deps, Lifecycle};

/// Opens it, verified; follows nothing yet. `task` names it where it ends by itself.
///
/// # Errors
/// [`ProjectionError`] where not even an empty store can be opened.
pub async fn start<F: Fold>(
    task: &'static str,
    fold: F,
    source: Arc<dyn Source>,
    config: ProjectionConfig,
    deps: &Deps,
    lifecycle: &Lifecycle,
) -> Result<Runner, ProjectionError> {
    let clock = deps.clock.clone();
    let tasks = samflyt_projection::Lifecycle {
        shutdown: lifecycle.services.clone(),
        tracker: lifecycle.tasks().clone(),
    };
    let clock = Arc::new(move || clock.now());
    let runner = Runner::start_with_source(fold, source, config, clock, tasks).await?;
    let ended = runner.clone();
    lifecycle.spawn(task, async move { ended.ended().await });
    Ok(runner)
}
