//! The clock is a parameter: whoever needs the time is given one of these.

use std::sync::atomic::{AtomicI64, Ordering};

use handcarry_format::{Instant, MAX_INSTANT};

/// Tells the time.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Instant;
}

/// The machine's clock. The only place in this program that reads it.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Instant {
        #[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
        let now = std::time::SystemTime::now();
        let seconds = now.duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_secs());
        i64::try_from(seconds).ok().and_then(Instant::from_unix).unwrap_or(MAX_INSTANT)
    }
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
