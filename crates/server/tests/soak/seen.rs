//! What was sent, and what was answered: whatever the servers say later is held against it.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, Instant};

use crate::say;
use crate::server::Got;

#[derive(Default)]
pub(crate) struct Seen(Mutex<State>);

#[derive(Default)]
pub(crate) struct State {
    /// Every document, by its text.
    pub(crate) documents: HashMap<String, Document>,
    pub(crate) kinds: BTreeMap<&'static str, u64>,
    pub(crate) sends: u64,
    pub(crate) acknowledged: u64,
    pub(crate) later: u64,
    pub(crate) unanswered: u64,
    pub(crate) doubled: u64,
    pub(crate) lost: u64,
    pub(crate) unequal: u64,
    pub(crate) last: Option<Instant>,
    pub(crate) pause: Duration,
}

#[derive(Default)]
pub(crate) struct Document {
    /// What it was answered; none = not yet.
    pub(crate) answer: Option<String>,
    /// An answer said that it was booked just now.
    new: bool,
    /// What it adds to the totals.
    pub(crate) used: i64,
}

/// What a sender makes of an answer.
pub(crate) enum Said {
    Done(String),
    Later,
}

impl Seen {
    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    pub(crate) fn made(&self, kind: &'static str, file: &str, used: i64) {
        let mut state = self.lock();
        *state.kinds.entry(kind).or_default() += 1;
        state.documents.insert(file.to_owned(), Document { used, ..Document::default() });
    }

    /// `late`: everything that will ever be new was sent before.
    pub(crate) fn heard(&self, file: &str, got: Option<Got>, late: bool) -> Said {
        let mut state = self.lock();
        let state = &mut *state;
        state.sends += 1;
        let Some(Got { status, body, .. }) = got else {
            state.unanswered += 1;
            return Said::Later;
        };
        if status != 200 && status != 201 {
            let problem: serde_json::Value = serde_json::from_str(&body).unwrap_or_default();
            let code = problem["code"].as_str().unwrap_or_default();
            if status >= 500
                && ["server.busy", "server.full", "server.error", "tenant.not_ready"].contains(&code)
            {
                state.later += 1;
            } else {
                say(format!("LOST: {status} {body}"));
                state.lost += 1;
            }
            return Said::Later;
        }
        state.acknowledged += 1;
        let now = Instant::now();
        let waited = state.last.replace(now).map_or(Duration::ZERO, |last| now - last);
        state.pause = state.pause.max(waited);
        let document = state.documents.get_mut(file).unwrap();
        match &document.answer {
            Some(first) if *first != body => {
                say(format!("UNEQUAL:\n   {first}\n   {body}"));
                state.unequal += 1;
            }
            Some(_) if status == 201 && document.new => {
                say(format!("DOUBLED: booked twice: {body}"));
                state.doubled += 1;
            }
            // Of two at once the one that booked it may come second; not after all others have ended.
            Some(_) if status == 201 && late => {
                say(format!("LOST: acknowledged before, and booked now: {body}"));
                state.lost += 1;
            }
            Some(_) => {}
            None => document.answer = Some(body.clone()),
        }
        document.new |= status == 201;
        Said::Done(body)
    }
}
