//! An endpoint proves that it wants events: CloudEvents 1.0, HTTP 1.1 Web Hooks for Event Delivery, section 4.
//!
//! Nobody can have the hub post to a third party that does not know of it.

use std::time::Duration;

use reqwest::Method;

use super::answer::no_answer;
use super::{Webhooks, check_url};

impl Webhooks {
    /// Asks the endpoint whether it wants the hub's events.
    ///
    /// # Errors
    /// Why that is not known, and what to do.
    pub async fn verify(&self, url: &str) -> Result<(), String> {
        let origin = &self.config.origin;
        let url = check_url(url, &self.config)
            .map_err(|(rule, advice)| format!("the endpoint's address {rule}: {advice}"))?;
        let client = self.client.as_ref().map_err(Clone::clone)?;
        let request = client.request(Method::OPTIONS, url).header("WebHook-Request-Origin", origin);
        let within = Duration::from_millis(self.config.timeout_ms.into());
        let answer = request.send().await.map_err(|error| no_answer(&error, within))?;
        let then = "then call `VerifySubscription`";
        let advice = format!(
            "answer OPTIONS with 200 and `WebHook-Allowed-Origin: {origin}` (CloudEvents, HTTP 1.1 Web Hooks), {then}"
        );
        if !answer.status().is_success() {
            return Err(format!("the endpoint answered OPTIONS with {}: {advice}", answer.status()));
        }
        let allowed = answer.headers().get_all("webhook-allowed-origin").iter();
        let mut allowed = allowed.filter_map(|value| value.to_str().ok()).map(str::trim).peekable();
        if allowed.peek().is_none() {
            return Err(format!(
                "the endpoint's answer to OPTIONS has no `WebHook-Allowed-Origin`: {advice}"
            ));
        }
        if allowed.any(|value| value == "*" || value.eq_ignore_ascii_case(origin)) {
            return Ok(());
        }
        Err(format!("the endpoint's `WebHook-Allowed-Origin` does not name `{origin}`: {advice}"))
    }
}
