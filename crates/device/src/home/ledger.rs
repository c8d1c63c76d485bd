use handcarry_format::{Id, Instant};

use super::frame::FrameKey;
use super::state::{Entry, Mark};

const HEAD: &str = "handcarry-device/1 ledger";
/// The code before the first record.
pub(crate) const START: &str = "0000000000000000";

/// The usage ledger: one line a use, each line's code chained to the one before.
///
/// A use is appended and synced, then the mark moves on; only then is it confirmed. A line beyond the mark that
/// is not whole was never confirmed and is cut off; anything else that is not as written is refused.
#[derive(Clone, Debug)]
pub(crate) struct Ledger {
    base: u64,
    base_link: String,
    records: Vec<Entry>,
    link: String,
    /// Bytes of the file that are good.
    length: u64,
}

impl Ledger {
    /// The file of an empty ledger that continues after the record `base`.
    pub(crate) fn file(base: u64, link: &str, entries: &[Entry], key: &FrameKey) -> Vec<u8> {
        let mut out = format!("{HEAD} {base} {link}\n");
        let mut link = link.to_owned();
        for (seq, entry) in (base + 1..).zip(entries) {
            let (line, next) = line(seq, entry, &link, key);
            out.push_str(&line);
            link = next;
        }
        out.into_bytes()
    }

    /// Reads the file; `None` if it is not what was written.
    pub(crate) fn read(bytes: &[u8], mark: &Mark, key: &FrameKey) -> Option<Ledger> {
        let head_end = bytes.iter().position(|byte| *byte == b'\n')? + 1;
        let head = std::str::from_utf8(&bytes[..head_end - 1]).ok()?.strip_prefix(HEAD)?.strip_prefix(' ')?;
        let (base, link) = head.split_once(' ')?;
        let base: u64 = base.parse().ok()?;
        let mut ledger = Ledger {
            base,
            base_link: link.to_owned(),
            records: Vec::new(),
            link: link.to_owned(),
            length: head_end as u64,
        };
        let mut marked = base == mark.seq && ledger.link == mark.link;
        for text in bytes[head_end..].split_inclusive(|byte| *byte == b'\n') {
            let seq = ledger.last() + 1;
            let Some(entry) = parse(text, seq, &ledger.link, key) else {
                // Only the very last line can be torn, and only if it was never confirmed.
                let rest = bytes.len() as u64 - ledger.length;
                if ledger.last() >= mark.seq && rest == text.len() as u64 {
                    break;
                }
                return None;
            };
            // What parses is what was written, byte for byte.
            ledger.link = String::from_utf8_lossy(&text[text.len() - 17..text.len() - 1]).into_owned();
            ledger.length += text.len() as u64;
            ledger.records.push(entry);
            marked |= seq == mark.seq && ledger.link == mark.link;
        }
        marked.then_some(ledger)
    }

    /// Number of the record before the first one here.
    pub(crate) fn base(&self) -> u64 {
        self.base
    }

    /// Number of the last record.
    pub(crate) fn last(&self) -> u64 {
        self.base + self.records.len() as u64
    }

    /// Code of the last record.
    pub(crate) fn link(&self) -> &str {
        &self.link
    }

    /// Bytes of the file that are good.
    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    /// The records after one.
    pub(crate) fn after(&self, seq: u64) -> &[Entry] {
        let skip = usize::try_from(seq.saturating_sub(self.base)).unwrap_or(usize::MAX);
        self.records.get(skip..).unwrap_or_default()
    }

    /// The records up to one.
    pub(crate) fn through(&self, seq: u64) -> &[Entry] {
        &self.records[..self.records.len() - self.after(seq).len()]
    }

    /// When the last use was.
    pub(crate) fn latest(&self) -> Option<Instant> {
        self.records.iter().map(|entry| entry.at).max()
    }

    /// The line for a further record.
    pub(crate) fn line(&self, entry: &Entry, key: &FrameKey) -> String {
        line(self.last() + 1, entry, &self.link, key).0
    }

    /// Takes up a record whose line has been written.
    pub(crate) fn push(&mut self, entry: Entry, key: &FrameKey) {
        let (line, link) = line(self.last() + 1, &entry, &self.link, key);
        self.length += line.len() as u64;
        self.link = link;
        self.records.push(entry);
    }

    /// The same ledger without the records up to one, and its file.
    pub(crate) fn without(&self, seq: u64, key: &FrameKey) -> (Ledger, Vec<u8>) {
        let mut base_link = self.base_link.clone();
        let gone = self.through(seq);
        for (number, entry) in (self.base + 1..).zip(gone) {
            base_link = line(number, entry, &base_link, key).1;
        }
        let base = self.base + gone.len() as u64;
        let records = self.after(seq).to_vec();
        let file = Ledger::file(base, &base_link, &records, key);
        let length = file.len() as u64;
        (Ledger { base, base_link, records, link: self.link.clone(), length }, file)
    }
}

fn line(seq: u64, entry: &Entry, before: &str, key: &FrameKey) -> (String, String) {
    let record = format!("{seq} {} {} {}", entry.at, entry.feature, entry.amount);
    let link = key.link(before, &record);
    (format!("{record} {link}\n"), link)
}

fn parse(text: &[u8], seq: u64, before: &str, key: &FrameKey) -> Option<Entry> {
    let text = std::str::from_utf8(text).ok()?;
    let mut words = text.split(' ').skip(1);
    let entry = Entry {
        at: Instant::parse(words.next()?)?,
        feature: Id::new(words.next()?)?,
        amount: words.next()?.parse().ok()?,
    };
    (line(seq, &entry, before, key).0 == text).then_some(entry)
}
