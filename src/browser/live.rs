//! One stream of server-sent events at a time, which the browser connects again by itself.

use std::cell::RefCell;

use web_sys::EventSource;

use super::{go, member, on, time};

thread_local! {
    static OPEN: RefCell<Option<(String, EventSource)>> = const { RefCell::new(None) };
}

/// Seconds after which a stream that was refused is asked for again.
const LATER: i32 = 30;

/// Follows this address from now on, and no other; `None` follows nothing. `told` gets what each event says, and `None`
/// whenever the connection is lost: what was said before may be true no longer.
pub(crate) fn follow(path: Option<String>, told: fn(Option<String>)) {
    let same = OPEN.with_borrow(|open| open.as_ref().map(|(path, _)| path) == path.as_ref());
    if same {
        return;
    }
    told(None);
    if let Some((_, source)) = OPEN.take() {
        source.close();
    }
    // An address that is relative to the page's own is always one.
    let Some((path, source)) = path.and_then(|path| Some((path.clone(), EventSource::new(&path).ok()?)))
    else {
        return;
    };
    on(&source, "message", move |event| told(member(&event, "data").as_string()));
    let (asked, failed) = (path.clone(), source.clone());
    on(&source, "error", move |_| {
        if !OPEN.with_borrow(|open| open.as_ref().is_some_and(|(_, open)| *open == failed)) {
            return;
        }
        told(None);
        // The browser comes back after a lost connection, but not after an answer that is no stream.
        if failed.ready_state() == EventSource::CLOSED {
            let asked = asked.clone();
            go(async move {
                time::sleep(LATER * 1000).await;
                if OPEN.with_borrow(|open| open.as_ref().is_some_and(|(path, _)| *path == asked)) {
                    OPEN.set(None);
                    follow(Some(asked), told);
                }
            });
        }
    });
    OPEN.set(Some((path, source)));
}
