//! The command line: `handcarry COMMAND`, on the data directory itself; a server may run beside it.

mod activation;
pub(crate) mod arguments;
mod case;
mod customer;
mod data;
mod doctor;
mod doctor_notices;
mod entitlement;
mod inspect;
mod key;
mod keyring;
mod license;
mod license_import;
mod log;
mod message;
mod open;
mod policy;
mod pool;
mod product;
mod schedule;
mod serve;
mod store;
mod tenant;
mod token;
mod upgrade;
mod user;
mod vendor_file;
mod webhook;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use handcarry_store::StoreError;

pub(crate) use data::Data;

use crate::keys::KeyFileError;
use crate::settings;

/// The portal between software that may never touch the internet and the vendor who licenses it.
#[derive(Debug, Parser)]
#[command(name = "handcarry", version, about, max_term_width = 100)]
struct Cli {
    /// Directory of the database and the keys
    #[arg(long, global = true, env = "HANDCARRY_DATA", default_value = "handcarry-data", value_name = "DIR")]
    data: PathBuf,
    /// Address of the store: a file, or postgres://user@host/database (default: handcarry.sqlite in the data
    /// directory)
    #[arg(long, global = true, env = "HANDCARRY_STORE", value_name = "ADDRESS", hide_env_values = true)]
    store: Option<String>,
    /// Settings file (default: handcarry.toml in the data directory, if it is there)
    #[arg(long, global = true, env = "HANDCARRY_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the portal
    Serve(Box<settings::Given>),
    /// Vendors that this portal serves
    #[command(subcommand)]
    Tenant(tenant::Command),
    /// Products that are licensed
    #[command(subcommand)]
    Product(product::Command),
    /// Who buys licenses
    #[command(subcommand)]
    Customer(customer::Command),
    /// Licenses that are sold
    #[command(subcommand)]
    License(license::Command),
    /// What licenses are made under
    #[command(subcommand)]
    Policy(policy::Command),
    /// People who sign in to claim licenses
    #[command(subcommand)]
    User(user::Command),
    /// The pool: licenses of this portal, their status, and its authority
    Pool(pool::Pool),
    /// Root keys, issuing keys and keyrings
    #[command(subcommand)]
    Key(key::Command),
    /// Tokens for the vendor's own systems
    #[command(subcommand)]
    Token(token::Command),
    /// Export what a vendor ships with an application
    VendorFile(vendor_file::Arguments),
    /// Show what a file is, with every check that the page makes
    Inspect(inspect::Arguments),
    /// Devices that hold licenses, and what staff do without them
    #[command(subcommand)]
    Activation(activation::Command),
    /// What waits for a person
    #[command(subcommand)]
    Case(case::Command),
    /// What happened
    #[command(subcommand)]
    Log(log::Command),
    /// What people were told, and how it travels
    #[command(subcommand)]
    Message(message::Command),
    /// How e-mail is sent
    #[command(subcommand)]
    Mail(message::MailCommand),
    /// Addresses of the vendor's own systems that are told of messages
    #[command(subcommand)]
    Webhook(webhook::Command),
    /// What happens by itself
    #[command(subcommand)]
    Schedule(schedule::Command),
    /// The database as a whole
    #[command(subcommand)]
    Store(store::Command),
    /// Print the description of the HTTP API
    Openapi,
    /// Look for what is wrong, and say it in words
    Doctor(Box<settings::Given>),
}

/// Why a command ended early: what to say, and the exit code.
#[derive(Debug)]
pub(crate) struct Stop {
    message: String,
    code: u8,
}

/// What a command returns.
pub(crate) type Done = Result<(), Stop>;

/// Runs the command of this process.
pub fn main() -> ExitCode {
    let Cli { data, store, config, command } = Cli::parse();
    let done = settings::file(config.as_deref(), &data).map_err(Stop::from).and_then(|file| {
        let data = Data::new(data, store.or_else(|| file.store.clone()));
        run(&data, file, command)
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(Stop { message, code }) => {
            if !message.is_empty() {
                note(&format!("handcarry: {message}"));
            }
            ExitCode::from(code)
        }
    }
}

fn run(data: &Data, file: settings::Given, command: Command) -> Done {
    match command {
        Command::Serve(flags) => serve::run(data, &flags.over(file)),
        Command::Doctor(flags) => doctor::run(data, &flags.over(file)),
        Command::Tenant(command) => tenant::run(data, command),
        Command::Product(command) => product::run(data, command),
        Command::Customer(command) => customer::run(data, command),
        Command::License(command) => license::run(data, command),
        Command::Policy(command) => policy::run(data, command),
        Command::User(command) => user::run(data, command),
        Command::Pool(command) => pool::run(data, command),
        Command::Key(command) => key::run(data, command),
        Command::Token(command) => token::run(data, command),
        Command::VendorFile(arguments) => vendor_file::run(data, &arguments),
        Command::Inspect(arguments) => inspect::run(data, &arguments),
        Command::Activation(command) => activation::run(data, command),
        Command::Case(command) => case::run(data, &command),
        Command::Log(command) => log::run(data, &command),
        Command::Message(command) => message::run(data, command),
        Command::Mail(message::MailCommand::Test { address, given }) => {
            message::send_test(&address, &given.over(file))
        }
        Command::Webhook(command) => webhook::run(data, &file, command),
        Command::Schedule(command) => schedule::run(data, &file, command),
        Command::Store(command) => store::run(data, command),
        Command::Openapi => {
            print(&crate::http::openapi::description());
            Ok(())
        }
    }
}

/// Writes to standard output. A reader that has gone is no error of ours.
pub(crate) fn print(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// A line to standard output.
pub(crate) fn say(line: &str) {
    print(&format!("{line}\n"));
}

/// A line to standard error.
pub(crate) fn note(line: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}

impl Stop {
    /// Ends with this exit code; what there is to say has been said.
    pub(crate) fn silently(code: u8) -> Stop {
        Stop { message: String::new(), code }
    }
}

impl From<String> for Stop {
    fn from(message: String) -> Stop {
        Stop { message, code: 1 }
    }
}

impl From<&str> for Stop {
    fn from(message: &str) -> Stop {
        Stop::from(message.to_owned())
    }
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Stop {
        Stop::from(error.to_string())
    }
}

impl From<KeyFileError> for Stop {
    fn from(error: KeyFileError) -> Stop {
        Stop::from(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_holds_together() {
        super::Cli::command().debug_assert();
    }
}
