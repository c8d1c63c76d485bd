use handcarry_format::{Id, Instant};

use crate::Result;
use crate::device::Device;
use crate::home::state::Entry;

impl Device {
    /// For tests: so many uses of one unit each, a second apart and the last of them now, written all at once. What an
    /// application has is a use a call: [`Device::consume`].
    pub fn consume_many(&mut self, feature: &Id, count: u32, now: Instant) -> Result<()> {
        self.check(feature, now)?;
        for left in (0..i64::from(count)).rev() {
            let entry = Entry { at: now.plus_seconds(-left), feature: feature.clone(), amount: 1 };
            self.contents.ledger.push(entry, &self.contents.frame);
        }
        let (ledger, file) = self.contents.ledger.without(self.contents.ledger.base(), &self.contents.frame);
        let written = self.home.write_ledger(&file);
        self.guard(written)?;
        self.contents.ledger = ledger;
        self.write_mark(self.contents.mark.mismatch_since)
    }
}
