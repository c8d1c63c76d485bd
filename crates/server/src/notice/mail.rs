//! E-mail: a message as plain text, through the mail server of the settings.

use std::time::{Duration, SystemTime};

use handcarry_format::Instant;
use lettre::message::Mailbox;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{Address, Message, SmtpTransport, Transport as _};

use crate::notice::words::{Text, clean};
use crate::settings::{Mail, MailTls};

/// For one step of the conversation with the mail server.
const PATIENCE: Duration = Duration::from_secs(20);

/// What is sent to one address.
#[derive(Clone, Copy, Debug)]
pub struct Letter<'a> {
    /// Whose name it comes under.
    pub vendor: &'a str,
    /// Where it goes.
    pub to: &'a str,
    /// The same for every attempt, so that the reader's program can tell that it has come before.
    pub id: &'a str,
    /// What it says.
    pub text: &'a Text,
}

/// Sends a letter. Blocks.
pub fn send(mail: &Mail, letter: &Letter<'_>, now: Instant) -> Result<(), String> {
    let message = compose(mail, letter, now)?;
    transport(mail)?.send(&message).map(drop).map_err(|error| told(&error))
}

/// The error with its causes: "connection refused" is in the last one.
fn told(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    let mut told = error.to_string();
    for cause in causes.map(ToString::to_string) {
        if !told.contains(&cause) {
            told = [told, cause].join(": ");
        }
    }
    told
}

fn compose(mail: &Mail, letter: &Letter<'_>, now: Instant) -> Result<Message, String> {
    let from = address(&mail.from)?;
    let domain = from.domain().to_owned();
    let seconds = u64::try_from(now.unix()).unwrap_or(0);
    // Not an answer to anybody, and nobody's program should answer it (RFC 3834).
    let by_itself = HeaderName::new_from_ascii_str("Auto-Submitted");
    Message::builder()
        .from(Mailbox::new(Some(in_a_header(letter.vendor)), from))
        .to(Mailbox::new(None, address(letter.to)?))
        .subject(in_a_header(&letter.text.subject))
        .date(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))
        .message_id(Some(format!("<{}@{domain}>", letter.id)))
        .raw_header(HeaderValue::new(by_itself, "auto-generated".to_owned()))
        .header(ContentType::TEXT_PLAIN)
        .body(letter.text.body.clone())
        .map_err(|error| error.to_string())
}

/// Characters of a header that come from names. Nothing that is checked is as long, and a line has an end (RFC 5321).
const LONGEST: usize = 250;

/// One line, as the library panics over a name of several; and nothing that a reader's program takes for an encoded word
/// (RFC 2047), which could hold what was cleaned away.
fn in_a_header(text: &str) -> String {
    clean(text).replace("=?", "= ?").chars().take(LONGEST).collect()
}

/// An e-mail address, without a name.
pub fn address(text: &str) -> Result<Address, String> {
    text.trim().parse().map_err(|error| format!("{text}: no e-mail address ({error})"))
}

fn transport(mail: &Mail) -> Result<SmtpTransport, String> {
    let parameters = || TlsParameters::new(mail.host.clone()).map_err(|error| error.to_string());
    let tls = match mail.tls {
        MailTls::None => Tls::None,
        MailTls::Starttls => Tls::Required(parameters()?),
        MailTls::Tls => Tls::Wrapper(parameters()?),
    };
    let mut builder =
        SmtpTransport::builder_dangerous(&mail.host).port(mail.port).tls(tls).timeout(Some(PATIENCE));
    if let Some(user) = &mail.user {
        builder = builder.credentials(Credentials::new(user.clone(), password(mail)?));
    }
    Ok(builder.build())
}

fn password(mail: &Mail) -> Result<String, String> {
    let path = mail.password_file.as_ref().ok_or("a mail user is set, and no mail password file")?;
    let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

/// What is wrong with the settings, in words.
pub fn check(mail: &Mail) -> Result<(), String> {
    address(&mail.from)?;
    let here = ["localhost", "127.0.0.1", "::1"].contains(&mail.host.as_str());
    if mail.user.is_some() && mail.tls == MailTls::None && !here {
        return Err("a mail password would go over the network in plain text: set mail tls".to_owned());
    }
    transport(mail).map(drop)
}
