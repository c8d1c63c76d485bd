use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Addresses that are remembered. Above it the fullest buckets are forgotten: they lose nothing by it.
const MOST: usize = 20_000;

/// A bucket of tokens for each of many, such as addresses, refilled at a steady rate.
#[derive(Debug)]
pub struct Rate<K = IpAddr> {
    per_second: f64,
    burst: f64,
    buckets: Mutex<HashMap<K, Bucket>>,
}

#[derive(Clone, Copy, Debug)]
struct Bucket {
    tokens: f64,
    at: Instant,
}

/// Come back after this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait(pub Duration);

impl<K: Eq + Hash> Rate<K> {
    /// So many a second, and so many saved up; 0 a second = no limit.
    pub fn new(per_second: f64, burst: u32) -> Rate<K> {
        Rate { per_second, burst: f64::from(burst.max(1)), buckets: Mutex::default() }
    }

    /// Takes a token.
    pub fn take(&self, whose: K, now: Instant) -> Result<(), Wait> {
        self.spend(whose, 1.0, now)
    }

    /// Charges for more than one thing in one request; the bucket may go below empty.
    pub fn charge(&self, whose: &K, count: usize, now: Instant) {
        let mut left = f64::from(u32::try_from(count).unwrap_or(u32::MAX));
        if self.per_second > 0.0 {
            left = left.min(self.burst);
            let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(bucket) = buckets.get_mut(whose) {
                *bucket = self.refilled(*bucket, now);
                bucket.tokens -= left;
            }
        }
    }

    fn spend(&self, whose: K, tokens: f64, now: Instant) -> Result<(), Wait> {
        if self.per_second <= 0.0 {
            return Ok(());
        }
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= MOST && !buckets.contains_key(&whose) {
            self.forget(&mut buckets, now);
        }
        let bucket = buckets.entry(whose).or_insert(Bucket { tokens: self.burst, at: now });
        *bucket = self.refilled(*bucket, now);
        if bucket.tokens < tokens {
            let missing = (tokens - bucket.tokens) / self.per_second;
            return Err(Wait(Duration::from_secs_f64(missing)));
        }
        bucket.tokens -= tokens;
        Ok(())
    }

    fn refilled(&self, bucket: Bucket, now: Instant) -> Bucket {
        let seconds = now.saturating_duration_since(bucket.at).as_secs_f64();
        Bucket { tokens: (bucket.tokens + seconds * self.per_second).min(self.burst), at: now }
    }

    /// Forgets full buckets; if there are none, the fuller half.
    fn forget(&self, buckets: &mut HashMap<K, Bucket>, now: Instant) {
        buckets.retain(|_, bucket| self.refilled(*bucket, now).tokens < self.burst);
        if buckets.len() >= MOST {
            let mut tokens: Vec<f64> = buckets.values().map(|bucket| bucket.tokens).collect();
            tokens.sort_by(f64::total_cmp);
            let middle = tokens[tokens.len() / 2];
            buckets.retain(|_, bucket| bucket.tokens < middle);
        }
    }
}

/// Whose bucket an address is, as what one customer has at least: an IPv4 address, or an IPv6 network of 64 bits.
pub fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) => IpAddr::V4(v4),
            None => IpAddr::V6((u128::from(v6) & (u128::MAX << 64)).into()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(n: u32) -> IpAddr {
        IpAddr::V4(n.into())
    }

    #[test]
    fn a_burst_then_a_steady_rate() {
        let (rate, start) = (Rate::new(2.0, 3), Instant::now());
        for _ in 0..3 {
            assert_eq!(rate.take(address(1), start), Ok(()));
        }
        assert_eq!(rate.take(address(1), start), Err(Wait(Duration::from_millis(500))));
        assert_eq!(rate.take(address(2), start), Ok(()), "others are not concerned");
        assert_eq!(rate.take(address(1), start + Duration::from_millis(500)), Ok(()));
    }

    #[test]
    fn memory_is_bounded() {
        let (rate, start) = (Rate::new(1.0, 2), Instant::now());
        for n in 0..50_000 {
            let _ = rate.take(address(n), start);
        }
        assert!(rate.buckets.lock().unwrap().len() <= MOST);
    }

    #[test]
    fn threat_denial_of_service_a_million_addresses_do_not_make_it_forget_who_is_refused() {
        let (rate, start) = (Rate::new(0.001, 3), Instant::now());
        while rate.take(address(0), start).is_ok() {}
        for n in 1..1_000_000 {
            assert_eq!(rate.take(address(n), start), Ok(()));
            if n % 50_000 == 0 {
                assert!(rate.take(address(0), start).is_err(), "after {n}");
                assert!(rate.buckets.lock().unwrap().len() <= MOST);
            }
        }
    }

    #[test]
    fn no_limit_is_no_limit() {
        let (rate, start) = (Rate::new(0.0, 1), Instant::now());
        assert!((0..100).all(|_| rate.take(address(1), start).is_ok()));
    }

    #[test]
    fn an_ipv6_network_is_one_customer() {
        let near: IpAddr = "2001:db8::1".parse().unwrap();
        let same: IpAddr = "2001:db8::ffff:1".parse().unwrap();
        let other: IpAddr = "2001:db8:0:1::1".parse().unwrap();
        assert_eq!(network(near), network(same));
        assert_ne!(network(near), network(other));
        assert_eq!(network("::ffff:10.0.0.1".parse().unwrap()), "10.0.0.1".parse::<IpAddr>().unwrap());
    }
}
