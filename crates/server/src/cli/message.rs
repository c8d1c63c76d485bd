//! `handcarry message` and `handcarry mail`

use clap::Subcommand;
use handcarry_format::Id;
use handcarry_store::{DeliveryFilter, DeliveryState, MessageFilter, Page};

use crate::cli::{Data, Done, arguments, open, say};
use crate::clock::{Clock as _, SystemClock};
use crate::notice::mail::{self, Letter};
use crate::notice::words::Text;
use crate::random;
use crate::settings::{Given, Settings};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// List what people were told, oldest first
    List {
        /// Whose
        #[arg(long, value_parser = arguments::id)]
        tenant: Option<Id>,
        /// Only about this license
        #[arg(long, value_parser = arguments::id)]
        license: Option<Id>,
        /// Only with this code
        #[arg(long)]
        code: Option<String>,
        /// After this number
        #[arg(long)]
        after: Option<String>,
        /// At most so many
        #[arg(long, default_value_t = 100)]
        limit: u32,
    },
    /// List how messages travel, oldest first
    Deliveries {
        /// Whose
        #[arg(long, value_parser = arguments::id)]
        tenant: Option<Id>,
        /// waiting, done or dead
        #[arg(long, value_parser = state)]
        state: Option<DeliveryState>,
        /// After this number
        #[arg(long)]
        after: Option<String>,
        /// At most so many
        #[arg(long, default_value_t = 100)]
        limit: u32,
    },
}

fn state(text: &str) -> Result<DeliveryState, String> {
    DeliveryState::from_name(text).ok_or_else(|| "waiting, done or dead".to_owned())
}

pub(super) fn run(data: &Data, command: Command) -> Done {
    let store = open::for_command(data)?;
    match command {
        Command::List { tenant, license, code, after, limit } => {
            let tenant = open::tenant(&store, tenant.as_ref())?.id;
            let (filter, page) = (MessageFilter { license, code }, Page { after, limit });
            for it in store.read_blocking(move |tx| tx.messages(tenant, &filter, &page))? {
                let message = it.message;
                let license = message.license.map_or_else(|| "-".to_owned(), |id| id.to_string());
                let line = [it.seq.to_string(), message.at.to_string(), message.code, license, message.facts];
                say(&line.join("\t"));
            }
        }
        Command::Deliveries { tenant, state, after, limit } => {
            let tenant = open::tenant(&store, tenant.as_ref())?.id;
            let (filter, page) = (DeliveryFilter { state, target: None }, Page { after, limit });
            for it in store.read_blocking(move |tx| tx.deliveries(tenant, &filter, &page))? {
                let (channel, state) = (it.channel.name(), it.state.name());
                let error = it.error.unwrap_or_default();
                say(&format!(
                    "{}\t{}\t{}\t{channel}\t{}\t{state}\t{} attempts\tdue {}\t{error}",
                    it.seq, it.message, it.code, it.target, it.attempts, it.due
                ));
            }
        }
    }
    Ok(())
}

#[derive(Debug, Subcommand)]
pub(super) enum MailCommand {
    /// Send a test to an address, now
    Test {
        /// Where it goes
        address: String,
        /// How the server would run
        #[command(flatten)]
        given: Box<Given>,
    },
}

pub(super) fn send_test(address: &str, given: &Given) -> Done {
    let settings = Settings::of(given);
    let mail = settings.mail.ok_or("no mail server is set: see `handcarry serve --help`, --mail-host")?;
    mail::check(&mail)?;
    let text = Text {
        subject: "Test of the license portal".to_owned(),
        body: "This is a test. The portal can send e-mail.\n".to_owned(),
    };
    let id = random::id();
    let letter = Letter { vendor: "Handcarry", to: address, id: id.as_str(), text: &text };
    mail::send(&mail, &letter, SystemClock.now())?;
    say(&format!("{} took a message for {address}", mail.host));
    Ok(())
}
