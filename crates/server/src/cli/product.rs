//! `handcarry product`

use clap::Subcommand;
use handcarry_format::{Id, Product};
use serde_json::json;

use crate::cli::{Data, Done, Stop, arguments, open, say};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Add a product, or rename it
    Create {
        /// Whose
        #[arg(long, value_parser = arguments::id)]
        tenant: Option<Id>,
        /// Its id, as the application names it
        #[arg(long, value_parser = arguments::id)]
        id: Id,
        /// Its name
        #[arg(long, value_parser = arguments::name)]
        name: String,
    },
    /// List products
    List {
        /// Whose
        #[arg(long, value_parser = arguments::id)]
        tenant: Option<Id>,
    },
}

pub(super) fn run(data: &Data, command: Command) -> Done {
    let store = open::for_command(data)?;
    match command {
        Command::Create { tenant, id, name } => {
            let tenant = open::tenant(&store, tenant.as_ref())?.id;
            let product = Product { id, name, version: None };
            say(product.id.as_str());
            store
                .write_blocking(move |tx| {
                    tx.put_product(tenant, &product)?;
                    open::log(tx, tenant, "product.saved", &json!({"id": product.id, "name": product.name}))
                })
                .map_err(Stop::from)?;
        }
        Command::List { tenant } => {
            let tenant = open::tenant(&store, tenant.as_ref())?.id;
            for product in store.read_blocking(move |tx| tx.products(tenant))? {
                say(&format!("{}\t{}", product.id, product.name));
            }
        }
    }
    store.close_blocking();
    Ok(())
}
