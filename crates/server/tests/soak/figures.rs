//! What a run comes to.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::say;

#[derive(Debug, Default)]
pub(crate) struct Figures {
    pub(crate) took: Duration,
    /// Documents that were made, by kind.
    pub(crate) documents: BTreeMap<&'static str, u64>,
    /// How often any was sent.
    pub(crate) sends: u64,
    /// Answers that said that it is done.
    pub(crate) acknowledged: u64,
    /// Answers that said why it cannot be done now.
    pub(crate) later: u64,
    /// Sends that got no answer, or half of one.
    pub(crate) unanswered: u64,
    pub(crate) kills: u64,
    pub(crate) faults: BTreeMap<&'static str, u64>,
    /// Longest time without an acknowledgment, in all of the run.
    pub(crate) pause: Duration,
    /// Acknowledged and not there, or with another effect.
    pub(crate) losses: u64,
    /// Done twice, or never sent and there.
    pub(crate) duplicates: u64,
    /// Two answers to one document.
    pub(crate) unequal: u64,
    /// Faults of one client that kept others waiting.
    pub(crate) starved: u64,
}

impl Figures {
    pub(crate) fn wrong(&self) -> u64 {
        self.losses + self.duplicates + self.unequal + self.starved
    }

    pub(crate) fn print(&self, engine: &str) {
        let list = |of: &BTreeMap<&'static str, u64>| {
            of.iter().map(|(name, count)| format!("{name} {count}")).collect::<Vec<_>>().join(", ")
        };
        let all = |of: &BTreeMap<&'static str, u64>| of.values().sum::<u64>();
        say(format!("{engine}, {} s:", self.took.as_secs()));
        say(format!("  documents  {:>8}  ({})", all(&self.documents), list(&self.documents)));
        say(format!(
            "  sends      {:>8}  ({} acknowledged, {} told to come later, {} without an answer)",
            self.sends, self.acknowledged, self.later, self.unanswered
        ));
        say(format!("  kills      {:>8}", self.kills));
        say(format!("  faults     {:>8}  ({})", all(&self.faults), list(&self.faults)));
        say(format!("  longest time without an acknowledgment {:.1} s", self.pause.as_secs_f64()));
        say(format!("  losses     {:>8}", self.losses));
        say(format!("  duplicates {:>8}", self.duplicates));
        say(format!("  unequal    {:>8}", self.unequal));
        say(format!("  starved    {:>8}", self.starved));
    }
}
