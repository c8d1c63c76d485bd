use std::cell::Cell;
use std::rc::Rc;

use js_sys::{Array, Function, Object, Promise, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, MessageEvent, Worker, WorkerOptions, WorkerType};

use super::wire;
use crate::browser::{document, go, on, set, time};
use crate::card::{FileCard, Refusal};

/// A file that takes longer is not read to the end.
const LIMIT_MS: i32 = 30_000;

/// Why a worker gave no card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failed {
    /// There are no workers here, or this one did not start: the main thread can do it.
    NotThere,
    /// It took too long, or stopped in the middle.
    Stopped,
}

type Found = (Vec<u8>, Result<Box<FileCard>, Box<Refusal>>);

/// Reads and examines a file in a worker of its own. `tenant` is what the portal said about itself.
pub(crate) async fn examine(
    blob: &Blob,
    tenant: &str,
    progress: impl Fn(u64) + 'static,
) -> Result<Found, Failed> {
    let worker = spawn().ok_or(Failed::NotThere)?;
    let job: JsValue = Object::new().into();
    set(&job, "blob", blob);
    set(&job, "tenant", &tenant.into());
    let started = Rc::new(Cell::new(false));
    let progress: Rc<dyn Fn(u64)> = Rc::new(progress);
    // Ends with the answer, or with nothing: an error, or the time limit.
    let end = Promise::new(&mut |resolve: Function, _| {
        let (stop, late) = (resolve.clone(), resolve.clone());
        on(&worker, "error", move |event| {
            event.prevent_default();
            let _ = stop.call0(&JsValue::NULL);
        });
        go(async move {
            time::sleep(LIMIT_MS).await;
            let _ = late.call0(&JsValue::NULL);
        });
        let (own, job, started, progress) =
            (worker.clone(), job.clone(), Rc::clone(&started), Rc::clone(&progress));
        on(&worker, "message", move |event| {
            let Some(data) = event.dyn_ref::<MessageEvent>().map(MessageEvent::data) else { return };
            if let Some(done) = data.as_f64() {
                progress(done as u64);
            } else if data.as_string().as_deref() == Some("ready") {
                started.set(true);
                let _ = own.post_message(&job);
            } else {
                let _ = resolve.call1(&JsValue::NULL, &data);
            }
        });
    });
    let answer = JsFuture::from(end).await;
    worker.terminate();
    let failed = if started.get() { Failed::Stopped } else { Failed::NotThere };
    answer.ok().as_ref().and_then(read).ok_or(failed)
}

/// A worker that loads the page's own code: its address stands in the page, its WebAssembly is compiled already.
fn spawn() -> Option<Worker> {
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
    Some(worker)
}

fn read(answer: &JsValue) -> Option<Found> {
    let answer = answer.dyn_ref::<Array>()?;
    let bytes = answer.get(0).dyn_into::<Uint8Array>().ok()?.to_vec();
    Some((bytes, wire::read(&answer.get(1).as_string()?)?))
}
