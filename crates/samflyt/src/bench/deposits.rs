//! Deposits of one journalpost with one document of 100 kB, each from the upload to its receipt, durable: as many as go, and
//! how long each takes at a steady pace.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::ensure;
use futures::future::try_join_all;
use samflyt_proto::archive::{DepositState, GetDepositRequest, ImportStructureRequest};
use samflyt_proto::common::Event;
use samflyt_proto::gateway::PublishEventRequest;
use samflyt_runtime::broker::SyncInterval;
use serde_json::{Value, json};
use time::macros::datetime;

use super::child::{self, BenchHub};
use super::load::{SYSTEMS, TENANT, rate};
use super::machine::{cpu_seconds, memory_mib};
use super::pace::steadily;
use super::quantile;
use crate::client::Client;

const DOCUMENT_BYTES: usize = 100_000;
const SENDERS: usize = 32;
const CLIENTS: usize = 4;
const STEADY_PER_S: u64 = 100;
const WAIT: prost_types::Duration = prost_types::Duration { seconds: 30, nanos: 0 };

pub(super) async fn measure(quick: bool) -> anyhow::Result<Value> {
    let (deposits, seconds) = if quick { (300, 2) } else { (3_000, 20) };
    let (broker, dir) = child::broker(SyncInterval::Always).await?;
    let hub = BenchHub::start(broker, dir, &["gateway", "registry", "archive"]).await?;
    hub.register().await?;
    let mut clients = Vec::new();
    for _ in 0..CLIENTS {
        clients.push(hub.client().await?);
    }
    import(&clients[0]).await?;
    // The case that all letters are of, and a warm-up that does not count.
    at_once(&clients, 0, 1).await?;
    at_once(&clients, 1, 100).await?;
    let processor = || [hub.pid, hub.broker.pid(), std::process::id()].map(cpu_seconds);
    let before = processor();
    let since = Instant::now();
    at_once(&clients, 1_000, deposits).await?;
    let per_s = rate(deposits, since);
    let after = processor();
    #[allow(clippy::cast_precision_loss, reason = "a figure for people")]
    let per_deposit = |process: usize| (after[process] - before[process]) * 1e3 / deposits as f64;
    let gap = Duration::from_secs(1) / u32::try_from(STEADY_PER_S)?;
    let took = steadily(STEADY_PER_S * seconds, gap, |n, due| {
        one(&clients[usize::try_from(n).unwrap_or(0) % CLIENTS], 1_000_000 + n, due)
    });
    let (mut whole, mut receipts): (Vec<f64>, Vec<f64>) = took.await?.into_iter().unzip();
    let report = json!({
        "document_bytes": DOCUMENT_BYTES,
        "deposits": deposits,
        "senders": SENDERS,
        "durable_per_s": per_s,
        "durable_target_per_s": 300,
        "processor_ms_per_deposit": {"hub": per_deposit(0), "broker": per_deposit(1), "bench": per_deposit(2)},
        "steady_per_s": STEADY_PER_S,
        "steady_seconds": seconds,
        // From the event to its receipt, its document being there.
        "receipt_ms": quantiles(&mut receipts),
        "receipt_targets_ms": {"p99": 100.0},
        // From when it was due: upload, event and receipt.
        "whole_ms": quantiles(&mut whole),
        "hub_memory_mib": memory_mib(hub.pid).0,
    });
    hub.end().await?;
    Ok(report)
}

fn quantiles(ms: &mut [f64]) -> Value {
    json!({
        "samples": ms.len(), "p50": quantile(ms, 0.5), "p99": quantile(ms, 0.99), "most": quantile(ms, 1.0),
    })
}

async fn import(operator: &Client) -> anyhow::Result<()> {
    let structure = json!({"arkiv": [{
        "tittel": "Bench", "arkivskaper": [{"arkivskaperID": "1", "arkivskaperNavn": "Bench"}],
        "arkivdel": [{"kode": "SAK", "tittel": "Sakarkiv", "standard": true}],
    }]});
    let request = ImportStructureRequest {
        tenant: TENANT.to_owned(),
        structure: structure.to_string().into_bytes().into(),
        dry_run: false,
    };
    operator.records().import_structure(request).await?;
    Ok(())
}

/// So many deposits, as fast as the senders get their receipts.
async fn at_once(clients: &[Client], from: u64, deposits: u64) -> anyhow::Result<()> {
    let next = AtomicU64::new(from);
    let senders = (0..SENDERS).map(|sender| {
        let next = &next;
        async move {
            loop {
                let n = next.fetch_add(1, Ordering::Relaxed);
                if n >= from + deposits {
                    return anyhow::Ok(());
                }
                one(&clients[sender % clients.len()], n, Instant::now()).await?;
            }
        }
    });
    try_join_all(senders).await?;
    Ok(())
}

/// One deposit. Milliseconds from when it was due, and from its event, to its receipt.
async fn one(client: &Client, n: u64, due: Instant) -> anyhow::Result<(f64, f64)> {
    let document = document(n);
    let sha256 = client.upload(TENANT, &document).await?.to_string();
    let asked = Instant::now();
    let id = format!("d-{n}");
    let event = Some(event(&id, n, &sha256));
    client.gateway().publish_event(PublishEventRequest { event, validate_only: false }).await?;
    let request = GetDepositRequest {
        tenant: TENANT.to_owned(),
        request: format!("{}/{id}", SYSTEMS[0]),
        wait: Some(WAIT),
    };
    let answer = client.deposits().get_deposit(request).await?.into_inner();
    let state = answer.deposit.unwrap_or_default().state();
    ensure!(
        state == DepositState::Accepted,
        "a deposit of the bench: {}",
        String::from_utf8_lossy(&answer.answer)
    );
    let ms = |since: Instant| since.elapsed().as_secs_f64() * 1e3;
    Ok((ms(due), ms(asked)))
}

/// Bytes that no other number gives.
fn document(n: u64) -> Vec<u8> {
    let mut state = n.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    };
    std::iter::repeat_with(&mut next).flatten().take(DOCUMENT_BYTES).collect()
}

fn event(id: &str, n: u64, sha256: &str) -> Event {
    let case = json!({"referanseEksternNoekkel": {"fagsystem": SYSTEMS[0], "noekkel": "case"}});
    let mut arkivmelding = json!({"registrering": {
        "@type": "journalpost", "tittel": "Letter", "journalposttype": {"kode": "X"}, "referanseForelderMappe": case,
        "dokumentbeskrivelse": [{
            "tittel": "Letter", "tilknyttetRegistreringSom": {"kode": "H"},
            "dokumentobjekt": [{
                "variantformat": {"kode": "P"}, "filnavn": "letter.bin", "referanseDokumentfil": "letter.bin",
            }],
        }],
    }});
    if n == 0 {
        arkivmelding["mappe"] = case;
        arkivmelding["mappe"]["@type"] = "saksmappe".into();
        arkivmelding["mappe"]["tittel"] = "Case".into();
    }
    let data = json!({
        "arkivmelding": arkivmelding,
        "documents": [{"name": "letter.bin", "sha256": sha256, "size": DOCUMENT_BYTES}],
    });
    Event {
        id: id.to_owned(),
        system: SYSTEMS[0].to_owned(),
        r#type: "archive.deposit-requested".to_owned(),
        tenant: TENANT.to_owned(),
        entity: format!("case-{n}"),
        time: Some(samflyt_runtime::refused::timestamp(datetime!(2026-03-02 8:00 UTC))),
        data: data.to_string().into(),
        ..Event::default()
    }
}
