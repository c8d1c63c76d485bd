use handcarry_format::{Id, KeyId};
use handcarry_rules::Entitlement;
use serde_json::json;

use super::refused;
use crate::failure::Failure;
use crate::service::vendor::refuse;
use crate::service::vendor::unit::Unit;

/// Lets a device be licensed again that was blocked, such as one that was found and has proven its return.
pub fn unblock(
    unit: &mut Unit<'_>,
    license: &Id,
    device: KeyId,
    reason: &str,
) -> Result<Entitlement, Failure> {
    let known = unit.tx.license(unit.tenant, license)?.ok_or_else(|| refuse::unknown("license", license))?;
    let changed = handcarry_rules::unblock(&known, device).map_err(|refusal| refused(&refusal))?;
    unit.tx.update_license(unit.tenant, &changed)?;
    unit.log(
        "device.unblocked",
        json!({
            "license": license,
            "device": device,
            "reason": reason,
            "before": {"blocked": known.blocked, "revision": known.revision},
            "after": {"blocked": changed.blocked, "revision": changed.revision},
        }),
    )?;
    Ok(changed)
}
