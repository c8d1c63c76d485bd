use std::collections::BTreeMap;

use handcarry_format::{
    Digest, Holder, Id, Instant, License, Sealed, Totals, Usage, UsageEntry, UsageReport, Verified, seal,
};

use handcarry_rules::holder::MISMATCH_VARIABLE;

use crate::Result;
use crate::device::{Device, accepted};
use crate::error::Error;
use crate::home::state::{Entry, Report};

/// The name of a report's file. One a number: a file whose state was never written is in nobody's way.
pub(crate) fn name(number: u32) -> String {
    format!("report-{number}")
}

/// More bytes of entries than this are put together by the minute, by the hour, and then by the day: a report stays a
/// file that every reader takes, whatever was used. A million entries are less, as long as names are short.
const LEDGER: usize = 62 << 20;

/// The same for a return, which is kept in the state that is written anew with every change.
pub(crate) const TOMBSTONE: usize = 3 << 20;

impl Device {
    /// Makes a usage report (LSP-12+): everything since what the portal is known to have booked, so that a
    /// report that never arrived loses nothing.
    ///
    /// As long as the last report is unanswered and nothing was used or set since, this gives its file again, byte
    /// for byte (D-12). `anew` makes a new one all the same.
    pub fn report(&mut self, refresh: bool, anew: bool, now: Instant) -> Result<String> {
        self.begin(now)?;
        let license = self.license()?;
        let last = self.contents.ledger.last();
        let mut variables = self.state().variables.clone();
        // ICE-03: the portal learns that this is no longer the licensed machine.
        if let Some(mismatch) = self.note_mismatch(&license)? {
            variables.insert(MISMATCH_VARIABLE.to_owned(), mismatch.since.to_string());
        }
        let variables_digest = digest_of(&variables);
        if let Some(report) = self.state().reports.last().filter(|report| {
            !anew
                && !report.answered
                && report.through == last
                && report.refresh == refresh
                && report.variables == variables_digest
        }) {
            let file = name(report.number);
            // The file is written before the state that speaks of it.
            return self.home.kept(&file, &self.contents.frame)?.ok_or(Error::Missing { file });
        }
        let holder = self.holder(&license);
        let receipt = holder.receipt.as_ref().map_or(0, |receipt| receipt.payload.len());
        let most = LEDGER.saturating_sub(2 * (holder.license.payload.len() + receipt));
        let usage = self.next_usage(&license, most)?;
        let number = usage.number;
        let report = UsageReport {
            id: self.fresh_id(now)?,
            vendor: license.vendor.clone(),
            product: license.product.clone(),
            holder,
            usage,
            refresh,
            variables: variables.into_iter().collect(),
            created_at: now,
        };
        let Sealed { text, digest, .. } = seal(&report, &self.contents.key, Some(&self.vendor().portal))
            .map_err(|error| Error::value(error.0.field))?;
        let mut next = self.state().clone();
        next.reports.push(Report {
            number,
            digest,
            through: last,
            refresh,
            variables: variables_digest,
            answered: false,
        });
        if let Some(chain) = next.activations.get_mut(&license.activation_id) {
            chain.number = number;
            chain.previous = Some(digest);
        }
        let kept = self.home.keep(&name(number), &text, &self.contents.frame);
        self.guard(kept)?;
        let earlier: Vec<u32> = self.state().reports.iter().map(|report| report.number).collect();
        self.commit(next)?;
        self.drop_reports(&earlier)?;
        Ok(text)
    }

    /// Drops the files of reports that are not made again.
    pub(crate) fn drop_reports(&self, numbers: &[u32]) -> Result<()> {
        numbers.iter().try_for_each(|number| self.home.drop_kept(&name(*number)))
    }

    pub(crate) fn holder(&self, license: &Verified<License>) -> Holder {
        Holder {
            activation_id: license.activation_id.clone(),
            license: license.envelope().clone(),
            receipt: self.state().receipt.clone(),
        }
    }

