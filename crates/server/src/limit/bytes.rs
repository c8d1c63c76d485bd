use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Memory for request bodies. Counted as it arrives, so that a client that only announces much gets nothing.
#[derive(Clone, Debug)]
pub struct Bytes(Arc<Semaphore>);

/// Bytes that are in use; given back when dropped.
#[derive(Debug, Default)]
pub struct Held(Option<OwnedSemaphorePermit>);

impl Bytes {
    /// So many bytes.
    pub fn new(bytes: usize) -> Bytes {
        Bytes(Arc::new(Semaphore::new(bytes.min(Semaphore::MAX_PERMITS))))
    }

    /// Takes more bytes; `false` if there are none left.
    pub fn take(&self, held: &mut Held, bytes: usize) -> bool {
        let Ok(count) = u32::try_from(bytes) else { return false };
        let Ok(permit) = Arc::clone(&self.0).try_acquire_many_owned(count) else { return false };
        match &mut held.0 {
            Some(held) => held.merge(permit),
            none => *none = Some(permit),
        }
        true
    }
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
}
