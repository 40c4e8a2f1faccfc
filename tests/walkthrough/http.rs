//! The HTTP door, as any client has it.

use samflyt_testkit::events::TYPE;
use samflyt_testkit::hub::SELJORD;
use serde_json::{Value, json};

/// A client of its own connections.
pub fn client() -> reqwest::Client {
    // Fails where another part of the process has installed one, which is as good.
    let _already_installed = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().build().unwrap()
}

/// An event of Seljord's in the JSON event format.
pub fn cloudevent(id: &str, case: &str) -> Value {
    json!({
        "specversion": "1.0", "id": id, "type": format!("no.samflyt.{TYPE}"), "tenant": SELJORD.tenant,
        "source": format!("urn:samflyt:system:{}", SELJORD.system), "subject": case,
        "time": "2026-03-02T08:00:00Z", "data": {"case": case, "hours": 20},
    })
}

/// Status and answer of `POST /v1/events`.
pub async fn post(
    http: &str,
    token: &str,
    content_type: &str,
    body: impl Into<reqwest::Body>,
) -> (u16, Value) {
    let mut request = client().post(format!("{http}/v1/events")).header("content-type", content_type);
    if !token.is_empty() {
        request = request.bearer_auth(token);
    }
    let answer = request.body(body).send().await.unwrap();
    (answer.status().as_u16(), serde_json::from_str(&answer.text().await.unwrap()).unwrap())
}
