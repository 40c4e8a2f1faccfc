//! A store that was filled at once: records straight into the log, sealed under the archive's key, documents straight into
//! their folder.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, anyhow, ensure};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::rand::{SecureRandom, SystemRandom};
use samflyt_archive::Digest;
use samflyt_events::TenantId;
use samflyt_events::subject::{archive_changes, archive_stream};
use samflyt_log::Log;
use samflyt_proto::archive::get_record_request::Reference;
use samflyt_proto::archive::{GetRecordRequest, ImportStructureRequest};
use serde_json::{Value, json};

use crate::bench::child::BenchHub;
use crate::bench::gateway::config;
use crate::bench::load::TENANT;

pub(super) const DOCUMENT_BYTES: usize = 1_000;
pub(super) const ARKIVDEL: &str = "BENCH";
/// Of each saksmappe.
const JOURNALPOSTER: u64 = 10;
const AT: &str = "2026-03-02T08:00:00Z";
const YEAR: i32 = 2026;

/// Until the records are folded.
const FOLDED_WITHIN: Duration = Duration::from_secs(900);
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// What letters are about, and who gets them.
pub(super) const SUBJECTS: [&str; 4] = ["barnehageplass", "garasje", "skjenkeløyve", "reguleringsplan"];
pub(super) const NAMES: u64 = 1_000;

/// Where the records go.
pub(super) struct Store {
    log: Log,
    tenant: TenantId,
    documents: PathBuf,
    key: LessSafeKey,
    number: u32,
}

impl Store {
    /// The archive makes its key when it takes its first record.
    pub async fn open(hub: &BenchHub) -> anyhow::Result<Self> {
        let structure = json!({"arkiv": [{
            "tittel": "Other", "arkivskaper": [{"arkivskaperID": "1", "arkivskaperNavn": "Bench"}],
        }]});
        let request = ImportStructureRequest {
            tenant: TENANT.to_owned(),
            structure: structure.to_string().into_bytes().into(),
            dry_run: false,
        };
        hub.client().await?.records().import_structure(request).await?;
        let archive = hub.dir.path().join("archive");
        let file: Value =
            serde_json::from_slice(&fs::read(archive.join("keys").join(format!("{TENANT}.json")))?)?;
        let entry =
            file["keys"].as_array().and_then(|keys| keys.last()).context("the key file has no key")?;
        let key = entry["key"].as_str().and_then(bytes).context("the key is not hexadecimal")?;
        let key = UnboundKey::new(&AES_256_GCM, &key).map_err(|_| anyhow!("the key has the wrong length"))?;
        Ok(Self {
            log: Log::connect(config(hub.broker.access())).await?,
            tenant: TenantId::new(TENANT).map_err(|rule| anyhow!("{rule}"))?,
            documents: archive.join("documents").join(TENANT),
            key: LessSafeKey::new(key),
            number: entry["number"].as_u64().and_then(|number| u32::try_from(number).ok()).unwrap_or(1),
        })
    }

    /// A closed arkivdel with so many journalposter; the systemID of the last.
    pub async fn fill(&self, journalposter: u64) -> anyhow::Result<String> {
        let state = self.log.state(&archive_stream(&self.tenant)).await?;
        let mut head = state.context("the archive has no log")?.last;
        head = self.append("structure", structure(), head).await?;
        for mappe in 0..journalposter.div_ceil(JOURNALPOSTER) {
            let mut steps = vec![saksmappe(mappe)];
            for post in 0..JOURNALPOSTER.min(journalposter - mappe * JOURNALPOSTER) {
                let document = document(mappe * JOURNALPOSTER + post);
                steps.push(journalpost(mappe, post, &self.put(&document)?));
            }
            head = self.append(&format!("mappe-{mappe}"), steps, head).await?;
        }
        Ok(id('e', journalposter - 1))
    }

    fn put(&self, document: &[u8]) -> anyhow::Result<String> {
        let digest = Digest::of(document).to_string();
        let folder = self.documents.join(&digest[..2]);
        fs::create_dir_all(&folder)?;
        fs::write(folder.join(&digest), document)?;
        Ok(digest)
    }

    /// As the archive does it: see `Seal` for the form of what is sealed.
    async fn append(&self, cause: &str, steps: Vec<Value>, head: u64) -> anyhow::Result<u64> {
        let change = json!({"at": AT, "by": {"organisation": "964963282"}, "cause": cause, "steps": steps});
        let id = format!("bench-{head}");
        let place = format!("{} {id}", archive_stream(&self.tenant));
        let mut nonce = [0; 12];
        SystemRandom::new().fill(&mut nonce).map_err(|_| anyhow!("the machine gives no random numbers"))?;
        let mut body = change.to_string().into_bytes();
        let aad = Aad::from(place.as_bytes());
        let sealed = self.key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), aad, &mut body);
        sealed.map_err(|_| anyhow!("a record cannot be sealed"))?;
        let sealed = [&[1][..], &self.number.to_be_bytes(), &nonce, &body].concat();
        let subject = archive_changes(&self.tenant);
        Ok(self.log.append_bytes(&subject, &id, &[], sealed.into(), head).await?.sequence)
    }
}

