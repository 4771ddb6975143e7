//! Signals that end the process, held back while a file is being replaced.
//! Promises that one which comes meanwhile ends the process as ever, once the temporary file is gone.
//! Changes nothing for signals that the caller ignores, and nothing on Windows.

use std::sync::atomic::{AtomicI32, Ordering};

const SIGNALS: [libc::c_int; 3] = [libc::SIGINT, libc::SIGTERM, libc::SIGHUP];

/// The last signal that came while it was held back; 0 is none.
static CAME: AtomicI32 = AtomicI32::new(0);

/// Holds the signals back as long as it lives. Create it before the temporary file, so that the file is dropped first.
#[derive(Debug)]
pub(super) struct Held {
    before: [libc::sighandler_t; 3],
}

impl Held {
    pub(super) fn new() -> Self {
        Self { before: SIGNALS.map(|signal| replace(signal, note as *const () as libc::sighandler_t)) }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        for (signal, before) in SIGNALS.into_iter().zip(self.before) {
            replace(signal, before);
        }
        let came = CAME.swap(0, Ordering::SeqCst);
        if came != 0 {
            raise(came);
        }
    }
}

extern "C" fn note(signal: libc::c_int) {
    CAME.store(signal, Ordering::SeqCst);
}

/// Sets what a signal does; what it did. One that is ignored stays ignored.
#[expect(unsafe_code, reason = "the standard library has no way to hold a signal back")]
fn replace(signal: libc::c_int, handler: libc::sighandler_t) -> libc::sighandler_t {
    // SAFETY: the handlers are the one above, which does no more than store an integer, and those that `signal` itself returned.
    unsafe {
        let before = libc::signal(signal, handler);
        if before == libc::SIG_IGN {
            libc::signal(signal, before);
        }
        before
    }
}

#[expect(unsafe_code, reason = "the standard library has no way to send a signal")]
fn raise(signal: libc::c_int) {
    // SAFETY: takes an integer and touches no memory of ours.
    let _ = unsafe { libc::raise(signal) };
}
