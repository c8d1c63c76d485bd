use std::sync::Arc;

use crate::card::{Answer, Refusal};
use crate::flow::event::Restored;
use crate::flow::{Effect, Event, Incoming, Item, Phase, PhaseKind, Stage, Why, delay_seconds};

/// Files that are sent at the same time; the others wait for their turn.
const AT_ONCE: usize = 4;

/// Added to a file's number in the name of its record, so that records sort as they came.
const SORTS: u32 = 100_000;

/// Everything that the page shows.
#[derive(Clone, Debug, Default)]
pub struct Flow {
    items: Vec<Item>,
    /// The files that were brought together last.
    batch: Vec<u32>,
    shown: Shown,
    /// The part of a long list that is shown.
    part: usize,
    next: u32,
    /// Parts this visit's records from those of others; the runner's clock.
    visit: String,
    offline: bool,
    keeps_nothing: bool,
    brought_nothing: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Shown {
    #[default]
    Choose,
    Item(u32),
    Batch,
}

/// Which page is shown. It changes when another page must be drawn, and only then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The first page.
    Choose,
    /// One file.
    Item(u32, PhaseKind),
    /// The files brought together.
    Batch,
}

impl Flow {
    /// A page with no files. `visit` is different on every visit.
    pub fn new(visit: String) -> Flow {
        Flow { visit, ..Flow::default() }
    }

    /// All files, the newest first.
    pub fn newest_first(&self) -> impl Iterator<Item = &Item> {
        self.items.iter().rev()
    }

    /// The files that were brought together, in their order.
    pub fn batch(&self) -> impl Iterator<Item = &Item> {
        self.batch.iter().filter_map(|id| self.item(*id))
    }

    /// A file.
    pub fn item(&self, id: u32) -> Option<&Item> {
        self.position(id).map(|at| &self.items[at])
    }

    /// Files are numbered as they come, and hardly any is taken out: it is mostly in its own place.
    fn position(&self, id: u32) -> Option<usize> {
        let place = id.wrapping_sub(self.items.first()?.id) as usize;
        if self.items.get(place).is_some_and(|item| item.id == id) {
            return Some(place);
        }
        self.items.binary_search_by_key(&id, |item| item.id).ok()
    }

    /// The part of a long list that is shown, or a number beyond the last.
    pub(super) fn part(&self) -> usize {
        self.part
    }

    /// Which page is shown.
    pub fn place(&self) -> Place {
        match self.shown {
            Shown::Item(id) => self.item(id).map_or(Place::Choose, |item| Place::Item(id, item.kind())),
            Shown::Batch if self.batch().next().is_some() => Place::Batch,
            Shown::Batch | Shown::Choose => Place::Choose,
        }
    }

