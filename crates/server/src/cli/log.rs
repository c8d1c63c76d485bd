//! `handcarry log`

use clap::Subcommand;
use handcarry_format::Id;
use handcarry_store::{LogCheck, Page, verify_log};

use crate::cli::{Data, Done, Stop, arguments, open, say};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Print the log, oldest first, one JSON object a line
    List {
        /// Whose
        #[arg(long, value_parser = arguments::id)]
        tenant: Option<Id>,
        /// After this number
        #[arg(long)]
        after: Option<String>,
        /// At most so many
        #[arg(long, default_value_t = 1000)]
        limit: u32,
    },
    /// Follow the chain of hashes from the first entry to the last
    Verify {
        /// Whose
        #[arg(long, value_parser = arguments::id)]
        tenant: Option<Id>,
    },
}

pub(super) fn run(data: &Data, command: &Command) -> Done {
    let store = open::for_command(data)?;
    match command {
        Command::List { tenant, after, limit } => {
            let tenant = open::tenant(&store, tenant.as_ref())?.id;
            let page = Page { after: after.clone(), limit: *limit };
            for it in store.read_blocking(move |tx| tx.log(tenant, &page))? {
                let entry = it.entry;
                // The facts are JSON as they were written.
                say(&format!(
                    "{{\"seq\":{},\"at\":\"{}\",\"event\":\"{}\",\"data\":{},\"hash\":\"{}\"}}",
                    it.seq, entry.at, entry.event, entry.data, it.hash
                ));
            }
            Ok(())
        }
        Command::Verify { tenant } => {
            let tenant = open::tenant(&store, tenant.as_ref())?.id;
            match store.read_blocking(move |tx| verify_log(tx, tenant))? {
                LogCheck::Whole { head: Some(head) } => {
                    say(&format!("whole: {} entries, the last one is {}", head.seq, head.hash));
                    Ok(())
                }
                LogCheck::Whole { head: None } => {
                    say("whole: no entries");
                    Ok(())
                }
                LogCheck::Broken { seq, .. } => {
                    Err(Stop::from(format!("the log is broken at entry {seq}: it was changed or removed")))
                }
            }
        }
    }
}
