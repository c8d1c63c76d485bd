//! When a delivery that failed is tried again.

use handcarry_format::Instant;
use handcarry_store::{Channel, Settled};

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;

/// Seconds between one attempt and the next; then daily.
const PAUSES: [i64; 6] = [5, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR];
const DAILY: i64 = 24 * HOUR;

/// After so long it is given up.
const PATIENCE: i64 = 3 * DAILY;

/// For how long a claim holds, in seconds: well above what an attempt may take.
pub(super) fn claim(channel: Channel) -> i64 {
    match channel {
        Channel::Mail => 5 * MINUTE,
        Channel::Webhook => MINUTE,
    }
}

/// What becomes of a delivery whose attempt number `attempt` (from 1) failed at `now`.
pub(super) fn failed(attempt: u32, made_at: Instant, now: Instant, error: String) -> Settled {
    let place = usize::try_from(attempt.saturating_sub(1)).unwrap_or(usize::MAX);
    let at = now.plus_seconds(PAUSES.get(place).copied().unwrap_or(DAILY));
    if at.seconds_since(made_at) > PATIENCE {
        return Settled::Dead { error };
    }
    Settled::Again { at, error }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_after_three_days_it_is_given_up() {
        let made = Instant::parse("2027-01-01T00:00:00Z").unwrap();
        let (mut now, mut pauses) = (made, Vec::new());
        for attempt in 1.. {
            match failed(attempt, made, now, String::new()) {
                Settled::Again { at, .. } => {
                    pauses.push(at.seconds_since(now));
                    now = at;
                }
                _ => break,
            }
        }
        assert_eq!(pauses, [5, 300, 1_800, 7_200, 18_000, 36_000, 86_400, 86_400]);
        // A server that was down for a week tries once more, and then gives up.
        assert!(matches!(failed(2, made, made.plus_days(7), String::new()), Settled::Dead { .. }));
    }
}
