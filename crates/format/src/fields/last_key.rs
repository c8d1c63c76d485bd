use core::cell::Cell;

use super::Fields;
use crate::keys::PublicKey;

/// The key that was read last: a device's stands where it is proven and where it is decoded, and to unpack one costs
/// a tenth of a verification.
#[derive(Default)]
pub(super) struct LastKey(Cell<Option<PublicKey>>);

impl LastKey {
    pub(super) fn parse(&self, text: &str) -> Option<PublicKey> {
        let bytes = PublicKey::bytes_of(text)?;
        let known = self.0.get().filter(|known| *known.as_bytes() == bytes);
        let key = known.or_else(|| PublicKey::from_bytes(&bytes))?;
        self.0.set(Some(key));
        Some(key)
    }
}

impl Fields<'_> {
    /// The keys that are about to be read are most likely this one.
    pub(crate) fn expect_key(&self, key: Option<PublicKey>) {
        self.wrong.1.0.set(key);
    }
}
