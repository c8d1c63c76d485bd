//! The clock is a parameter: whoever needs the time is given one of these.

use std::sync::atomic::{AtomicI64, Ordering};

use handcarry_format::{Instant, MAX_INSTANT};

/// Tells the time.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Instant;

    /// Now, with the microseconds since then: for the order of ids, and nothing else. A clock that counts seconds alone
    /// has none.
    fn fine(&self) -> (Instant, u32) {
        (self.now(), 0)
    }
}

/// The machine's clock. The only place in this program that reads it.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Instant {
        self.fine().0
    }

    fn fine(&self) -> (Instant, u32) {
        #[cfg(feature = "test-clock")]
        if let Some(now) = of_file() {
            return (now, 0);
        }
        #[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
        let now = std::time::SystemTime::now();
        let since = now.duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        let seconds = i64::try_from(since.as_secs()).ok().and_then(Instant::from_unix);
        (seconds.unwrap_or(MAX_INSTANT), since.subsec_micros())
    }
}

/// The time in the file that `HANDCARRY_TEST_CLOCK_FILE` names, in builds with the feature `test-clock` alone: tests
/// of several processes write it. A file that is being written counts as the time before.
#[cfg(feature = "test-clock")]
fn of_file() -> Option<Instant> {
    static LAST: AtomicI64 = AtomicI64::new(0);
    let path = std::env::var_os("HANDCARRY_TEST_CLOCK_FILE")?;
    let read = std::fs::read_to_string(path).ok().and_then(|text| Instant::parse(text.trim()));
    if let Some(now) = read {
        LAST.store(now.unix(), Ordering::SeqCst);
    }
    read.or_else(|| Instant::from_unix(LAST.load(Ordering::SeqCst)))
}

/// A clock that is set by hand, for tests.
#[derive(Debug)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// A clock that stands still here.
    pub fn at(now: Instant) -> ManualClock {
        ManualClock(AtomicI64::new(now.unix()))
    }

    /// Sets it.
    pub fn set(&self, now: Instant) {
        self.0.store(now.unix(), Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Instant {
        Instant::from_unix(self.0.load(Ordering::SeqCst)).unwrap_or(MAX_INSTANT)
    }
}
