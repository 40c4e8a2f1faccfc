//! The HTTP door of the messages, as a sender uses it.

use reqwest::{Client, Response};
use samflyt_testkit::hub::{SELJORD, TestHub};
use serde_json::Value;

use crate::archive::http_client;

const BOUNDARY: &str = "----part";

pub struct Door {
    url: String,
    token: String,
    client: Client,
}

/// A form, part by part.
#[derive(Clone)]
pub struct Form(pub Vec<u8>);

impl Form {
    pub fn message(kind: &str, client_id: &str) -> Self {
        Self(Vec::new())
            .field("kommune", "seljord")
            .field("system", SELJORD.system)
            .field("meldingstype", kind)
            .field("klientMeldingId", client_id)
    }

    pub fn field(mut self, name: &str, value: &str) -> Self {
        let head =
            format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        self.0.extend_from_slice(head.as_bytes());
        self
    }

    pub fn file(mut self, name: &str, file_name: &str, bytes: &[u8]) -> Self {
        let head = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{file_name}\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n"
        );
        self.0.extend_from_slice(head.as_bytes());
        self.0.extend_from_slice(bytes);
        self.0.extend_from_slice(b"\r\n");
        self
    }

    pub fn end(mut self) -> Vec<u8> {
        self.0.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
        self.0
    }
}

impl Door {
    pub fn of(hub: &TestHub) -> Self {
        Self {
            url: format!("{}/fiks-arkiv/v1", hub.http()),
            token: hub.token(SELJORD),
            client: http_client(),
        }
    }

    pub async fn post(&self, form: Form) -> Response {
        let kind = format!("multipart/form-data; boundary={BOUNDARY}");
        let request = self.client.post(format!("{}/meldinger", self.url)).bearer_auth(&self.token);
        request.header("Content-Type", kind).body(form.end()).send().await.unwrap()
    }

    pub async fn get(&self, path: &str) -> Response {
        self.client.get(format!("{}{path}", self.url)).bearer_auth(&self.token).send().await.unwrap()
    }

    pub async fn confirm(&self, answer: &str) -> u16 {
        let request = self.client.post(format!("{}/svar/{answer}/bekreft", self.url));
        request.bearer_auth(&self.token).send().await.unwrap().status().as_u16()
    }
}

pub async fn json(answer: Response) -> (u16, Value) {
    let status = answer.status().as_u16();
    (status, serde_json::from_str(&answer.text().await.unwrap()).unwrap())
}
