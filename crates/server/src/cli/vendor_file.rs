//! `handcarry vendor-file`

use std::path::PathBuf;

use clap::Args;
use handcarry_format::Id;
use serde_json::json;

use crate::cli::{Data, Done, Stop, arguments, open};

#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// Whose
    #[arg(long, value_parser = arguments::id)]
    tenant: Option<Id>,
    /// For which product (default: the only one there is)
    #[arg(long, value_parser = arguments::id)]
    product: Option<Id>,
    /// File to write (default: standard output)
    #[arg(short, long)]
    out: Option<PathBuf>,
}

pub(super) fn run(data: &Data, arguments: &Arguments) -> Done {
    let store = open::for_command(data)?;
    let tenant = open::tenant(&store, arguments.tenant.as_ref())?;
    let id = tenant.id;
    let mut products = store.read_blocking(move |tx| tx.products(id))?;
    if let Some(wanted) = &arguments.product {
        products.retain(|product| product.id == *wanted);
    }
    let product = match &products[..] {
        [product] => product,
        [] => return Err("there is no such product; see `handcarry product create --help`".into()),
        _ => return Err("there are several products: say which one with --product".into()),
    };
    let file = json!({
        "format": "handcarry-vendor-1",
        "vendor": {"id": tenant.slug, "name": tenant.name},
        "product": {"id": product.id, "name": product.name},
        "portal": tenant.portal,
        "root_key": tenant.root,
    });
    let text = serde_json::to_string_pretty(&file).map_err(|error| Stop::from(error.to_string()))?;
    open::write(arguments.out.as_deref(), &(text + "\n"))
}
