//! The lists of files, as far as they are shown: thousands of rows at once would stop the page.

use crate::flow::{Flow, Item, PhaseKind, Place};

/// Rows that are shown together.
const ROWS: usize = 150;

/// What a long list shows of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Which part it is, from 0.
    pub number: usize,
    /// The last one's number.
    pub last: usize,
    /// Places of its first and its last file, from 1.
    pub places: (usize, usize),
    /// The files of all parts.
    pub of: usize,
}

/// How far the files of the list are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// All of them.
    pub all: usize,
    /// Those that are not read yet.
    pub reading: usize,
    /// Those that can be sent.
    pub ready: usize,
}

impl Flow {
    /// How far the files that were brought together are.
    pub fn tally(&self) -> Tally {
        let mut tally = Tally::default();
        for item in self.batch() {
            tally.all += 1;
            tally.reading += usize::from(item.kind() == PhaseKind::Reading);
            tally.ready += usize::from(item.is_ready());
        }
        tally
    }

    /// The rows of the list that is shown, as far as they are shown; and which part of it that is, if it is a part.
    ///
    /// On the first page it is the transfers of this browser, the newest first; else the files that were brought
    /// together, in their order. Of a long list the refused come first: nobody finds three among thousands.
    pub fn rows(&self) -> (Vec<&Item>, Option<Part>) {
        let all: Vec<&Item> = match self.place() {
            Place::Choose => self.newest_first().filter(|item| item.is_listed()).collect(),
            _ => self.batch().collect(),
        };
        let of = all.len();
        if of <= ROWS {
            return (all, None);
        }
        let last = (of - 1) / ROWS;
        let number = self.part().min(last);
        let first = number * ROWS;
        let (mut rows, mut place) = (Vec::new(), 0);
        for refused in [true, false] {
            for item in &all {
                if (item.kind() == PhaseKind::Refused) == refused {
                    if place / ROWS == number {
                        rows.push(*item);
                    }
                    place += 1;
                }
            }
        }
        let places = (first + 1, first + rows.len());
        (rows, Some(Part { number, last, places, of }))
    }

    /// What the shown rows look like: as long as this is the same, they need not be drawn anew.
    pub fn seen(&self) -> Vec<(u32, PhaseKind)> {
        let (rows, part) = self.rows();
        let mut seen: Vec<_> = rows.into_iter().map(|item| (item.id, item.kind())).collect();
        // Beside them it says of how many they are, and whether they are kept.
        let other = part.map_or(0, |part| part.of as u32);
        let kept = if self.keeps_nothing() { PhaseKind::Refused } else { PhaseKind::Done };
        seen.push((other, kept));
        seen
    }
}
