use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// The license of an application on this machine, without a network: make files for the vendor's portal, take
/// the files that come back.
///
/// Exit codes: 0 done or licensed, 1 failed, 2 wrong command line, 3 not licensed, 4 the file was refused,
/// 5 the license directory cannot be used, 6 nothing is left to consume.
#[derive(Parser, Debug)]
#[command(name = "handcarry-device", version, disable_help_subcommand = true)]
pub(crate) struct Cli {
    /// The directory that holds this device's license.
    #[arg(long, value_name = "DIR", global = true)]
    pub(crate) home: Option<PathBuf>,
    /// The vendor file of the application; needed once, then it is kept in the directory.
    #[arg(long, value_name = "FILE", global = true)]
    pub(crate) vendor: Option<PathBuf>,
    /// Takes the fingerprint from a file. This build is for tests: never ship it.
    #[cfg(feature = "test-fingerprint")]
    #[arg(long, value_name = "FILE", global = true, hide = true)]
    pub(crate) fingerprint_file: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand, Debug)]
pub(crate) enum Command {
    /// Set up the directory with a vendor file.
    Init {
        /// The vendor file.
        vendor_file: PathBuf,
    },
    /// Make an activation request to carry to the portal.
    Request(Request),
    /// Load a file from the portal: a license, a refresh, a receipt or a keyring. `-` reads standard input.
    Load {
        /// The file, under any name.
        file: PathBuf,
        /// Print the outcome as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Show how this device is licensed.
    Status {
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Say how many users this device counts; reports carry the number. Without one, they no longer do.
    Seats {
        /// How many.
        used: Option<u32>,
    },
    /// Start by hand what an overdue refresh has stopped. It stops again at the next midnight.
    Start,
    /// Say by the exit code whether a feature is licensed now: 0 yes, 3 no.
    Check {
        /// The feature's id.
        feature: String,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Book the use of a feature.
    Consume {
        /// The feature's id.
        feature: String,
        /// How many units.
        #[arg(allow_negative_numbers = true)]
        amount: i64,
    },
    /// Set a value that is sent with every file; an empty value removes it.
    Set {
        /// Its name.
        name: String,
        /// The value.
        value: String,
    },
    /// Make a usage report to carry to the portal. The license stays. While it is unanswered and nothing new was
    /// used, the same file is made again.
    Report {
        /// Where to write it; `-` or nothing is standard output.
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
        /// Ask for a license refresh file in the same trip: true or false.
        #[arg(long, value_name = "BOOL", default_value_t = true, action = clap::ArgAction::Set)]
        refresh: bool,
        /// Make a new report even if the last one is unanswered and nothing has changed.
        #[arg(long)]
        new: bool,
    },
    /// Give the license back: destroy it here, then make the file that proves so. Again: the same file.
    Deactivate {
        /// Where to write it; `-` or nothing is standard output.
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
        /// Do not ask. Nothing is asked either if standard input is no terminal.
        #[arg(long)]
        yes: bool,
        /// Make the last return's file again although there is a new license.
        #[arg(long)]
        again: bool,
    },
    /// Make every check on a file and show what came out; changes nothing. `-` reads standard input.
    Inspect {
        /// The file.
        file: PathBuf,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Args, Debug)]
#[command(group = clap::ArgGroup::new("claim").required(true))]
pub(crate) struct Request {
    /// The license key.
    #[arg(long, value_name = "KEY", group = "claim")]
    pub(crate) license_key: Option<String>,
    /// The user who will sign in at the portal, if there is no license key.
    #[arg(long, value_name = "USER", group = "claim")]
    pub(crate) user: Option<String>,
    /// What to call this device; otherwise its host name.
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// A value to send with this file.
    #[arg(long, value_name = "NAME=VALUE")]
    pub(crate) set: Vec<String>,
    /// Why the license must move to this device, if it has moved as often as it may.
    #[arg(long, value_name = "TEXT")]
    pub(crate) justification: Option<String>,
    /// Where to write it; `-` or nothing is standard output.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}
