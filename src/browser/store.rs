//! What this browser keeps for the page: unsent files, answers, and the vendor's keys. IndexedDB, no cookies.
//! Where it is blocked the page works all the same and keeps nothing.

use std::cell::RefCell;

use js_sys::{Array, Function, Object, Promise};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{IdbDatabase, IdbKeyRange, IdbObjectStore, IdbOpenDbRequest, IdbRequest, IdbTransactionMode};

use super::{member, set, window};
use crate::flow::{Bytes, Saved, Stage};

const STORE: &str = "kept";
const TENANT: &str = "tenant";

/// Changes that are asked for before one of them is waited for.
const AT_ONCE: usize = 32;

thread_local! {
    static DATABASE: RefCell<Option<IdbDatabase>> = const { RefCell::new(None) };
}

/// Opens the storage; `false` where this browser keeps nothing. Each portal under one host has its own.
pub(crate) async fn open() -> bool {
    let path = window().location().pathname().unwrap_or_default();
    let base = path.rsplit_once('/').map_or("", |(base, _)| base);
    let opened = connect(&["handcarry", base].concat()).await;
    let kept = opened.is_some();
    DATABASE.set(opened);
    kept
}

/// A change of what is kept.
pub(crate) enum Record {
    /// A file, and its answer.
    Kept(Saved),
    /// The record of this name is kept no longer.
    Gone(String),
}

/// Makes these changes, in their order and in one transaction. The page goes on between some of them and the next.
pub(crate) async fn write(records: Vec<Record>) {
    let Some(store) = store(true) else { return };
    let mut left = records.len();
    for record in records {
        let request = match record {
            Record::Kept(saved) => store.put_with_key(&written(&saved), &saved.key.as_str().into()),
            Record::Gone(key) => store.delete(&key.into()),
        };
        left -= 1;
        if left.is_multiple_of(AT_ONCE) {
            // Full or blocked storage loses the records for a later visit and nothing for this one.
            let _ = finished(request).await;
        }
    }
}

fn written(saved: &Saved) -> JsValue {
    let record: JsValue = Object::new().into();
    let stage = match saved.stage {
        Stage::Ready => "ready",
        Stage::Sending => "sending",
        Stage::Answered => "answered",
    };
    let text = |text: &Option<String>| text.as_deref().map_or(JsValue::NULL, JsValue::from_str);
    set(&record, "key", &saved.key.as_str().into());
    set(&record, "name", &saved.name.as_str().into());
    set(&record, "size", &(saved.size as f64).into());
    set(&record, "stage", &stage.into());
    set(&record, "bytes", saved.bytes.as_ref().map_or(&JsValue::NULL, |bytes| &bytes.0));
    set(&record, "raw", &text(&saved.raw));
    set(&record, "first", &text(&saved.first));
    record
}

/// What was kept, oldest first: so many records after the one of this name.
pub(crate) async fn saved(after: &str, count: u32) -> Vec<Saved> {
    let Some(store) = store(false) else { return Vec::new() };
    // Names of records begin with a digit: the tenant's comes after all of them.
    let Ok(range) =
        IdbKeyRange::bound_with_lower_open_and_upper_open(&after.into(), &TENANT.into(), true, true)
    else {
        return Vec::new();
    };
    let records = finished(store.get_all_with_key_and_limit(&range, count)).await.unwrap_or(JsValue::NULL);
    let records = Array::from(&records);
    let mut saved = Vec::new();
    for at in 0..records.length() {
        saved.extend(read(&records.get(at)));
    }
    saved
}

/// Keeps what the portal said about itself, for a visit on which it cannot be reached.
pub(crate) async fn save_tenant(text: &str) {
    if let Some(store) = store(true) {
        let _ = finished(store.put_with_key(&text.into(), &TENANT.into())).await;
    }
}

/// What the portal said about itself on an earlier visit.
pub(crate) async fn tenant() -> Option<String> {
    let store = store(false)?;
    finished(store.get(&TENANT.into())).await.ok()?.as_string()
}

fn read(record: &JsValue) -> Option<Saved> {
    let text = |name: &str| member(record, name).as_string();
    Some(Saved {
        key: text("key")?,
        name: text("name")?,
        size: member(record, "size").as_f64()? as u64,
        stage: match text("stage")?.as_str() {
            "ready" => Stage::Ready,
            "sending" => Stage::Sending,
            _ => Stage::Answered,
        },
        bytes: member(record, "bytes").dyn_into().ok().map(Bytes),
        raw: text("raw"),
        first: text("first"),
    })
}

fn store(write: bool) -> Option<IdbObjectStore> {
    let mode = if write { IdbTransactionMode::Readwrite } else { IdbTransactionMode::Readonly };
    let transaction = DATABASE.with_borrow(|database| {
        database.as_ref().and_then(|database| database.transaction_with_str_and_mode(STORE, mode).ok())
    });
    transaction?.object_store(STORE).ok()
}

async fn connect(name: &str) -> Option<IdbDatabase> {
    let request: IdbOpenDbRequest = window().indexed_db().ok()??.open_with_u32(name, 1).ok()?;
    let opening = request.clone();
    let upgrade = Closure::once_into_js(move || {
        let made = opening.result().ok().and_then(|database| database.dyn_into::<IdbDatabase>().ok());
        // If the store cannot be made, opening fails as a whole.
        let _ = made.map(|database| database.create_object_store(STORE));
    });
    request.set_onupgradeneeded(Some(upgrade.unchecked_ref()));
    finished(Ok(request.into())).await.ok()?.dyn_into().ok()
}

/// The result of a request.
async fn finished(request: Result<IdbRequest, JsValue>) -> Result<JsValue, JsValue> {
    let request = request?;
    let promise = Promise::new(&mut |resolve: Function, reject: Function| {
        let done = request.clone();
        let done = Closure::once_into_js(move || {
            // The one who waits sees the result; there is nobody else to tell.
            let _ = resolve.call1(&JsValue::NULL, &done.result().unwrap_or(JsValue::NULL));
        });
        request.set_onsuccess(Some(done.unchecked_ref()));
        request.set_onerror(Some(&reject));
    });
    JsFuture::from(promise).await
}
