//! Does what the flow says is to be done, and tells it what came of that.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;
use std::sync::Arc;

use handcarry_api::route;
use web_sys::Blob;

use crate::app::App;
use crate::browser::network::{self, Reply};
use crate::browser::{files, go, store, time};
use crate::card::{Answer, Arg, Fact, FileCard, Refusal};
use crate::client::{self, Tenant};
use crate::flow::{Effect, Event, Restored, Saved, Stage, Why};
use crate::verify::{AnswerFiles, TenantTrust, examine_file, page_refusal, prove_answer, reference, refuse};
use crate::words::W;
use crate::worker::{self, Failed};

/// Files above this many bytes are read off the main thread.
const SMALL: f64 = (256 << 10) as f64;

/// The portal's vendor, and the text that said so.
struct Known {
    trust: TenantTrust,
    text: String,
}

thread_local! {
    static KNOWN: RefCell<Option<Rc<Known>>> = const { RefCell::new(None) };
    /// Files that wait to be read, one after the other.
    static QUEUE: RefCell<VecDeque<(u32, Blob)>> = const { RefCell::new(VecDeque::new()) };
    /// What a person gave to sign in, for the file that it is for and no other; gone once it is sent.
    static SIGN_IN: RefCell<Option<(u32, String)>> = const { RefCell::new(None) };
    static READING: Cell<bool> = const { Cell::new(false) };
}

/// Finds out whose portal this is and what an earlier visit left; waits for neither longer than a person would.
pub(crate) async fn start(app: App) {
    let kept = store::open().await;
    if !kept {
        app.tell(Event::NothingKept);
    }
    if network::is_offline() {
        app.tell(Event::Offline);
    }
    if !learn(app, network::get_text(route::TENANT).await).await && !learn(app, store::tenant().await).await {
        app.miss_keys();
        go(async move {
            for wait in [1, 2, 4, 8, 15].into_iter().chain(std::iter::repeat(30)) {
                time::sleep(wait * 1000).await;
                if learn(app, network::get_text(route::TENANT).await).await {
                    restore(app).await;
                    return read_next(app).await;
                }
            }
        });
        return;
    }
    restore(app).await;
}

async fn learn(app: App, text: Option<String>) -> bool {
    let Some(text) = text else { return false };
    let Some(Tenant { trust, look }) = client::tenant(&text) else { return false };
    app.know(look);
    store::save_tenant(&text).await;
    KNOWN.set(Some(Rc::new(Known { trust, text })));
    true
}

fn known() -> Option<Rc<Known>> {
    KNOWN.with_borrow(Clone::clone)
}

/// Does one thing; what comes of it is told later.
pub(crate) fn run(app: App, effect: Effect) {
    match effect {
        Effect::Read { id, slot } => {
            if let Some(blob) = files::take(slot) {
                queue(app, id, blob);
            }
        }
        Effect::Examine { id, bytes } => {
            if let Some(blob) = files::of_bytes(&bytes) {
                queue(app, id, blob);
            }
        }
        Effect::Send { id, bytes } => go(send(app, id, bytes)),
        Effect::Wait { id, tries, seconds } => go(async move {
            // At most an hour, see `flow::delay_seconds`.
            time::sleep(seconds as i32 * 1000).await;
            app.tell(Event::Due { id, tries });
        }),
        Effect::Save(saved) => go(store::save(saved)),
        Effect::Forget(key) => go(async move { store::forget(&key).await }),
    }
}

/// Sends a file with a login and a password (LSP-03): once, and kept nowhere.
pub(crate) fn sign_in(app: App, id: u32, login: &str, password: &str) {
    SIGN_IN.set(network::basic(login, password).map(|header| (id, header)));
    app.tell(Event::TryNow(id));
}

fn queue(app: App, id: u32, blob: Blob) {
    QUEUE.with_borrow_mut(|queue| queue.push_back((id, blob)));
    go(read_next(app));
}

