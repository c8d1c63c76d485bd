//! How e-mail is sent.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde::Deserialize;

/// How the connection to the mail server is protected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum MailTls {
    /// Not at all: for a mail server on this machine.
    None,
    /// It begins in plain and must change to TLS.
    #[default]
    Starttls,
    /// From the first byte.
    Tls,
}

impl MailTls {
    fn port(self) -> u16 {
        match self {
            MailTls::None => 25,
            MailTls::Starttls => 587,
            MailTls::Tls => 465,
        }
    }
}

/// How e-mail is sent, as far as somebody said so: the table `[mail]` of the file.
#[derive(Args, Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct MailGiven {
    /// Mail server; without one no e-mail is sent
    #[arg(id = "mail_host", long = "mail-host", env = "HANDCARRY_MAIL_HOST", value_name = "HOST")]
    pub host: Option<String>,
    /// Its port (default: 587, 465 with tls, 25 with none)
    #[arg(id = "mail_port", long = "mail-port", env = "HANDCARRY_MAIL_PORT", value_name = "PORT")]
    pub port: Option<u16>,
    /// How the connection is protected
    #[arg(id = "mail_tls", long = "mail-tls", env = "HANDCARRY_MAIL_TLS", value_name = "MODE")]
    pub tls: Option<MailTls>,
    /// User name at the mail server
    #[arg(id = "mail_user", long = "mail-user", env = "HANDCARRY_MAIL_USER", value_name = "NAME")]
    pub user: Option<String>,
    /// File that holds the password
    #[arg(
        id = "mail_password_file",
        long = "mail-password-file",
        env = "HANDCARRY_MAIL_PASSWORD_FILE",
        value_name = "FILE"
    )]
    pub password_file: Option<PathBuf>,
    /// Address that e-mail comes from
    #[arg(id = "mail_from", long = "mail-from", env = "HANDCARRY_MAIL_FROM", value_name = "ADDRESS")]
    pub from: Option<String>,
}

impl MailGiven {
    /// What is not said here is taken from there.
    pub(super) fn over(self, below: MailGiven) -> MailGiven {
        MailGiven {
            host: self.host.or(below.host),
            port: self.port.or(below.port),
            tls: self.tls.or(below.tls),
            user: self.user.or(below.user),
            password_file: self.password_file.or(below.password_file),
            from: self.from.or(below.from),
        }
    }
}

/// How e-mail is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// Mail server.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub tls: MailTls,
    /// User name at the mail server.
    pub user: Option<String>,
    /// File that holds the password.
    pub password_file: Option<PathBuf>,
    /// Address that e-mail comes from.
    pub from: String,
}

impl Mail {
    /// None where no mail server was named.
    pub(super) fn of(given: &MailGiven) -> Option<Mail> {
        let host = given.host.clone()?;
        let tls = given.tls.unwrap_or_default();
        Some(Mail {
            port: given.port.unwrap_or_else(|| tls.port()),
            tls,
            user: given.user.clone(),
            password_file: given.password_file.clone(),
            from: given.from.clone().unwrap_or_else(|| ["handcarry@", &host].concat()),
            host,
        })
    }
}
