//! A broker from its first start to its drop.

use std::fs::{self, File, TryLockError};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, watch};
use tokio::time::{sleep, timeout};

use super::access::BrokerAccess;
use super::config::{self, BrokerOptions, WantedPorts};
use super::credentials::{Credentials, write_private};
use super::error::BrokerError;
use super::find::{self, Places};
use super::process::{BrokerExit, Process};
use super::ready::{self, Addresses};

/// After this a broker that was asked to end is killed.
const STOP_WAIT_MAX: Duration = Duration::from_secs(30);
/// How long a start waits for a predecessor in the same directory that is about to die.
const LOCK_WAIT_MAX: Duration = Duration::from_secs(5);

/// A nats-server of our own. Killed when dropped; use [`Broker::stop`] for an orderly end.
pub struct Broker {
    home: Home,
    access: BrokerAccess,
    ports: WantedPorts,
    /// The latest run, whether it still goes on or not.
    latest: watch::Sender<Arc<Process>>,
    /// One stop, kill or start at a time.
    turn: Mutex<()>,
}

impl Broker {
    /// Finds or installs nats-server, starts it, and returns when its JetStream answers.
    ///
    /// # Errors
    /// See [`BrokerError`]; each says what to do.
    pub async fn start(options: BrokerOptions) -> Result<Self, BrokerError> {
        let home = Home::open(options).await?;
        let wanted = WantedPorts { client: home.options.port, monitor: None };
        let (process, addresses) = home.run(wanted).await?;
        let access = home.access(addresses.url, addresses.monitor_url);
        ready::answering(&process, &access, &home.log()).await?;
        tracing::info!(url = access.url, pid = process.pid(), "the broker is ready");
        let latest = watch::Sender::new(Arc::new(process));
        Ok(Self { home, access, ports: addresses.ports, latest, turn: Mutex::new(()) })
    }

    /// How to connect; the same after each start.
    pub fn access(&self) -> &BrokerAccess {
        &self.access
    }

    /// The process id of the latest run.
    pub fn pid(&self) -> u32 {
        self.latest().pid()
    }

    /// Ends it in order (SIGTERM) and waits until it is gone; kills it if that takes longer than half a minute. Does
    /// nothing when it is not running.
    pub async fn stop(&self) {
        let _turn = self.turn.lock().await;
        self.end(&self.latest()).await;
    }

    /// Ends it as a power cut would (SIGKILL) and waits until it is gone.
    pub async fn kill(&self) {
        let _turn = self.turn.lock().await;
        let process = self.latest();
        process.ask_to_end();
        process.kill();
        process.ended().await;
    }

    /// Starts it again with the same ports, credentials and store; returns when JetStream answers. Stops it first if it
    /// runs.
    ///
    /// # Errors
    /// See [`BrokerError`]; it may be tried again.
    pub async fn start_again(&self) -> Result<(), BrokerError> {
        let _turn = self.turn.lock().await;
        self.end(&self.latest()).await;
        self.run_again().await
    }

    /// Resolves when the process ended without [`Broker::stop`], [`Broker::kill`] or [`Broker::start_again`] being
    /// asked for that.
    pub async fn exited(&self) -> BrokerExit {
        self.exited_process().await.1
    }

    pub(super) async fn exited_process(&self) -> (Arc<Process>, BrokerExit) {
        let mut latest = self.latest.subscribe();
        loop {
            let process = Arc::clone(&latest.borrow_and_update());
            tokio::select! {
                exit = process.ended() => if !process.was_asked_to_end() {
                    let exit = exit.unwrap_or_else(|| BrokerExit { status: None, log: self.home.log() });
                    return (process, exit);
                },
                Ok(()) = latest.changed() => continue,
            }
            // Fails when the broker is dropped, which it is not: it is borrowed.
            let _ = latest.changed().await;
        }
    }

    /// Starts it again unless it was stopped or started by someone else since this run of it ended.
    pub(super) async fn replace(&self, ended: &Arc<Process>) -> Result<(), BrokerError> {
        let _turn = self.turn.lock().await;
        if !Arc::ptr_eq(&self.latest(), ended) || ended.was_asked_to_end() {
            return Ok(());
        }
        self.run_again().await
    }

