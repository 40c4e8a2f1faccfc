//! Searches (`innsyn.sok`) over 200,000 records, as messages: from the sending to the answer.

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use samflyt_noark::fiks::{MessageType, Schema};
use samflyt_noark::write;
use samflyt_proto::archive::{GetAnswersRequest, SendMessageRequest};
use samflyt_runtime::broker::SyncInterval;
use serde_json::{Value, json};

use super::child::{self, BenchHub};
use super::load::{SYSTEMS, TENANT};
use super::machine::memory_mib;
use super::quantile;
use super::records::{self, SUBJECTS, Store};
use crate::client::Client;

/// Of each kind.
const ROUNDS: u64 = 60;
const WAIT: prost_types::Duration = prost_types::Duration { seconds: 30, nanos: 0 };

pub(super) async fn measure(quick: bool) -> anyhow::Result<Value> {
    let sizes: &[u64] = if quick { &[1_000] } else { &[20_000, 60_000, 200_000] };
    let mut curve = Vec::new();
    for journalposter in sizes {
        let measured = search(*journalposter, quick).await?;
        eprintln!("{measured}");
        curve.push(measured);
    }
    Ok(json!({"target_ms": {"p99": 50.0}, "curve": curve}))
}

async fn search(journalposter: u64, quick: bool) -> anyhow::Result<Value> {
    let (broker, dir) = child::broker(SyncInterval::Default).await?;
    let hub = BenchHub::start(broker, dir, &["registry", "archive"]).await?;
    hub.register().await?;
    let last = Store::open(&hub).await?.fill(journalposter).await?;
    records::folded(&hub, &last).await?;
    // What a search reads is what a start reads: nothing is left in memory from making it.
    let (broker, dir) = hub.stop().await?;
    let hub = BenchHub::start(broker, dir, &["registry", "archive"]).await?;
    records::folded(&hub, &last).await?;
    let client = hub.client().await?;
    let (before, _) = memory_mib(hub.pid);
    // It reads all records.
    let first = asked(&client, "first", &searches(0, journalposter)[0].1).await?;
    let (after, _) = memory_mib(hub.pid);
    let (mut all, mut by_kind) = (Vec::new(), Vec::<(&str, Vec<f64>)>::new());
    for round in 1..=if quick { 3 } else { ROUNDS } {
        for (at, (kind, document)) in searches(round, journalposter).into_iter().enumerate() {
            let took = asked(&client, &format!("{round}-{at}"), &document).await?.as_secs_f64() * 1e3;
            all.push(took);
            match by_kind.get_mut(at) {
                Some((_, times)) => times.push(took),
                None => by_kind.push((kind, vec![took])),
            }
        }
    }
    let kinds: serde_json::Map<String, Value> = by_kind
        .iter_mut()
        .map(|(kind, times)| {
            ((*kind).to_owned(), json!({"p50": quantile(times, 0.5), "most": quantile(times, 1.0)}))
        })
        .collect();
    let report = json!({
        "journalposter": journalposter,
        "searches": all.len(),
        "ms": {"p50": quantile(&mut all, 0.5), "p99": quantile(&mut all, 0.99), "most": quantile(&mut all, 1.0)},
        "first_ms": first.as_secs_f64() * 1e3,
        "by_kind_ms": kinds,
        "hub_memory_mib": {"before": before, "after_first": after, "most": memory_mib(hub.pid).1},
    });
    hub.end().await?;
    Ok(report)
}

/// Sends a search, and waits for its answer.
async fn asked(client: &Client, id: &str, document: &Value) -> anyhow::Result<Duration> {
    let payload = write::document(Schema::Sok.root(), document)?;
    let since = Instant::now();
    let request = SendMessageRequest {
        tenant: TENANT.to_owned(),
        system: SYSTEMS[0].to_owned(),
        r#type: MessageType::Sok.name(),
        client_message_id: id.to_owned(),
        payload: payload.into(),
        ..SendMessageRequest::default()
    };
    let sent = client.messages().send_message(request).await?.into_inner();
    let request = GetAnswersRequest { message_id: sent.message_id, wait: Some(WAIT) };
    let answers = client.messages().get_answers(request).await?.into_inner().answers;
    let answer = answers.last().context("the search has no answer")?;
    ensure!(answer.r#type.contains("resultat"), "{}", answer.payload);
    Ok(since.elapsed())
}

fn searches(round: u64, journalposter: u64) -> Vec<(&'static str, Value)> {
    let text = |text: String| json!({"stringvalues": {"value": [text]}});
    let int = |number: u64| json!({"intvalues": {"value": [number]}});
    let parameter = |field: &str, operator: &str, values: Value| json!({"felt": field, "operator": operator, "sokVerdier": values});
    let of = |target: &str, parameters: Value, sorted: Value| {
        json!({"system": "bench", "take": 100, "skip": 0, "sokdefinisjon": {
            "@type": format!("{target}Sokdefinisjon"), "responstype": "minimum", "parametere": parameters,
            "sortering": sorted}})
    };
    let free = |words: String| {
        json!({"system": "bench", "take": 100, "skip": 0, "sokdefinisjon": {
            "@type": "registreringFritekstSokdefinisjon", "responstype": "minimum", "soketekst": words}})
    };
    let n = round * 2_654_435_761 % journalposter;
    let subject = SUBJECTS[usize::try_from(round).unwrap_or(0) % SUBJECTS.len()];
    let title = |pattern: String| json!([parameter("registreringTittel", "wildcardquery", text(pattern))]);
    let newest = json!([{"felt": "journalpostJournalaar-journalsekvensnummer", "type": "synkende"}]);
    let none = || json!([]);
    vec![
        ("title holds, few", of("journalpost", title(format!("*vedtak {n} *")), none())),
        ("title holds, many, sorted", of("journalpost", title(format!("*{subject}")), newest.clone())),
        (
            "number",
            of(
                "saksmappe",
                json!([
                    parameter("sakSaksaar", "equal", int(2026)),
                    parameter("sakSaksekvensnummer", "equal", int(n / 10 + 1)),
                ]),
                none(),
            ),
        ),
        (
            "party",
            of(
                "registrering",
                json!([parameter(
                    "registreringKorrespondansepartKorrespondansepartNavn",
                    "equal",
                    text(format!("prøve testesen {}", n % records::NAMES))
                )]),
                none(),
            ),
        ),
        (
            "all, sorted",
            of("journalpost", json!([parameter("journalpostJournalaar", "equal", int(2026))]), newest),
        ),
        ("free text, many", free(format!("testesen {subject}"))),
        ("free text, few", free(format!("vedtak {n} {subject}"))),
    ]
}
