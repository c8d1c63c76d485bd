use crate::card::{Answer, FileCard, Refusal};
use crate::flow::{Bytes, Why};

/// A file that a person brought, not yet read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incoming {
    /// Its name.
    pub name: String,
    /// Its size in bytes.
    pub size: u64,
    /// Where whoever runs the effects finds it.
    pub slot: u32,
}

/// How far a kept file had come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Verified, and not sent.
    Ready,
    /// The person has said to send it; no answer is here.
    Sending,
    /// Answered, or refused by the portal: the answer is kept as it came.
    Answered,
}

/// A file and its answer, as they are kept across a reload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saved {
    /// Names the record.
    pub key: String,
    /// The file's name.
    pub name: String,
    /// The file's size.
    pub size: u64,
    /// How far it had come.
    pub stage: Stage,
    /// The file; kept until there is an answer.
    pub bytes: Option<Bytes>,
    /// The portal's answer as it came.
    pub raw: Option<String>,
    /// When the same file was processed before.
    pub first: Option<String>,
}

/// What happened.
#[derive(Debug)]
pub enum Event {
    /// A person brought files.
    Brought(Vec<Incoming>),
    /// More of the files that were brought last: many come in parts, so that the page stays quick.
    Joined(Vec<Incoming>),
    /// What was brought held no file.
    BroughtNothing,
    /// So many bytes are read.
    Progress {
        /// The file.
        id: u32,
        /// Bytes.
        done: u64,
    },
    /// A file was read and examined.
    Examined {
        /// The file.
        id: u32,
        /// Its bytes; empty where it was not read.
        bytes: Bytes,
        /// What it is.
        outcome: Result<Box<FileCard>, Box<Refusal>>,
    },
    /// A person pressed the button that says what will happen.
    Confirmed(u32),
    /// A person sent all that is ready.
    ConfirmedAll,
    /// The portal answered.
    Answered {
        /// The file.
        id: u32,
        /// The answer, proven.
        answer: Box<Answer>,
    },
    /// The portal refused.
    Rejected {
        /// The file.
        id: u32,
        /// Why.
        refusal: Box<Refusal>,
    },
    /// The file did not arrive, or no answer came back.
    NotSent {
        /// The file.
        id: u32,
        /// Why.
        why: Why,
        /// Seconds that the server asked to wait.
        after: Option<u32>,
    },
    /// The network is back.
    Online,
    /// The network is gone.
    Offline,
    /// A wait is over.
    Due {
        /// The file.
        id: u32,
        /// The attempt that the wait was for.
        tries: u32,
    },
    /// A person wants to try again now.
    TryNow(u32),
    /// A person takes a file out, or removes it from the list.
    Removed(u32),
    /// A person empties the list. What is being sent stays.
    Cleared,
    /// Files of an earlier visit.
    Restored(Vec<Restored>),
    /// A person looks at one file.
    Opened(u32),
    /// A person turns to this part of a long list.
    Turned(usize),
    /// A person goes back to the first page.
    Left,
    /// A person goes back to the list of the files brought together.
    ListOpened,
    /// This browser keeps nothing for this page.
    NothingKept,
}

/// A file of an earlier visit: as it was kept, and its answer if it had one.
#[derive(Debug)]
pub struct Restored {
    /// As it was kept.
    pub saved: Saved,
    /// What the kept answer says; none where there was no answer.
    pub answer: Option<Result<Box<Answer>, Box<Refusal>>>,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Read and examine a file that was brought.
    Read {
        /// The file.
        id: u32,
        /// Where it is.
        slot: u32,
    },
    /// Examine bytes that are here.
    Examine {
        /// The file.
        id: u32,
        /// Its bytes.
        bytes: Bytes,
    },
    /// Send a file and tell the answer.
    Send {
        /// The file.
        id: u32,
        /// Its bytes.
        bytes: Bytes,
    },
    /// Come back with [`Event::Due`].
    Wait {
        /// The file.
        id: u32,
        /// The attempt.
        tries: u32,
        /// How long.
        seconds: u32,
    },
    /// Keep this across a reload.
    Save(Saved),
    /// Keep this no longer.
    Forget(String),
}
