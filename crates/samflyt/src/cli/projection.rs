//! `samflyt projection`.

use std::process::ExitCode;

use indicatif::{ProgressBar, ProgressStyle};
use samflyt_proto::lineage::{RebuildProjectionRequest, RebuildProjectionResponse};
use serde_json::json;

use super::{Failure, Remote, output, show};

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  samflyt projection rebuild")]
pub struct Projection {
    /// Prints JSON, a line for each step
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Builds the projections anew from the log, beside the present ones, and switches when they have caught up
    #[command(after_help = "Example:\n  samflyt projection rebuild --json")]
    Rebuild,
}

impl Projection {
    pub(super) async fn run(self, remote: &Remote) -> anyhow::Result<ExitCode> {
        let Command::Rebuild = self.command;
        let request = RebuildProjectionRequest {};
        let answer = remote.lineage().await?.rebuild_projection(request).await.map_err(Failure::from)?;
        let mut steps = answer.into_inner();
        let bar = if self.json { ProgressBar::hidden() } else { bar()? };
        let mut last = RebuildProjectionResponse::default();
        while let Some(step) = steps.message().await.map_err(Failure::from)? {
            if self.json {
                let line = json!({"folded": step.folded, "head": step.head, "done": step.done});
                output::print_json_line(&line)?;
            }
            bar.set_length(step.head.max(step.folded));
            bar.set_position(step.folded);
            last = step;
        }
        bar.finish_and_clear();
        if !last.done {
            anyhow::bail!(
                "the rebuild ended before it was done; the present projections go on: start it again"
            );
        }
        if !self.json {
            output::print(&format!("rebuilt from {} events", show::number(last.folded)))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn bar() -> anyhow::Result<ProgressBar> {
    let style =
        ProgressStyle::with_template("{bar:40} {human_pos} of {human_len} events, {per_sec}, {eta} left")?;
    Ok(ProgressBar::new(0).with_style(style))
}
