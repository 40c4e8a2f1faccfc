//! `samflyt archive work`.

use std::process::ExitCode;

use samflyt_proto::archive::{DisposableDocument, ListWorkRequest, ListWorkResponse, WorkItem, WorkList};
use samflyt_proto::common::Completeness;
use serde_json::{Value, json};

use crate::cli::output::{Table, print, print_json};
use crate::cli::{Failure, Remote, json as as_json, show};

const PAGE: u32 = 500;

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  samflyt archive work restanse --tenant seljord\n  \
                        samflyt archive work forfall --within-days 7 --tenant seljord")]
pub(super) struct Work {
    /// Which list
    #[arg(value_name = "LIST")]
    list: List,
    /// The municipality whose archive it is
    #[arg(long, value_name = "ID")]
    tenant: String,
    /// Of `forfall`: also what is due within so many days
    #[arg(long, value_name = "DAYS", default_value_t = 0, hide_default_value = true)]
    within_days: u32,
    /// Only entries with a journaldato from this day on
    #[arg(long, value_name = "DATE", default_value = "", hide_default_value = true)]
    from: String,
    /// Only entries with a journaldato until this day
    #[arg(long, value_name = "DATE", default_value = "", hide_default_value = true)]
    to: String,
    /// Only of this administrativEnhet
    #[arg(long, value_name = "NAME", default_value = "", hide_default_value = true)]
    enhet: String,
    /// Only of this journalenhet
    #[arg(long, value_name = "NAME", default_value = "", hide_default_value = true)]
    journalenhet: String,
    /// Only in this arkivdel
    #[arg(long, value_name = "CODE", default_value = "", hide_default_value = true)]
    arkivdel: String,
    /// At most so many
    #[arg(long, value_name = "COUNT", default_value_t = 200)]
    limit: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum List {
    /// What still has to be answered
    Restanse,
    /// What should have been answered by now
    Forfall,
    /// What nobody has looked at yet
    Kvalitet,
    /// Documents whose day of disposal has come
    Kassasjon,
}

impl List {
    fn of(self) -> WorkList {
        match self {
            Self::Restanse => WorkList::Restanse,
            Self::Forfall => WorkList::Forfall,
            Self::Kvalitet => WorkList::Kvalitet,
            Self::Kassasjon => WorkList::Kassasjon,
        }
    }
}

impl Work {
    pub(super) async fn run(self, remote: &Remote, json: bool) -> anyhow::Result<ExitCode> {
        let request = ListWorkRequest {
            tenant: self.tenant,
            list: self.list.of().into(),
            within_days: self.within_days,
            journaldato_from: self.from,
            journaldato_to: self.to,
            administrativ_enhet: self.enhet,
            journalenhet: self.journalenhet,
            arkivdel: self.arkivdel,
            page_size: PAGE,
            page_token: String::new(),
        };
        let (items, completeness) = fetch(remote, request, self.limit).await?;
        if json {
            print_json(&json!({
                "items": items.iter().map(to_json).collect::<Vec<_>>(),
                "completeness": as_json::completeness(completeness.as_ref()),
            }))?;
        } else {
            let text = if self.list == List::Kassasjon { disposable(&items) } else { entries(&items) };
            print(&(text + &show::completeness(completeness.as_ref(), "raise --limit")))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// The first so many of a list, page by page.
pub(super) async fn fetch(
    remote: &Remote,
    mut request: ListWorkRequest,
    limit: usize,
) -> anyhow::Result<(Vec<WorkItem>, Option<Completeness>)> {
    let mut client = remote.casework().await?;
    let mut all = Vec::new();
    loop {
        let answer = client.list_work(request.clone()).await.map_err(Failure::from)?;
        let ListWorkResponse { items, next_page_token, completeness, .. } = answer.into_inner();
        all.extend(items);
        if next_page_token.is_empty() || all.len() >= limit {
            let cut = all.len() > limit;
            all.truncate(limit);
            let completeness = completeness.map(|mut of| {
                of.truncated |= cut;
                of
            });
            return Ok((all, completeness));
        }
        request.page_token = next_page_token;
    }
}

fn entries(items: &[WorkItem]) -> String {
    let mut table = Table::new(&[
        "entry",
        "type",
        "status",
        "journaldato",
        "due",
        "title",
        "unit",
        "responsible",
        "owes",
    ]);
    for item in items {
        table.row([
            &item.registrerings_id,
            &item.journalposttype,
            &item.journalstatus,
            &item.journaldato,
            &item.forfallsdato,
            &item.title,
            &item.administrativ_enhet,
            &item.saksansvarlig,
            &item.owing.join(", "),
        ]);
    }
    table.or("There is nothing on this list.")
}

fn disposable(items: &[WorkItem]) -> String {
    let mut table = Table::new(&["entry", "document", "due since", "by the rule of", "#files", "held back"]);
    for item in items {
        for document in &item.documents {
            let rule = [&document.rule, &document.kassasjonshjemmel].map(String::as_str).join(" ");
            table.row([
                &item.registrerings_id,
                &document.title,
                &document.kassasjonsdato,
                rule.trim(),
                &document.files.to_string(),
                if item.held_back.is_empty() { "–" } else { &item.held_back },
            ]);
        }
    }
    table.or("No document is due for disposal.")
}

fn to_json(item: &WorkItem) -> Value {
    json!({
        "systemID": item.system_id,
        "registreringsID": item.registrerings_id,
        "tittel": item.title,
        "journalposttype": item.journalposttype,
        "journalstatus": item.journalstatus,
        "journaldato": item.journaldato,
        "dokumentetsDato": item.dokumentets_dato,
        "forfallsdato": item.forfallsdato,
        "journalenhet": item.journalenhet,
        "mappeID": item.mappe_id,
        "mappe_tittel": item.mappe_title,
        "administrativEnhet": item.administrativ_enhet,
        "saksansvarlig": item.saksansvarlig,
        "owing": item.owing,
        "documents": item.documents.iter().map(document_json).collect::<Vec<_>>(),
        "held_back": item.held_back,
    })
}

fn document_json(document: &DisposableDocument) -> Value {
    json!({
        "systemID": document.system_id,
        "tittel": document.title,
        "rule": document.rule,
        "kassasjonshjemmel": document.kassasjonshjemmel,
        "kassasjonsdato": document.kassasjonsdato,
        "files": document.files,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_that_is_due_says_by_which_rule_and_what_holds_it_back() {
        let document = DisposableDocument {
            title: "Søknad".to_owned(),
            rule: "klasse K03".to_owned(),
            kassasjonshjemmel: "Arkivplan".to_owned(),
            kassasjonsdato: "2031-05-04".to_owned(),
            files: 2,
            ..DisposableDocument::default()
        };
        let item = WorkItem {
            registrerings_id: "2026/1-1".to_owned(),
            documents: vec![document],
            held_back: "its mappe is open".to_owned(),
            ..WorkItem::default()
        };
        let text = disposable(&[item]);
        assert!(
            text.contains("2031-05-04  klasse K03 Arkivplan") && text.contains("its mappe is open"),
            "{text}"
        );
    }
}
