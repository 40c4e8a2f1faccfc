//! The hub and its command line. `hub` wires the services of a process on one screen; `run` and `demo` start one, `cli`
//! asks one, `bench` measures one.

pub mod bench;
pub mod cli;
pub mod client;
pub mod demo;
pub mod hub;
pub mod run;
mod trust;

use std::process::ExitCode;

use clap::Parser;
pub use trust::Trust;

/// An integration hub for municipalities: events in, one durable log each, lineage out
#[derive(Debug, Parser)]
#[command(name = "samflyt", version, propagate_version = true)]
#[command(
    after_help = "Examples:\n  samflyt demo\n  samflyt up\n  samflyt lineage trace seljord seljord-skjemaporten/1"
)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    remote: cli::Remote,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Runs a whole hub on this machine: broker, gateway, registry, lineage, archive
    Up(run::Up),
    /// Publishes a week of a region's affairs through a hub of its own, and shows what became of it
    Demo(demo::Demo),
    /// Runs some services of a hub whose broker runs elsewhere
    Serve(run::Serve),
    /// Measures the hub against the broker underneath, and prints JSON
    Bench(bench::Bench),
    #[command(flatten)]
    Client(cli::ClientCommand),
}

impl Cli {
    /// Runs the command; prints what went wrong.
    pub async fn run(self) -> ExitCode {
        let result = match self.command {
            Command::Up(command) => command.run(self.remote.data_dir).await,
            Command::Demo(command) => command.run(self.remote.data_dir).await,
            Command::Serve(command) => command.run(self.remote.data_dir).await,
            Command::Bench(command) => command.run().await,
            Command::Client(command) => command.run(self.remote).await,
        };
        result.unwrap_or_else(|error| {
            eprintln!("samflyt: {error:#}");
            ExitCode::FAILURE
        })
    }
}
