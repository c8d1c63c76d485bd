//! Requests that this server makes itself.

use std::time::Duration;

use axum::http::Uri;
use ureq::Agent;
use ureq::tls::{RootCerts, TlsConfig};

/// Makes requests to others: certificates are those that this machine trusts, redirects are answers and not followed,
/// an error status is an answer too, and nobody may take longer than `patience`, from looking up
/// the name to the last byte. Blocks.
pub fn agent(patience: Duration) -> Agent {
    agent_within(patience, patience)
}

/// The same, where nobody may take longer than `connect` until a connection stands.
#[expect(clippy::disallowed_methods, reason = "the one place that says which certificates are trusted")]
pub fn agent_within(connect: Duration, patience: Duration) -> Agent {
    let tls = TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build();
    Agent::config_builder()
        .tls_config(tls)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .http_status_as_error(false)
        .timeout_connect(Some(connect))
        .timeout_global(Some(patience))
        .user_agent(concat!("handcarry/", env!("CARGO_PKG_VERSION")))
        .build()
        .into()
}

/// Why requests cannot go to an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// It is no web address.
    #[error("an address such as https://hooks.example.com/licenses is needed")]
    Malformed,
    /// It is not HTTPS, and not on this machine.
    #[error("the address must begin with https:// (or be on this machine)")]
    Insecure,
}

/// Checks an address: HTTPS, or plain HTTP on this machine, or where `insecure` allows it. A name and password in it
/// are refused: they would be shown wherever the address is.
pub fn check_address(url: &str, insecure: bool) -> Result<(), AddressError> {
    let uri: Uri = url.parse().map_err(|_| AddressError::Malformed)?;
    let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
        return Err(AddressError::Malformed);
    };
    let host = authority.host();
    if url.len() > 2_000 || host.is_empty() || authority.as_str().contains('@') || url.contains('#') {
        return Err(AddressError::Malformed);
    }
    match scheme {
        "https" => Ok(()),
        "http" if insecure || is_here(host) => Ok(()),
        "http" => Err(AddressError::Insecure),
        _ => Err(AddressError::Malformed),
    }
}

fn is_here(host: &str) -> bool {
    let ip = host.trim_start_matches('[').trim_end_matches(']').parse::<std::net::IpAddr>();
    host == "localhost" || ip.is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_by_https_begins_to_speak_it() {
        use std::io::Read as _;
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let heard = std::thread::spawn(move || {
            let mut first = [0; 6];
            listener.accept().unwrap().0.read_exact(&mut first).unwrap();
            first
        });
        assert!(agent(Duration::from_secs(5)).get(format!("https://{address}/")).call().is_err());
        let [record, major, _, _, _, message] = heard.join().unwrap();
        assert_eq!((record, major, message), (22, 3, 1), "a client's hello");
    }

    #[test]
    fn an_address_is_https_or_on_this_machine() {
        for good in [
            "https://hooks.example.com/a?b=c",
            "http://127.0.0.1:9/x",
            "http://[::1]:9/",
            "http://localhost/",
        ] {
            assert_eq!(check_address(good, false), Ok(()), "{good}");
        }
        for insecure in
            ["http://hooks.example.com/", "http://metadata.example/latest", "http://127.0.0.1.example.com/"]
        {
            assert_eq!(check_address(insecure, false), Err(AddressError::Insecure), "{insecure}");
            assert_eq!(check_address(insecure, true), Ok(()), "{insecure}");
        }
        for wrong in [
            "file:///etc/passwd",
            "ftp://a.example/",
            "gopher://a/",
            "hooks.example.com",
            "/x",
            "https://",
            "https://user:secret@a.example/",
            "https://a.example/#x",
            "https://a b/",
        ] {
            assert_eq!(check_address(wrong, true), Err(AddressError::Malformed), "{wrong}");
        }
    }
}
