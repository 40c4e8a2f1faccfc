//! The archivist's work: from what came in to the public journal, and from what is due to what is gone.

use std::fs::{self, File};
use std::path::PathBuf;
use std::time::SystemTime;

use samflyt::client::Client;
use samflyt_events::personal::synthetic;
use samflyt_proto::archive::assess_entry_request::Skjerming;
use samflyt_proto::archive::get_record_request::Reference;
use samflyt_proto::archive::{
    AssessEntryRequest, DepositState, DisposeDocumentsRequest, DisposeDocumentsResponse, EntryReference,
    EntryShield, GetAnswersRequest, GetRecordHistoryRequest, GetRecordRequest, ImportStructureRequest,
    JournaliseEntryRequest, ListPublicJournalRequest, ListPublicJournalResponse, ListWorkRequest, Record,
    SendMessageRequest, WithdrawEntryRequest, WorkItem, WorkList,
};
use samflyt_testkit::hub::{SELJORD, TestHub, VINJE};
use serde_json::{Value, json};
use tonic::{Code, Status};

use super::deposits::{WAIT, answered, data, ready, request};
use super::{describe, document, download, file, sha256, upload, verify};
use crate::answers::{publish, refusal};

const BY: &str = "Anne Arkivar";
const OPPDATER: &str = "no.ks.fiks.arkiv.v1.arkivering.arkivmelding.oppdater";

/// Deposits a letter in a case; gives its systemID and registreringsID.
async fn deposit(
    client: &Client,
    letter: &str,
    document: &[u8],
    change: impl Fn(&mut Value),
) -> (String, String) {
    upload(client, document).await.unwrap();
    let mut data = data("17", letter, document);
    change(&mut data["arkivmelding"]);
    publish(client, request(letter, "2026/17", &data)).await.unwrap();
    let (deposit, receipt) = answered(client, letter).await;
    assert_eq!(deposit.state(), DepositState::Accepted, "{receipt}");
    let text = |member: &str| receipt["registrering"][member].as_str().unwrap().to_owned();
    (text("systemID"), text("registreringsID"))
}

fn entry(registrerings_id: &str) -> Option<EntryReference> {
    Some(EntryReference { registrerings_id: registrerings_id.to_owned(), ..Default::default() })
}

async fn list(client: &Client, list: WorkList) -> Result<Vec<WorkItem>, Status> {
    let request =
        ListWorkRequest { tenant: SELJORD.tenant.to_owned(), list: list.into(), ..Default::default() };
    Ok(client.casework().list_work(request).await?.into_inner().items)
}

async fn ids(client: &Client, of: WorkList) -> Vec<String> {
    list(client, of).await.unwrap().into_iter().map(|item| item.registrerings_id).collect()
}

async fn record(client: &Client, registrerings_id: &str) -> (Record, Value) {
    let reference = Some(Reference::RegistreringsId(registrerings_id.to_owned()));
    let request = GetRecordRequest { tenant: SELJORD.tenant.to_owned(), reference };
    let record = client.records().get_record(request).await.unwrap().into_inner().record.unwrap();
    let doc = serde_json::from_slice(&record.document).unwrap();
    (record, doc)
}

/// A page of the journal of the days around that of an entry.
async fn journal(client: &Client, day: &str, search: &str) -> Result<ListPublicJournalResponse, Status> {
    let request = ListPublicJournalRequest {
        tenant: SELJORD.tenant.to_owned(),
        from: day.to_owned(),
        to: day.to_owned(),
        search: search.to_owned(),
        ..Default::default()
    };
    client.public_journal().list_public_journal(request).await.map(tonic::Response::into_inner)
}

