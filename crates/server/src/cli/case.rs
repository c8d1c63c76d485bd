//! `handcarry case`

use clap::Subcommand;
use handcarry_format::Id;
use handcarry_store::Page;

use crate::cli::{Data, Done, arguments, open, say};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// List open cases, oldest first
    List {
        /// Whose
        #[arg(long, value_parser = arguments::id)]
        tenant: Option<Id>,
        /// After this number
        #[arg(long)]
        after: Option<String>,
        /// At most so many
        #[arg(long, default_value_t = 100)]
        limit: u32,
    },
}

pub(super) fn run(data: &Data, command: &Command) -> Done {
    let Command::List { tenant, after, limit } = command;
    let store = open::for_command(data)?;
    let tenant = open::tenant(&store, tenant.as_ref())?.id;
    let page = Page { after: after.clone(), limit: *limit };
    for it in store.read_blocking(move |tx| tx.cases(tenant, &page))? {
        let case = it.case;
        say(&format!(
            "{}\t{}\t{}\t{}\t{}\t{}",
            it.seq, case.at, case.kind, case.activation, case.digest, case.findings
        ));
    }
    Ok(())
}
