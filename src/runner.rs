//! Does what the flow says is to be done, and tells it what came of that.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use handcarry_api::route;
use web_sys::Blob;

use crate::app::App;
use crate::browser::network::{self, Reply};
use crate::browser::store::Record;
use crate::browser::{files, go, store, time};
use crate::card::{Answer, FileCard, Refusal};
use crate::client::{self, Tenant};
use crate::flow::{Bytes, Effect, Event, Item, Restored, Saved, Stage, Why};
use crate::verify::{
    AnswerFiles, SMALL, TenantTrust, examine_file, page_refusal, prove_answer, reference, refuse, unread,
};
use crate::worker;

/// Small files that the main thread reads before it is worth starting workers for them.
const FEW: usize = 8;

/// Records of an earlier visit that are read in one go.
const RECORDS: u32 = 64;

/// The portal's vendor, and the text that said so.
struct Known {
    trust: TenantTrust,
    text: String,
}

thread_local! {
    static KNOWN: RefCell<Option<Rc<Known>>> = const { RefCell::new(None) };
    /// Files that wait to be read.
    static QUEUE: RefCell<VecDeque<(u32, Source)>> = const { RefCell::new(VecDeque::new()) };
    /// What waits to be kept, or to be forgotten.
    static OUTBOX: RefCell<Vec<Record>> = const { RefCell::new(Vec::new()) };
    /// What a person gave to sign in, for the file that it is for and no other; gone once it is sent.
    static SIGN_IN: RefCell<Option<(u32, String)>> = const { RefCell::new(None) };
    static READING: Cell<bool> = const { Cell::new(false) };
    static KEEPING: Cell<bool> = const { Cell::new(false) };
}

/// Where a file's bytes are.
enum Source {
    Blob(Blob),
    Bytes(Bytes),
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
                    return read_on(app);
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
                queue(app, id, Source::Blob(blob));
            }
        }
        Effect::Examine { id, bytes } => queue(app, id, Source::Bytes(bytes)),
        Effect::Send { id, bytes } => go(send(app, id, bytes)),
        Effect::Wait { id, tries, seconds } => go(async move {
            // At most an hour, see `flow::delay_seconds`.
            time::sleep(seconds as i32 * 1000).await;
            app.tell(Event::Due { id, tries });
        }),
        Effect::Save(saved) => keep(Record::Kept(saved)),
        Effect::Forget(key) => keep(Record::Gone(key)),
    }
}

/// Sends a file with a login and a password (LSP-03): once, and kept nowhere.
pub(crate) fn sign_in(app: App, id: u32, login: &str, password: &str) {
    SIGN_IN.set(network::basic(login, password).map(|header| (id, header)));
    app.tell(Event::TryNow(id));
}

fn queue(app: App, id: u32, source: Source) {
    QUEUE.with_borrow_mut(|queue| queue.push_back((id, source)));
    read_on(app);
}

/// Files that the workers leave to the main thread.
pub(crate) fn take_back(app: App, id: u32, blob: Blob) {
    queue(app, id, Source::Blob(blob));
}

/// Everything that was signed, as text (D-27). A large file's was made with its card; a small one is examined again when
/// somebody looks: of thousands hardly any is looked at.
pub(crate) fn content(item: &Item, card: &FileCard) -> String {
    match (known(), &item.bytes) {
        (Some(known), Some(bytes)) if card.content.is_empty() => {
            examine_file(&bytes.0.to_vec(), &known.trust, true).map_or(String::new(), |card| card.content)
        }
        _ => card.content.clone(),
    }
}

fn read_on(app: App) {
    if !READING.replace(true) {
        go(read_next(app));
    }
}

/// Reads what waits, once it is known whom to believe: a few small files here, one at a time; large and many in workers.
async fn read_next(app: App) {
    while let Some(known) = known() {
        let many = QUEUE.with_borrow(VecDeque::len) > FEW || worker::is_there();
        let Some((id, source)) = QUEUE.with_borrow_mut(VecDeque::pop_front) else { break };
        let blob = match source {
            Source::Blob(blob) => Some(blob),
            Source::Bytes(bytes) => files::of_bytes(&bytes),
        };
        let Some(blob) = blob else { continue };
        let size = blob.size();
        let large = size > SMALL as f64;
        let (mut bytes, mut outcome) = (None, None);
        // D-06: before a byte is read.
        if let Err(error) = known.trust.limits.check_size(size as u64) {
            outcome = Some(Err(Box::new(refuse(&error, reference(&size.to_le_bytes())))));
        } else if (many || large) && worker::take(app, (id, blob.clone()), large, &known.text) {
            continue;
        } else {
            bytes = files::read(&blob).await;
        }
        let outcome = outcome.unwrap_or_else(|| match &bytes {
            Some(bytes) => examine_file(&bytes.0.to_vec(), &known.trust, true),
            None => Err(unread("page.unreadable", size as u64)),
        });
        app.tell(Event::Examined { id, bytes: bytes.unwrap_or_default(), outcome });
        // The page draws between two files.
        time::sleep(0).await;
    }
    READING.set(false);
}

fn keep(record: Record) {
    OUTBOX.with_borrow_mut(|outbox| outbox.push(record));
    if !KEEPING.replace(true) {
        go(keep_all());
    }
}

/// Writes what is to be kept, many records at a time. While files wait to be read that comes first: what is not kept yet
/// is where the person took it from.
async fn keep_all() {
    loop {
        // The page draws before a large file is copied.
        time::sleep(0).await;
        while worker::is_behind() {
            time::sleep(100).await;
        }
        let some = OUTBOX.take();
        if some.is_empty() {
            break;
        }
        store::write(some).await;
    }
    KEEPING.set(false);
}

async fn send(app: App, id: u32, bytes: Bytes) {
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
    let mut files = Vec::new();
    let mut last = String::new();
    // In parts, with a breath between them: there may be thousands, and answers are proven again.
    loop {
        let part = store::saved(&last, RECORDS).await;
        let Some(end) = part.last() else { break };
        last.clone_from(&end.key);
        for saved in part {
            files.push(restored(saved));
        }
        time::sleep(0).await;
    }
    if !files.is_empty() {
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
