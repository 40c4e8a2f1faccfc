//! A message that is sent, and all that is answered, held against the published schemas.

use std::path::{Path, PathBuf};
use std::process::Command;

use samflyt_noark::fiks::{MessageType, Schema};
use samflyt_noark::write;
use samflyt_testkit::hub::TestHub;
use serde_json::Value;

use super::door::{Door, Form, json};

/// An answer, in its file where it has a payload.
pub struct Answer {
    pub kind: String,
    pub payload: Option<PathBuf>,
}

/// Sends, waits, and keeps what came in a folder.
pub struct Sender {
    pub door: Door,
    schemas: PathBuf,
    dir: tempfile::TempDir,
    sent: u32,
}

impl Sender {
    pub fn of(hub: &TestHub, conformance: &Path) -> Self {
        let schemas = conformance.join("fiks-arkiv/schema");
        Self { door: Door::of(hub), schemas, dir: tempfile::tempdir().unwrap(), sent: 0 }
    }

    /// Sends a message; gives its answers, each valid.
    pub async fn send(&mut self, kind: &str, payload: &[u8], files: &[(String, Vec<u8>)]) -> Vec<Answer> {
        self.sent += 1;
        let mut form = Form::message(kind, &format!("melding-{}", self.sent));
        form = form.file("payload", "payload.xml", payload);
        for (name, bytes) in files {
            form = form.file("fil", name, bytes);
        }
        let (status, accepted) = json(self.door.post(form).await).await;
        assert_eq!(status, 202, "{accepted}");
        let id = accepted["meldingId"].as_str().unwrap();
        let (_, answers) = json(self.door.get(&format!("/meldinger/{id}/svar?vent=30")).await).await;
        let answers = answers.as_array().unwrap();
        answers.iter().enumerate().map(|(at, answer)| self.keep(at, answer)).collect()
    }

    /// Sends what has to be there first.
    pub async fn prepare(&mut self, document: &Value, files: &[(String, Vec<u8>)]) {
        let kind = MessageType::ArkivmeldingOpprett.name();
        let payload = write::document(Schema::ArkivmeldingOpprett.root(), document).unwrap();
        let answers = self.send(&kind, payload.as_bytes(), files).await;
        let last = answers.last().unwrap();
        assert_eq!(last.kind, format!("{kind}.kvittering"), "{document}: {}", last.text());
    }

    fn keep(&self, at: usize, answer: &Value) -> Answer {
        let kind = answer["meldingstype"].as_str().unwrap().to_owned();
        let payload = answer["payload"].as_str().map(|text| {
            let path = self.dir.path().join(format!("{}-{at}.xml", self.sent));
            std::fs::write(&path, text).unwrap();
            self.validate(&kind, &path);
            path
        });
        Answer { kind, payload }
    }

    /// Each message type that has a payload has a schema of its name.
    fn validate(&self, kind: &str, path: &Path) {
        let schema = self.schemas.join(format!("{kind}.xsd"));
        let said =
            Command::new("xmllint").arg("--noout").arg("--schema").arg(schema).arg(path).output().unwrap();
        let text = std::fs::read_to_string(path).unwrap();
        assert!(said.status.success(), "{}\n{text}", String::from_utf8_lossy(&said.stderr));
    }
}

impl Answer {
    /// The text of an element, by local names from the root; of its `xsi:type` where that is asked for.
    pub fn value(&self, path: &str, is_type: bool) -> String {
        let steps = path.split('/').skip(1).map(|name| format!("/*[local-name()='{name}']"));
        let place: String = steps.collect();
        let query = if is_type {
            format!("string({place}/@*[local-name()='type'])")
        } else {
            format!("string({place})")
        };
        let path = self.payload.as_ref().unwrap_or_else(|| panic!("{} has no payload", self.kind));
        let said = Command::new("xmllint").arg("--xpath").arg(query).arg(path).output().unwrap();
        assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
        let text = String::from_utf8(said.stdout).unwrap();
        // The name of a type without its prefix.
        let text = if is_type { text.rsplit(':').next().unwrap_or_default().to_owned() } else { text };
        text.trim().to_owned()
    }

    pub fn text(&self) -> String {
        self.payload.as_ref().map(|path| std::fs::read_to_string(path).unwrap()).unwrap_or_default()
    }
}
