//! The parts of the page. Each gets what it shows as arguments, knows nothing else, and has its style beside it.

mod element;

pub(crate) mod answer;
pub(crate) mod button;
pub(crate) mod card;
pub(crate) mod checks;
pub(crate) mod content;
pub(crate) mod drop_zone;
pub(crate) mod facts;
pub(crate) mod fingerprint;
pub(crate) mod frame;
pub(crate) mod live;
pub(crate) mod phrase;
pub(crate) mod slip;
pub(crate) mod steps;
pub(crate) mod usage;

pub(crate) use element::{El, h};
