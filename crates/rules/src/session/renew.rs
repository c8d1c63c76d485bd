use handcarry_format::{Instant, LicenseStatus};

use crate::session::check_out::expiry;
use crate::session::{Session, SessionPool, SessionRefusal};

/// LMX-15: a sign of life, or a borrowing of what is open already. It takes no further place, so the count is not
/// asked: a session goes on when an upgrade has ended. A borrowed session keeps its instant, and a new one can be later
/// or earlier.
pub fn renew(
    session: &Session,
    pool: &SessionPool,
    until: Option<Instant>,
    now: Instant,
) -> Result<Session, SessionRefusal> {
    if !session.is_open(now) {
        return Err(SessionRefusal::Over { since: session.expires_at });
    }
    // As for a device: what runs runs on to its own end, and nothing is prolonged (ALT-10).
    if pool.status != LicenseStatus::Active {
        return Err(SessionRefusal::NotActive { status: pool.status });
    }
    let expires_at = match until {
        None if session.borrowed => session.expires_at,
        until => expiry(pool, until, now)?,
    };
    let borrowed = session.borrowed || until.is_some();
    Ok(Session { renewed_at: now, expires_at, borrowed, ..session.clone() })
}