    /// The digest of the license file that is shown as an answer: as long as there is a network, the page follows what
    /// the portal says of its license (ALT-22). Of a file that was only dropped nothing is asked: nothing of it has left
    /// this browser.
    pub fn followed(&self) -> Option<&str> {
        match (self.place(), self.offline) {
            (Place::Item(id, PhaseKind::Done), false) => match &self.item(id)?.phase {
                Phase::Done(answer) => Some(answer.followed.as_str()).filter(|digest| !digest.is_empty()),
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether the shown file was brought with others, so that there is a list to go back to.
    pub fn has_list(&self) -> bool {
        self.batch().nth(1).is_some()
    }

    /// Whether there is no network.
    pub fn is_offline(&self) -> bool {
        self.offline
    }

    /// Whether this browser keeps nothing for this page.
    pub fn keeps_nothing(&self) -> bool {
        self.keeps_nothing
    }

    /// Whether what was brought last held no file.
    pub fn brought_nothing(&self) -> bool {
        self.brought_nothing
    }

    /// Takes what happened; returns what is to be done. Events of files that are gone change nothing.
    pub fn apply(&mut self, event: Event) -> Vec<Effect> {
        let mut todo = Vec::new();
        match event {
            Event::Brought(files) => self.bring(files, &mut todo),
            Event::Joined(files) => self.join(files, &mut todo),
            Event::BroughtNothing => self.brought_nothing = true,
            Event::Progress { id, done } => {
                if let Some(Item { phase: Phase::Reading { done: so_far }, .. }) = self.find(id) {
                    *so_far = done;
                }
            }
            Event::Examined { id, bytes, outcome } => {
                if let Some(item) = self.find_in(id, PhaseKind::Reading) {
                    item.bytes = outcome.is_ok().then_some(bytes);
                    item.phase = match outcome {
                        Ok(card) if item.agreed => Phase::Queued(card.into()),
                        Ok(card) => Phase::Review(card.into()),
                        Err(refusal) => refused(refusal),
                    };
                    keep(item, &mut todo);
                    // Of thousands, each would look whether any is to be sent.
                    if !item.agreed {
                        return todo;
                    }
                }
            }
            Event::Confirmed(id) => {
                if let Some(item) = self.find(id) {
                    agree(item, &mut todo);
                }
            }
            Event::ConfirmedAll => {
                for id in self.batch.clone() {
                    if let Some(item) = self.find(id) {
                        agree(item, &mut todo);
                    }
                }
            }
            Event::Answered { id, answer } => {
                if let Some(item) = self.find_in(id, PhaseKind::Working) {
                    item.phase = done(answer);
                    keep(item, &mut todo);
                    item.bytes = None;
                }
            }
            Event::Rejected { id, refusal } => {
                if let Some(item) = self.find_in(id, PhaseKind::Working) {
                    item.phase = refused(refusal);
                    todo.push(Effect::Forget(item.key.clone()));
                    keep(item, &mut todo);
                    item.bytes = None;
                }
            }
            Event::NotSent { id, why, after } => self.wait(id, why, after, &mut todo),
            Event::Online => {
                self.offline = false;
                self.items.iter_mut().for_each(requeue);
            }
            Event::Offline => self.offline = true,
            Event::Due { id, tries } => {
                // A wait that was cut short by the person or the network is over already.
                if self.item(id).is_some_and(|item| item.tries == tries) {
                    self.requeue_one(id);
                }
            }
            Event::TryNow(id) => self.requeue_one(id),
            Event::Removed(id) => self.remove(id, &mut todo),
            Event::Cleared => {
                let mut gone = Vec::new();
                for item in &self.items {
                    if matches!(item.kind(), PhaseKind::Done | PhaseKind::Refused | PhaseKind::Review) {
                        gone.push(item.id);
                    }
                }
                for id in gone {
                    self.remove(id, &mut todo);
                }
            }
            Event::Restored(files) => self.restore(files, &mut todo),
            Event::Turned(part) => self.part = part,
            Event::Opened(id) => self.shown = Shown::Item(id),
            Event::ListOpened => self.shown = Shown::Batch,
            Event::Left => {
                self.shown = Shown::Choose;
                self.part = 0;
                self.brought_nothing = false;
            }
            Event::NothingKept => self.keeps_nothing = true,
        }
        self.start(&mut todo);
        todo
    }

    #[inline(never)]
    fn find_in(&mut self, id: u32, kind: PhaseKind) -> Option<&mut Item> {
        self.find(id).filter(|item| item.kind() == kind)
    }

    fn find(&mut self, id: u32) -> Option<&mut Item> {
        self.position(id).map(|at| &mut self.items[at])
    }

    fn add(&mut self, name: String, size: u64, key: Option<String>) -> &mut Item {
        let id = self.next;
        self.next += 1;
        let key = key.unwrap_or_else(|| [self.visit.as_str(), &(SORTS + id).to_string()].join("-"));
        let phase = Phase::Reading { done: 0 };
        self.items.push(Item { id, key, name, size, bytes: None, agreed: false, tries: 0, phase });
        let last = self.items.len() - 1;
        &mut self.items[last]
    }

    fn bring(&mut self, files: Vec<Incoming>, todo: &mut Vec<Effect>) {
        self.brought_nothing = files.is_empty();
        if files.is_empty() {
            return;
        }
        // Files that come while a list is looked at join it; else a new batch begins.
        if self.place() != Place::Batch {
            self.batch.clear();
            self.part = 0;
            self.items.retain(|item| item.is_listed() || item.kind() == PhaseKind::Reading);
        }
        self.join(files, todo);
        self.show_batch();
    }

    /// Whatever the person looks at by now stays.
    fn join(&mut self, files: Vec<Incoming>, todo: &mut Vec<Effect>) {
        for Incoming { name, size, slot } in files {
            let id = self.add(name, size, None).id;
            self.batch.push(id);
            todo.push(Effect::Read { id, slot });
        }
    }

    fn show_batch(&mut self) {
        self.shown = match self.batch[..] {
            [] => Shown::Choose,
            [id] => Shown::Item(id),
            _ => Shown::Batch,
        };
    }

    fn wait(&mut self, id: u32, why: Why, after: Option<u32>, todo: &mut Vec<Effect>) {
        let offline = self.offline;
        let Some(item) = self.find(id) else { return };
        let Phase::Working(card) = &item.phase else { return };
        // A file that the network took with it waits for the network, not for a clock.
        let why = if offline { Why::Offline } else { why };
        let card = Arc::clone(card);
        item.tries += 1;
        let tries = item.tries;
        let by_itself = matches!(why, Why::Unreachable | Why::Busy | Why::Faulty);
        let seconds = by_itself.then(|| delay_seconds(tries, after));
        item.phase = Phase::Waiting { card, why, seconds };
        if let Some(seconds) = seconds {
            todo.push(Effect::Wait { id, tries, seconds });
        }
    }

    fn restore(&mut self, files: Vec<Restored>, todo: &mut Vec<Effect>) {
        let mut open = Vec::new();
        for Restored { saved, answer } in files {
            let item = self.add(saved.name, saved.size, Some(saved.key));
            match (answer, saved.bytes) {
                (Some(Ok(answer)), _) => item.phase = done(answer),
                (Some(Err(refusal)), _) => item.phase = refused(refusal),
                (None, Some(bytes)) => {
                    item.agreed = saved.stage == Stage::Sending;
                    open.push(item.id);
                    todo.push(Effect::Examine { id: item.id, bytes });
                }
                (None, None) => {
                    todo.push(Effect::Forget(item.key.clone()));
                    self.items.pop();
                }
            }
        }
        // A person who already brought another file stays there.
        if self.batch.is_empty() && !open.is_empty() {
            self.batch = open;
            self.show_batch();
        }
    }

    #[inline(never)]
    fn remove(&mut self, id: u32, todo: &mut Vec<Effect>) {
        let Some(at) = self.position(id) else { return };
        todo.push(Effect::Forget(self.items.remove(at).key));
        self.batch.retain(|other| *other != id);
        if self.shown == Shown::Item(id) {
            self.shown = if self.batch.is_empty() { Shown::Choose } else { Shown::Batch };
        }
    }

    fn requeue_one(&mut self, id: u32) {
        if let Some(item) = self.find(id) {
            requeue(item);
        }
    }

    /// Sends what waits for its turn, a few at a time; without a network it waits for that.
    fn start(&mut self, todo: &mut Vec<Effect>) {
        let offline = self.offline;
        let mut free = AT_ONCE
            .saturating_sub(self.items.iter().filter(|i| matches!(i.phase, Phase::Working(_))).count());
        for item in &mut self.items {
            let Phase::Queued(card) = &item.phase else { continue };
            let card = Arc::clone(card);
            if offline {
                item.phase = Phase::Waiting { card, why: Why::Offline, seconds: None };
            } else if let Some(bytes) = item.bytes.clone().filter(|_| free > 0) {
                free -= 1;
                item.phase = Phase::Working(card);
                todo.push(Effect::Send { id: item.id, bytes });
            }
        }
    }
}

#[inline(never)]
fn done(answer: Box<Answer>) -> Phase {
    Phase::Done(answer.into())
}

#[inline(never)]
fn refused(refusal: Box<Refusal>) -> Phase {
    Phase::Refused(refusal.into())
}

fn agree(item: &mut Item, todo: &mut Vec<Effect>) {
    if item.is_ready()
        && let Phase::Review(card) = &item.phase
    {
        item.agreed = true;
        item.phase = Phase::Queued(Arc::clone(card));
        keep(item, todo);
    }
}

#[inline(never)]
fn requeue(item: &mut Item) {
    if let Phase::Waiting { card, .. } = &item.phase {
        item.phase = Phase::Queued(Arc::clone(card));
    }
}

#[inline(never)]
fn keep(item: &Item, todo: &mut Vec<Effect>) {
    if let Some(saved) = item.saved() {
        todo.push(Effect::Save(saved));
    }
}
