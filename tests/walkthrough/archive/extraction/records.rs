//! Casework of every kind that an extraction meets.

use samflyt::client::Client;
use samflyt_noark::fiks::{MessageType, Schema};
use samflyt_noark::write;
use samflyt_proto::archive::{DepositState, GetAnswersRequest, ImportStructureRequest, SendMessageRequest};
use samflyt_testkit::hub::SELJORD;
use serde_json::{Value, json};

use crate::answers::publish;
use crate::archive::deposits::{WAIT, answered, request};
use crate::archive::{document, sha256, upload};

pub const HIDDEN_TITLE: &str = "Melding om bekymring";
pub const HIDDEN_PARTY: &str = "Prøve Skjermesen";
/// Synthetic: the month is 81.
pub const IDENTITY_NUMBER: &str = "01810199999";

pub struct Casework<'c> {
    client: &'c Client,
}

fn key(key: &str) -> Value {
    json!({"fagsystem": SELJORD.system, "noekkel": key})
}

fn mappe(case: &str, title: &str, members: Value) -> Value {
    let mut mappe = json!({"@type": "saksmappe", "tittel": title, "referanseEksternNoekkel": key(case)});
    mappe.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    mappe
}

fn letter(title: &str, members: Value) -> Value {
    let mut letter = json!({
        "@type": "journalpost", "tittel": title, "journalposttype": {"kode": "U"}, "offentlighetsvurdertDato": "2026-03-02",
        "korrespondansepart": [{"korrespondanseparttype": {"kode": "EM"}, "korrespondansepartNavn": "Prøve Testesen"}],
        "dokumentbeskrivelse": [{
            "tittel": title, "tilknyttetRegistreringSom": {"kode": "H"},
            "dokumentobjekt": [{"variantformat": {"kode": "P"}, "filnavn": "brev.bin", "referanseDokumentfil": "brev.bin"}],
        }],
    });
    letter.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    letter
}

impl<'c> Casework<'c> {
    pub fn of(client: &'c Client) -> Self {
        Self { client }
    }

    pub async fn structure(&self, arkivdelstatus: &str) {
        let structure = json!({"arkiv": [{
            "tittel": "Seljord kommune",
            "arkivskaper": [{"arkivskaperID": "964963282", "arkivskaperNavn": "Seljord & omegn"}],
            "klassifikasjonssystem": [
                {"klassifikasjonssystemID": "K", "klassifikasjonstype": "KK", "tittel": "K-kodar",
                 "klasse": [{"klasseID": "A", "tittel": "Oppvekst", "klasse": [{"klasseID": "A10", "tittel": "Barnehage"}]},
                            {"klasseID": "B", "tittel": "Anna"}]},
                {"klassifikasjonssystemID": "PNR", "klassifikasjonstype": "PNR", "tittel": "Fødselsnummer"}],
            "arkivdel": [{"kode": "SAK", "tittel": "Sakarkiv", "klassifikasjonssystem": ["K", "PNR"], "standard": true,
                          "arkivdelstatus": arkivdelstatus},
                         {"kode": "ANNA", "tittel": "Anna arkiv"}],
        }]});
        let request = ImportStructureRequest {
            tenant: SELJORD.tenant.to_owned(),
            structure: structure.to_string().into_bytes().into(),
            dry_run: false,
        };
        self.client.records().import_structure(request).await.unwrap();
    }

    pub async fn close(&self) {
        self.structure("P").await;
    }

    /// Five mapper and nine registreringer, eight of them journalposter.
    pub async fn everything(&self) {
        self.structure("A").await;
        let classified =
            |class: &str| json!({"klassifikasjon": [{"klassifikasjonssystemID": "K", "klasseID": class}]});
        self.deposit(
            1,
            mappe("a", "Barnehageplass", classified("A10")),
            letter("Vedtak om plass", json!({})),
        )
        .await;
        self.deposit(
            2,
            mappe("a", "", json!({})),
            letter("Klage", json!({"journalposttype": {"kode": "I"}})),
        )
        .await;
        self.deposit(3, mappe("b", "Andre saker", classified("B")), letter("Svar", json!({}))).await;
        let hidden = json!({
            "skjerming": {"tilgangsrestriksjon": {"kode": "13"}, "skjermingshjemmel": "Offl. § 13"},
            "klassifikasjon": [{"klassifikasjonssystemID": "PNR", "klasseID": IDENTITY_NUMBER}],
        });
        let about = letter(
            HIDDEN_TITLE,
            json!({
                "skjerming": {"tilgangsrestriksjon": {"kode": "13"}, "skjermingshjemmel": "Offl. § 13"},
                "korrespondansepart": [{"korrespondanseparttype": {"kode": "EM"}, "korrespondansepartNavn": HIDDEN_PARTY}],
            }),
        );
        self.deposit(4, mappe("c", "Barnevern", hidden), about).await;
        // In no class, with a mappe inside beside its own letters.
        self.deposit(5, mappe("d", "Byggjesak", json!({})), letter("Søknad", json!({}))).await;
        let inside = json!({"referanseForeldermappe": {"referanseEksternNoekkel": key("d")}});
        self.deposit(6, mappe("e", "Byggjesak, klage", inside), letter("Klage på vedtak", json!({}))).await;
        self.deposit(7, mappe("d", "", json!({})), letter(&format!("Om {IDENTITY_NUMBER}"), json!({}))).await;
        self.deposit(8, mappe("e", "", json!({})), letter("Avgjerd", json!({}))).await;
        let mut note = letter("Notat utan sak", json!({"@type": "arkivnotat"}));
        for member in ["journalposttype", "korrespondansepart"] {
            note.as_object_mut().unwrap().remove(member);
        }
        self.deposit(9, Value::Null, note).await;
        self.rename("a", "Plass").await;
    }

