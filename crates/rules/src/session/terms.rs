use crate::session::AskedSession;
use crate::upgrade::{HostId, HostLock};

/// What a license says about sessions.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct SessionTerms {
    /// Most hours that one may be borrowed, 1 to [`SessionTerms::MOST_HOURS`]; none = never.
    pub borrow_hours: Option<u32>,
    /// Which sessions share one place.
    pub shared: Shared,
    /// The servers that give sessions; none = any.
    pub servers: Vec<HostLock>,
    /// Percent of the host ids of a lock that the server must have; 0 = off (LMX-25).
    pub match_rate: u32,
}

/// Sessions that are equal in all that is set here share one place; where nothing is set, none do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Shared {
    /// The machine.
    pub host: bool,
    /// The user.
    pub user: bool,
    /// What the application says.
    pub custom: bool,
}

impl SessionTerms {
    /// A year.
    pub const MOST_HOURS: u32 = 8_760;

    /// The license gives sessions on this server.
    pub fn open_for(&self, server: &[HostId]) -> bool {
        self.servers.is_empty() || self.servers.iter().any(|lock| lock.opens_for(server, self.match_rate))
    }

    /// The place that a session takes. Case means nothing in the names of users and machines.
    pub fn place(&self, asked: &AskedSession) -> String {
        let Shared { host, user, custom } = self.shared;
        if !(host || user || custom) {
            return format!("session {}", asked.id);
        }
        // Each part is preceded by its length, so that no two places are written alike.
        let part = |set: bool, name: &str, value: String| match set {
            true => format!("{name} {} {value} ", value.len()),
            false => String::new(),
        };
        [
            part(host, "host", asked.host.to_lowercase()),
            part(user, "user", asked.user.to_lowercase()),
            part(custom, "custom", asked.custom.clone().unwrap_or_default()),
        ]
        .concat()
    }
}
