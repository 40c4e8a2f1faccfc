//! `samflyt archive`: documents into the archive, out of it, and verified; its records, for administrators.

mod casework;
mod deposit;
mod deposits;
mod dispose;
mod document;
mod export;
mod get;
mod journal;
mod messages;
mod numbers;
mod put;
mod record;
mod send;
mod structure;
mod verify;
mod work;

use std::process::ExitCode;

use indicatif::{ProgressBar, ProgressStyle};

use super::Remote;

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  samflyt archive put vedtak.pdf --tenant seljord")]
pub struct Archive {
    /// Prints JSON
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Stores a file as a document; goes on where an earlier try broke off
    Put(put::Put),
    /// Fetches a document, checked, into a file
    Get(get::Get),
    /// Shows what is known of a document
    Show(document::Show),
    /// Reads documents again, and names each that is damaged or missing; then the exit code is 1
    Verify(verify::Verify),
    /// Lists deposits that were asked for by events, and counts them by system
    Deposits(deposits::List),
    /// Shows a deposit with its answer; one that was rejected: exit code 1
    Deposit(deposit::Show),
    /// Sends a Fiks Arkiv message, waits for its answer and shows it; an error: exit code 1
    Send(send::Send),
    /// Lists the Fiks Arkiv messages of a municipality and what became of them, newest first
    Messages(messages::List),
    /// The archive's structure: arkiv, arkivdeler, classes
    #[command(
        subcommand,
        after_help = "Example:\n  samflyt archive structure import structure.json --tenant seljord"
    )]
    Structure(structure::Structure),
    /// Shows a record as it is now
    Record(record::Get),
    /// Shows every correction of a record: the old value, the new one, who and when
    History(record::History),
    /// Shows the series of numbers and the cause of every gap; a gap without one: exit code 1
    Numbers(numbers::Numbers),
    /// Extracts an arkivdel as Noark 5: metadata and documents, checked; goes on where an earlier try broke off
    Export(export::Export),
    /// Lists what an archivist has to do: restanse, forfall, kvalitet or kassasjon
    Work(work::Work),
    /// Takes an entry that was looked at into the journal (J)
    Journalfoer(casework::Journalise),
    /// Records that an entry was assessed for publicity, and what shields it
    Vurder(casework::Assess),
    /// Withdraws an entry (utgår); it keeps its number
    Utgaar(casework::Withdraw),
    /// Disposes of documents that are due: their files go for good, their metadata stay
    Kasser(dispose::Dispose),
    /// Shows the public journal
    Journal(journal::Journal),
}

impl Archive {
    pub(super) async fn run(self, remote: &Remote) -> anyhow::Result<ExitCode> {
        match self.command {
            Command::Put(command) => command.run(remote, self.json).await,
            Command::Get(command) => command.run(remote, self.json).await,
            Command::Show(command) => command.run(remote, self.json).await,
            Command::Verify(command) => command.run(remote, self.json).await,
            Command::Deposits(command) => command.run(remote, self.json).await,
            Command::Deposit(command) => command.run(remote, self.json).await,
            Command::Send(command) => command.run(remote, self.json).await,
            Command::Messages(command) => command.run(remote, self.json).await,
            Command::Structure(command) => command.run(remote, self.json).await,
            Command::Record(command) => command.run(remote, self.json).await,
            Command::History(command) => command.run(remote, self.json).await,
            Command::Numbers(command) => command.run(remote, self.json).await,
            Command::Export(command) => command.run(remote, self.json).await,
            Command::Work(command) => command.run(remote, self.json).await,
            Command::Journalfoer(command) => command.run(remote, self.json).await,
            Command::Vurder(command) => command.run(remote, self.json).await,
            Command::Utgaar(command) => command.run(remote, self.json).await,
            Command::Kasser(command) => command.run(remote, self.json).await,
            Command::Journal(command) => command.run(remote, self.json).await,
        }
    }
}

/// Of bytes on their way.
fn bar(bytes: u64, hidden: bool) -> anyhow::Result<ProgressBar> {
    if hidden {
        return Ok(ProgressBar::hidden());
    }
    let style =
        ProgressStyle::with_template("{bar:40} {bytes} of {total_bytes}, {bytes_per_sec}, {eta} left")?;
    Ok(ProgressBar::new(bytes).with_style(style))
}

fn digest(text: &str) -> Result<String, String> {
    samflyt_archive::Digest::parse(text).map(|digest| digest.to_string()).map_err(str::to_owned)
}
