use std::fmt;
use std::net::IpAddr;
use std::net::SocketAddr;
use std::str::FromStr;

use serde::Deserialize;

/// Whose word is taken for where a request comes from: addresses and networks, as `10.0.0.0/8, ::1`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Proxies(Vec<Network>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Network {
    address: IpAddr,
    bits: u32,
}

impl Proxies {
    /// Whether there are any.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn has(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.has(address.to_canonical()))
    }

    /// The client's address: behind each proxy that is named here is whoever it says. `forwarded` are the entries of
    /// `X-Forwarded-For` in their order. What stands before the first one that is not ours is the client's own word.
    pub fn client<'a>(&self, peer: IpAddr, forwarded: impl DoubleEndedIterator<Item = &'a str>) -> IpAddr {
        let mut client = peer.to_canonical();
        for entry in forwarded.rev() {
            if !self.has(client) {
                break;
            }
            let Some(before) = address(entry) else { break };
            client = before;
        }
        client
    }
}

/// An entry of `X-Forwarded-For`: some proxies add the port.
pub fn address(entry: &str) -> Option<IpAddr> {
    let entry = entry.trim();
    let found = entry.parse().ok().or_else(|| Some(entry.parse::<SocketAddr>().ok()?.ip()));
    found.map(|address: IpAddr| address.to_canonical())
}

impl Network {
    fn has(self, address: IpAddr) -> bool {
        let same = |one: u128, other: u128, width: u32| {
            // All bits of a network with none: everything is in it.
            self.bits == 0 || (one ^ other) >> (width - self.bits) == 0
        };
        match (self.address, address) {
            (IpAddr::V4(one), IpAddr::V4(other)) => same(u32::from(one).into(), u32::from(other).into(), 32),
            (IpAddr::V6(one), IpAddr::V6(other)) => same(one.into(), other.into(), 128),
            _ => false,
        }
    }
}

/// This is no address and no network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoNetwork(String);

impl fmt::Display for NoNetwork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is neither an address nor a network such as 10.0.0.0/8", self.0)
    }
}

impl std::error::Error for NoNetwork {}

impl FromStr for Network {
    type Err = NoNetwork;

    fn from_str(text: &str) -> Result<Network, NoNetwork> {
        let wrong = || NoNetwork(text.to_owned());
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let width = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Ok(width), str::parse).map_err(|_| wrong())?;
        if bits > width {
            return Err(wrong());
        }
        Ok(Network { address, bits })
    }
}

impl FromStr for Proxies {
    type Err = NoNetwork;

    fn from_str(text: &str) -> Result<Proxies, NoNetwork> {
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        parts.map(str::parse).collect::<Result<_, _>>().map(Proxies)
    }
}

impl TryFrom<String> for Proxies {
    type Error = NoNetwork;

    fn try_from(text: String) -> Result<Proxies, NoNetwork> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(proxies: &str, peer: &str, forwarded: &str) -> String {
        let proxies: Proxies = proxies.parse().unwrap();
        proxies.client(peer.parse().unwrap(), forwarded.split(',')).to_string()
    }

    #[test]
    fn only_a_named_proxy_is_believed_and_only_about_who_came_to_it() {
        for (proxies, peer, forwarded, expected) in [
            ("10.0.0.0/8", "10.1.2.3", "203.0.113.7", "203.0.113.7"),
            ("10.0.0.0/8", "11.1.2.3", "203.0.113.7", "11.1.2.3"),
            ("", "127.0.0.1", "203.0.113.7", "127.0.0.1"),
            ("10.0.0.0/8", "10.1.2.3", "6.6.6.6, 203.0.113.7", "203.0.113.7"),
            ("10.0.0.0/8", "10.1.2.3", "6.6.6.6, 203.0.113.7, 10.9.9.9", "203.0.113.7"),
            ("10.0.0.0/8", "10.1.2.3", "10.0.0.5", "10.0.0.5"),
            ("10.0.0.0/8", "10.1.2.3", "nonsense", "10.1.2.3"),
            ("10.0.0.0/8", "10.1.2.3", "6.6.6.6, nonsense", "10.1.2.3"),
            ("10.0.0.0/8", "::ffff:10.1.2.3", "203.0.113.7:4711", "203.0.113.7"),
            ("::1, fd00::/8", "::1", "2001:db8::7", "2001:db8::7"),
            ("::1, fd00::/8", "fd12::3", "[2001:db8::7]:443", "2001:db8::7"),
            ("0.0.0.0/0", "8.8.8.8", "203.0.113.7", "203.0.113.7"),
        ] {
            assert_eq!(client(proxies, peer, forwarded), expected, "{proxies} {peer} {forwarded}");
        }
    }

    #[test]
    fn what_is_no_network_is_refused() {
        for wrong in ["10.0.0.0/33", "proxy.example", "10.0.0", "::1/129", "10.0.0.0/x"] {
            assert!(wrong.parse::<Proxies>().is_err(), "{wrong}");
        }
    }
}
