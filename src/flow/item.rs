use std::sync::Arc;

use crate::card::{Answer, FileCard, Refusal};
use crate::flow::{Bytes, Saved, Stage};

/// A file and what has become of it.
#[derive(Clone, Debug)]
pub struct Item {
    /// Names it on this page.
    pub id: u32,
    /// Names it where it is kept.
    pub key: String,
    /// The file's name.
    pub name: String,
    /// The file's size.
    pub size: u64,
    /// Its bytes, from reading to the answer.
    pub bytes: Option<Bytes>,
    /// The person has agreed to send it.
    pub agreed: bool,
    /// Failed attempts to send it.
    pub tries: u32,
    /// How far it is.
    pub phase: Phase,
}

/// How far a file is.
#[derive(Clone, Debug)]
pub enum Phase {
    /// It is being read and examined.
    Reading {
        /// Bytes so far.
        done: u64,
    },
    /// It is proven; nothing has been sent.
    Review(Arc<FileCard>),
    /// It waits for its turn.
    Queued(Arc<FileCard>),
    /// It is being sent.
    Working(Arc<FileCard>),
    /// It could not be sent; it will be.
    Waiting {
        /// What it is.
        card: Arc<FileCard>,
        /// Why it waits.
        why: Why,
        /// Seconds until the next one; none = when the network is back, or the person has signed in.
        seconds: Option<u32>,
    },
    /// Answered.
    Done(Arc<Answer>),
    /// Not accepted.
    Refused(Arc<Refusal>),
}

/// Why a file waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// There is no network.
    Offline,
    /// The portal does not answer.
    Unreachable,
    /// The portal asks to come later.
    Busy,
    /// The portal has a fault of its own.
    Faulty,
    /// The person must sign in (LSP-03).
    SignIn,
    /// The person signed in with a wrong password.
    WrongPassword,
}

/// A phase without what it holds: what decides which page is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PhaseKind {
    /// See [`Phase::Reading`].
    Reading,
    /// See [`Phase::Review`].
    Review,
    /// See [`Phase::Queued`] and [`Phase::Working`]: for a person they are the same.
    Working,
    /// See [`Phase::Waiting`].
    Waiting,
    /// See [`Phase::Done`].
    Done,
    /// See [`Phase::Refused`].
    Refused,
}

impl Item {
    /// The phase without what it holds.
    pub fn kind(&self) -> PhaseKind {
        match &self.phase {
            Phase::Reading { .. } => PhaseKind::Reading,
            Phase::Review(_) => PhaseKind::Review,
            Phase::Queued(_) | Phase::Working(_) => PhaseKind::Working,
            Phase::Waiting { .. } => PhaseKind::Waiting,
            Phase::Done(_) => PhaseKind::Done,
            Phase::Refused(_) => PhaseKind::Refused,
        }
    }

    /// What the file is, while that is known.
    pub fn card(&self) -> Option<&Arc<FileCard>> {
        match &self.phase {
            Phase::Review(card)
            | Phase::Queued(card)
            | Phase::Working(card)
            | Phase::Waiting { card, .. } => Some(card),
            _ => None,
        }
    }

    /// Proven, and the portal has something to do for it.
    pub fn is_ready(&self) -> bool {
        matches!(&self.phase, Phase::Review(card) if card.kind.has_action())
    }

    /// Whether it belongs into the list of transfers: there is something to go on with, or an answer of the portal.
    pub fn is_listed(&self) -> bool {
        match &self.phase {
            Phase::Reading { .. } => self.agreed,
            Phase::Review(card) => card.kind.has_action(),
            Phase::Refused(refusal) => !refusal.raw.is_empty(),
            Phase::Queued(_) | Phase::Working(_) | Phase::Waiting { .. } | Phase::Done(_) => true,
        }
    }

    /// The record that lets this survive a reload; none where there is nothing worth keeping.
    pub(super) fn saved(&self) -> Option<Saved> {
        let (stage, raw, first) = match &self.phase {
            Phase::Review(card) if card.kind.has_action() => (Stage::Ready, None, None),
            Phase::Queued(_) | Phase::Working(_) | Phase::Waiting { .. } => (Stage::Sending, None, None),
            Phase::Done(answer) => (Stage::Answered, Some(answer.raw.clone()), answer.first.clone()),
            Phase::Refused(refusal) if !refusal.raw.is_empty() => {
                (Stage::Answered, Some(refusal.raw.clone()), None)
            }
            _ => return None,
        };
        let bytes = if raw.is_none() { self.bytes.clone() } else { None };
        Some(Saved {
            key: self.key.clone(),
            name: self.name.clone(),
            size: self.size,
            stage,
            bytes,
            raw,
            first,
        })
    }
}