    /// Lifetime totals: what is booked, and what is booked and what is in the ledger.
    pub(crate) fn usage(&self, license: &License) -> Result<(Totals, Totals)> {
        let receipt = self.receipt()?;
        let opening = accepted(license, receipt.as_deref()).totals;
        let mut closing = opening.clone();
        for entry in self.contents.ledger.after(self.state().settled) {
            let total = closing.entry(entry.feature.clone()).or_default();
            *total = total.saturating_add(entry.amount);
        }
        Ok((opening, closing))
    }

    /// The next link of the chain of reports, its entries in at most so many bytes.
    pub(crate) fn next_usage(&self, license: &License, most: usize) -> Result<Usage> {
        let receipt = self.receipt()?;
        let booked = accepted(license, receipt.as_deref()).report;
        let chain = self.state().activations.get(&license.activation_id);
        let (known, digest) = chain.map_or((0, None), |chain| (chain.number, chain.previous));
        let (opening, closing) = self.usage(license)?;
        Ok(Usage {
            number: known.max(booked) + 1,
            previous: digest.filter(|_| known >= booked),
            opening,
            entries: folded(self.contents.ledger.after(self.state().settled), most),
            closing,
        })
    }
}

fn digest_of(variables: &BTreeMap<String, String>) -> Digest {
    // A map of texts: nothing can fail to serialize.
    Digest::of(&serde_json::to_vec(variables).unwrap_or_default())
}

/// The entries as they are, or put together in steps of time if they are too large. No unit is lost by it.
fn folded(entries: &[Entry], most: usize) -> Vec<UsageEntry> {
    let mut out: Vec<UsageEntry> = entries.iter().map(UsageEntry::from).collect();
    for step in [60, 3600, 86_400, 31 * 86_400] {
        if out.iter().map(written).sum::<usize>() <= most {
            break;
        }
        let mut sums: BTreeMap<(i64, &Id), (Instant, i64)> = BTreeMap::new();
        for entry in entries {
            let slot = sums.entry((entry.at.unix() / step, &entry.feature)).or_insert((entry.at, 0));
            *slot = (slot.0.max(entry.at), slot.1.saturating_add(entry.amount));
        }
        let entry = |((_, feature), (at, amount)): ((i64, &Id), _)| UsageEntry {
            at,
            feature: feature.clone(),
            amount,
        };
        out = sums.into_iter().map(entry).collect();
    }
    out
}

/// Bytes of an entry in a payload: its names and signs, the time, the feature and the amount.
fn written(entry: &UsageEntry) -> usize {
    let digits = entry.amount.checked_ilog10().unwrap_or(0) as usize + 1;
    53 + entry.feature.as_str().len() + digits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lsp_28_a_very_long_ledger_is_put_together_by_time_and_no_unit_is_lost() {
        let start = crate::vendor::start();
        let features = [crate::vendor::id("renders"), crate::vendor::id("exports")];
        let most = 50_000 * 70;
        for (count, step) in [(50_000, 1), (60_000, 1), (200_000, 60), (1_000_000, 3600)] {
            let entry = |n: usize| Entry {
                at: start.plus_seconds(n as i64 * step),
                feature: features[n % 2].clone(),
                amount: n as i64,
            };
            let entries: Vec<Entry> = (0..count).map(entry).collect();
            let folded = folded(&entries, most);
            let written = serde_json::to_vec(&folded).unwrap().len();
            assert!(written <= most + 2, "{written}");
            assert_eq!(folded.len() == count, count == 50_000);
            for feature in &features {
                let sum = |amounts: &mut dyn Iterator<Item = (&handcarry_format::Id, i64)>| -> i64 {
                    amounts.filter(|(id, _)| *id == feature).map(|(_, amount)| amount).sum()
                };
                let before = sum(&mut entries.iter().map(|entry| (&entry.feature, entry.amount)));
                let after = sum(&mut folded.iter().map(|entry| (&entry.feature, entry.amount)));
                assert_eq!(before, after);
            }
            assert_eq!(folded.iter().map(|entry| entry.at).max(), entries.last().map(|entry| entry.at));
        }
    }
}
