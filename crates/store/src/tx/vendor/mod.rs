//! The vendor's own systems: tokens, answers that are kept, the catalog of products, and licenses as they are looked for.

mod answers;
mod catalog;
mod desk;
mod tokens;

pub use answers::{Answers, KeptAnswer};
pub use catalog::{Catalog, CatalogProduct};
pub use desk::{
    ActivationFilter, CaseFilter, Closed, Desk, ListedActivation, ListedCase, ListedFile, SeatState,
};
pub use tokens::{ApiToken, Tokens};
