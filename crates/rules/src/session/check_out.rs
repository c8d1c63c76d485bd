use handcarry_format::{Instant, LicenseStatus, MAX_INSTANT};

use crate::account::Pooling;
use crate::session::{AskedSession, HEARTBEAT, Session, SessionPool, SessionRefusal};

/// LMX-15: takes a place. Of the licenses with the feature the exclusive one comes first, then the additive ones in the
/// order of the list; of several exclusive ones that are active here only the first counts, and the others are left out. A
/// session that shares a place goes where that place is taken already.
pub fn check_out(
    pools: &[SessionPool],
    asked: &AskedSession,
    now: Instant,
) -> Result<Session, SessionRefusal> {
    let active = |pool: &&SessionPool| pool.status == LicenseStatus::Active && !pool.elsewhere;
    let of = |pooling: Pooling| pools.iter().filter(move |pool| pool.pooling == pooling);
    let exclusive = of(Pooling::Exclusive).find(active).or_else(|| of(Pooling::Exclusive).next());
    let mut order: Vec<&SessionPool> = exclusive.into_iter().chain(of(Pooling::Additive)).collect();
    order.sort_by_key(|pool| !pool.has_place);
    let mut refused = SessionRefusal::NoLicense;
    for pool in order {
        match place(pool, asked, now) {
            Ok(session) => return Ok(session),
            Err(refusal) if refusal.nearness() > refused.nearness() => refused = refusal,
            Err(_) => {}
        }
    }
    Err(refused)
}

fn place(pool: &SessionPool, asked: &AskedSession, now: Instant) -> Result<Session, SessionRefusal> {
    if pool.status != LicenseStatus::Active {
        return Err(SessionRefusal::NotActive { status: pool.status });
    }
    if pool.elsewhere {
        return Err(SessionRefusal::Elsewhere);
    }
    let expires_at = expiry(pool, asked.until, now)?;
    if !pool.has_place && pool.taken >= pool.count {
        return Err(SessionRefusal::NoPlace { count: pool.count, taken: pool.taken });
    }
    Ok(Session {
        id: asked.id.clone(),
        license: pool.license.clone(),
        feature: asked.feature.clone(),
        user: asked.user.clone(),
        host: asked.host.clone(),
        place: pool.terms.place(asked),
        since: now,
        renewed_at: now,
        expires_at,
        borrowed: asked.until.is_some(),
    })
}

/// Until when a session lasts: never beyond its license.
pub(super) fn expiry(
    pool: &SessionPool,
    until: Option<Instant>,
    now: Instant,
) -> Result<Instant, SessionRefusal> {
    let ends = pool.ends.unwrap_or(MAX_INSTANT);
    let Some(until) = until else {
        return Ok(now.plus_seconds(HEARTBEAT).min(ends));
    };
    let hours = pool.terms.borrow_hours.ok_or(SessionRefusal::NoBorrowing)?;
    let latest = now.plus_seconds(i64::from(hours) * 3_600).min(ends);
    if now < until && until <= latest { Ok(until) } else { Err(SessionRefusal::BorrowedUntil { latest }) }
}
