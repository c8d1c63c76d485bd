use std::collections::BTreeMap;

use handcarry_format::{ActivationRequest, Claim, Device as DeviceName, Instant, LicenseKey, Platform, seal};
use handcarry_rules::holder::SEATS_VARIABLE;

use crate::Result;
use crate::device::Device;
use crate::error::Error;
use crate::lease::{LeaseState, lease_state};

/// Open requests that are remembered; any number may be open at the portal (D-34).
const REMEMBERED: usize = 64;

/// What a request stands on, as it was typed.
#[derive(Clone, Copy, Debug)]
pub enum Claimed<'a> {
    /// A license key, in any spelling that people use (D-17).
    LicenseKey(&'a str),
    /// A user, who signs in at the portal.
    User(&'a str),
}

impl Device {
    /// Makes an activation request (LSP-07). `name` is what people call this device.
    ///
    /// `set` adds values to the application's own for this file only.
    pub fn request(
        &mut self,
        claim: Claimed<'_>,
        name: &str,
        set: &BTreeMap<String, String>,
        now: Instant,
    ) -> Result<String> {
        self.begin(now)?;
        let claim = match claim {
            Claimed::LicenseKey(typed) => {
                Claim::LicenseKey(LicenseKey::parse(typed).map_err(Error::LicenseKey)?)
            }
            Claimed::User(user) => Claim::User(user.to_owned()),
        };
        let mut variables = self.state().variables.clone();
        variables.extend(set.clone());
        let request = ActivationRequest {
            id: self.fresh_id(now)?,
            vendor: self.vendor().vendor.clone(),
            product: self.vendor().product.clone(),
            claim,
            device: DeviceName { key: self.contents.key.public(), name: name.to_owned() },
            fingerprint: self.present_fingerprint().clone(),
            platform: platform(),
            variables: variables.into_iter().collect(),
            created_at: now,
        };
        let sealed = seal(&request, &self.contents.key, Some(&self.vendor().portal))
            .map_err(|error| Error::value(error.0.field))?;
        let mut next = self.state().clone();
        next.requests.push(sealed.digest);
        let surplus = next.requests.len().saturating_sub(REMEMBERED);
        next.requests.drain(..surplus);
        self.commit(next)?;
        Ok(sealed.text)
    }

    /// Says how many users this device counts (ICE-05): from now on its reports carry the number. None = it counts none.
    pub fn count_seats(&mut self, used: Option<u32>, now: Instant) -> Result<()> {
        self.begin(now)?;
        let mut next = self.state().clone();
        match used {
            Some(used) => next.variables.insert(SEATS_VARIABLE.to_owned(), used.to_string()),
            None => next.variables.remove(SEATS_VARIABLE),
        };
        self.commit(next)
    }

    /// Sets a value that the application sends with every file; an empty value removes it (LSP-02).
    ///
    /// Refused from emergency mode on (ICE-21). Names that begin with `handcarry.` are the portal's and the device's own.
    pub fn set(&mut self, name: &str, value: &str, now: Instant) -> Result<()> {
        self.begin(now)?;
        if let Ok(license) = self.license()
            && lease_state(&license, self.floor).is_some_and(LeaseState::locks_settings)
        {
            return Err(Error::Emergency);
        }
        let plain = |text: &str, most: usize| {
            let odd =
                |c: char| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
            text.chars().count() <= most && !text.chars().any(odd)
        };
        if name.is_empty() || name.starts_with("handcarry.") || !plain(name, 120) || !plain(value, 400) {
            return Err(Error::value(name));
        }
        let mut next = self.state().clone();
        if value.is_empty() {
            next.variables.remove(name);
        } else {
            next.variables.insert(name.to_owned(), value.to_owned());
        }
        if next.variables.len() > 100 {
            return Err(Error::value(name));
        }
        self.commit(next)
    }
}

fn platform() -> Platform {
    Platform {
        os: std::env::consts::OS.to_owned(),
        arch: std::env::consts::ARCH.to_owned(),
        client: concat!("handcarry-device/", env!("CARGO_PKG_VERSION")).to_owned(),
    }
}
