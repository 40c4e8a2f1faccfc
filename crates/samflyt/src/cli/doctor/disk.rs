//! Is there room for the log, and how fast is the disk that every acknowledgement waits for.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::check::Check;

const FREE_BYTES_FAIL: u64 = 1 << 30;
const FREE_BYTES_WARN: u64 = 10 << 30;
const SYNCS: usize = 200;
const SYNC_BYTES: usize = 512;
/// A disk that is very slow is not waited for.
const MEASURE_MAX: Duration = Duration::from_secs(10);
const SYNC_WARN: Duration = Duration::from_millis(20);

pub(super) fn space(data_dir: &Path) -> Check {
    let name = "disk space";
    let dir = nearest(data_dir);
    match rustix::fs::statvfs(&dir) {
        Ok(found) => judge_space(&dir, found.f_bavail.saturating_mul(found.f_frsize)),
        Err(error) => Check::fail(name, format!("{}: {error}", dir.display()), "choose another --data-dir"),
    }
}

fn judge_space(dir: &Path, free_bytes: u64) -> Check {
    let name = "disk space";
    let tenths_gib = u128::from(free_bytes) * 10 / (1 << 30);
    let found = format!("{}.{} GiB free in {}", tenths_gib / 10, tenths_gib % 10, dir.display());
    let mend = "free some, or choose another --data-dir: the log keeps everything";
    if free_bytes < FREE_BYTES_FAIL {
        Check::fail(name, found, mend)
    } else if free_bytes < FREE_BYTES_WARN {
        Check::warn(name, found, mend)
    } else {
        Check::ok(name, found)
    }
}

pub(super) async fn fsync(data_dir: PathBuf) -> Check {
    let name = "disk sync";
    let dir = nearest(&data_dir);
    let measured = tokio::task::spawn_blocking(move || measure(&dir)).await;
    match measured.unwrap_or_else(|error| Err(io::Error::other(error))) {
        Ok(latencies) => judge_sync(latencies),
        Err(error) => Check::fail(
            name,
            format!("{} cannot be written: {error}", data_dir.display()),
            "check its owner, or choose another --data-dir",
        ),
    }
}

fn judge_sync(mut latencies: Vec<Duration>) -> Check {
    let name = "disk sync";
    latencies.sort_unstable();
    let at = |percent: usize| {
        latencies.get((latencies.len() * percent / 100).min(latencies.len().saturating_sub(1)))
    };
    let (Some(p50), Some(p99)) = (at(50).copied(), at(99).copied()) else {
        return Check::warn(name, "not measured", "try again");
    };
    let found = format!("{SYNC_BYTES} bytes on disk within {p50:.1?} (p50), {p99:.1?} (p99)");
    if p99 > SYNC_WARN {
        let mend =
            "every acknowledgement waits for this: use a faster disk, or a cluster, which syncs in groups";
        return Check::warn(name, found, mend);
    }
    Check::ok(name, found)
}

fn measure(dir: &Path) -> io::Result<Vec<Duration>> {
    let path = dir.join(format!(".samflyt-doctor-{}", std::process::id()));
    let mut file = File::create_new(&path)?;
    let measured = syncs(&mut file);
    std::fs::remove_file(&path)?;
    measured
}

fn syncs(file: &mut File) -> io::Result<Vec<Duration>> {
    let begun = Instant::now();
    let mut latencies = Vec::with_capacity(SYNCS);
    while latencies.len() < SYNCS && begun.elapsed() < MEASURE_MAX {
        let before = Instant::now();
        file.write_all(&[0x5a; SYNC_BYTES])?;
        file.sync_all()?;
        latencies.push(before.elapsed());
    }
    Ok(latencies)
}

/// The directory itself, or what is there of the way to it.
fn nearest(dir: &Path) -> PathBuf {
    let dir = std::path::absolute(dir).unwrap_or_else(|_| dir.to_owned());
    dir.ancestors().find(|ancestor| ancestor.is_dir()).unwrap_or(Path::new("/")).to_owned()
}

#[cfg(test)]
mod tests {
    use super::super::check::Level;
    use super::*;

    #[test]
    fn little_room_and_slow_syncs_are_told() {
        assert_eq!(judge_space(Path::new("/d"), 1 << 29).level, Level::Fail);
        assert_eq!(judge_space(Path::new("/d"), 5 << 30).level, Level::Warn);
        assert!(judge_space(Path::new("/d"), (20 << 30) + (1 << 29)).line().contains("20.5 GiB"));
        let one_slow = |slow_ms| {
            let mut latencies = vec![Duration::from_micros(80); 199];
            latencies.extend([Duration::from_millis(slow_ms); 3]);
            judge_sync(latencies)
        };
        assert_eq!(one_slow(100).level, Level::Warn);
        assert!(one_slow(1).line().contains("80.0µs (p50), 1.0ms (p99)"), "{}", one_slow(1).line());
        assert_eq!(judge_sync(Vec::new()).level, Level::Warn);
    }

    #[test]
    fn a_measurement_leaves_nothing_behind() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(nearest(&dir.path().join("a/b")), dir.path());
        assert!(!measure(dir.path()).unwrap().is_empty());
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
    }
}
