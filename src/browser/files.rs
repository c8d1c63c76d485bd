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

use super::{member, time};
use crate::flow::{Bytes, Incoming};

/// Files of one drop that are taken at most; a folder of a whole disk would stop the page.
const MOST: u32 = 20_000;

/// Milliseconds for which files are taken at a time: to ask the size of one, the browser may have to ask the disk.
const TURN: f64 = 12.0;

/// Files of a folder that are asked for together.
const PART: u32 = 40;

/// Things of one drop that are asked at most whether they are folders: that too makes the page wait for the disk.
const ASKED: usize = 100;

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

/// Files that a person brought, to be taken a part at a time; or one made of a text.
pub(crate) struct Brought {
    /// Files, as the browser gave them.
    files: Array,
    taken: u32,
    text: Option<Incoming>,
}

impl Brought {
    /// Whether all of them are taken.
    pub(crate) fn is_empty(&self) -> bool {
        self.taken >= self.files.length().min(MOST)
    }

    /// The next part of them.
    pub(crate) fn part(&mut self) -> Vec<Incoming> {
        let mut part: Vec<Incoming> = self.text.take().into_iter().collect();
        let ends = time::now() + TURN;
        while !self.is_empty() && (part.is_empty() || time::now() < ends) {
            // A folder has left its place empty.
            if let Ok(file) = self.files.get(self.taken).dyn_into::<File>() {
                part.push(bring(file.name(), file.into()));
            }
            self.taken += 1;
        }
        part
    }
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
pub(crate) fn of_bytes(bytes: &Bytes) -> Option<Blob> {
    let parts = Array::of1(&bytes.0);
    Blob::new_with_u8_array_sequence(&parts).ok()
}

/// What was picked; the picker is ready for the same file again.
pub(crate) fn picked(event: &Event) -> Brought {
    let input = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
    let brought = listed(input.as_ref().and_then(HtmlInputElement::files));
    if let Some(input) = input {
        input.set_value("");
    }
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
pub(crate) fn dropped(event: &Event) -> impl Future<Output = Brought> + 'static {
    event.prevent_default();
    let transfer = transfer(event);
    let mut entries = Vec::new();
    let mut files = Array::new();
    let mut text = String::new();
    if let Some(transfer) = transfer {
        // The list has everything at once; of each thing by itself nothing more is asked than whether it is a folder.
        files = listed(transfer.files()).files;
        let items = transfer.items();
        let only_files = items.length() == files.length();
        let (mut place, mut asked) = (0, 0);
        for at in 0..items.length() {
            let Some(item) = items.get(at).filter(|item| only_files || item.kind() == "file") else {
                continue;
            };
            // A folder has no type. Of many things without one, only the first may be folders.
            if item.type_().is_empty() {
                asked += 1;
                if asked > ASKED {
                    break;
                }
                let entry = item.webkit_get_as_entry().ok().flatten();
                if let Some(folder) = entry.filter(FileSystemEntry::is_directory) {
                    files.set(place, JsValue::UNDEFINED);
                    entries.push(folder);
                }
            }
            place += 1;
        }
        text = transfer.get_data("text/plain").unwrap_or_default();
    }
    async move {
        // For thousands the browser has been busy long enough: what follows is another task.
        time::sleep(0).await;
        for entry in entries {
            walk(entry, &files).await;
        }
        let text = if files.length() == 0 { of_text(&text) } else { None };
        Brought { files, taken: 0, text }
    }
}

/// What was pasted outside of a text field: files, or a file's text. `None` leaves the event to the browser.
pub(crate) fn pasted(event: &Event) -> Option<Brought> {
    let typing = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    if typing.is_some_and(|element| matches!(element.tag_name().as_str(), "TEXTAREA" | "INPUT")) {
        return None;
    }
    let data = event.dyn_ref::<ClipboardEvent>()?.clipboard_data()?;
    let files = listed(data.files());
    if !files.is_empty() {
        return Some(files);
    }
    let text = Some(of_text(&data.get_data("text/plain").ok()?)?);
    Some(Brought { text, ..files })
}

/// Reads a file, or a part of one.
pub(crate) async fn read(blob: &Blob) -> Option<Bytes> {
    let buffer = JsFuture::from(blob.array_buffer()).await.ok()?;
    Some(Bytes(Uint8Array::new(&buffer)))
}

#[inline(never)]
fn listed(list: Option<FileList>) -> Brought {
    Brought { files: list.map_or_else(Array::new, |list| Array::from(&list)), taken: 0, text: None }
}

fn transfer(event: &Event) -> Option<DataTransfer> {
    event.dyn_ref::<DragEvent>()?.data_transfer()
}

/// All files below an entry, in the order in which the browser lists them.
async fn walk(entry: FileSystemEntry, found: &Array) {
    let mut open = vec![entry];
    while let Some(entry) = open.pop() {
        if found.length() >= MOST {
            return;
        }
        if entry.is_file() {
            // The files that follow are asked for together: of thousands, one after the other takes seconds.
            let asked = Array::of1(&file_of(entry));
            while asked.length() < PART
                && let Some(entry) = open.pop_if(|entry| entry.is_file())
            {
                asked.push(&file_of(entry));
            }
            let files = JsFuture::from(Promise::all_settled(&asked)).await.unwrap_or_default();
            for settled in Array::from(&files).iter() {
                let file = member(&settled, "value");
                if file.is_truthy() {
                    found.push(&file);
                }
            }
        } else if entry.is_directory() {
            let reader = entry.unchecked_into::<FileSystemDirectoryEntry>().create_reader();
            let below = open.len();
            // Browsers hand out a folder in parts; an empty part is the end.
            while let Ok(part) = JsFuture::from(called(|done, failed| {
                reader.read_entries_with_callback_and_callback(done, failed).unwrap_or(())
            }))
            .await
            {
                let part: Array = part.unchecked_into();
                if part.length() == 0 {
                    break;
                }
                open.extend(part.iter().map(|entry| entry.unchecked_into::<FileSystemEntry>()));
            }
            open[below..].reverse();
        }
    }
}

fn file_of(entry: FileSystemEntry) -> Promise {
    let entry: FileSystemFileEntry = entry.unchecked_into();
    called(|done, failed| entry.file_with_callback_and_callback(done, failed))
}

/// What a function of the old kind that calls back comes to.
fn called(call: impl Fn(&Function, &Function)) -> Promise {
    Promise::new(&mut |resolve, reject| call(&resolve, &reject))
}