    async fn run_again(&self) -> Result<(), BrokerError> {
        let (process, _) = self.home.run(self.ports).await?;
        ready::answering(&process, &self.access, &self.home.log()).await?;
        tracing::info!(url = self.access.url, pid = process.pid(), "the broker is ready again");
        self.latest.send_replace(Arc::new(process));
        Ok(())
    }

    async fn end(&self, process: &Process) {
        process.ask_to_end();
        process.terminate();
        if timeout(STOP_WAIT_MAX, process.ended()).await.is_err() {
            tracing::warn!(
                pid = process.pid(),
                "the broker did not end in {} s and is killed",
                STOP_WAIT_MAX.as_secs()
            );
            process.kill();
            process.ended().await;
        }
    }

    fn latest(&self) -> Arc<Process> {
        Arc::clone(&self.latest.borrow())
    }
}

/// The directory of a broker, held by us, and what runs in it.
struct Home {
    options: BrokerOptions,
    binary: PathBuf,
    credentials: Credentials,
    issuer: String,
    lock: File,
}

impl Home {
    async fn open(mut options: BrokerOptions) -> Result<Self, BrokerError> {
        let unusable = |dir: &Path, source| BrokerError::Dir { dir: dir.to_owned(), source };
        options.dir = std::path::absolute(&options.dir).map_err(|source| unusable(&options.dir, source))?;
        let lock = prepare(&options.dir).map_err(|source| unusable(&options.dir, source))?;
        take(&lock, &options.dir).await?;
        let path = options.dir.join("credentials.json");
        let (credentials, issuer) = Credentials::kept_in(&path)
            .and_then(|credentials| credentials.auth_issuer().map(|issuer| (credentials, issuer)))
            .map_err(|source| BrokerError::Credentials { path, source })?;
        let found = tokio::task::spawn_blocking(|| find::find(&Places::from_env())).await;
        let binary = found.map_err(|panicked| unusable(&options.dir, io::Error::other(panicked)))??;
        Ok(Self { options, binary, credentials, issuer, lock })
    }

    /// Starts the server and waits until it has told its ports.
    async fn run(&self, wanted: WantedPorts) -> Result<(Process, Addresses), BrokerError> {
        let dir = &self.options.dir;
        let ports_dir = config::ports_dir(dir);
        let conf = dir.join("nats-server.conf");
        let written = empty(&ports_dir).and_then(|()| {
            let text = config::render(&self.options, &self.credentials, &self.issuer, wanted);
            write_private(&conf, text.as_bytes())
        });
        written.map_err(|source| BrokerError::Dir { dir: dir.clone(), source })?;
        let process = Process::spawn(&self.binary, &conf, &self.log(), &self.lock)
            .map_err(|source| BrokerError::Spawn { binary: self.binary.clone(), source })?;
        let addresses = ready::listening(&process, &ports_dir, &self.log()).await?;
        Ok((process, addresses))
    }

    fn log(&self) -> PathBuf {
        self.options.dir.join("nats-server.log")
    }

    fn access(&self, url: String, monitor_url: String) -> BrokerAccess {
        let Credentials { hub_user, hub_password, sys_user, sys_password, auth_issuer_seed } =
            self.credentials.clone();
        BrokerAccess { url, monitor_url, hub_user, hub_password, sys_user, sys_password, auth_issuer_seed }
    }
}

/// Creates the directory, for its owner only, and opens its lock file.
fn prepare(dir: &Path) -> io::Result<File> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
    File::options().write(true).create(true).truncate(false).open(dir.join("lock"))
}

/// Takes the directory. Its last broker may be dying still: nats-server itself does not notice that it is the second.
async fn take(lock: &File, dir: &Path) -> Result<(), BrokerError> {
    let attempts = async {
        loop {
            match lock.try_lock() {
                Ok(()) => return Ok(()),
                Err(TryLockError::WouldBlock) => sleep(Duration::from_millis(10)).await,
                Err(TryLockError::Error(source)) => {
                    return Err(BrokerError::Dir { dir: dir.to_owned(), source });
                }
            }
        }
    };
    timeout(LOCK_WAIT_MAX, attempts).await.unwrap_or_else(|_| Err(BrokerError::InUse { dir: dir.to_owned() }))
}

fn empty(dir: &Path) -> io::Result<()> {
    match fs::remove_dir_all(dir) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => fs::create_dir(dir),
    }
}
