use std::cell::RefCell;

use js_sys::{Array, Object, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, MessageEvent, Worker, WorkerOptions, WorkerType};

use super::plan::Plan;
use super::wire;
use crate::app::App;
use crate::browser::{document, go, on, set, time, window};
use crate::card::{FileCard, Refusal};
use crate::flow::{Bytes, Event};
use crate::runner;
use crate::verify::unread;

/// Workers at most, however many cores there are: each has a memory of its own.
const MOST: f64 = 8.0;

/// Seconds without anything to do, or without a worker that could do it, after which the workers go, and their memory.
const REST: u32 = 10;

/// A file to read: its number in the flow, and where its bytes are.
pub(crate) type Given = (u32, Blob);

struct Pool {
    plan: Plan<Given>,
    workers: Vec<Worker>,
    /// Which of them can take jobs.
    ready: Vec<bool>,
    /// Whom to believe, as the portal said it.
    tenant: JsValue,
    rested: u32,
    /// There are no workers in this browser, or they do not start.
    broken: bool,
}

thread_local! {
    static POOL: RefCell<Pool> = const {
        RefCell::new(Pool {
            plan: Plan::new(),
            workers: Vec::new(),
            ready: Vec::new(),
            tenant: JsValue::UNDEFINED,
            rested: 0,
            broken: false,
        })
    };
}

/// Whether there are workers now.
pub(crate) fn is_there() -> bool {
    POOL.with_borrow(|pool| !pool.workers.is_empty())
}

/// Whether files wait for a worker.
pub(crate) fn is_behind() -> bool {
    POOL.with_borrow(|pool| pool.plan.waiting() > 0)
}

/// Has a file read and examined by a worker, which tells the flow. `false` if there are no workers.
pub(crate) fn take(app: App, given: Given, large: bool, tenant: &str) -> bool {
    POOL.with_borrow_mut(|pool| {
        let count = pool.workers.len();
        if count == 0 && !pool.broken {
            pool.tenant = tenant.into();
            go(watch(app));
        }
        // One more for each file that waits, up to the cores: a single large one needs no second.
        let wanted = pool.plan.waiting() >= count && (count as f64) < cores();
        if wanted
            && !pool.broken
            && let Some(worker) = spawn(app, count)
        {
            pool.workers.push(worker);
            pool.ready.push(false);
            pool.plan.hire();
        }
        if pool.workers.is_empty() {
            return false;
        }
        pool.plan.bring(given, large);
        pool.hand_out();
        true
    })
}

impl Pool {
    /// Gives every worker as much as it should have.
    fn hand_out(&mut self) {
        for at in 0..self.workers.len() {
            while self.ready[at]
                && let Some(job) = self.plan.next(at)
            {
                let files = Array::new();
                for (_, blob) in &job.files {
                    files.push(blob);
                }
                let message = Array::of3(&job.number.into(), &self.tenant, &files);
                // What cannot be sent is not answered either: it ends like a worker that is stuck.
                let _ = self.workers[at].post_message(&message);
            }
        }
    }

    /// Ends this worker, and starts another in its place. What was the reason, if that is known.
    fn replace(&mut self, app: App, at: usize) -> Option<Given> {
        self.workers[at].terminate();
        self.ready[at] = false;
        if let Some(worker) = spawn(app, at) {
            self.workers[at] = worker;
        }
        self.plan.replaced(at)
    }
}

/// Looks after the workers each second, for as long as there are any.
async fn watch(app: App) {
    loop {
        time::sleep(1000).await;
        let (stuck, over) = POOL.with_borrow_mut(|pool| {
            let rests = pool.plan.is_idle() || !pool.ready.contains(&true);
            pool.rested = if rests { pool.rested + 1 } else { 0 };
            (pool.plan.beat(), pool.rested > REST || pool.workers.is_empty())
        });
        for at in stuck {
            lost(app, at);
        }
        if over {
            return give_back(app);
        }
    }
}

/// A worker is stuck, or has ended by itself.
fn lost(app: App, at: usize) {
    let known = POOL.with_borrow_mut(|pool| pool.ready.get(at).copied().unwrap_or_default());
    if !known {
        // It has never started: neither will the others.
        return give_back(app);
    }
    if let Some((id, blob)) = POOL.with_borrow_mut(|pool| pool.replace(app, at)) {
        let refusal = unread("page.too_slow", blob.size() as u64);
        app.tell(Event::Examined { id, bytes: Bytes::default(), outcome: Err(refusal) });
    }
}

/// Ends the workers; the main thread does what is left.
fn give_back(app: App) {
    POOL.with_borrow_mut(|pool| {
        for worker in pool.workers.drain(..) {
            worker.terminate();
        }
        pool.ready.clear();
        pool.rested = 0;
        while let Some((id, blob)) = pool.plan.take_back() {
            pool.broken = true;
            runner::take_back(app, id, blob);
        }
    });
}

/// What a worker says: that it is there, how far it has read a long file, or what it found in the files of a job.
fn hear(app: App, at: usize, data: &JsValue) {
    let Some(said) = data.dyn_ref::<Array>() else {
        if data.as_string().as_deref() != Some("ready") {
            return lost(app, at);
        }
        return POOL.with_borrow_mut(|pool| {
            pool.ready[at] = true;
            pool.hand_out();
        });
    };
    let number = said.get(0).as_f64().unwrap_or_default() as u32;
    if let Some(done) = said.get(1).as_f64() {
        let id = POOL.with_borrow_mut(|pool| pool.plan.heard(at, number).map(|given| given.0));
        if let Some(id) = id {
            app.progress(id, done as u64);
        }
        return;
    }
    let files = POOL.with_borrow_mut(|pool| {
        let files = pool.plan.answered(at, number);
        pool.hand_out();
        files
    });
    let mut events = Vec::with_capacity(files.len());
    for (place, (id, blob)) in (0..).zip(files) {
        let bytes = said.get(1 + 2 * place).dyn_into::<Uint8Array>();
        let found = bytes.ok().zip(card(&said.get(2 + 2 * place)));
        events.push(match found {
            Some((bytes, outcome)) => Event::Examined { id, bytes: Bytes(bytes), outcome },
            None => {
                let refusal = unread("page.unreadable", blob.size() as u64);
                Event::Examined { id, bytes: Bytes::default(), outcome: Err(refusal) }
            }
        });
    }
    app.tell_all(events);
}

fn card(text: &JsValue) -> Option<Result<Box<FileCard>, Box<Refusal>>> {
    wire::read(&text.as_string()?)
}

fn cores() -> f64 {
    window().navigator().hardware_concurrency().clamp(1.0, MOST)
}

/// A worker that loads the page's own code: its address stands in the page, its WebAssembly is compiled already.
fn spawn(app: App, at: usize) -> Option<Worker> {
    let link = document().query_selector("link[rel=modulepreload]").ok()??;
    let glue =
        web_sys::Url::new_with_base(&link.get_attribute("href")?, &document().base_uri().ok()??).ok()?;
    let options = WorkerOptions::new();
    options.set_type(WorkerType::Module);
    let worker = Worker::new_with_options("worker.js", &options).ok()?;
    let code: JsValue = Object::new().into();
    set(&code, "glue", &glue.href().into());
    set(&code, "module", &wasm_bindgen::module());
    worker.post_message(&code).ok()?;
    on(&worker, "error", move |event| {
        event.prevent_default();
        lost(app, at);
    });
    on(&worker, "message", move |event| {
        if let Some(event) = event.dyn_ref::<MessageEvent>() {
            hear(app, at, &event.data());
        }
    });
    Some(worker)
}
