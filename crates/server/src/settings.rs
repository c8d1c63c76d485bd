//! Settings: one TOML file, the environment over it, flags over that.

mod mail;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use handcarry_format::Limits;
use serde::Deserialize;

use crate::limit::Proxies;

pub use mail::{Mail, MailGiven, MailTls};

/// The name of the settings file in a data directory.
pub const FILE: &str = "handcarry.toml";

/// How the server runs, as far as somebody said so: flags, environment, or file.
#[derive(Args, Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Given {
    /// Address of the store, which all commands take: `--store`
    #[arg(skip)]
    pub store: Option<String>,
    /// Address to listen on
    #[arg(long, env = "HANDCARRY_LISTEN", value_name = "ADDRESS")]
    pub listen: Option<SocketAddr>,
    /// Tenant of addresses that name none (default: the only one there is)
    #[arg(long, env = "HANDCARRY_TENANT", value_name = "SLUG")]
    pub tenant: Option<String>,
    /// Proxies in front, as addresses and networks: what they say in X-Forwarded-For is believed, and nobody else's word
    #[arg(long, env = "HANDCARRY_PROXIES", value_name = "LIST")]
    pub proxies: Option<Proxies>,
    /// Believe the last entry of X-Forwarded-For whoever sends it: only where nothing but a proxy can reach this port
    #[arg(long, env = "HANDCARRY_BEHIND_PROXY", value_name = "YES", num_args = 0..=1, default_missing_value = "true")]
    pub behind_proxy: Option<bool>,
    /// Largest file, in bytes
    #[arg(long, env = "HANDCARRY_FILE_LIMIT", value_name = "BYTES")]
    pub file_limit: Option<u64>,
    /// Memory for request bodies in flight, in bytes
    #[arg(long, env = "HANDCARRY_BODY_MEMORY", value_name = "BYTES")]
    pub body_memory: Option<usize>,
    /// Requests at a time; above it the answer is 503
    #[arg(long, env = "HANDCARRY_CONCURRENT", value_name = "N")]
    pub concurrent: Option<usize>,
    /// Uploads a second from one address; 0 = no limit
    #[arg(long, env = "HANDCARRY_RATE", value_name = "N")]
    pub rate: Option<u32>,
    /// Uploads that one address may save up
    #[arg(long, env = "HANDCARRY_BURST", value_name = "N")]
    pub burst: Option<u32>,
    /// Uploads a second to one tenant, from wherever they come; 0 = no limit (default: twenty times --rate)
    #[arg(long, env = "HANDCARRY_TENANT_RATE", value_name = "N")]
    pub tenant_rate: Option<u32>,
    /// Uploads that may come to one tenant at once (default: twenty times --burst)
    #[arg(long, env = "HANDCARRY_TENANT_BURST", value_name = "N")]
    pub tenant_burst: Option<u32>,
    /// Requests a second with one token of the vendor API; 0 = no limit (default: as --rate)
    #[arg(long, env = "HANDCARRY_TOKEN_RATE", value_name = "N")]
    pub token_rate: Option<u32>,
    /// Requests that one token may save up (default: as --burst)
    #[arg(long, env = "HANDCARRY_TOKEN_BURST", value_name = "N")]
    pub token_burst: Option<u32>,
    /// Seconds for a request's head to arrive
    #[arg(long, env = "HANDCARRY_HEAD_SECONDS", value_name = "SECONDS")]
    pub head_seconds: Option<u64>,
    /// Seconds for a request's body to arrive
    #[arg(long, env = "HANDCARRY_BODY_SECONDS", value_name = "SECONDS")]
    pub body_seconds: Option<u64>,
    /// Seconds for running requests when the server stops
    #[arg(long, env = "HANDCARRY_STOP_SECONDS", value_name = "SECONDS")]
    pub stop_seconds: Option<u64>,
    /// Milliseconds between two looks at what is due
    #[arg(long, env = "HANDCARRY_TICK_MS", value_name = "MS")]
    pub tick_ms: Option<u64>,
    /// Seconds for an authority to answer a site's question
    #[arg(long, env = "HANDCARRY_AUTHORITY_SECONDS", value_name = "SECONDS")]
    pub authority_seconds: Option<u64>,
    /// Webhooks may use plain HTTP to other machines: only in a network that is trusted
    #[arg(long, env = "HANDCARRY_INSECURE_WEBHOOKS", value_name = "YES", num_args = 0..=1, default_missing_value = "true")]
    pub insecure_webhooks: Option<bool>,
    /// How e-mail is sent
    #[command(flatten)]
    #[serde(default)]
    pub mail: MailGiven,
    /// Least grave messages to log: error, warn, info, debug
    #[arg(long, env = "HANDCARRY_LOG", value_name = "LEVEL")]
    pub log: Option<String>,
}

impl Given {
    /// Reads a settings file.
    pub fn read(path: &Path) -> Result<Given, String> {
        let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
        toml::from_str(&text).map_err(|error| format!("{}: {}", path.display(), error.to_string().trim_end()))
    }

    /// What is not said here is taken from there.
    #[must_use]
    pub fn over(self, below: Given) -> Given {
        Given {
            store: self.store.or(below.store),
            listen: self.listen.or(below.listen),
            tenant: self.tenant.or(below.tenant),
            proxies: self.proxies.or(below.proxies),
            behind_proxy: self.behind_proxy.or(below.behind_proxy),
            file_limit: self.file_limit.or(below.file_limit),
            body_memory: self.body_memory.or(below.body_memory),
            concurrent: self.concurrent.or(below.concurrent),
            rate: self.rate.or(below.rate),
            burst: self.burst.or(below.burst),
            tenant_rate: self.tenant_rate.or(below.tenant_rate),
            tenant_burst: self.tenant_burst.or(below.tenant_burst),
            token_rate: self.token_rate.or(below.token_rate),
            token_burst: self.token_burst.or(below.token_burst),
            head_seconds: self.head_seconds.or(below.head_seconds),
            body_seconds: self.body_seconds.or(below.body_seconds),
            stop_seconds: self.stop_seconds.or(below.stop_seconds),
            tick_ms: self.tick_ms.or(below.tick_ms),
            authority_seconds: self.authority_seconds.or(below.authority_seconds),
            insecure_webhooks: self.insecure_webhooks.or(below.insecure_webhooks),
            mail: self.mail.over(below.mail),
            log: self.log.or(below.log),
        }
    }
}

