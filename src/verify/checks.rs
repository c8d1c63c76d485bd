use handcarry_format::{AnyVerified, CheckKind, CheckState, Examination, KeyId};

use super::TenantTrust;
use crate::card::{Arg, CheckLine, CheckMark, Phrase};
use crate::words::W;

/// The checks in the order in which they were made, in words.
pub(super) fn lines(found: &Examination, tenant: &TenantTrust) -> Vec<CheckLine> {
    let document = found.document.as_ref().ok();
    let mut lines = Vec::new();
    for check in &found.checks {
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
                Some(Phrase::plain(W::CheckUndamagedDetail).number(found.length as i64))
            }
            CheckMark::Passed => document.and_then(|document| detail(check.kind, document)),
        };
        lines.push(CheckLine { mark, what: what(check.kind, &tenant.vendor), detail });
    }
    lines
}

fn what(kind: CheckKind, vendor: &str) -> Phrase {
    let word = match kind {
        CheckKind::Undamaged => W::CheckUndamaged,
        CheckKind::Licensed => W::CheckLicensed,
        CheckKind::DeviceSignature => W::CheckDevice,
        CheckKind::VendorSignature => W::CheckVendor,
        CheckKind::RootSignature => W::CheckRoot,
        CheckKind::SiteSignature => W::CheckSite,
        CheckKind::Usage => W::CheckUsage,
    };
    // The words that have no place for the name leave it out.
    Phrase::plain(word).text(vendor)
}

fn detail(kind: CheckKind, document: &AnyVerified) -> Option<Phrase> {
    let (chain, number) = match document {
        AnyVerified::Deactivation(file) => (file.evidence(), file.usage.number),
        AnyVerified::UsageReport(file) => (file.evidence(), file.usage.number),
        AnyVerified::License(file) => return Some(signed(W::CheckLicensedDetail, file.signer())),
        AnyVerified::Receipt(file) => return Some(signed(W::CheckLicensedDetail, file.signer())),
        AnyVerified::Keyring(file) => return Some(signed(W::CheckRootDetail, file.signer())),
        AnyVerified::PoolRequest(file) => return Some(signed(W::CheckLicensedDetail, file.signer())),
        AnyVerified::Pool(file) => return Some(signed(W::CheckLicensedDetail, file.signer())),
        AnyVerified::ActivationRequest(_) => return Some(Phrase::plain(W::CheckDeviceNew)),
    };
    Some(match kind {
        CheckKind::Licensed => signed(W::CheckLicensedDetail, chain.license.signer()),
        CheckKind::DeviceSignature => Phrase::plain(W::CheckDeviceDetail).text(&chain.license.device.name),
        CheckKind::Usage => {
            let accepted = chain.accepted().report;
            let (word, receipt) = match &chain.receipt {
                _ if accepted == 0 => (W::CheckUsageFirst, None),
                Some(receipt) if receipt.usage.report == accepted => (W::CheckUsageFollows, Some(receipt)),
                _ => (W::CheckUsageFollowsLicense, None),
            };
            let phrase = Phrase::plain(word).number(number.into()).number(accepted.into());
            match receipt {
                Some(receipt) => phrase.arg(Arg::Time(receipt.issued_at.to_string())),
                None => phrase,
            }
        }
        _ => return None,
    })
}

/// A key's id as people compare it: the first eight digits in two groups.
#[inline(never)]
fn signed(word: W, id: KeyId) -> Phrase {
    let id = id.to_string();
    let short = [id.get(..4).unwrap_or_default(), " ", id.get(4..8).unwrap_or_default()].concat();
    Phrase::with(word, Arg::Code(short))
}
