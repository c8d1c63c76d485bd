//! The page as a whole: what it knows, its frame, and the step from an event to what is seen and done.

use std::cell::RefCell;

use handcarry_api::route;

use crate::browser::files::Brought;
use crate::browser::{self, clipboard, files, focus, go, language, live, time};
use crate::component::{El, drop_zone, frame, h, live as redraw};
use crate::flow::{Event, Flow, Incoming, PhaseKind, Place};
use crate::page::page;
use crate::runner;
use crate::theme::Look;
use crate::words::{LANGUAGES, W, t};

/// The page. There is one, so the handle is empty and goes anywhere; see [`State`].
#[derive(Clone, Copy)]
pub(crate) struct App;

/// What can change on the page. Whatever is drawn from a topic is drawn anew when that changes.
#[derive(Clone, Copy)]
pub(crate) enum Topic {
    /// Which page is shown, and in which language.
    Place,
    /// How far the files are as a whole.
    Items,
    /// The rows of the list that is shown.
    Rows,
    /// How far a file is read.
    Progress,
    /// Vendor, language, network.
    Frame,
    /// The place for files.
    Zone,
    /// What is said for a moment.
    Said,
    /// What the portal says of the license that is shown.
    Live,
    /// Something is dragged over the page.
    Over,
}

/// What the page knows. Signals of its own for every value cost a copy of their code for every type; so the values are
/// here and what changes is a topic.
#[derive(Default)]
struct State {
    flow: Flow,
    look: Look,
    language: &'static str,
    keys_missing: bool,
    pasting: bool,
    over: bool,
    said: String,
    live: String,
    /// The rows as they were drawn last.
    seen: Vec<(u32, PhaseKind)>,
    /// It was drawn a moment ago; what has happened since is drawn when that is over.
    drawn: bool,
    stale: bool,
}

/// Milliseconds between two drawings of what thousands of files change.
const MOMENT: i32 = 100;

thread_local! {
    static STATE: RefCell<State> = RefCell::new(State::default());
}

fn track(topic: Topic) {
    redraw::look(topic as u32);
}

fn notify(topic: Topic) {
    redraw::changed(topic as u32);
}

impl App {
    /// Takes what happened and does what follows.
    pub(crate) fn tell(self, event: Event) {
        self.tell_all(vec![event]);
    }

    /// The same, with all of it at once.
    #[inline(never)]
    pub(crate) fn tell_all(self, events: Vec<Event>) {
        let held = focus::held();
        let (effects, moved, zone) = STATE.with_borrow_mut(|state| {
            let (place, nothing) = (state.flow.place(), state.flow.brought_nothing());
            let mut effects = Vec::new();
            for event in events {
                effects.append(&mut state.flow.apply(event));
            }
            (effects, state.flow.place() != place, state.flow.brought_nothing() != nothing)
        });
        for effect in effects {
            runner::run(self, effect);
        }
        follow();
        // A text that is half typed stays, whatever else happens.
        if zone {
            notify(Topic::Zone);
        }
        if moved {
            notify(Topic::Place);
        }
        let wait = STATE.with_borrow_mut(|state| {
            state.stale |= state.drawn;
            state.drawn
        });
        if moved || !wait {
            self.draw(held, moved);
        }
    }

    /// Draws what has changed; what changes in the next moment is drawn when that is over.
    fn draw(self, held: String, moved: bool) {
        let rows = STATE.with_borrow_mut(|state| {
            state.drawn = true;
            let seen = state.flow.seen();
            let changed = state.seen != seen;
            state.seen = seen;
            changed
        });
        for topic in [Topic::Items, Topic::Progress, Topic::Frame] {
            notify(topic);
        }
        if rows {
            notify(Topic::Rows);
        }
        // What is drawn anew loses the focus: a new page's heading takes it, else the same button gets it back.
        go(async move {
            time::sleep(0).await;
            if moved {
                focus::heading()
            } else {
                focus::restore(&held)
            }
            time::sleep(MOMENT).await;
            let stale = STATE.with_borrow_mut(|state| {
                state.drawn = false;
                std::mem::take(&mut state.stale)
            });
            if stale {
                self.draw(focus::held(), false);
            }
        });
    }

