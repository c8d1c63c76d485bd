//! The page as a whole: its signals, its frame, and the step from an event to what is seen and done.

use leptos::prelude::*;

use crate::browser::{self, clipboard, files, focus, language};
use crate::component::{El, frame, h};
use crate::flow::{Event, Flow, Incoming};
use crate::page::page;
use crate::runner;
use crate::theme::Look;
use crate::words::{W, t};

/// Everything that the page follows. Copied freely: the signals are handles.
#[derive(Clone, Copy)]
pub(crate) struct App {
    flow: RwSignal<Flow>,
    look: RwSignal<Look>,
    language: RwSignal<&'static str>,
    keys: RwSignal<bool>,
    pasting: RwSignal<bool>,
    over: RwSignal<bool>,
    /// What a screen reader says next.
    said: RwSignal<String>,
}

impl App {
    fn new(visit: String, language: &'static str) -> App {
        App {
            flow: RwSignal::new(Flow::new(visit)),
            look: RwSignal::new(Look::default()),
            language: RwSignal::new(language),
            keys: RwSignal::new(true),
            pasting: RwSignal::new(false),
            over: RwSignal::new(false),
            said: RwSignal::new(String::new()),
        }
    }

    /// Takes what happened and does what follows.
    pub(crate) fn tell(self, event: Event) {
        let held = focus::held();
        let effects = self.flow.try_update(|flow| flow.apply(event)).unwrap_or_default();
        for effect in effects {
            runner::run(self, effect);
        }
        // What is drawn anew loses the focus; the same button gets it back.
        wasm_bindgen_futures::spawn_local(async move {
            browser::time::sleep(0).await;
            focus::restore(&held);
        });
    }

    /// Files came, whichever way.
    pub(crate) fn bring(self, files: Vec<Incoming>) {
        self.pasting.set(false);
        self.tell(if files.is_empty() { Event::BroughtNothing } else { Event::Brought(files) });
    }

    /// Looks at the flow once.
    pub(crate) fn look_at<T>(self, look: impl FnOnce(&Flow) -> T) -> T {
        self.flow.with_untracked(look)
    }

    /// Looks at the flow, and again whenever it changes.
    pub(crate) fn follow<T>(self, look: impl FnOnce(&Flow) -> T) -> T {
        self.flow.with(look)
    }

    /// The vendor's look.
    pub(crate) fn vendor(self) -> Look {
        self.look.get()
    }

    /// The vendor's look is known, and whom to believe.
    pub(crate) fn know(self, look: Look) {
        self.look.set(look);
        self.keys.set(true);
    }

    /// Whom to believe is not known yet.
    pub(crate) fn miss_keys(self) {
        self.keys.set(false);
    }

    /// Whether it is known whom to believe.
    pub(crate) fn has_keys(self) -> bool {
        self.keys.get()
    }

    /// The language's tag.
    pub(crate) fn language(self) -> &'static str {
        self.language.get()
    }

    /// Whether the field for a text is open.
    pub(crate) fn is_pasting(self) -> bool {
        self.pasting.get()
    }

    /// Opens or closes the field for a text.
    pub(crate) fn toggle_pasting(self) {
        self.pasting.update(|open| *open = !*open);
        let field = if self.pasting.get_untracked() { crate::component::drop_zone::FIELD } else { "paste" };
        wasm_bindgen_futures::spawn_local(async move {
            browser::time::sleep(0).await;
            focus::to(field);
        });
    }

    /// Copies a text and says so.
    pub(crate) fn copy(self, text: String) {
        wasm_bindgen_futures::spawn_local(async move {
            let word = if clipboard::copy(&text).await { W::DoneCopied } else { W::DoneCopyFailed };
            self.said.set(t(word).to_owned());
            browser::time::sleep(4000).await;
            self.said.set(String::new());
        });
    }

    fn choose_language(self, tag: &str) {
        let Some((tag, _)) = crate::words::LANGUAGES.iter().find(|(known, _)| *known == tag) else { return };
        wasm_bindgen_futures::spawn_local(async move {
            if language::load(tag).await {
                language::keep(tag);
                self.language.set(tag);
                browser::time::sleep(0).await;
                focus::to("language");
            }
        });
    }
}

/// Starts the page in its window.
pub(crate) async fn start() {
    let wanted = language::preferred();
    let language = if language::load(wanted).await { wanted } else { "en" };
    // The visit's name only has to differ from visit to visit.
    let app = App::new(format!("{:013}", browser::time::now() as u64), language);
    runner::start(app).await;
    let Some(place) = browser::document().get_element_by_id("app") else { return };
    leptos::mount::mount_to(wasm_bindgen::JsCast::unchecked_into(place), move || view(app)).forget();
    if let Some(boot) = browser::document().get_element_by_id("boot") {
        boot.remove();
    }
    listen(app);
}

fn view(app: App) -> El {
    let place = Memo::new(move |_| app.follow(Flow::place));
    Effect::new(move |before: Option<()>| {
        place.get();
        if before.is_some() {
            wasm_bindgen_futures::spawn_local(async {
                browser::time::sleep(0).await;
                focus::heading();
            });
        }
    });
    let over = move || app.over.get().then(|| "over".to_owned());
    h("div")
        .class("page")
        .live_at("data-drag", over)
        .live(move || {
            let choose = move |event| app.choose_language(&browser::value(&event));
            let skip = h("a").class("skip").at("href", "#main").text(t(W::TopSkip));
            vec![skip, frame::head(&app.vendor(), app.language(), choose)]
        })
        .kid(h("div").at("role", "status").class("notices").live(move || notices(app)))
        .kid(h("main").at("id", "main").at("tabindex", "-1").live(move || {
            app.language();
            page(app, place.get())
        }))
        .live(move || vec![frame::foot(&app.vendor(), app.language())])
}

fn notices(app: App) -> Vec<El> {
    app.language();
    let mut parts = Vec::new();
    if app.follow(Flow::is_offline) {
        parts.push(frame::notice(W::NetworkOffline));
    } else if !app.has_keys() {
        parts.push(frame::notice(W::NetworkNoKeys));
    }
    let said = app.said.get();
    if !said.is_empty() {
        parts.push(h("p").class("toast").text(&said));
    }
    parts
}

/// Files can be dropped and pasted anywhere on the page, and the network comes and goes.
fn listen(app: App) {
    browser::on_window("dragover", move |event| {
        let over = files::drags(&event);
        if app.over.get_untracked() != over {
            app.over.set(over);
        }
    });
    browser::on_window("dragleave", move |event| {
        // Leaving the window has no element that is entered.
        if browser::member(&event, "relatedTarget").is_null() {
            app.over.set(false);
        }
    });
    browser::on_window("drop", move |event| {
        app.over.set(false);
        let files = files::dropped(&event);
        wasm_bindgen_futures::spawn_local(async move { app.bring(files.await) });
    });
    browser::on_window("paste", move |event| {
        if let Some(files) = files::pasted(&event) {
            event.prevent_default();
            app.bring(files);
        }
    });
    browser::on_window("online", move |_| app.tell(Event::Online));
    browser::on_window("offline", move |_| app.tell(Event::Offline));
}
