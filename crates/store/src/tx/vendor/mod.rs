//! The vendor's own systems: tokens, answers that are kept, the catalog of products, and licenses as they are looked for.

mod answers;
mod catalog;
mod tokens;

pub use answers::{Answers, KeptAnswer};
pub use catalog::{Catalog, CatalogProduct};
pub use tokens::{ApiToken, Tokens};
