//! `samflyt archive journalfoer`, `samflyt archive vurder` and `samflyt archive utgaar`.

use std::process::ExitCode;

use samflyt_proto::archive::assess_entry_request::Skjerming;
use samflyt_proto::archive::{
    AssessEntryRequest, EntryReference, EntryShield, JournalEntry, JournaliseEntryRequest,
    WithdrawEntryRequest,
};
use serde_json::{Value, json};

use crate::cli::output::{plain, print, print_json};
use crate::cli::{Failure, Remote};

/// Which entry, and who works on it.
#[derive(Debug, clap::Args)]
struct Entry {
    /// A registreringsID (`2026/17-3`) or a systemID
    #[arg(value_name = "ID")]
    id: String,
    /// The municipality whose archive it is
    #[arg(long, value_name = "ID")]
    tenant: String,
    /// Who does it; kept with what is done
    #[arg(long, value_name = "NAME")]
    by: String,
}

impl Entry {
    fn reference(&self) -> EntryReference {
        let is_system_id = self.id.len() == 36 && !self.id.contains('/');
        let (system_id, registrerings_id) =
            if is_system_id { (self.id.clone(), String::new()) } else { (String::new(), self.id.clone()) };
        EntryReference { system_id, registrerings_id, ..EntryReference::default() }
    }
}

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  samflyt archive journalfoer 2026/17-3 --by 'Anne Arkivar' --tenant seljord"
)]
pub(super) struct Journalise {
    #[command(flatten)]
    entry: Entry,
    /// Sets it to A (arkivert) instead of J
    #[arg(long)]
    archived: bool,
}

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  samflyt archive vurder 2026/17-3 --by 'Anne Arkivar' --tenant seljord\n  \
                        samflyt archive vurder 2026/17-3 --tilgangsrestriksjon UO --hjemmel 'Offl. § 13' \
                        --by 'Anne Arkivar' --tenant seljord"
)]
pub(super) struct Assess {
    #[command(flatten)]
    entry: Entry,
    /// Shields it by this code
    #[arg(long, value_name = "CODE", requires = "hjemmel")]
    tilgangsrestriksjon: Option<String>,
    /// The law that the shield follows from
    #[arg(long, value_name = "LAW", requires = "tilgangsrestriksjon")]
    hjemmel: Option<String>,
    /// Nothing shields it any more
    #[arg(long, conflicts_with = "tilgangsrestriksjon")]
    unshield: bool,
    /// Its title as the public may see it
    #[arg(long, value_name = "TITLE", default_value = "", hide_default_value = true)]
    offentlig_tittel: String,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  samflyt archive utgaar 2026/17-3 --reason 'Registrert to ganger' \
                        --by 'Anne Arkivar' --tenant seljord")]
pub(super) struct Withdraw {
    #[command(flatten)]
    entry: Entry,
    /// Why; kept as a remark
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

impl Journalise {
    pub(super) async fn run(self, remote: &Remote, json: bool) -> anyhow::Result<ExitCode> {
        let entry = Some(self.entry.reference());
        let Entry { tenant, by, .. } = self.entry;
        let request = JournaliseEntryRequest { tenant, entry, by, archived: self.archived };
        let answer = remote.casework().await?.journalise_entry(request).await.map_err(Failure::from)?;
        told(&answer.into_inner().entry.unwrap_or_default(), json)
    }
}

impl Assess {
    pub(super) async fn run(self, remote: &Remote, json: bool) -> anyhow::Result<ExitCode> {
        let entry = Some(self.entry.reference());
        let skjerming = match (self.tilgangsrestriksjon, self.hjemmel) {
            (Some(tilgangsrestriksjon), Some(skjermingshjemmel)) => {
                Some(Skjerming::Shield(EntryShield { tilgangsrestriksjon, skjermingshjemmel }))
            }
            _ => self.unshield.then_some(Skjerming::Unshield(true)),
        };
        let Entry { tenant, by, .. } = self.entry;
        let offentlig_tittel = self.offentlig_tittel;
        let request = AssessEntryRequest { tenant, entry, by, skjerming, offentlig_tittel };
        let answer = remote.casework().await?.assess_entry(request).await.map_err(Failure::from)?;
        told(&answer.into_inner().entry.unwrap_or_default(), json)
    }
}

impl Withdraw {
    pub(super) async fn run(self, remote: &Remote, json: bool) -> anyhow::Result<ExitCode> {
        let entry = Some(self.entry.reference());
        let Entry { tenant, by, .. } = self.entry;
        let request = WithdrawEntryRequest { tenant, entry, by, reason: self.reason };
        let answer = remote.casework().await?.withdraw_entry(request).await.map_err(Failure::from)?;
        told(&answer.into_inner().entry.unwrap_or_default(), json)
    }
}

fn told(entry: &JournalEntry, json: bool) -> anyhow::Result<ExitCode> {
    if json {
        print_json(&to_json(entry))?
    } else {
        print(&line(entry))?
    }
    Ok(ExitCode::SUCCESS)
}

fn line(entry: &JournalEntry) -> String {
    let assessed = match entry.offentlighetsvurdert_dato.as_str() {
        "" => "not assessed for publicity".to_owned(),
        date => format!("assessed for publicity {date}"),
    };
    let shield = match entry.tilgangsrestriksjon.as_str() {
        "" => "not shielded by itself".to_owned(),
        code => format!("shielded {code} ({})", entry.skjermingshjemmel),
    };
    plain(&format!(
        "{} ({}/{} of {}) is {}, {assessed}, {shield}",
        entry.registrerings_id,
        entry.journalaar,
        entry.journalsekvensnummer,
        entry.journaldato,
        entry.journalstatus
    ))
}

fn to_json(entry: &JournalEntry) -> Value {
    json!({
        "systemID": entry.system_id,
        "registreringsID": entry.registrerings_id,
        "journalaar": entry.journalaar,
        "journalsekvensnummer": entry.journalsekvensnummer,
        "journaldato": entry.journaldato,
        "journalstatus": entry.journalstatus,
        "offentlighetsvurdertDato": entry.offentlighetsvurdert_dato,
        "tilgangsrestriksjon": entry.tilgangsrestriksjon,
        "skjermingshjemmel": entry.skjermingshjemmel,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_told_in_one_line() {
        let entry = JournalEntry {
            registrerings_id: "2026/1-1".to_owned(),
            journalaar: 2026,
            journalsekvensnummer: 7,
            journaldato: "2026-05-04".to_owned(),
            journalstatus: "J".to_owned(),
            tilgangsrestriksjon: "UO".to_owned(),
            skjermingshjemmel: "Offl. § 13".to_owned(),
            ..JournalEntry::default()
        };
        let expected =
            "2026/1-1 (2026/7 of 2026-05-04) is J, not assessed for publicity, shielded UO (Offl. § 13)";
        assert_eq!(line(&entry), expected);
    }
}
