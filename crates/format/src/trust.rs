use crate::document::Keyring;
use crate::error::Error;
use crate::id::Id;
use crate::keys::PublicKey;
use crate::limits::Limits;
use crate::verify::{Verified, open};

/// What a reader believes before it reads: one vendor, that vendor's pinned root key, and the newest
/// keyring it has seen. No key ever comes from the file that it verifies.
#[derive(Clone, Debug)]
pub struct Trust {
    vendor: Id,
    root: PublicKey,
    keyring: Option<Verified<Keyring>>,
}

impl Trust {
    /// Trust in a vendor's root key.
    pub fn new(vendor: Id, root: PublicKey) -> Trust {
        Trust { vendor, root, keyring: None }
    }

    /// Learns a keyring file. An older one than the one already known is verified and then left aside.
    pub fn with_keyring(mut self, file: &[u8], limits: &Limits) -> Result<Trust, Error> {
        let keyring = open::<Keyring>(file, &self, limits)?;
        self.learn(&keyring);
        Ok(self)
    }

    /// Learns a keyring that this trust's own root key vouched for.
    pub fn learn(&mut self, keyring: &Verified<Keyring>) {
        let newer = self.keyring.as_ref().is_none_or(|known| known.version < keyring.version);
        if newer && keyring.signer() == self.root.id() && keyring.vendor.id == self.vendor {
            self.keyring = Some(keyring.clone());
        }
    }

    /// The vendor.
    pub fn vendor(&self) -> &Id {
        &self.vendor
    }

    /// The pinned root key.
    pub fn root(&self) -> &PublicKey {
        &self.root
    }

    /// The newest keyring.
    pub fn keyring(&self) -> Option<&Verified<Keyring>> {
        self.keyring.as_ref()
    }
}
