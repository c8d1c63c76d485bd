use handcarry_format::{Instant, LicenseKey};
use handcarry_rules::holder::{Machine, days_left, machine, reference_id, registration};
use serde::Serialize;

use crate::Result;
use crate::cap::most;
use crate::device::Device;
use crate::enforce::{CLOCK_TOLERANCE, Standing};
use crate::error::Error;
use crate::lease::{LeaseState, lease_state, zone};

/// How a device stands. Serializes as the JSON of `handcarry-device status --json`.
#[derive(Clone, Debug, Serialize)]
pub struct Status {
    /// Whether the license may be used now.
    pub licensed: bool,
    /// `ok`, `refresh_due`, `grace`, `emergency`, `by_hand`, `fingerprint_mismatch`, or the code of what stands in the
    /// way.
    pub code: String,
    /// The vendor's name.
    pub vendor: String,
    /// The product's name.
    pub product: String,
    /// Where files are carried to.
    pub portal: String,
    /// `ok`, `evaluation` or `reference_id_mismatch` (ICE-04); none without a license.
    pub registration: Option<String>,
    /// This machine's fingerprint in short (ICE-01).
    pub reference_id: String,
    /// Who bought the license.
    pub customer: Option<String>,
    /// The order that bought it.
    pub order: Option<String>,
    /// Days of maintenance left (ICE-11).
    pub renewal_days: Option<i64>,
    /// Id of the device's key.
    pub device_key: String,
    /// Activation requests that are open.
    pub open_requests: usize,
    /// The device's name in the license.
    pub device: Option<String>,
    /// First and last group of the license key.
    pub license_key: Option<String>,
    /// The activation.
    pub activation_id: Option<String>,
    /// The license file's generation.
    pub generation: Option<u32>,
    /// When the license was issued.
    pub issued_at: Option<Instant>,
    /// Usable before this instant; none = no end.
    pub not_after: Option<Instant>,
    /// When a refresh must have come; none = never.
    pub refresh_by: Option<Instant>,
    /// Until when what `code` says goes on: grace, emergency mode, a start by hand, a mismatch.
    pub until: Option<Instant>,
    /// Percent of the fingerprint that matches.
    pub match_percent: Option<u32>,
    /// The features of the license.
    pub features: Vec<FeatureStatus>,
    /// Number of the last report that is known to be booked.
    pub booked_report: Option<u32>,
    /// Uses that no booked report holds.
    pub unbooked_uses: usize,
    /// The last return.
    pub returned: Option<ReturnStatus>,
    /// The clock is further behind than is tolerated.
    pub clock_behind: bool,
}

/// One feature of the license.
#[derive(Clone, Debug, Serialize)]
pub struct FeatureStatus {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Units used, in the present period if the counter starts anew; none = not counted.
    pub used: Option<i64>,
    /// The most that may be used, overage included; none = unlimited or not counted.
    pub most: Option<i64>,
    /// Lifetime total, booked and not.
    pub total: Option<i64>,
}

/// The last return.
#[derive(Clone, Debug, Serialize)]
pub struct ReturnStatus {
    /// When the license was destroyed.
    pub destroyed_at: Instant,
    /// Digest of the deactivation.
    pub digest: String,
    /// The portal's receipt was loaded: the seat is free.
    pub confirmed: bool,
}

