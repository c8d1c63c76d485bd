use handcarry_format::{AnyVerified, CheckKind, CheckState, Examination, KeyId};

use super::TenantTrust;
use crate::card::{Arg, CheckLine, CheckMark, Phrase};
use crate::words::W;

/// The checks in the order in which they were made, in words.
pub(super) fn lines(found: &Examination, tenant: &TenantTrust) -> Vec<CheckLine> {
    let document = found.document.as_ref().ok();
    let lines = found.checks.iter().map(|check| {
        let mark = match check.state {
            CheckState::Passed => CheckMark::Passed,
            CheckState::Noted => CheckMark::Noted,
            CheckState::Failed => CheckMark::Failed,
            CheckState::NotReached => CheckMark::NotReached,
        };
        let detail = match mark {
            CheckMark::Failed => Some(Phrase::plain(W::CheckFailed)),
            CheckMark::NotReached => Some(Phrase::plain(W::CheckNotReached)),
            CheckMark::Noted => Some(Phrase::plain(W::CheckUsageNoted)),
            CheckMark::Passed if check.kind == CheckKind::Undamaged => {
                Some(Phrase::with(W::CheckUndamagedDetail, vec![Arg::Number(found.length as i64)]))
            }
            CheckMark::Passed => document.and_then(|document| detail(check.kind, document)),
        };
        CheckLine { mark, what: what(check.kind, &tenant.vendor), detail }
    });
    lines.collect()
}

fn what(kind: CheckKind, vendor: &str) -> Phrase {
    let named = |word| Phrase::with(word, vec![Arg::Text(vendor.to_owned())]);
    match kind {
        CheckKind::Undamaged => Phrase::plain(W::CheckUndamaged),
        CheckKind::Licensed => named(W::CheckLicensed),
        CheckKind::DeviceSignature => Phrase::plain(W::CheckDevice),
        CheckKind::VendorSignature => named(W::CheckVendor),
        CheckKind::RootSignature => Phrase::plain(W::CheckRoot),
        CheckKind::Usage => Phrase::plain(W::CheckUsage),
    }
}

fn detail(kind: CheckKind, document: &AnyVerified) -> Option<Phrase> {
    let chain = match document {
        AnyVerified::Deactivation(file) => Some((file.evidence(), file.usage.number)),
        AnyVerified::UsageReport(file) => Some((file.evidence(), file.usage.number)),
        _ => None,
    };
    Some(match (kind, document, chain) {
        (CheckKind::Licensed, _, Some((chain, _))) => {
            Phrase::with(W::CheckLicensedDetail, vec![key(chain.license.signer())])
        }
        (CheckKind::DeviceSignature, _, Some((chain, _))) => {
            Phrase::with(W::CheckDeviceDetail, vec![Arg::Text(chain.license.device.name.clone())])
        }
        (CheckKind::DeviceSignature, ..) => Phrase::plain(W::CheckDeviceNew),
        (CheckKind::VendorSignature, AnyVerified::License(file), _) => {
            Phrase::with(W::CheckLicensedDetail, vec![key(file.signer())])
        }
        (CheckKind::VendorSignature, AnyVerified::Receipt(file), _) => {
            Phrase::with(W::CheckLicensedDetail, vec![key(file.signer())])
        }
        (CheckKind::RootSignature, AnyVerified::Keyring(file), _) => {
            Phrase::with(W::CheckRootDetail, vec![key(file.signer())])
        }
        (CheckKind::Usage, _, Some((chain, number))) => {
            let number = Arg::Number(i64::from(number));
            let accepted = chain.accepted();
            let before = Arg::Number(i64::from(accepted.report));
            match &chain.receipt {
                Some(receipt) if receipt.usage.report == accepted.report && accepted.report > 0 => {
                    Phrase::with(W::CheckUsageFollows, vec![number, before, super::facts::time(receipt.issued_at)])
                }
                _ if accepted.report > 0 => Phrase::with(W::CheckUsageFollowsLicense, vec![number, before]),
                _ => Phrase::plain(W::CheckUsageFirst),
            }
        }
        _ => return None,
    })
}

/// A key's id as people compare it: the first eight digits in two groups.
fn key(id: KeyId) -> Arg {
    let id = id.to_string();
    Arg::Code([id.get(..4).unwrap_or_default(), " ", id.get(4..8).unwrap_or_default()].concat())
}
