//! What is drawn anew when something changes.
//!
//! The page knows a handful of topics and not one signal for every value, so a bit for each is enough: a graph of signals
//! and their subscribers costs three kilobytes of the first load (`docs/adr/0005-page.md`).

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use crate::browser::go;

thread_local! {
    /// The topics that the present drawing has looked at.
    static LOOKED: Cell<u32> = const { Cell::new(0) };
    /// The topics that have changed since it was drawn last.
    static CHANGED: Cell<u32> = const { Cell::new(0) };
    /// Everything that is live, what is inside of another after that.
    static ALL: RefCell<Vec<Weak<Live>>> = const { RefCell::new(Vec::new()) };
}

/// A part of the page that follows topics, for as long as somebody holds it.
pub(crate) struct Live {
    topics: Cell<u32>,
    draw: RefCell<Box<dyn FnMut()>>,
}

/// Draws now, and again whenever a topic changes that was looked at while it was drawn last.
#[inline(never)]
pub(crate) fn live(draw: Box<dyn FnMut()>) -> Rc<Live> {
    let live = Rc::new(Live { topics: Cell::new(0), draw: RefCell::new(draw) });
    ALL.with_borrow_mut(|all| all.push(Rc::downgrade(&live)));
    live.draw();
    live
}

impl Live {
    fn draw(&self) {
        let outer = LOOKED.replace(0);
        (self.draw.borrow_mut())();
        self.topics.set(LOOKED.replace(outer));
    }
}

/// The present drawing looks at this topic.
pub(crate) fn look(topic: u32) {
    LOOKED.set(LOOKED.get() | 1 << topic);
}

/// This topic has changed. What follows it is drawn when whoever says so has said everything.
#[inline(never)]
pub(crate) fn changed(topic: u32) {
    if CHANGED.replace(CHANGED.get() | 1 << topic) == 0 {
        go(async { draw_changed() });
    }
}

fn draw_changed() {
    let topics = CHANGED.take();
    ALL.with_borrow_mut(|all| all.retain(|live| live.strong_count() > 0));
    // What is drawn by another one meanwhile is new, or gone.
    for live in ALL.with_borrow(Clone::clone) {
        if let Some(live) = live.upgrade().filter(|live| live.topics.get() & topics != 0) {
            live.draw();
        }
    }
}
