//! What a person sees in each state of a file: one file a state.

mod choose;
mod done;
mod item;
mod list;
mod live;
mod reading;
mod refused;
mod review;
mod working;

use crate::app::App;
use crate::component::phrase::tell;
use crate::component::{El, h};
use crate::flow::Place;
use crate::words::W;

/// The page for a place.
pub(crate) fn page(app: App, place: Place) -> Vec<El> {
    match place {
        Place::Choose => choose::page(app),
        Place::Item(id, _) => item::page(app, id),
        Place::Batch => list::page(app),
    }
}

/// A product and the device that it is on, if there is one.
fn on(product: &str, device: &str) -> String {
    match device {
        "" => product.to_owned(),
        device => [product, " ", &tell(W::ReviewOnDevice, &[device.to_owned()])].concat(),
    }
}

/// Heading and lead of a page. The heading takes the focus when the page comes.
fn title(title: &str, lead: &str) -> El {
    h("div").class("title").kid(h("h1").at("tabindex", "-1").text(title)).kid(h("p").class("lead").text(lead))
}
