//! `handcarry customer`

use clap::{Args, Subcommand};
use handcarry_format::Id;
use handcarry_rules::holder::CustomerRecord;
use handcarry_store::{Customer, CustomerFilter, Page, Store, TenantId};
use serde_json::{Value, json};

use crate::cli::{Data, Done, Stop, arguments, open, say};
use crate::clock::{Clock as _, SystemClock};
use crate::failure::Failure;
use crate::random;
use crate::service::vendor::customers::{self, Changes};
use crate::service::vendor::unit::{By, Unit};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Add a customer; prints the id that licenses name
    Create {
        /// Whose
        #[arg(long, value_parser = arguments::id)]
        tenant: Option<Id>,
        /// Its id (default: one is made)
        #[arg(long, value_parser = arguments::id)]
        id: Option<Id>,
        /// Name of the person, or of the organization
        #[arg(long)]
        name: String,
        #[command(flatten)]
        record: Record,
    },
    /// Change a customer
    Update {
        /// Whose
        #[arg(long, value_parser = arguments::id)]
        tenant: Option<Id>,
        /// Its id
        #[arg(value_parser = arguments::id)]
        id: Id,
        /// Name of the person, or of the organization
        #[arg(long)]
        name: Option<String>,
        #[command(flatten)]
        record: Record,
    },
    /// Show a customer and its licenses
    Show {
        /// Whose
        #[arg(long, value_parser = arguments::id)]
        tenant: Option<Id>,
        /// Its id
        #[arg(value_parser = arguments::id)]
        id: Id,
    },
    /// List customers
    List {
        /// Whose
        #[arg(long, value_parser = arguments::id)]
        tenant: Option<Id>,
        /// Part of name, company, e-mail, address or a reference
        #[arg(long, value_name = "TEXT")]
        search: Option<String>,
        /// After this customer's id
        #[arg(long)]
        after: Option<String>,
        /// At most so many
        #[arg(long, default_value_t = 100)]
        limit: u32,
    },
}

/// What is said of a customer. What is not said stays as it is; an empty text is taken away.
#[derive(Args, Clone, Debug)]
pub(super) struct Record {
    /// The organization, if the name is a person's
    #[arg(long)]
    company: Option<String>,
    /// Where notices go
    #[arg(long)]
    email: Option<String>,
    /// Postal address, in lines
    #[arg(long)]
    address: Option<String>,
    /// What others call it, such as a number in your books; again for more
    #[arg(long, value_name = "TEXT")]
    reference: Vec<String>,
}

impl Record {
    fn changes(self, name: Option<String>) -> Changes {
        let given = |text: Option<String>| text.map(|text| Some(text).filter(|text| !text.is_empty()));
        let references: Vec<String> =
            self.reference.iter().filter(|text| !text.is_empty()).cloned().collect();
        Changes {
            name,
            company: given(self.company),
            email: given(self.email),
            address: given(self.address),
            references: (!self.reference.is_empty()).then_some(references),
        }
    }
}

pub(super) fn run(data: &Data, command: Command) -> Done {
    let store = open::for_command(data)?;
    match command {
        Command::Create { tenant, id, name, record } => {
            let changes = record.changes(None);
            let record = CustomerRecord {
                id: id.unwrap_or_else(random::id),
                name,
                company: changes.company.flatten(),
                email: changes.email.flatten(),
                address: changes.address.flatten(),
                references: changes.references.unwrap_or_default(),
            };
            let tenant = open::tenant(&store, tenant.as_ref())?.id;
            let made = change(&store, tenant, move |unit| customers::create(unit, &record))?;
            say(made.record.id.as_str());
        }
        Command::Update { tenant, id, name, record } => {
            let tenant = open::tenant(&store, tenant.as_ref())?.id;
            let changes = record.changes(name);
            let now = change(&store, tenant, move |unit| customers::update(unit, &id, None, &changes))?;
            say(&format!("revision {}", now.revision));
        }
        Command::Show { tenant, id } => show(&store, open::tenant(&store, tenant.as_ref())?.id, &id)?,
        Command::List { tenant, search, after, limit } => {
            let tenant = open::tenant(&store, tenant.as_ref())?.id;
            let filter = CustomerFilter { search, ..CustomerFilter::default() };
            let page = Page { after, limit };
            for it in store.read_blocking(move |tx| tx.customers(tenant, &filter, &page))? {
                let record = it.record;
                let or = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
                say(&format!("{}\t{}\t{}\t{}", record.id, record.name, or(record.company), or(record.email)));
            }
        }
    }
    store.close_blocking();
    Ok(())
}

fn change(
    store: &Store,
    tenant: TenantId,
    mut work: impl FnMut(&mut Unit<'_>) -> Result<Customer, Failure> + Send + 'static,
) -> Result<Customer, Stop> {
    let now = SystemClock.now();
    let done = store.write_blocking(move |tx| work(&mut Unit { tx, tenant, now, by: &By::Command }));
    Ok(done?)
}

fn show(store: &Store, tenant: TenantId, id: &Id) -> Done {
    let id = id.clone();
    let shown: Value = store.read_blocking(move |tx| {
        let Customer { record, created_at, revision } =
            tx.customer(tenant, &id)?.ok_or_else(|| Stop::from("there is no such customer"))?;
        let licenses = tx.licenses_of_customer(tenant, &id, 1_000)?;
        Ok::<_, Stop>(json!({
            "id": record.id,
            "name": record.name,
            "company": record.company,
            "email": record.email,
            "address": record.address,
            "references": record.references,
            "created_at": created_at,
            "revision": revision,
            "licenses": licenses,
        }))
    })?;
    say(&serde_json::to_string_pretty(&shown).map_err(|error| Stop::from(error.to_string()))?);
    Ok(())
}
