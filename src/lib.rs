//! The customer's page, as a site map:
//!
//! - [`flow`]: what the page knows and what happens next; no browser in it, tested natively
//! - [`verify`]: a file's bytes to a [`card`], with `handcarry-format`
//! - [`client`]: what the portal answers, in the page's own terms
//! - [`words`]: every word, from `locales/`
//! - [`theme`]: the vendor's name, logo, links and words
//! - `app`, `page/`, `component/`: what a person sees
//! - `browser/`: files, clipboard, storage, network: the only place that knows the browser
//! - `worker/`: verification off the main thread
//!
//! The last three groups exist in WebAssembly only.

pub mod card;
pub mod verify;
pub mod flow;
pub mod words;
pub mod worker;