/// Reads what waits, one file at a time, once it is known whom to believe.
async fn read_next(app: App) {
    if READING.replace(true) {
        return;
    }
    while let Some(known) = known() {
        let Some((id, blob)) = QUEUE.with_borrow_mut(VecDeque::pop_front) else { break };
        let (bytes, outcome) = examine(app, id, &blob, &known).await;
        app.tell(Event::Examined { id, bytes: bytes.into(), outcome });
        // The page draws between two files.
        time::sleep(0).await;
    }
    READING.set(false);
}

type Found = (Vec<u8>, Result<Box<FileCard>, Box<Refusal>>);

async fn examine(app: App, id: u32, blob: &Blob, known: &Known) -> Found {
    let trust = &known.trust;
    let size = blob.size();
    // D-06: before a byte is read.
    if let Err(error) = trust.limits.check_size(size as u64) {
        return (Vec::new(), Err(Box::new(refuse(&error, reference(&size.to_le_bytes())))));
    }
    let refused = |code| {
        let facts = vec![Fact::new(W::FactSize, Arg::Size(size as u64))];
        (Vec::new(), Err(Box::new(page_refusal(code, reference(&size.to_le_bytes()), facts))))
    };
    if size > SMALL {
        match worker::examine(blob, &known.text, move |done| app.progress(id, done)).await {
            Ok(found) => return found,
            Err(Failed::Stopped) => return refused("page.too_slow"),
            Err(Failed::NotThere) => {}
        }
    }
    match files::read(blob).await {
        Some(bytes) => {
            let outcome = examine_file(&bytes, trust);
            (bytes, outcome)
        }
        None => refused("page.unreadable"),
    }
}

async fn send(app: App, id: u32, bytes: Arc<[u8]>) {
    let signed_in = SIGN_IN.with_borrow_mut(|given| given.take_if(|given| given.0 == id));
    let header = signed_in.map(|given| given.1);
    let reply = network::post(route::DOCUMENTS, &bytes, header.as_deref()).await;
    let card = app.look_at(|flow| flow.item(id).and_then(|item| item.card().cloned()));
    app.tell(judge(id, reply, card.as_deref()));
}

/// What an answer means. Only a proven one counts as done (D-01); what may pass by itself is tried again.
fn judge(id: u32, reply: Option<Reply>, card: Option<&FileCard>) -> Event {
    let Some(reply) = reply else { return Event::NotSent { id, why: Why::Unreachable, after: None } };
    let again = |why| Event::NotSent { id, why, after: reply.after };
    match reply.status {
        200 | 201 => {
            let proven = match client::answer(&reply.text, reply.first) {
                Some(files) => prove(files, card),
                None => Err(unreadable(&reply.text)),
            };
            match proven {
                Ok(answer) => Event::Answered { id, answer },
                Err(refusal) => Event::Rejected { id, refusal },
            }
        }
        401 => {
            let wrong = client::problem(&reply.text).code == "claim.sign_in_failed";
            again(if wrong { Why::WrongPassword } else { Why::SignIn })
        }
        408 | 429 | 503 => again(Why::Busy),
        500.. => again(Why::Faulty),
        _ => Event::Rejected { id, refusal: Box::new(client::problem(&reply.text)) },
    }
}

fn prove(files: AnswerFiles, card: Option<&FileCard>) -> Result<Box<Answer>, Box<Refusal>> {
    match known() {
        Some(known) => prove_answer(files, card, &known.trust),
        None => Err(unreadable(&files.raw)),
    }
}

fn unreadable(text: &str) -> Box<Refusal> {
    Box::new(page_refusal("page.answer_unreadable", reference(text.as_bytes()), Vec::new()))
}

async fn restore(app: App) {
    let saved = store::saved().await;
    if !saved.is_empty() {
        let mut files = Vec::new();
        for saved in saved {
            files.push(restored(saved));
        }
        app.tell(Event::Restored(files));
    }
}

fn restored(mut saved: Saved) -> Restored {
    let raw = saved.raw.take().filter(|_| saved.stage == Stage::Answered);
    let answer = raw.map(|raw| match client::answer(&raw, saved.first.clone()) {
        Some(files) => prove(files, None),
        None => Err(Box::new(client::problem(&raw))),
    });
    Restored { saved, answer }
}
