//! One run of nats-server, from its spawning to its end.

use std::fmt;
use std::fs::File;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};
use tokio::sync::watch;

use super::die_with_parent::die_with_spawning_thread;

/// How long dropping a handle waits for the killed process to be gone.
const DROP_WAIT_MAX: Duration = Duration::from_secs(2);

/// How a broker's process ended.
#[derive(Clone, Debug)]
pub struct BrokerExit {
    /// `None` when the system would not tell.
    pub status: Option<ExitStatus>,
    /// Where the server's last words are.
    pub log: PathBuf,
}

impl fmt::Display for BrokerExit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.status {
            Some(status) => write!(f, "{status}")?,
            None => f.write_str("unknown status")?,
        }
        write!(f, "; see {}", self.log.display())
    }
}

/// A process that was started. Killed on drop, and by the kernel when this process dies.
pub(super) struct Process {
    pid: u32,
    /// Whether its end was asked for.
    asked: AtomicBool,
    /// False from when it is reaped: its id may then be another's.
    signallable: Arc<Mutex<bool>>,
    ended: watch::Receiver<Option<BrokerExit>>,
    keeper: JoinHandle<()>,
}

impl Process {
    /// Starts it, in a process group of its own: a Ctrl-C meant for the hub must not reach the broker first. Blocks for
    /// about a millisecond.
    ///
    /// The child keeps `lock` open as its standard input, so that the lock is held until both are gone.
    pub fn spawn(binary: &Path, config: &Path, log: &Path, lock: &File) -> io::Result<Self> {
        let output = File::options().append(true).create(true).open(log)?;
        let mut command = Command::new(binary);
        command.arg("-c").arg(config).process_group(0);
        command.stdin(lock.try_clone()?).stdout(output.try_clone()?).stderr(output);
        die_with_spawning_thread(&mut command);

        let signallable = Arc::new(Mutex::new(true));
        let (ended_sender, ended) = watch::channel(None);
        let (started_sender, started) = mpsc::sync_channel(1);
        let keeper = {
            let signallable = Arc::clone(&signallable);
            let log = log.to_owned();
            thread::Builder::new().name("broker-keeper".to_owned()).spawn(move || {
                if let Some(child) = start(command, &started_sender) {
                    let status = reap(child, &signallable);
                    ended_sender.send_replace(Some(BrokerExit { status, log }));
                }
            })?
        };
        let pid = started.recv().map_err(io::Error::other)??;
        Ok(Self { pid, asked: AtomicBool::new(false), signallable, ended, keeper })
    }

    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// Marks the end, whenever it comes, as wanted.
    pub fn ask_to_end(&self) {
        self.asked.store(true, Ordering::SeqCst);
    }

    pub fn was_asked_to_end(&self) -> bool {
        self.asked.load(Ordering::SeqCst)
    }

    pub fn terminate(&self) {
        self.signal(Signal::TERM);
    }

    pub fn kill(&self) {
        self.signal(Signal::KILL);
    }

    /// Resolves when the process is gone.
    pub async fn ended(&self) -> Option<BrokerExit> {
        let mut ended = self.ended.clone();
        ended.wait_for(Option::is_some).await.ok().and_then(|exit| exit.clone())
    }

    /// To the whole group: a nats-server found may be a wrapper that started the real one.
    fn signal(&self, signal: Signal) {
        let signallable = self.signallable.lock();
        if *signallable && let Some(pid) = Pid::from_raw(self.pid.cast_signed()) {
            // The only possible failure is that it is gone, which is what a signal is sent for.
            let _ = kill_process_group(pid, signal);
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
        let killed = Instant::now();
        // Its directory may be removed next.
        while !self.keeper.is_finished() && killed.elapsed() < DROP_WAIT_MAX {
            thread::sleep(Duration::from_millis(1));
        }
    }
}

fn start(mut command: Command, started: &mpsc::SyncSender<io::Result<u32>>) -> Option<Child> {
    let (answer, child) = match command.spawn() {
        Ok(child) => (Ok(child.id()), Some(child)),
        Err(error) => (Err(error), None),
    };
    // Fails only if the starter panicked; the child then dies with its process.
    let _ = started.send(answer);
    child
}

/// Waits for the end without reaping, so that the process' id stays its own until nobody will signal it any more.
fn reap(mut child: Child, signallable: &Mutex<bool>) -> Option<ExitStatus> {
    if let Some(pid) = Pid::from_raw(child.id().cast_signed()) {
        while let Err(rustix::io::Errno::INTR) =
            waitid(WaitId::Pid(pid), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT)
        {}
    }
    let mut signallable = signallable.lock();
    *signallable = false;
    child.wait().ok()
}
