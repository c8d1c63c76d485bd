//! When to try again.

/// Seconds until the next attempt, after so many failed ones: 2, 4, 8 … 60, or what the server asked for (at most an hour).
pub fn delay_seconds(tries: u32, asked: Option<u32>) -> u32 {
    let own = 2_u32.saturating_pow(tries.clamp(1, 6)).min(60);
    asked.map_or(own, |asked| asked.clamp(1, 3600).max(own))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_stay_bounded() {
        let waits: Vec<u32> = (0..9).map(|tries| delay_seconds(tries, None)).collect();
        assert_eq!(waits, [2, 2, 4, 8, 16, 32, 60, 60, 60]);
    }

    #[test]
    fn the_server_may_ask_for_more_but_not_for_ever() {
        assert_eq!(delay_seconds(1, Some(30)), 30);
        assert_eq!(delay_seconds(6, Some(1)), 60);
        assert_eq!(delay_seconds(1, Some(u32::MAX)), 3600);
    }
}
