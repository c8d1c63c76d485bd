use handcarry_format::{
    Deactivation, Digest, Holder, Id, Instant, Product, Sealed, Usage, UsageEntry, Vendor, seal,
};

use crate::Result;
use crate::cap::settle;
use crate::device::Device;
use crate::error::Error;
use crate::home::state::{Entry, Tombstone};
use crate::report::TOMBSTONE;
use crate::vendor_file::VendorFile;

/// Confirmed returns that are remembered. Unconfirmed ones all are.
const CONFIRMED: usize = 8;

/// A license that was given back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Returned {
    /// The deactivation file: the same bytes every time (D-13).
    pub file: String,
    /// It was destroyed by an earlier call.
    pub again: bool,
    /// When it was destroyed.
    pub destroyed_at: Instant,
}

impl Device {
    /// Gives the license back (R1): destroys it, then makes the file that proves so (HEX-02).
    ///
    /// With no license in use, gives the last return's file again, any number of times (D-13). So does `again`
    /// with a license in use.
    pub fn deactivate(&mut self, again: bool, now: Instant) -> Result<Returned> {
        self.begin(now)?;
        if again || self.state().license.is_none() {
            let tombstone = self.state().tombstones.last().ok_or(Error::NoLicense)?;
            let (id, destroyed_at) = (tombstone.id.clone(), tombstone.destroyed_at);
            return Ok(Returned { file: self.proof(&id)?, again: true, destroyed_at });
        }
        let license = self.license()?;
        let Usage { number, previous, opening, entries, closing } = self.next_usage(&license, TOMBSTONE)?;
        let Holder { activation_id, license: envelope, receipt } = self.holder(&license);
        let entry = |entry: UsageEntry| Entry { at: entry.at, feature: entry.feature, amount: entry.amount };
        let mut tombstone = Tombstone {
            id: self.fresh_id(now)?,
            activation_id: activation_id.clone(),
            license: envelope,
            vendor_name: license.vendor.name.clone(),
            product_name: license.product.name.clone(),
            receipt,
            number,
            previous,
            opening,
            entries: entries.into_iter().map(entry).collect(),
            closing,
            variables: self.state().variables.clone(),
            destroyed_at: now,
            digest: Digest::of(b""),
            confirmed: None,
        };
        tombstone.digest = self.seal(&tombstone)?.digest;

        let mut next = self.state().clone();
        let last = self.contents.ledger.last();
        settle(&mut next, self.contents.ledger.after(self.state().settled), last, &license, self.floor);
        next.license = None;
        next.receipt = None;
        let reports: Vec<u32> = next.reports.drain(..).map(|report| report.number).collect();
        next.requests.clear();
        if let Some(chain) = next.activations.get_mut(&activation_id) {
            chain.number = number;
            chain.previous = Some(tombstone.digest);
            chain.returned = true;
        }
        let id = tombstone.id.clone();
        next.tombstones.push(tombstone);
        let forgotten = forget(&mut next.tombstones);
        // From here on there is no license, and the tombstone holds everything that the file will say.
        self.commit(next)?;
        let file = self.proof(&id)?;
        self.compact()?;
        for id in forgotten {
            self.home.drop_kept(&name(&id))?;
        }
        // Reports carry the license, too.
        self.drop_reports(&reports)?;
        Ok(Returned { file, again: false, destroyed_at: now })
    }

    /// The file of a return: as it was written, or written now.
    fn proof(&mut self, id: &Id) -> Result<String> {
        let name = name(id);
        if let Some(text) = self.home.kept(&name, &self.contents.frame)? {
            return Ok(text);
        }
        let tombstone = self.state().tombstones.iter().find(|tombstone| tombstone.id == *id);
        let tombstone = tombstone.ok_or(Error::NoLicense)?;
        let sealed = self.seal(tombstone)?;
        if sealed.digest != tombstone.digest {
            return Err(Error::Corrupt { file: name });
        }
        let kept = self.home.keep(&name, &sealed.text, &self.contents.frame);
        self.guard(kept)?;
        Ok(sealed.text)
    }

    fn seal(&self, tombstone: &Tombstone) -> Result<Sealed> {
        let VendorFile { vendor, product, portal, .. } = self.vendor();
        let file = Deactivation {
            id: tombstone.id.clone(),
            vendor: Vendor { id: vendor.id.clone(), name: tombstone.vendor_name.clone() },
            product: Product { id: product.id.clone(), name: tombstone.product_name.clone(), version: None },
            holder: Holder {
                activation_id: tombstone.activation_id.clone(),
                license: tombstone.license.clone(),
                receipt: tombstone.receipt.clone(),
            },
            usage: Usage {
                number: tombstone.number,
                previous: tombstone.previous,
                opening: tombstone.opening.clone(),
                entries: tombstone.entries.iter().map(UsageEntry::from).collect(),
                closing: tombstone.closing.clone(),
            },
            variables: tombstone.variables.clone().into_iter().collect(),
            destroyed_at: tombstone.destroyed_at,
        };
        seal(&file, &self.contents.key, Some(portal)).map_err(|error| Error::value(error.0.field))
    }
}

fn name(id: &Id) -> String {
    format!("proof-{id}")
}

/// Lets the oldest confirmed returns go.
fn forget(tombstones: &mut Vec<Tombstone>) -> Vec<Id> {
    let confirmed = tombstones.iter().filter(|tombstone| tombstone.confirmed.is_some()).count();
    let mut surplus = confirmed.saturating_sub(CONFIRMED);
    let mut gone = Vec::new();
    tombstones.retain(|tombstone| {
        let goes = surplus > 0 && tombstone.confirmed.is_some();
        if goes {
            surplus -= 1;
            gone.push(tombstone.id.clone());
        }
        !goes
    });
    gone
}
