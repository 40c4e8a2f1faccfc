//! `samflyt drop`: files that others write, deposited once each, or set aside with a reason that names what is wrong.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use samflyt_proto::archive::get_record_request::Reference;
use samflyt_proto::archive::{CheckNumbersRequest, GetRecordRequest, ListMessagesRequest};
use samflyt_testkit::hub::{SELJORD, register};
use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout};

use super::deposits::import_structure;
use super::{document, download, files, sha256};
use crate::process::HubProcess;

/// Nothing of this takes so long; without it a failure would be waited for without end.
const WITHIN: Duration = Duration::from_secs(240);

/// A folder that is watched, and the hub behind it.
struct Dropped {
    dir: TempDir,
    hub: HubProcess,
    watcher: Watcher,
}

/// `samflyt drop` as a process.
struct Watcher {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Watcher {
    fn start(hub: &HubProcess, dir: &Path) -> Self {
        let (folder, token) = (dir.join("drop"), dir.join("hub/operator-token"));
        let mut command = hub.command(&["drop", "--tenant", SELJORD.tenant, "--system", SELJORD.system]);
        command.args(["--json", "--poll-s", "1", "--patience-s", "2", "--folder"]).arg(folder);
        command
            .arg("--token-file")
            .arg(token)
            .env_remove("SAMFLYT_TOKEN")
            .stderr(std::process::Stdio::null());
        let mut child = command.spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines }
    }

    /// What happens next.
    async fn told(&mut self) -> Value {
        let line = self.lines.next_line().await.unwrap().expect("the drop goes on");
        serde_json::from_str(&line).unwrap()
    }

    async fn told_of(&mut self, what: &str, name: &str) -> Value {
        let told = self.told().await;
        assert_eq!((told["what"].as_str(), told["name"].as_str()), (Some(what), Some(name)), "{told}");
        told
    }

    async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }
}

