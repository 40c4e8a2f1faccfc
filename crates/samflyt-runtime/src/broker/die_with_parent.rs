//! The child dies when the thread that spawns it does, even if that is by SIGKILL.
//!
//! This is the one place of the crate with `unsafe`: `pre_exec` runs between fork and exec, where the standard library
//! cannot promise soundness for us. What runs there are two system calls that neither allocate nor take a lock.
#![allow(unsafe_code)]

use std::os::unix::process::CommandExt;
use std::process::Command;

/// Asks the kernel to kill the command's process when the *thread* that spawns it ends. So spawn it from a thread that
/// lives as long as the process should.
///
/// Elsewhere than on Linux the kernel has no such service: there the child dies with its handle only.
pub(super) fn die_with_spawning_thread(command: &mut Command) {
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{Pid, Signal, getppid, set_parent_process_death_signal};

        let parent = Pid::from_raw(std::process::id().cast_signed());
        // SAFETY: the closure makes system calls only, no allocation, no locks: it is async-signal-safe.
        unsafe {
            command.pre_exec(move || {
                set_parent_process_death_signal(Some(Signal::KILL))?;
                // The parent may have died before the kernel was asked.
                if getppid() == parent { Ok(()) } else { Err(std::io::ErrorKind::NotFound.into()) }
            });
        }
    }
    #[cfg(not(target_os = "linux"))]
    let _ = command;
}
