use core::fmt;

/// One thing that tells a machine apart, such as `HOSTNAME=alpha1`. Case means nothing; in a network card's number,
/// neither do the characters between its digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HostId {
    kind: String,
    value: String,
}

/// The host ids of one server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostLock {
    ids: Vec<HostId>,
}

impl HostId {
    /// Longest value, in bytes.
    pub const MAX: usize = 256;

    /// A host id; `None` if its kind is not 1 to 32 of `A-Z a-z 0-9 _`, or its value is empty, longer than
    /// [`HostId::MAX`], has a control character, or a `*`: what matches everything locks nothing.
    pub fn new(kind: &str, value: &str) -> Option<HostId> {
        let named = (1..=32).contains(&kind.len())
            && kind.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let kind = kind.to_ascii_uppercase();
        let mut value = value.trim().to_lowercase();
        if kind == "ETHERNET" {
            value.retain(|letter| !matches!(letter, ':' | '-' | '.' | ' '));
        }
        let valued = !value.is_empty()
            && value.len() <= Self::MAX
            && !value.contains(|c: char| c.is_control() || c == '*');
        (named && valued).then_some(HostId { kind, value })
    }

    /// `KIND=VALUE`.
    pub fn parse(text: &str) -> Option<HostId> {
        text.split_once('=').and_then(|(kind, value)| HostId::new(kind, value))
    }

    /// What it is the number or name of.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// The number or name.
    pub fn value(&self) -> &str {
        &self.value
    }
}

impl fmt::Display for HostId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.kind, self.value)
    }
}

impl HostLock {
    /// At most so many host ids in one lock.
    pub const MAX: usize = 64;

    /// A lock; `None` with no host id or more than [`HostLock::MAX`]. The same one twice counts once.
    pub fn new(mut ids: Vec<HostId>) -> Option<HostLock> {
        ids.sort();
        ids.dedup();
        (1..=Self::MAX).contains(&ids.len()).then_some(HostLock { ids })
    }

    /// Its host ids, in order.
    pub fn ids(&self) -> &[HostId] {
        &self.ids
    }

    /// LMX-13, LMX-25: the server has enough of the host ids; the percentage is rounded down, a rate of 0 is off.
    pub fn opens_for(&self, server: &[HostId], match_rate: u32) -> bool {
        let has = self.ids.iter().filter(|id| server.contains(id)).count();
        has * 100 / self.ids.len().max(1) >= match_rate as usize
    }
}