    /// So many letters of one case, each with a document of this size: systemID and digest of each.
    pub async fn letters(&self, letters: u64, bytes: usize) -> Vec<(String, String)> {
        let mut all = Vec::new();
        for number in 1..=letters {
            all.push(
                self.deposit_of(number, mappe("a", "Brev", json!({})), letter("Brev", json!({})), bytes)
                    .await,
            );
        }
        all
    }

    async fn deposit(&self, number: u64, mappe: Value, registrering: Value) {
        self.deposit_of(number, mappe, registrering, 1_000 + usize::try_from(number).unwrap()).await;
    }

    async fn deposit_of(
        &self,
        number: u64,
        mappe: Value,
        mut registrering: Value,
        bytes: usize,
    ) -> (String, String) {
        let document = document(number, bytes);
        upload(self.client, &document).await.unwrap();
        let mut arkivmelding = json!({});
        if let Some(case) = mappe.get("referanseEksternNoekkel") {
            registrering["referanseForelderMappe"] = json!({"referanseEksternNoekkel": case});
            if mappe["tittel"] != "" {
                arkivmelding["mappe"] = mappe;
            }
        }
        arkivmelding["registrering"] = registrering;
        let named = json!([{"name": "brev.bin", "sha256": sha256(&document), "size": document.len()}]);
        let data = json!({"arkivmelding": arkivmelding, "documents": named});
        let id = format!("brev-{number}");
        publish(self.client, request(&id, &format!("sak-{number}"), &data)).await.unwrap();
        let (deposit, receipt) = answered(self.client, &id).await;
        assert_eq!(deposit.state(), DepositState::Accepted, "{receipt}");
        (receipt["registrering"]["systemID"].as_str().unwrap().to_owned(), sha256(&document))
    }

    async fn rename(&self, case: &str, title: &str) {
        self.update(
            "name",
            json!({"mappeOppdateringer": {
                "@type": "saksmappeOppdatering", "referanseTilMappe": {"referanseEksternNoekkel": key(case)},
                "tittel": title,
            }}),
        )
        .await;
    }

    /// Three mapper of the arkivdel, of which one is moved to another, with letters that are moved between them: of 2024, one
    /// mappe with two letters is left; in all, two with four.
    pub async fn moves(&self) {
        self.structure("A").await;
        let of_2024 = || json!({"opprettetDato": "2024-05-01T10:00:00Z"});
        let keyed = |name: &str| letter("Brev", json!({"referanseEksternNoekkel": key(name)}));
        self.deposit(1, mappe("p", "I perioden", of_2024()), keyed("p-1")).await;
        self.deposit(2, mappe("q", "Etter perioden", json!({})), keyed("q-1")).await;
        self.deposit(3, mappe("p", "", json!({})), keyed("p-2")).await;
        self.deposit(4, mappe("q", "", json!({})), keyed("q-2")).await;
        self.deposit(5, mappe("r", "I ein annan arkivdel", of_2024()), keyed("r-1")).await;
        for (letter, to) in [("p-2", "q"), ("q-2", "p")] {
            let changes = json!({"registreringOppdateringer": {
                "@type": "journalpostOppdatering",
                "referanseTilRegistrering": {"referanseEksternNoekkel": key(letter)},
                "referanseForelderMappe": {"referanseEksternNoekkel": key(to)},
            }});
            self.update(letter, changes).await;
        }
        let changes = json!({"mappeOppdateringer": {
            "@type": "saksmappeOppdatering", "referanseTilMappe": {"referanseEksternNoekkel": key("r")},
            "arkivdel": {"kode": "ANNA"},
        }});
        self.update("r", changes).await;
    }

    async fn update(&self, id: &str, changes: Value) {
        let payload = write::document(Schema::ArkivmeldingOppdater.root(), &changes).unwrap();
        let request = SendMessageRequest {
            tenant: SELJORD.tenant.to_owned(),
            system: SELJORD.system.to_owned(),
            r#type: MessageType::ArkivmeldingOppdater.name(),
            client_message_id: format!("endring-{id}"),
            payload: payload.into_bytes().into(),
            ..Default::default()
        };
        let sent = self.client.messages().send_message(request).await.unwrap().into_inner();
        let request = GetAnswersRequest { message_id: sent.message_id, wait: Some(WAIT) };
        let answers = self.client.messages().get_answers(request).await.unwrap().into_inner().answers;
        let last = answers.last().unwrap();
        assert!(last.r#type.ends_with(".kvittering"), "{changes}: {last:?}");
    }
}