    /// A file is read a little further: nothing but that is drawn.
    pub(crate) fn progress(self, id: u32, done: u64) {
        STATE.with_borrow_mut(|state| state.flow.apply(Event::Progress { id, done }));
        notify(Topic::Progress);
    }

    /// Files came, whichever way.
    pub(crate) fn bring(self, files: Vec<Incoming>) {
        if STATE.with_borrow_mut(|state| std::mem::take(&mut state.pasting)) {
            notify(Topic::Zone);
        }
        self.tell(if files.is_empty() { Event::BroughtNothing } else { Event::Brought(files) });
    }

    /// Files came that may be many: the page takes them in parts.
    pub(crate) fn bring_all(self, mut files: Brought) {
        self.bring(files.part());
        go(async move {
            // All of them are asked their size before the rest is read: while files are read, each such question waits
            // for the browser several times as long.
            let mut parts = Vec::new();
            while !files.is_empty() {
                time::sleep(0).await;
                parts.push(files.part());
            }
            for part in parts {
                self.tell(Event::Joined(part));
                time::sleep(0).await;
            }
        });
    }

    /// Looks at the flow, and again whenever the topic changes.
    pub(crate) fn follow<T>(self, topic: Topic, look: impl FnOnce(&Flow) -> T) -> T {
        track(topic);
        STATE.with_borrow(|state| look(&state.flow))
    }

    /// Looks at the flow once.
    pub(crate) fn look_at<T>(self, look: impl FnOnce(&Flow) -> T) -> T {
        STATE.with_borrow(|state| look(&state.flow))
    }

    /// What the portal says of the license that is shown, as it came; empty = nothing now.
    pub(crate) fn live(self) -> String {
        track(Topic::Live);
        STATE.with_borrow(|state| state.live.clone())
    }

    /// The vendor's word for a place, or the page's own.
    pub(crate) fn word(self, key: &str, own: &str) -> String {
        STATE.with_borrow(|state| state.look.word(state.language, key, own))
    }

    /// The vendor's look is known, and whom to believe.
    pub(crate) fn know(self, look: Look) {
        STATE.with_borrow_mut(|state| {
            state.look = look;
            state.keys_missing = false;
        });
        for topic in [Topic::Frame, Topic::Place] {
            notify(topic);
        }
    }

    /// Whom to believe is not known yet.
    pub(crate) fn miss_keys(self) {
        STATE.with_borrow_mut(|state| state.keys_missing = true);
    }

    /// Whether it is known whom to believe.
    pub(crate) fn has_keys(self) -> bool {
        STATE.with_borrow(|state| !state.keys_missing)
    }

    /// Whether the field for a text is open.
    pub(crate) fn is_pasting(self) -> bool {
        STATE.with_borrow(|state| state.pasting)
    }

    /// Opens or closes the field for a text.
    pub(crate) fn toggle_pasting(self) {
        let open = STATE.with_borrow_mut(|state| {
            state.pasting = !state.pasting;
            state.pasting
        });
        notify(Topic::Zone);
        go(async move {
            time::sleep(0).await;
            focus::to(if open { drop_zone::FIELD } else { "paste" });
        });
    }

    /// Copies a text and says so.
    pub(crate) fn copy(self, text: String) {
        go(async move {
            let word = if clipboard::copy(&text).await { W::DoneCopied } else { W::DoneCopyFailed };
            say(t(word));
            time::sleep(4000).await;
            say("");
        });
    }
}

/// Follows what the portal says of the license that is shown.
fn follow() {
    let path = STATE.with_borrow(|state| {
        let digest = state.flow.followed()?;
        Some(route::LICENSE_EVENTS.replace("{digest}", &digest.replace(':', "-")))
    });
    live::follow(path, |data| {
        STATE.with_borrow_mut(|state| {
            state.live = data.unwrap_or_default();
        });
        notify(Topic::Live);
    });
}

