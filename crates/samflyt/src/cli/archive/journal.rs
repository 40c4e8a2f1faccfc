//! `samflyt archive journal`.

use std::process::ExitCode;

use samflyt_proto::archive::{ListPublicJournalRequest, PublicEntry, PublicParty};
use serde_json::{Value, json};

use crate::cli::output::{Table, print, print_json};
use crate::cli::{Failure, Remote, json as as_json, show};

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  samflyt archive journal --from 2026-05-01 --to 2026-05-31 --tenant seljord"
)]
pub(super) struct Journal {
    /// The municipality whose journal it is
    #[arg(long, value_name = "ID")]
    tenant: String,
    /// The first journaldato
    #[arg(long, value_name = "DATE")]
    from: String,
    /// The last journaldato; at most 31 days in all
    #[arg(long, value_name = "DATE")]
    to: String,
    /// Only entries that have this text in a title or the name of a party
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    search: String,
    /// Only of this journalenhet
    #[arg(long, value_name = "NAME", default_value = "", hide_default_value = true)]
    journalenhet: String,
    /// Only of this administrativEnhet
    #[arg(long, value_name = "NAME", default_value = "", hide_default_value = true)]
    enhet: String,
    /// At most so many
    #[arg(long, value_name = "COUNT", default_value_t = 100)]
    limit: usize,
}

impl Journal {
    pub(super) async fn run(self, remote: &Remote, json: bool) -> anyhow::Result<ExitCode> {
        let mut request = ListPublicJournalRequest {
            tenant: self.tenant,
            from: self.from,
            to: self.to,
            search: self.search,
            journalenhet: self.journalenhet,
            administrativ_enhet: self.enhet,
            page_size: 100,
            page_token: String::new(),
        };
        let mut client = remote.public_journal().await?;
        let mut entries = Vec::new();
        let mut completeness = loop {
            let answer =
                client.list_public_journal(request.clone()).await.map_err(Failure::from)?.into_inner();
            entries.extend(answer.entries);
            if answer.next_page_token.is_empty() || entries.len() >= self.limit {
                break answer.completeness;
            }
            request.page_token = answer.next_page_token;
        };
        if let Some(completeness) = completeness.as_mut().filter(|_| entries.len() > self.limit) {
            completeness.truncated = true;
        }
        entries.truncate(self.limit);
        if json {
            print_json(&json!({
                "entries": entries.iter().map(to_json).collect::<Vec<_>>(),
                "completeness": as_json::completeness(completeness.as_ref()),
            }))?;
        } else {
            print(&(render(&entries) + &show::completeness(completeness.as_ref(), "raise --limit")))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn render(entries: &[PublicEntry]) -> String {
    let mut table = Table::new(&[
        "entry",
        "number",
        "type",
        "journaldato",
        "dated",
        "title",
        "case",
        "from",
        "to",
        "answered",
        "shielded",
    ]);
    for entry in entries {
        let named = |sent: bool| {
            let parties = entry.parties.iter().filter(|party| is_sender(party) == sent);
            parties.map(|party| party.name.as_str()).collect::<Vec<_>>().join(", ")
        };
        let answered = entry.parties.iter().find(|party| !party.avskrivningsmaate.is_empty());
        let answered =
            answered.map(|party| format!("{} {}", party.avskrivningsmaate, party.avskrivningsdato));
        table.row([
            &entry.registrerings_id,
            &format!("{}/{}", entry.journalaar, entry.journalsekvensnummer),
            &entry.journalposttype,
            &entry.journaldato,
            if entry.dokumentets_dato.is_empty() { "Udatert" } else { &entry.dokumentets_dato },
            &entry.title,
            &entry.mappe_title,
            &named(true),
            &named(false),
            &answered.unwrap_or_default(),
            [&entry.tilgangsrestriksjon, &entry.skjermingshjemmel].map(String::as_str).join(" ").trim(),
        ]);
    }
    table.or("There is no entry in these days.")
}

/// Who sent it: EA or IA.
fn is_sender(party: &PublicParty) -> bool {
    matches!(party.r#type.as_str(), "EA" | "IA")
}

fn to_json(entry: &PublicEntry) -> Value {
    let parties = entry.parties.iter().map(|party| {
        json!({
            "type": party.r#type, "name": party.name, "avskrivningsmaate": party.avskrivningsmaate,
            "avskrivningsdato": party.avskrivningsdato, "avskrivesAv": party.avskrives_av,
        })
    });
    json!({
        "registreringsID": entry.registrerings_id,
        "journalaar": entry.journalaar,
        "journalsekvensnummer": entry.journalsekvensnummer,
        "journaldato": entry.journaldato,
        "dokumentetsDato": entry.dokumentets_dato,
        "journalposttype": entry.journalposttype,
        "tittel": entry.title,
        "parties": parties.collect::<Vec<_>>(),
        "mappeID": entry.mappe_id,
        "mappe_tittel": entry.mappe_title,
        "administrativEnhet": entry.administrativ_enhet,
        "klasseID": entry.klasse_id,
        "journalenhet": entry.journalenhet,
        "tilgangsrestriksjon": entry.tilgangsrestriksjon,
        "skjermingshjemmel": entry.skjermingshjemmel,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_without_a_date_of_its_document_is_undated() {
        let party = PublicParty { r#type: "EA".to_owned(), name: "Ola".to_owned(), ..PublicParty::default() };
        let entry = PublicEntry {
            registrerings_id: "2026/1-1".to_owned(),
            parties: vec![party],
            ..PublicEntry::default()
        };
        let text = render(&[entry]);
        assert!(text.contains("Udatert") && text.contains("Ola"), "{text}");
    }
}
