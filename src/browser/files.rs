//! Files that a person drops, picks or pastes: by themselves, many at a time, or as folders. Their content decides, not
//! their names (D-04); their size is known before a byte is read (D-06).

use std::cell::RefCell;

use js_sys::{Array, Function, Promise, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Blob, BlobPropertyBag, ClipboardEvent, DataTransfer, DragEvent, Event, File, FileList,
    FileSystemDirectoryEntry, FileSystemEntry, FileSystemFileEntry, HtmlInputElement,
};

use crate::flow::Incoming;

/// Files of one drop that are taken at most; a folder of a whole disk would stop the page.
const MOST: usize = 2000;

thread_local! {
    static BROUGHT: RefCell<Vec<Option<Blob>>> = const { RefCell::new(Vec::new()) };
}

/// Remembers a file until it is read.
fn bring(name: String, blob: Blob) -> Incoming {
    let size = blob.size() as u64;
    let slot = BROUGHT.with_borrow_mut(|brought| {
        brought.push(Some(blob));
        // Fewer than 2^32 files fit into a page.
        brought.len() as u32 - 1
    });
    Incoming { name, size, slot }
}

/// The file in a slot; it is there once.
pub(crate) fn take(slot: u32) -> Option<Blob> {
    BROUGHT.with_borrow_mut(|brought| brought.get_mut(slot as usize).and_then(Option::take))
}

/// A text that was pasted, as a file.
pub(crate) fn of_text(text: &str) -> Option<Incoming> {
    if text.trim().is_empty() {
        return None;
    }
    let parts = Array::of1(&text.into());
    let blob = Blob::new_with_str_sequence_and_options(&parts, &BlobPropertyBag::new()).ok()?;
    Some(bring("pasted.txt".into(), blob))
}

/// Bytes that are here already, as a file.
pub(crate) fn of_bytes(bytes: &[u8]) -> Option<Blob> {
    let parts = Array::of1(&Uint8Array::from(bytes));
    Blob::new_with_u8_array_sequence(&parts).ok()
}

/// What was picked; the picker is ready for the same file again.
pub(crate) fn picked(event: &Event) -> Vec<Incoming> {
    let input = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
    let Some(input) = input else { return Vec::new() };
    let brought = listed(input.files());
    input.set_value("");
    brought
}

/// Whether something with files in it is dragged over the page. The event is taken, so the browser does not open them.
pub(crate) fn drags(event: &Event) -> bool {
    event.prevent_default();
    transfer(event).is_some_and(|transfer| {
        transfer.types().iter().any(|kind| kind.as_string().as_deref() == Some("Files"))
    })
}

/// What was dropped: files, folders, or text. Must be called while the event lasts; the answer comes later.
pub(crate) fn dropped(event: &Event) -> impl Future<Output = Vec<Incoming>> + 'static {
    event.prevent_default();
    let transfer = transfer(event);
    let mut entries = Vec::new();
    let mut files = Vec::new();
    let mut text = String::new();
    if let Some(transfer) = transfer {
        let items = transfer.items();
        for at in 0..items.length() {
            let Some(item) = items.get(at).filter(|item| item.kind() == "file") else { continue };
            match item.webkit_get_as_entry() {
                Ok(Some(entry)) => entries.push(entry),
                _ => files.extend(item.get_as_file().ok().flatten()),
            }
        }
        text = transfer.get_data("text/plain").unwrap_or_default();
    }
    async move {
        let mut found = files;
        for entry in entries {
            walk(entry, &mut found).await;
        }
        if found.is_empty() {
            return of_text(&text).into_iter().collect();
        }
        found.truncate(MOST);
        let mut brought = Vec::new();
        for file in found {
            brought.push(of_file(file));
        }
        brought
    }
}

/// What was pasted outside of a text field: files, or a file's text. `None` leaves the event to the browser.
pub(crate) fn pasted(event: &Event) -> Option<Vec<Incoming>> {
    let typing = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    if typing.is_some_and(|element| matches!(element.tag_name().as_str(), "TEXTAREA" | "INPUT")) {
        return None;
    }
    let data = event.dyn_ref::<ClipboardEvent>()?.clipboard_data()?;
    let files = listed(data.files());
    if !files.is_empty() {
        return Some(files);
    }
    of_text(&data.get_data("text/plain").ok()?).map(|file| vec![file])
}

/// Reads a file, or a part of one.
pub(crate) async fn read(blob: &Blob) -> Option<Vec<u8>> {
    let buffer = JsFuture::from(blob.array_buffer()).await.ok()?;
    Some(Uint8Array::new(&buffer).to_vec())
}

#[inline(never)]
fn listed(list: Option<FileList>) -> Vec<Incoming> {
    let mut files = Vec::new();
    if let Some(list) = list {
        for at in 0..list.length().min(MOST as u32) {
            if let Some(file) = list.get(at) {
                files.push(of_file(file));
            }
        }
    }
    files
}

#[inline(never)]
fn of_file(file: File) -> Incoming {
    bring(file.name(), file.into())
}

fn transfer(event: &Event) -> Option<DataTransfer> {
    event.dyn_ref::<DragEvent>()?.data_transfer()
}

/// All files below an entry, in the order in which the browser lists them.
async fn walk(entry: FileSystemEntry, found: &mut Vec<File>) {
    let mut open = vec![entry];
    while let Some(entry) = open.pop() {
        if found.len() >= MOST {
            return;
        }
        if entry.is_file() {
            let entry: FileSystemFileEntry = entry.unchecked_into();
            let file = called(|done, failed| entry.file_with_callback_and_callback(done, failed)).await;
            found.extend(file.and_then(|file| file.dyn_into::<File>().ok()));
        } else if entry.is_directory() {
            let reader = entry.unchecked_into::<FileSystemDirectoryEntry>().create_reader();
            // Browsers hand out a folder in parts; an empty part is the end.
            while let Some(part) = called(|done, failed| {
                reader.read_entries_with_callback_and_callback(done, failed).unwrap_or(())
            })
            .await
            {
                let part: Array = part.unchecked_into();
                if part.length() == 0 {
                    break;
                }
                open.extend(part.iter().map(|entry| entry.unchecked_into::<FileSystemEntry>()));
            }
        }
    }
}

/// Waits for a function of the old kind that calls back.
async fn called(call: impl Fn(&Function, &Function)) -> Option<JsValue> {
    let promise = Promise::new(&mut |resolve, reject| call(&resolve, &reject));
    JsFuture::from(promise).await.ok()
}