impl Dropped {
    async fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir_all(dir.path().join("drop/inn")).unwrap();
        let hub = HubProcess::start(&dir.path().join("hub"), &[]).await;
        let operator = hub.operator().await;
        register(&operator, SELJORD).await;
        import_structure(&operator).await;
        let watcher = Watcher::start(&hub, dir.path());
        Self { dir, hub, watcher }
    }

    fn path(&self, path: &str) -> PathBuf {
        self.dir.path().join("drop").join(path)
    }

    fn write(&self, path: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path("inn").join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    /// The names of the files in a folder.
    fn names(&self, path: &str) -> Vec<String> {
        let entries = fs::read_dir(self.path(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    /// How many numbers were given, by series; no gap is among them.
    async fn numbers(&self) -> BTreeMap<String, i64> {
        let request = CheckNumbersRequest { tenant: SELJORD.tenant.to_owned() };
        let series =
            self.hub.operator().await.records().check_numbers(request).await.unwrap().into_inner().series;
        assert!(series.iter().all(|series| series.gaps.is_empty()), "{series:?}");
        series.into_iter().map(|series| (series.series, series.given)).collect()
    }

    /// The letter that a receipt names is kept, with its document.
    async fn is_kept(&self, told_to: &Path, letter: &str, bytes: &[u8]) {
        let client = self.hub.operator().await;
        let receipt = fs::read_to_string(told_to.join("kvittering.xml")).unwrap();
        let id = receipt.split("registreringsID>").nth(1).unwrap().trim_end_matches("</").to_owned();
        let reference = Some(Reference::RegistreringsId(id));
        let request = GetRecordRequest { tenant: SELJORD.tenant.to_owned(), reference };
        let record = client.records().get_record(request).await.unwrap().into_inner().record.unwrap();
        let record: Value = serde_json::from_slice(&record.document).unwrap();
        assert_eq!(record["referanseEksternNoekkel"]["noekkel"], letter);
        assert_eq!(record["dokumentbeskrivelse"][0]["dokumentobjekt"][0]["sjekksum"], sha256(bytes));
        assert_eq!(download(&client, &sha256(bytes)).await.unwrap(), bytes);
    }
}

const OPPRETT: &str = "https://ks-no.github.io/standarder/fiks-protokoll/fiks-arkiv/arkivmelding/opprett/v1";
const CATALOGUE: &str = "https://ks-no.github.io/standarder/fiks-protokoll/fiks-arkiv/metadatakatalog/v1";

/// A letter in a case, with one document.
pub fn message(case: &str, letter: &str, document: &str) -> String {
    let key = |key: &str| {
        format!(
            "<referanseEksternNoekkel><m:fagsystem>{}</m:fagsystem><m:noekkel>{key}</m:noekkel></referanseEksternNoekkel>",
            SELJORD.system
        )
    };
    let case_key = key(case);
    let parent = case_key.replace("referanseEksternNoekkel>", "m:referanseEksternNoekkel>");
    let letter_key = key(letter);
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<arkivmelding xmlns="{OPPRETT}" xmlns:m="{CATALOGUE}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <system>Oppvekst</system>
  <antallFiler>1</antallFiler>
  <mappe xsi:type="saksmappe">
    <tittel>Barnehageplass</tittel>
    <klassifikasjon>
      <klassifikasjonssystemID>K</klassifikasjonssystemID><klasseID>A10</klasseID><tittel>Barnehage</tittel>
    </klassifikasjon>
    {case_key}
  </mappe>
  <registrering xsi:type="journalpost">
    <referanseForelderMappe>{parent}</referanseForelderMappe>
    <dokumentbeskrivelse>
      <tittel>Vedtak</tittel>
      <tilknyttetRegistreringSom><m:kode>H</m:kode></tilknyttetRegistreringSom>
      <dokumentobjekt>
        <variantformat><m:kode>P</m:kode></variantformat>
        <filnavn>{document}</filnavn>
        <referanseDokumentfil>{document}</referanseDokumentfil>
      </dokumentobjekt>
    </dokumentbeskrivelse>
    <tittel>Vedtak om plass</tittel>
    <korrespondansepart>
      <korrespondanseparttype><m:kode>EM</m:kode></korrespondanseparttype>
      <korrespondansepartNavn>Prøve Testesen</korrespondansepartNavn>
    </korrespondansepart>
    {letter_key}
    <journalposttype><m:kode>U</m:kode></journalposttype>
  </registrering>
</arkivmelding>
"#
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_deposited_when_they_are_whole_and_set_aside_with_the_reason_when_they_are_wrong() {
    tokio::time::timeout(WITHIN, settled()).await.expect("all is settled in time");
}

async fn settled() {
    let mut dropped = Dropped::start().await;
    // The document comes before its message, and is more than one piece.
    let large = document(1, 1_000_000);
    dropped.write("brev.bin", &large);
    dropped.write("brev.xml", message("17", "17-1", "brev.bin"));
    let told = dropped.watcher.told_of("done", "brev").await;
    let place = PathBuf::from(told["to"].as_str().unwrap());
    let date = place.parent().unwrap().file_name().unwrap().to_str().unwrap().to_owned();
    assert_eq!(place, dropped.path(&format!("ferdig/{date}/brev")));
    assert_eq!(dropped.names(&format!("ferdig/{date}/brev")), ["brev.bin", "brev.xml", "kvittering.xml"]);
    let year = &date[..4];
    assert_eq!(told["kept_as"], format!("mappe {year}/1, registrering {year}/1-1"));
    dropped.is_kept(&place, "17-1", &large).await;

    // In a folder of its own, with a file that it does not refer to.
    let small = document(2, 1_000);
    dropped.write("svar/vedtak.bin", &small);
    dropped.write("svar/les meg.txt", "note");
    dropped.write("svar/arkivmelding.xml", message("17", "17-2", "vedtak.bin"));
    let told = dropped.watcher.told_of("done", "svar").await;
    assert_eq!(told["kept_as"], format!("mappe {year}/1, registrering {year}/1-2"));
    let all = ["arkivmelding.xml", "kvittering.xml", "les meg.txt", "vedtak.bin"];
    assert_eq!(dropped.names(&format!("ferdig/{date}/svar")), all);

    // Half-written: the message is there without its document for longer than it is waited for in silence.
    let late = document(3, 1_000);
    dropped.write("sen.xml", message("17", "17-3", "sen.bin"));
    let told = dropped.watcher.told_of("waits", "sen").await;
    assert_eq!(told["cause"], "these documents are not there: sen.bin");
    dropped.write("sen.bin.tmp", &late[..500]);
    fs::write(dropped.path("inn/sen.bin.tmp"), &late).unwrap();
    fs::rename(dropped.path("inn/sen.bin.tmp"), dropped.path("inn/sen.bin")).unwrap();
    dropped.watcher.told_of("done", "sen").await;
    dropped.is_kept(&dropped.path(&format!("ferdig/{date}/sen")), "17-3", &late).await;

    twice(&mut dropped, &date, &large).await;
    refused(&mut dropped, year).await;
    assert_eq!(dropped.names("inn"), [""; 0]);
    let given = [("journal".to_owned(), 4), ("sak".to_owned(), 1)];
    assert_eq!(dropped.numbers().await, BTreeMap::from(given));
    dropped.watcher.kill().await;
    dropped.hub.kill().await;
}

/// The same message again is the same letter; another of its name gets a number beside it.
async fn twice(dropped: &mut Dropped, date: &str, large: &[u8]) {
    dropped.write("brev.bin", large);
    dropped.write("brev.xml", message("17", "17-1", "brev.bin"));
    let told = dropped.watcher.told_of("done", "brev").await;
    let year = &date[..4];
    assert_eq!(
        told["kept_as"],
        format!("mappe {year}/1, registrering {year}/1-1"),
        "it has its first answer"
    );
    assert_eq!(told["to"], dropped.path(&format!("ferdig/{date}/brev")).to_str().unwrap());
    let other = document(4, 2_000);
    dropped.write("brev.bin", &other);
    dropped.write("brev.xml", message("17", "17-4", "brev.bin"));
    let told = dropped.watcher.told_of("done", "brev").await;
    assert_eq!(told["kept_as"], format!("mappe {year}/1, registrering {year}/1-4"));
    assert_eq!(told["to"], dropped.path(&format!("ferdig/{date}/brev-2")).to_str().unwrap());
    assert_eq!(fs::read(dropped.path(&format!("ferdig/{date}/brev/brev.bin"))).unwrap(), large);
}

/// Refused by the archive with its reason, by the door with its own, and taken when it was mended.
async fn refused(dropped: &mut Dropped, year: &str) {
    let bytes = document(5, 1_000);
    let wrong = message("17", "17-1", "feil.bin").replace("<tittel>Vedtak</tittel>", "<titel>Vedtak</titel>");
    dropped.write("feil.bin", &bytes);
    dropped.write("feil.xml", &wrong);
    let told = dropped.watcher.told_of("refused", "feil").await;
    assert_eq!(told["to"], dropped.path("avvist/feil").to_str().unwrap());
    assert_eq!(dropped.names("avvist/feil"), ["feil.bin", "feil.xml", "feilmelding.xml", "grunn.txt"]);
    let reason = fs::read_to_string(dropped.path("avvist/feil/grunn.txt")).unwrap();
    assert!(reason.contains("/arkivmelding/registrering/dokumentbeskrivelse"), "{reason}");
    assert!(reason.contains("titel") && reason.contains("(line "), "{reason}");
    // Back as it was: it is asked anew, and refused again.
    for name in ["feil.bin", "feil.xml"] {
        fs::rename(dropped.path("avvist/feil").join(name), dropped.path("inn").join(name)).unwrap();
    }
    let told = dropped.watcher.told_of("refused", "feil").await;
    assert_eq!(told["to"], dropped.path("avvist/feil-2").to_str().unwrap());

    dropped.write("tom.bin", "");
    dropped.write("tom.xml", message("17", "17-5", "tom.bin"));
    dropped.watcher.told_of("refused", "tom").await;
    let reason = fs::read_to_string(dropped.path("avvist/tom/grunn.txt")).unwrap();
    assert!(reason.contains("tom.bin"), "{reason}");

    // Not well-formed, and it stays so.
    dropped.write("halv.xml", &wrong[..600]);
    dropped.watcher.told_of("refused", "halv").await;
    let reason = fs::read_to_string(dropped.path("avvist/halv/grunn.txt")).unwrap();
    assert!(reason.contains("is not"), "{reason}");

    // What was refused is taken when it was mended; the letter is there already.
    dropped.write("feil.bin", document(1, 1_000_000));
    dropped.write("feil.xml", message("17", "17-1", "feil.bin"));
    let told = dropped.watcher.told_of("done", "feil").await;
    assert_eq!(told["kept_as"], format!("mappe {year}/1, registrering {year}/1-1"));
}

#[tokio::test(flavor = "multi_thread")]
async fn each_is_deposited_once_also_when_drop_and_hub_are_killed_in_between() {
    tokio::time::timeout(WITHIN, killed()).await.expect("all is settled in time");
}

async fn killed() {
    const MESSAGES: u64 = 30;
    let Dropped { dir, mut hub, mut watcher } = Dropped::start().await;
    let inn = dir.path().join("drop/inn");
    for number in 0..MESSAGES {
        let bin = format!("{number}.bin");
        fs::write(inn.join(&bin), document(number, 200_000)).unwrap();
        let xml = message(&format!("case-{}", number / 3), &format!("letter-{number}"), &bin);
        fs::write(inn.join(format!("{number}.xml.tmp")), xml).unwrap();
        fs::rename(inn.join(format!("{number}.xml.tmp")), inn.join(format!("{number}.xml"))).unwrap();
    }
    let address = hub.ready("grpc").trim_start_matches("http://").to_owned();
    let mut told_done = 0;
    for kill in 0..6 {
        for _ in 0..=kill % 3 {
            let told = watcher.told().await;
            assert_eq!(told["what"], "done", "{told}");
            told_done += 1;
        }
        watcher.kill().await;
        watcher = Watcher::start(&hub, dir.path());
    }
    assert!(told_done < MESSAGES, "all was over before the last kill");
    // The hub goes in the middle, with what it was asked; the drop says so, and goes on when it is back.
    watcher.told_of_any("done").await;
    hub.kill().await;
    watcher.told_of_any("stuck").await;
    hub = HubProcess::start(&dir.path().join("hub"), &[("SAMFLYT_GRPC__LISTEN", &address)]).await;
    let done = dir.path().join("drop/ferdig");
    let is_over = |told: &Value| told["what"] == "done" && fs::read_dir(&inn).unwrap().count() == 0;
    while !is_over(&watcher.told().await) {}
    watcher.kill().await;
    // What was killed between its move and its confirmation is confirmed now.
    let once =
        ["drop", "--once", "--json", "--poll-s", "1", "--tenant", SELJORD.tenant, "--system", SELJORD.system];
    let output = hub.command(&once).arg("--folder").arg(dir.path().join("drop")).output().await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));

    let receipts: Vec<_> = files(&done).into_iter().filter(|path| path.ends_with("kvittering.xml")).collect();
    assert_eq!(receipts.len() as u64, MESSAGES, "each has its receipt");
    let dropped = Dropped { watcher: Watcher::start(&hub, dir.path()), dir, hub };
    for receipt in receipts {
        let place = receipt.parent().unwrap();
        let number: u64 = place.file_name().unwrap().to_str().unwrap().parse().unwrap();
        dropped.is_kept(place, &format!("letter-{number}"), &document(number, 200_000)).await;
    }
    let given = [("journal".to_owned(), 30), ("sak".to_owned(), 10)];
    assert_eq!(dropped.numbers().await, BTreeMap::from(given), "each is deposited once");
    let request = ListMessagesRequest { tenant: SELJORD.tenant.to_owned(), ..Default::default() };
    let listed = dropped.hub.operator().await.messages().list_messages(request).await.unwrap().into_inner();
    assert_eq!(listed.messages.len() as u64, MESSAGES, "each was one message");
    assert!(
        listed.messages.iter().all(|message| message.confirmed_at.is_some()),
        "an answer is not confirmed"
    );
    dropped.watcher.kill().await;
    dropped.hub.kill().await;
}

impl Watcher {
    /// Waits until something of a kind happens.
    async fn told_of_any(&mut self, what: &str) {
        while self.told().await["what"] != what {}
    }
}