/// How the server runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Address to listen on.
    pub listen: SocketAddr,
    /// Tenant of addresses that name none.
    pub tenant: Option<String>,
    /// Whose `X-Forwarded-For` is believed.
    pub proxies: Proxies,
    /// Whether anybody's is, about the last step.
    pub behind_proxy: bool,
    /// Bytes that a file may have.
    pub file_limit: u64,
    /// Bytes of bodies in flight.
    pub body_memory: usize,
    /// Requests at a time.
    pub concurrent: usize,
    /// Uploads a second from one address; 0 = no limit.
    pub rate: u32,
    /// Uploads that one address may save up.
    pub burst: u32,
    /// Uploads a second to one tenant; 0 = no limit.
    pub tenant_rate: u32,
    /// Uploads that may come to one tenant at once.
    pub tenant_burst: u32,
    /// Requests a second with one token; 0 = no limit.
    pub token_rate: u32,
    /// Requests that one token may save up.
    pub token_burst: u32,
    /// For a request's head.
    pub head: Duration,
    /// For a request's body.
    pub body: Duration,
    /// For running requests when the server stops.
    pub stop: Duration,
    /// Between two looks at what is due.
    pub tick: Duration,
    /// For an authority to answer a site's question.
    pub authority: Duration,
    /// Whether webhooks may use plain HTTP to other machines.
    pub insecure_webhooks: bool,
    /// How e-mail is sent; none = it is not.
    pub mail: Option<Mail>,
    /// For a request that this server makes itself.
    pub call: Duration,
    /// How long a change by another process may go unseen.
    pub tenants_max_age: Duration,
}

impl Settings {
    /// The settings with everything that was not said filled in.
    pub fn of(given: &Given) -> Settings {
        let seconds = |given: Option<u64>, default| Duration::from_secs(given.unwrap_or(default));
        let (rate, burst) = (given.rate.unwrap_or(100), given.burst.unwrap_or(2_000));
        Settings {
            listen: given.listen.unwrap_or(SocketAddr::from(([127, 0, 0, 1], 8080))),
            tenant: given.tenant.clone(),
            proxies: given.proxies.clone().unwrap_or_default(),
            behind_proxy: given.behind_proxy.unwrap_or(false),
            file_limit: given.file_limit.unwrap_or(Limits::default().file),
            body_memory: given.body_memory.unwrap_or(256 << 20),
            concurrent: given.concurrent.unwrap_or(1024),
            rate,
            burst,
            // Many customers of one vendor at once are no attack.
            tenant_rate: given.tenant_rate.unwrap_or(rate.saturating_mul(20)),
            tenant_burst: given.tenant_burst.unwrap_or(burst.saturating_mul(20)),
            token_rate: given.token_rate.unwrap_or(rate),
            token_burst: given.token_burst.unwrap_or(burst),
            head: seconds(given.head_seconds, 10),
            body: seconds(given.body_seconds, 60),
            stop: seconds(given.stop_seconds, 30),
            tick: Duration::from_millis(given.tick_ms.unwrap_or(1_000).max(10)),
            authority: seconds(given.authority_seconds, 20),
            insecure_webhooks: given.insecure_webhooks.unwrap_or(false),
            mail: Mail::of(&given.mail),
            call: Duration::from_secs(15),
            tenants_max_age: Duration::from_secs(1),
        }
    }

    /// What a file may have.
    pub fn file_limits(&self) -> Limits {
        Limits { file: self.file_limit, ..Limits::default() }
    }

    /// Bytes that the body of a batch may have.
    pub fn batch_limit(&self) -> u64 {
        self.file_limit.saturating_mul(2)
    }
}

/// The settings file: the one that was named, or the one in the data directory if it is there.
pub fn file(named: Option<&Path>, data: &Path) -> Result<Given, String> {
    let here: PathBuf = data.join(FILE);
    match named {
        Some(path) => Given::read(path),
        None if here.exists() => Given::read(&here),
        None => Ok(Given::default()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flag_is_over_the_file_and_the_file_over_the_default() {
        let text = "rate = 7\nburst = 8\nlisten = \"127.0.0.1:9\"\n[mail]\nhost = \"mail.example\"\n";
        let file: Given = toml::from_str(text).unwrap();
        let flags = Given { rate: Some(0), ..Given::default() };
        let settings = Settings::of(&flags.over(file));
        assert_eq!((settings.rate, settings.burst, settings.listen.port()), (0, 8, 9));
        assert_eq!((settings.tenant_rate, settings.token_rate), (0, 0), "no limit is none at all");
        let mail = settings.mail.unwrap();
        assert_eq!(
            (mail.port, mail.tls, mail.from.as_str()),
            (587, MailTls::Starttls, "handcarry@mail.example")
        );
        assert_eq!(settings.file_limit, Limits::default().file);
    }

    #[test]
    fn a_misspelled_setting_is_refused() {
        let error = toml::from_str::<Given>("ratee = 7\n").unwrap_err().to_string();
        assert!(error.contains("ratee"), "{error}");
    }
}