async fn assess(client: &Client, registrerings_id: &str, shield: Option<(&str, &str)>) -> Result<(), Status> {
    let skjerming = shield.map(|(code, law)| {
        Skjerming::Shield(EntryShield {
            tilgangsrestriksjon: code.to_owned(),
            skjermingshjemmel: law.to_owned(),
        })
    });
    let request = AssessEntryRequest {
        tenant: SELJORD.tenant.to_owned(),
        entry: entry(registrerings_id),
        by: BY.to_owned(),
        skjerming,
        ..Default::default()
    };
    client.casework().assess_entry(request).await.map(drop)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_in_is_looked_at_journalfoert_assessed_and_then_public_without_what_is_shielded() {
    let (hub, client) = ready().await;
    let operator = hub.operator().await;
    let number = (0..999).find_map(|serial| synthetic(1, 2, 90, serial)).unwrap();
    let incoming = |title: String| {
        move |data: &mut Value| {
            data["registrering"]["tittel"] = json!(title);
            data["registrering"]["journalposttype"] = json!({"kode": "I"});
            data["registrering"]["korrespondansepart"] = json!([
                {"korrespondanseparttype": {"kode": "EA"}, "korrespondansepartNavn": "Prøve Testesen"},
                {"korrespondanseparttype": {"kode": "IM"}, "korrespondansepartNavn": "Barnehagekontoret"}]);
        }
    };
    let spaced = format!("{} {}", &number[..6], &number[6..]);
    let title = format!("Søknad frå {spaced}");
    let (_, first) = deposit(&client, "inn-1", &document(1, 900), incoming(title)).await;
    let (_, second) =
        deposit(&client, "inn-2", &document(2, 900), incoming("Legeerklæring".to_owned())).await;
    assert_eq!(refusal(list(&client, WorkList::Kvalitet).await).1, "NOT_GRANTED");
    assert_eq!(ids(&operator, WorkList::Kvalitet).await, [first.clone(), second.clone()]);

    let (_, before) = record(&operator, &first).await;
    let day = before["journaldato"].as_str().unwrap().to_owned();
    for id in [&first, &second] {
        let tenant = SELJORD.tenant.to_owned();
        let request = JournaliseEntryRequest { tenant, entry: entry(id), by: BY.to_owned(), archived: false };
        let entry = operator.casework().journalise_entry(request).await.unwrap().into_inner().entry.unwrap();
        assert_eq!((entry.journalstatus.as_str(), &entry.journaldato), ("J", &day));
    }
    assert!(ids(&operator, WorkList::Kvalitet).await.is_empty());
    let owing = list(&operator, WorkList::Restanse).await.unwrap();
    assert_eq!(
        owing.iter().map(|item| item.owing.clone()).collect::<Vec<_>>(),
        [["Barnehagekontoret"], ["Barnehagekontoret"]]
    );

    // Another municipality's token, without any grant here.
    let stranger = hub.client_of(VINJE).await;
    assert!(journal(&stranger, &day, "").await.unwrap().entries.is_empty(), "nothing was assessed yet");
    let unknown = refusal(assess(&operator, &first, Some(("ZZ", "Offl. § 13"))).await);
    assert_eq!(
        (unknown.1.as_str(), unknown.2.as_str()),
        ("REQUEST_INVALID", "/skjerming/tilgangsrestriksjon")
    );
    assess(&operator, &first, None).await.unwrap();
    assess(&operator, &second, Some(("UO", "Offl. § 13"))).await.unwrap();
    let page = journal(&stranger, &day, "").await.unwrap();
    let shown: Vec<_> =
        page.entries.iter().map(|entry| (entry.registrerings_id.as_str(), entry.title.as_str())).collect();
    assert_eq!(shown, [(first.as_str(), "Søknad frå *****"), (second.as_str(), "*****")]);
    assert_eq!(page.entries[0].parties[0].name, "Prøve Testesen");
    assert!(page.entries[1].parties.iter().all(|party| party.name == "*****"));
    assert_eq!(page.entries[1].skjermingshjemmel, "Offl. § 13");
    assert!(!format!("{page:?}").contains(&spaced) && !format!("{page:?}").contains(&number));
    assert_eq!(journal(&stranger, &day, "testesen").await.unwrap().entries.len(), 1);
    assert!(journal(&stranger, &day, "legeerklæring").await.unwrap().entries.is_empty());

    let request = WithdrawEntryRequest {
        tenant: SELJORD.tenant.to_owned(),
        entry: entry(&first),
        by: BY.to_owned(),
        reason: "Registrert to gonger".to_owned(),
    };
    operator.casework().withdraw_entry(request).await.unwrap();
    let (_, after) = record(&operator, &first).await;
    assert_eq!(
        (&after["journalstatus"], &after["journalsekvensnummer"]),
        (&json!({"kode": "U"}), &before["journalsekvensnummer"])
    );
    assert_eq!(after["merknad"][0]["merknadRegistrertAv"], BY);
    assert_eq!(journal(&stranger, &day, "").await.unwrap().entries.len(), 1);
    hub.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_fetches_the_whole_public_journal() {
    let hub = TestHub::start_with(|config| config.archive.public_journal.pages_per_minute = 3).await;
    hub.register(SELJORD).await;
    let stranger = hub.client_of(VINJE).await;
    let mut request = ListPublicJournalRequest {
        tenant: SELJORD.tenant.to_owned(),
        from: "2026-05-01".to_owned(),
        to: "2026-06-01".to_owned(),
        page_size: 100_000,
        ..Default::default()
    };
    let too_long = stranger.public_journal().list_public_journal(request.clone()).await;
    assert_eq!(refusal(too_long).2, "/to");
    request.to = "2026-05-31".to_owned();
    for _ in 0..3 {
        stranger.public_journal().list_public_journal(request.clone()).await.unwrap();
    }
    let (code, reason, _) = refusal(stranger.public_journal().list_public_journal(request.clone()).await);
    assert_eq!((code, reason.as_str()), (Code::ResourceExhausted, "LIMIT_REACHED"));
    // Others are not slowed by it.
    hub.operator().await.public_journal().list_public_journal(request.clone()).await.unwrap();
    let nobody = hub.client("no token").await.public_journal().list_public_journal(request).await;
    assert_eq!(refusal(nobody).1, "TOKEN_INVALID");
    hub.end().await;
}

/// Closes the case of [`data`], as its fagsystem does.
async fn close(client: &Client) {
    let payload = format!(
        r#"<arkivmeldingOppdatering xmlns="https://ks-no.github.io/standarder/fiks-protokoll/fiks-arkiv/arkivmelding/oppdater/v1"
            xmlns:m="https://ks-no.github.io/standarder/fiks-protokoll/fiks-arkiv/metadatakatalog/v1"
            xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
          <mappeOppdateringer xsi:type="saksmappeOppdatering">
            <referanseTilMappe><m:referanseEksternNoekkel><m:fagsystem>{}</m:fagsystem><m:noekkel>17</m:noekkel></m:referanseEksternNoekkel></referanseTilMappe>
            <saksstatus><m:kode>A</m:kode></saksstatus>
          </mappeOppdateringer>
        </arkivmeldingOppdatering>"#,
        SELJORD.system
    );
    let request = SendMessageRequest {
        tenant: SELJORD.tenant.to_owned(),
        system: SELJORD.system.to_owned(),
        r#type: OPPDATER.to_owned(),
        client_message_id: "close".to_owned(),
        payload: payload.into_bytes().into(),
        ..Default::default()
    };
    let message_id = client.messages().send_message(request).await.unwrap().into_inner().message_id;
    let asked = GetAnswersRequest { message_id, wait: Some(WAIT) };
    let answers = client.messages().get_answers(asked).await.unwrap().into_inner().answers;
    let last = answers.last().unwrap();
    assert!(last.r#type.ends_with("kvittering"), "{last:?}");
}

/// From now on the documents of a case are due when it is closed.
async fn dispose_of_the_class_at_once(operator: &Client) {
    let structure = json!({"arkiv": [{
        "tittel": "Seljord kommune",
        "arkivskaper": [{"arkivskaperID": "964963282", "arkivskaperNavn": "Seljord kommune"}],
        "klassifikasjonssystem": [{
            "klassifikasjonssystemID": "K", "klassifikasjonstype": "KK", "tittel": "K-kodar",
            "klasse": [{"klasseID": "A10", "tittel": "Barnehage", "kassasjon": {
                "kassasjonsvedtak": "K", "kassasjonshjemmel": "Arkivplan", "bevaringstid": 0}}],
        }],
    }]});
    let request = ImportStructureRequest {
        tenant: SELJORD.tenant.to_owned(),
        structure: structure.to_string().into_bytes().into(),
        dry_run: false,
    };
    operator.records().import_structure(request).await.unwrap();
}

async fn dispose(
    client: &Client,
    registreringer: &[String],
    dry_run: bool,
) -> Result<DisposeDocumentsResponse, Status> {
    let request = DisposeDocumentsRequest {
        tenant: SELJORD.tenant.to_owned(),
        registreringer: registreringer.to_vec(),
        decision: "Arkivplan 2026, sak 26/4".to_owned(),
        by: BY.to_owned(),
        dry_run,
    };
    client.casework().dispose_documents(request).await.map(tonic::Response::into_inner)
}

/// A file as it was, with when it was written.
struct Kept(PathBuf, Vec<u8>, SystemTime);

impl Kept {
    fn of(path: PathBuf) -> Self {
        let (bytes, at) = (fs::read(&path).unwrap(), fs::metadata(&path).unwrap().modified().unwrap());
        Self(path, bytes, at)
    }

    fn put_back(&self) {
        fs::write(&self.0, &self.1).unwrap();
        File::options().write(true).open(&self.0).unwrap().set_modified(self.2).unwrap();
    }
}

/// What the store and its memory have of a document.
fn kept(hub: &TestHub, name: &str) -> [Kept; 2] {
    let stored = file(hub.path(), name);
    let fact =
        hub.path().join("archive/facts").join(SELJORD.tenant).join(&name[..2]).join(format!("{name}.json"));
    [Kept::of(stored), Kept::of(fact)]
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_that_are_due_are_disposed_of_for_good_and_their_metadata_stay() {
    let (hub, client) = ready().await;
    let operator = hub.operator().await;
    dispose_of_the_class_at_once(&operator).await;
    let archived = |data: &mut Value| data["registrering"]["journalstatus"] = json!({"kode": "A"});
    // The removal goes by digest: `first` comes before `last`.
    let mut documents = [document(1, 2_000), document(2, 2_000)];
    documents.sort_by_key(|document| sha256(document));
    let [first, last] = &documents;
    let (shared, sent_twice) = (document(3, 2_000), document(4, 2_000));
    let mut letters = Vec::new();
    for (letter, document) in [("a", first), ("b", last), ("c", &shared), ("d", &sent_twice)] {
        letters.push(deposit(&client, letter, document, archived).await);
    }
    let elsewhere = |data: &mut Value| {
        for member in ["/mappe", "/registrering/referanseForelderMappe"] {
            data.pointer_mut(member).unwrap()["referanseEksternNoekkel"]["noekkel"] = json!("18");
        }
    };
    deposit(&client, "e", &shared, elsewhere).await;
    assert!(upload(&client, &sent_twice).await.unwrap().already_there);
    let systems: Vec<String> = letters.iter().map(|(system_id, _)| system_id.clone()).collect();

    assert!(list(&operator, WorkList::Kassasjon).await.unwrap().is_empty(), "the case is open");
    assert_eq!(refusal(dispose(&operator, &systems, true).await).2, "/registreringer/0");
    close(&client).await;
    let listed = list(&operator, WorkList::Kassasjon).await.unwrap();
    assert_eq!(listed.len(), 4);
    assert!(
        listed
            .iter()
            .all(|item| item.held_back.is_empty() && item.documents[0].kassasjonshjemmel == "Arkivplan")
    );
    let planned = dispose(&operator, &systems, true).await.unwrap();
    assert_eq!(
        (planned.documents, planned.files_released, planned.files_kept, planned.files_removed),
        (4, 3, 1, 0)
    );
    assert_eq!(download(&client, &sha256(first)).await.unwrap(), *first, "a dry run does nothing");

    // One of them is damaged by then.
    let put_back = [kept(&hub, &sha256(first)), kept(&hub, &sha256(last))];
    let mut bytes = last.clone();
    bytes[1_000] ^= 1;
    fs::write(file(hub.path(), &sha256(last)), bytes).unwrap();
    assert_eq!(verify(&client, &[]).await.0.len(), 1);
    let done = dispose(&operator, &systems, false).await.unwrap();
    assert_eq!((done.files_released, done.files_kept, done.files_removed, done.files_waiting), (3, 1, 2, 1));
    for gone in [first, last] {
        assert!(!file(hub.path(), &sha256(gone)).exists());
        assert_eq!(download(&client, &sha256(gone)).await.unwrap_err().1.code(), Code::NotFound);
    }
    for (there, why) in
        [(&shared, "another record has it"), (&sent_twice, "its sender was told that it is here")]
    {
        assert_eq!(download(&client, &sha256(there)).await.unwrap(), *there, "{why}");
    }
    let (findings, progress) = verify(&client, &[]).await;
    assert_eq!((findings.as_slice(), progress.documents), (&[][..], 2), "what was disposed of is not missed");
    assert!(list(&operator, WorkList::Kassasjon).await.unwrap().is_empty());

    let (record, doc) = record(&operator, &letters[0].1).await;
    let described = &doc["dokumentbeskrivelse"][0];
    assert_eq!(
        (&described["tittel"], &described["utfoertKassasjon"]["kassertAv"]),
        (&json!("Vedtak"), &json!(BY))
    );
    assert_eq!(described["merknad"][0]["merknadstekst"], "Kassert: Arkivplan 2026, sak 26/4");
    assert_eq!(described.get("dokumentobjekt"), None);
    let history = GetRecordHistoryRequest { tenant: SELJORD.tenant.to_owned(), system_id: record.system_id };
    let history = operator.records().get_record_history(history).await.unwrap().into_inner().corrections;
    let taken = history.iter().find(|one| one.path.ends_with("dokumentobjekt")).unwrap();
    assert!(String::from_utf8_lossy(&taken.old).contains(&sha256(first)) && taken.changed_by == BY);

    removal_is_finished_after_a_restart(hub, &put_back, first, last).await;
}

async fn is_removed(client: &Client, document: &[u8]) {
    let removed = async {
        while describe(client, &sha256(document)).await.is_ok() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(30), removed).await.unwrap();
}

/// As if the hub had been killed after the decision and before the files were removed; one of them was sent again since.
async fn removal_is_finished_after_a_restart(
    hub: TestHub,
    put_back: &[[Kept; 2]; 2],
    first: &[u8],
    last: &[u8],
) {
    let client = hub.client_of(SELJORD).await;
    assert!(!upload(&client, first).await.unwrap().already_there);
    let dir = hub.end().await;
    put_back[1].iter().for_each(Kept::put_back);
    let hub = TestHub::start_in(dir, |_| {}).await;
    let client = hub.client_of(SELJORD).await;
    is_removed(&client, last).await;
    assert!(!file(hub.path(), &sha256(last)).exists());
    assert_eq!(download(&client, &sha256(first)).await.unwrap(), first, "it waits for a record of its own");
    assert!(verify(&client, &[]).await.0.is_empty());
    let dir = hub.end().await;

    // Without that, it goes as well.
    put_back[0].iter().for_each(Kept::put_back);
    let hub = TestHub::start_in(dir, |_| {}).await;
    let client = hub.client_of(SELJORD).await;
    is_removed(&client, first).await;
    hub.end().await;
}