fn bytes(hex: &str) -> Option<Vec<u8>> {
    let digits = hex.as_bytes().chunks(2);
    digits.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

/// The systemID of the nth of a kind, by a hexadecimal digit.
fn id(kind: char, n: u64) -> String {
    // The fan of documents in the extraction is by the first two digits.
    format!("{:02x}{n:06x}-0000-4000-8000-00000000000{kind}", n % 256)
}

fn created(system_id: &str, kind: &str, parent: Option<String>, numbers: Value, mut doc: Value) -> Value {
    doc["systemID"] = system_id.into();
    doc["opprettetDato"] = AT.into();
    doc["opprettetAv"] = "Bench".into();
    let mut unit = json!({"systemID": system_id, "kind": kind, "doc": doc});
    if let Some(parent) = parent {
        unit["parent"] = parent.into();
    }
    if matches!(kind, "mappe" | "registrering") {
        unit["arkivdel"] = id('b', 0).into();
    }
    json!({"created": {"unit": unit, "numbers": numbers}})
}

fn structure() -> Vec<Value> {
    let (arkiv, arkivdel, system) = (id('a', 0), id('b', 0), id('c', 0));
    let creator = json!([{"arkivskaperID": "964963282", "arkivskaperNavn": "Bench"}]);
    let none = || json!([]);
    vec![
        created(&arkiv, "arkiv", None, none(), json!({"tittel": "Bench", "arkivskaper": creator})),
        created(
            &arkivdel,
            "arkivdel",
            Some(arkiv.clone()),
            none(),
            json!({"kode": ARKIVDEL, "tittel": "Bench", "arkivdelstatus": {"kode": "P"}, "klassifikasjonssystem": [system],
                "avsluttetDato": AT, "avsluttetAv": "Bench"}),
        ),
        created(
            &system,
            "klassifikasjonssystem",
            Some(arkiv),
            none(),
            json!({"klassifikasjonssystemID": "K", "klassifikasjonstype": {"kode": "KK"}, "tittel": "K"}),
        ),
        created(
            &id('d', 0),
            "klasse",
            Some(system.clone()),
            none(),
            json!({"klasseID": "A10", "tittel": "Barnehage", "klassifikasjonssystem": system}),
        ),
    ]
}

fn saksmappe(n: u64) -> Value {
    let number = json!([{"series": "sak", "of": id('a', 0), "year": YEAR, "number": n + 1}]);
    let class = json!([{"klassifikasjonID": "1", "klassifikasjonssystemID": "K", "klasseID": "A10"}]);
    let doc = json!({
        "@type": "saksmappe", "mappeID": format!("{YEAR}/{}", n + 1), "tittel": "Barnehageplass", "saksaar": YEAR,
        "sakssekvensnummer": n + 1, "saksdato": "2026-03-02", "administrativEnhet": {"navn": "Oppvekst"},
        "saksansvarlig": {"navn": "Prøve Testesen"}, "saksstatus": {"kode": "A"}, "klassifikasjon": class,
    });
    created(&id('f', n), "mappe", Some(id('b', 0)), number, doc)
}

fn journalpost(mappe: u64, post: u64, digest: &str) -> Value {
    let n = mappe * JOURNALPOSTER + post;
    let subject = SUBJECTS[usize::try_from(n).unwrap_or(0) % SUBJECTS.len()];
    let numbers = json!([
        {"series": "post", "of": id('f', mappe), "year": 0, "number": post + 1},
        {"series": "journal", "of": id('a', 0), "year": YEAR, "number": n + 1},
    ]);
    let object = json!({
        "systemID": id('1', n), "versjonsnummer": 1, "variantformat": {"kode": "P"}, "format": {"kode": "PDF"},
        "filnavn": "brev.pdf", "referanseDokumentfil": "brev.pdf", "opprettetDato": AT, "opprettetAv": "Bench",
        "sjekksum": digest, "sjekksumAlgoritme": "SHA-256", "filstoerrelse": DOCUMENT_BYTES,
    });
    let described = json!({
        "systemID": id('2', n), "tittel": "Vedtak", "dokumenttype": {"kode": "KORR"}, "dokumentstatus": {"kode": "F"},
        "opprettetDato": AT, "opprettetAv": "Bench", "tilknyttetRegistreringSom": {"kode": "H"}, "dokumentnummer": 1,
        "tilknyttetDato": AT, "tilknyttetAv": "Bench", "dokumentobjekt": [object],
    });
    let party = json!({"korrespondansepartID": "1", "korrespondanseparttype": {"kode": "EM"},
        "korrespondansepartNavn": format!("Prøve Testesen {}", n % NAMES), "saksbehandler": {"navn": "Bench"}});
    let doc = json!({
        "@type": "journalpost", "registreringsID": format!("{YEAR}/{}-{}", mappe + 1, post + 1), "tittel": format!("Vedtak {n} om {subject}"),
        "journalaar": YEAR, "journalsekvensnummer": n + 1, "journalpostnummer": post + 1, "journaldato": "2026-03-02",
        "journalposttype": {"kode": "U"}, "journalstatus": {"kode": "A"}, "offentlighetsvurdertDato": "2026-03-02",
        "arkivertDato": AT, "arkivertAv": "Bench", "korrespondansepart": [party], "dokumentbeskrivelse": [described],
    });
    created(&id('e', n), "registrering", Some(id('f', mappe)), numbers, doc)
}

/// Bytes that no other number gives.
fn document(n: u64) -> Vec<u8> {
    n.to_le_bytes().iter().copied().cycle().take(DOCUMENT_BYTES).collect()
}

/// Waits until the archive knows its newest record.
pub(super) async fn folded(hub: &BenchHub, newest: &str) -> anyhow::Result<()> {
    let mut client = hub.client().await?.records();
    let deadline = Instant::now() + FOLDED_WITHIN;
    let reference = Some(Reference::SystemId(newest.to_owned()));
    let request = GetRecordRequest { tenant: TENANT.to_owned(), reference };
    while let Err(status) = client.get_record(request.clone()).await {
        ensure!(Instant::now() < deadline, "the records were not folded: {status}");
        tokio::time::sleep(LOOK_EVERY).await;
    }
    Ok(())
}