fn say(text: &str) {
    STATE.with_borrow_mut(|state| text.clone_into(&mut state.said));
    notify(Topic::Said);
}

fn choose_language(tag: &str) {
    let Some((tag, _)) = LANGUAGES.iter().find(|(known, _)| *known == tag) else { return };
    go(async move {
        if language::load(tag).await {
            language::keep(tag);
            STATE.with_borrow_mut(|state| state.language = tag);
            for topic in [Topic::Frame, Topic::Place] {
                notify(topic);
            }
            time::sleep(0).await;
            focus::to("language");
        }
    });
}

/// Starts the page in its window.
pub(crate) async fn start() {
    let wanted = language::preferred();
    // English is in the page; its words for codes come after the first paint.
    let language = if wanted != "en" && language::load(wanted).await { wanted } else { "en" };
    // The visit's name only has to differ from visit to visit, and to sort.
    let flow = Flow::new((time::now() as u64).to_string());
    STATE.set(State { flow, language, ..State::default() });
    runner::start(App).await;
    let Some(place) = browser::document().get_element_by_id("app") else { return };
    leptos::mount::mount_to(wasm_bindgen::JsCast::unchecked_into(place), || view(App)).forget();
    if let Some(boot) = browser::document().get_element_by_id("boot") {
        boot.remove();
    }
    listen(App);
    if language == "en" && language::load(language).await {
        notify(Topic::Items);
        if matches!(App.look_at(Flow::place), Place::Item(_, PhaseKind::Refused)) {
            notify(Topic::Place);
        }
    }
}

fn view(app: App) -> El {
    h("div")
        .class("page")
        .live_at("data-drag", || {
            track(Topic::Over);
            STATE.with_borrow(|state| state.over).then(|| "over".to_owned())
        })
        .live(|| {
            track(Topic::Frame);
            let skip = h("a").class("skip").at("href", "#main").text(t(W::TopSkip));
            let choose = |event| choose_language(&browser::value(&event));
            vec![skip, STATE.with_borrow(|state| frame::head(&state.look, state.language, choose))]
        })
        .kid(h("div").at("role", "status").class("notices").live(notices))
        .kid(h("main").at("id", "main").at("tabindex", "-1").live(move || {
            let place = app.follow(Topic::Place, Flow::place);
            page(app, place)
        }))
        .live(|| {
            track(Topic::Frame);
            vec![STATE.with_borrow(|state| frame::foot(&state.look, state.language))]
        })
}

fn notices() -> Vec<El> {
    track(Topic::Frame);
    track(Topic::Said);
    STATE.with_borrow(|state| {
        let mut parts = Vec::new();
        if state.flow.is_offline() {
            parts.push(frame::notice(t(W::NetworkOffline)));
        } else if state.keys_missing {
            parts.push(frame::notice(t(W::NetworkNoKeys)));
        }
        if !state.said.is_empty() {
            parts.push(h("p").class("toast").text(&state.said));
        }
        parts
    })
}

fn drag(over: bool) {
    let before = STATE.with_borrow_mut(|state| std::mem::replace(&mut state.over, over));
    if before != over {
        notify(Topic::Over);
    }
}

/// Files can be dropped and pasted anywhere on the page, and the network comes and goes.
fn listen(app: App) {
    browser::on_window("dragover", |event| drag(files::drags(&event)));
    browser::on_window("dragleave", |event| {
        // Leaving the window has no element that is entered.
        if browser::member(&event, "relatedTarget").is_null() {
            drag(false);
        }
    });
    browser::on_window("drop", move |event| {
        drag(false);
        let files = files::dropped(&event);
        go(async move { app.bring_all(files.await) });
    });
    browser::on_window("paste", move |event| {
        if let Some(files) = files::pasted(&event) {
            event.prevent_default();
            app.bring_all(files);
        }
    });
    browser::on_window("online", move |_| app.tell(Event::Online));
    browser::on_window("offline", move |_| app.tell(Event::Offline));
}
