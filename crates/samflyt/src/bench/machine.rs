//! What the figures were measured on.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::Instant;

use serde_json::{Value, json};

use super::quantile;

/// Microseconds.
pub(super) struct Fsync {
    pub p50: f64,
    pub p99: f64,
}

/// How long this machine's disk takes to make 512 bytes durable.
pub(super) fn fsync() -> anyhow::Result<Fsync> {
    let dir = tempfile::tempdir()?;
    let mut file = File::create(dir.path().join("fsync"))?;
    let mut took = Vec::with_capacity(500);
    for _ in 0..500 {
        file.write_all(&[7; 512])?;
        let since = Instant::now();
        file.sync_data()?;
        took.push(since.elapsed().as_secs_f64() * 1e6);
    }
    Ok(Fsync { p50: quantile(&mut took, 0.5), p99: quantile(&mut took, 0.99) })
}

pub(super) fn describe() -> Value {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let build = if cfg!(debug_assertions) { "debug" } else { "release" };
    json!({"cores": cores, "build": build, "version": env!("CARGO_PKG_VERSION")})
}

/// Processor time of a process so far, in seconds.
#[allow(clippy::cast_precision_loss, reason = "a figure for people")]
pub(super) fn cpu_seconds(pid: u32) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // After the name, which may hold anything: utime and stime are the 12th and 13th (proc(5)).
    let after = stat.rsplit_once(')').map(|(_, rest)| rest).unwrap_or_default();
    let ticks: u64 =
        after.split_whitespace().skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
    // Linux has told user space 100 ticks a second for ever.
    ticks as f64 / 100.0
}

/// Resident memory of a process: now, and at its most; in MiB.
pub(super) fn memory_mib(pid: u32) -> (u64, u64) {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let field = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name));
        line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok()).unwrap_or(0) / 1024
    };
    (field("VmRSS:"), field("VmHWM:"))
}

/// Bytes of all files below a folder.
pub(super) fn disk_bytes(dir: &Path) -> u64 {
    let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
    entries
        .map(|entry| match entry.metadata() {
            Ok(found) if found.is_dir() => disk_bytes(&entry.path()),
            Ok(found) => found.len(),
            Err(_) => 0,
        })
        .sum()
}