impl Device {
    /// How this device stands.
    pub fn status(&mut self, now: Instant) -> Result<Status> {
        let standing = self.standing(now);
        // Trouble with the directory is no status.
        if let Err(error @ (Error::Io { .. } | Error::Corrupt { .. } | Error::Missing { .. })) = standing {
            return Err(error);
        }
        let license = self.license().ok();
        let returned = self.state().tombstones.last().map(|tombstone| ReturnStatus {
            destroyed_at: tombstone.destroyed_at,
            digest: tombstone.digest.to_string(),
            confirmed: tombstone.confirmed.is_some(),
        });
        let mut status = Status {
            licensed: standing.is_ok(),
            code: match &standing {
                Ok(standing) => mode(standing).to_owned(),
                Err(Error::NoLicense) if returned.is_some() => "license.returned".to_owned(),
                Err(error) => error.code().to_owned(),
            },
            vendor: self.vendor().vendor.name.clone(),
            product: self.vendor().product.name.clone(),
            portal: self.vendor().portal.clone(),
            registration: None,
            reference_id: reference_id(self.present_fingerprint()),
            customer: None,
            order: None,
            renewal_days: None,
            device_key: self.contents.key.public().id().to_string(),
            open_requests: self.state().requests.len(),
            device: None,
            license_key: None,
            activation_id: None,
            generation: None,
            issued_at: None,
            not_after: None,
            refresh_by: None,
            until: None,
            match_percent: None,
            features: Vec::new(),
            booked_report: None,
            unbooked_uses: self.contents.ledger.after(self.state().settled).len(),
            returned,
            clock_behind: now.plus_seconds(CLOCK_TOLERANCE) < self.floor,
        };
        let Some(license) = license else { return Ok(status) };
        let receipt = self.receipt()?;
        let (_, totals) = self.usage(&license)?;
        status.device = Some(license.device.name.clone());
        status.license_key = Some(LicenseKey::short(&license.license_key));
        status.activation_id = Some(license.activation_id.to_string());
        status.generation = Some(license.generation);
        status.issued_at = Some(license.issued_at);
        status.not_after = license.term.not_after;
        status.refresh_by = license.lease.as_ref().map(|lease| lease.refresh_by);
        status.match_percent =
            Some(handcarry_rules::match_percent(&license.fingerprint, self.present_fingerprint()));
        status.until = standing.as_ref().ok().and_then(until);
        let lease = lease_state(&license, self.floor);
        let mismatch = machine(&license.fingerprint, self.present_fingerprint(), license.match_rate);
        let emergency = lease.is_some_and(LeaseState::locks_settings);
        let registration = registration(license.evaluation, emergency, mismatch != Machine::Same);
        status.registration = Some(registration.name().to_owned());
        if let Some(customer) = &license.customer {
            status.customer = Some(customer.name.clone());
            status.order = customer.order.clone();
        }
        status.renewal_days =
            license.maintenance_end.map(|last| days_left(last, zone(&license.term.zone), self.floor));
        status.booked_report = Some(crate::device::accepted(&license, receipt.as_deref()).report);
        for feature in &license.features {
            let counted = feature.counter.is_some();
            status.features.push(FeatureStatus {
                id: feature.id.to_string(),
                name: feature.name.clone(),
                used: if counted { Some(self.used(&license, feature, self.floor)?) } else { None },
                most: feature.counter.as_ref().and_then(most),
                total: counted.then(|| totals.get(&feature.id).copied().unwrap_or(0)),
            });
        }
        Ok(status)
    }
}

impl Standing {
    /// `ok`, or what a person should know although the license works.
    pub fn code(&self) -> &'static str {
        mode(self)
    }
}

/// Of several, what locks the settings comes first, then what asks for a new request.
fn mode(standing: &Standing) -> &'static str {
    match standing.lease {
        Some(LeaseState::ByHand { .. }) => "by_hand",
        Some(LeaseState::Emergency { .. }) => "emergency",
        _ if standing.mismatch_until.is_some() => "fingerprint_mismatch",
        Some(LeaseState::RefreshDue { .. }) => "refresh_due",
        Some(LeaseState::Grace { .. }) => "grace",
        _ => "ok",
    }
}

fn until(standing: &Standing) -> Option<Instant> {
    match standing.lease {
        Some(LeaseState::ByHand { until } | LeaseState::Emergency { until }) => Some(until),
        Some(LeaseState::Grace { until }) => Some(standing.mismatch_until.unwrap_or(until)),
        _ => standing.mismatch_until,
    }
}
