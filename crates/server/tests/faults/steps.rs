//! The loop: a fault at step n, for n from 1 until the whole of it has fewer steps.

use std::collections::BTreeMap;
use std::io::Write as _;

use handcarry_store::{Fault, TableContents};

use crate::world::{Tried, World};

/// What is tried over and over.
pub(crate) struct Steps<'a> {
    pub(crate) world: &'a World,
    pub(crate) what: &'a str,
    /// One unit of work: all of it is there, or nothing. Several may be there in part, each of them whole.
    pub(crate) one_unit: bool,
    /// Tables whose rows say how often anything was tried.
    pub(crate) tries: &'static [&'static str],
    /// From one step to the next that is struck.
    pub(crate) stride: u32,
}

/// Rows that a whole one leaves behind, by table.
type Rows = BTreeMap<String, i64>;

impl Steps<'_> {
    /// `prepare` makes one more of the kind, with no fault in its way; `send` tries it, and may be called again. Gives how
    /// many were made.
    pub(crate) async fn all<S>(&self, prepare: impl AsyncFn() -> S, send: impl AsyncFn(&S) -> Tried) -> i64 {
        let world = self.world;
        let (mut made, mut struck, mut refused) = (0, 0, 0);
        // The first one makes rows that later ones find.
        let mut whole = Rows::new();
        for _ in 0..2 {
            let one = prepare().await;
            let before = world.contents();
            let got = send(&one).await;
            assert!(got.done, "{}: {got:?}", self.what);
            whole = self.rows(&before, &world.contents());
            made += 1;
        }
        assert!(!whole.is_empty(), "{} leaves nothing behind", self.what);
        for fault in [Fault::Refused, Fault::Lost, Fault::Unheard] {
            for step in (1..).step_by(if fault == Fault::Unheard { 1 } else { self.stride as usize }) {
                assert!(step < 2_000, "{} has no end", self.what);
                let one = prepare().await;
                made += 1;
                let before = world.contents();
                world.faults.arm(step, fault);
                let first = send(&one).await;
                let at = world.faults.disarm();
                let after = world.contents();
                world.check().await;
                let second = send(&one).await;
                let there = world.contents();
                let third = send(&one).await;
                let said = format!("{}: {fault:?} at step {step}, {at:?}: {first:?}", self.what);
                assert!(second.done && third.done, "{said}: {second:?}, {third:?}");
                assert_eq!(second.said, third.said, "{said}");
                assert!(self.same(&world.contents(), &there), "{said}: once more made a difference");
                if first.done {
                    assert_eq!(first.said, second.said, "{said}");
                    assert!(self.same(&after, &there), "{said}: what was done was not all");
                } else if self.one_unit {
                    let nothing = self.same(&after, &before);
                    assert!(nothing || self.same(&after, &there), "{said}: a half");
                }
                assert_eq!(self.rows(&before, &there), whole, "{said}: more or less than one");
                world.check().await;
                struck += u32::from(at.is_some());
                refused += u32::from(!first.done);
                if at.is_none() {
                    assert!(first.done, "{said}");
                    break;
                }
            }
        }
        let what = self.what;
        let line =
            format!("{what}: {struck} faults, {refused} answered by an error, {made} made, each once\n");
        std::io::stderr().write_all(line.as_bytes()).unwrap();
        assert!(struck >= 6, "{what}: {struck} faults");
        made
    }

    fn same(&self, one: &[TableContents], other: &[TableContents]) -> bool {
        one.iter().zip(other).all(|(one, other)| one == other || self.tries.contains(&one.table.as_str()))
    }

    fn rows(&self, before: &[TableContents], after: &[TableContents]) -> Rows {
        let counted = |it: &TableContents| i64::try_from(it.rows).unwrap();
        before
            .iter()
            .zip(after)
            .filter(|(one, _)| !self.tries.contains(&one.table.as_str()))
            .map(|(one, other)| (one.table.clone(), counted(other) - counted(one)))
            .filter(|(_, more)| *more != 0)
            .collect()
    }
}
