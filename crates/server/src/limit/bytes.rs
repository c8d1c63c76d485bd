use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Bodies of more than so many bytes are large.
const LARGE: usize = 1 << 20;

/// Memory for request bodies. Counted as it arrives, so that a client that only announces much gets nothing. Large ones
/// leave an eighth of it to the small ones, which nearly all are.
#[derive(Clone, Debug)]
pub struct Bytes {
    all: Arc<Semaphore>,
    large: Arc<Semaphore>,
}

/// Bytes that are in use; given back when dropped.
#[derive(Debug, Default)]
pub struct Held {
    all: Option<OwnedSemaphorePermit>,
    large: Option<OwnedSemaphorePermit>,
}

impl Bytes {
    /// So many bytes.
    pub fn new(bytes: usize) -> Bytes {
        let bytes = bytes.min(Semaphore::MAX_PERMITS);
        let of = |bytes| Arc::new(Semaphore::new(bytes));
        Bytes { all: of(bytes), large: of(bytes - bytes / 8) }
    }

    /// Takes more bytes; `false` if there are none left.
    pub fn take(&self, held: &mut Held, bytes: usize) -> bool {
        let size = held.size() + bytes;
        // A body that turns out to be large is counted as such from its first byte on.
        let more = if size > LARGE { size - count(held.large.as_ref()) } else { 0 };
        add(&self.large, &mut held.large, more) && add(&self.all, &mut held.all, bytes)
    }
}

impl Held {
    fn size(&self) -> usize {
        count(self.all.as_ref())
    }
}

fn count(permit: Option<&OwnedSemaphorePermit>) -> usize {
    permit.map_or(0, OwnedSemaphorePermit::num_permits)
}

fn add(from: &Arc<Semaphore>, to: &mut Option<OwnedSemaphorePermit>, bytes: usize) -> bool {
    let Ok(count) = u32::try_from(bytes) else { return false };
    let Ok(permit) = Arc::clone(from).try_acquire_many_owned(count) else { return false };
    match to {
        Some(held) => held.merge(permit),
        none => *none = Some(permit),
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_back_when_the_body_is_gone() {
        let bytes = Bytes::new(100);
        let mut one = Held::default();
        assert!(bytes.take(&mut one, 60) && bytes.take(&mut one, 30));
        assert!(!bytes.take(&mut Held::default(), 11));
        drop(one);
        assert!(bytes.take(&mut Held::default(), 100));
    }

    #[test]
    fn threat_denial_of_service_large_bodies_leave_room_for_small_ones() {
        let bytes = Bytes::new(16 * LARGE);
        let mut one = Held::default();
        while bytes.take(&mut one, LARGE / 4) {}
        assert_eq!(one.size(), 14 * LARGE, "it may have all but an eighth");
        let mut two = Held::default();
        assert!(bytes.take(&mut two, LARGE));
        assert!(!bytes.take(&mut two, 1), "another large one has no room");
        let mut small = Held::default();
        assert!(bytes.take(&mut small, LARGE) && !bytes.take(&mut Held::default(), 1), "none is left");
        drop(one);
        assert!(bytes.take(&mut two, 13 * LARGE));
        assert!(!bytes.take(&mut two, 1));
        drop((two, small));
        assert_eq!(
            (bytes.all.available_permits(), bytes.large.available_permits()),
            (16 * LARGE, 14 * LARGE)
        );
    }
}
