//! Which license a document is about.

use handcarry_api::{Problem, code};
use handcarry_format::{ActivationRequest, Claim, Verified};
use handcarry_rules::{Account, Refusal, RefusalKind, periods};
use handcarry_store::Tx;

use crate::failure::Failure;
use crate::service::sign_in::SignedIn;
use crate::service::verify::Uploaded;
use crate::site::Site;

/// Licenses of one user that are tried.
const MOST: u32 = 50;

type Found = Result<Vec<Account>, Box<Problem>>;

/// The accounts that a document can be about, the best first. There is more than one only where a request names a user who
/// has several licenses of the product: then the first that takes the device is the one.
pub(super) fn of(
    tx: &mut dyn Tx,
    site: &Site,
    document: &Uploaded,
    user: Option<&SignedIn>,
) -> Result<Found, Failure> {
    let tenant = site.id();
    let activation = match document {
        Uploaded::Request(request) => return of_request(tx, site, request, user),
        Uploaded::Return(file) => &file.holder.activation_id,
        Uploaded::Report(file) => &file.holder.activation_id,
        Uploaded::Holder(file) => &file.activation_id,
        // A site's question is about licenses, and no device.
        Uploaded::Question(_) => return Ok(Ok(Vec::new())),
    };
    let Some(mut account) = tx.account_for_activation(tenant, activation, document.report())? else {
        return Ok(Err(Box::new(Problem::from(&Refusal::from(RefusalKind::UnknownActivation)))));
    };
    if let Some(usage) = document.usage() {
        let touched = periods(&account.entitlement, usage);
        account.periods = tx.period_totals(tenant, &account.entitlement.id, &touched)?;
    }
    Ok(Ok(vec![account]))
}

fn of_request(
    tx: &mut dyn Tx,
    site: &Site,
    request: &Verified<ActivationRequest>,
    user: Option<&SignedIn>,
) -> Result<Found, Failure> {
    let (tenant, device) = (site.id(), request.device.key.id());
    let keys = match &request.claim {
        Claim::LicenseKey(key) => vec![key.clone()],
        Claim::User(named) => {
            let Some(user) = user else {
                let problem = Problem::from(&Refusal::from(RefusalKind::SignIn));
                return Ok(Err(Box::new(problem.with("user", named))));
            };
            if named.trim().to_lowercase() != user.login.trim().to_lowercase() {
                let problem = Problem::new(409, code::OTHER_USER);
                return Ok(Err(Box::new(problem.with("user", named))));
            }
            tx.licenses_of_claimant(tenant, &user.id, &request.product.id, MOST)?
        }
    };
    let by_key = matches!(request.claim, Claim::LicenseKey(_));
    let mut accounts = Vec::new();
    for key in keys {
        match tx.account_for_request(tenant, &key, device, &request.fingerprint)? {
            // The device's own license is the only candidate.
            Some(account) if account.activation.as_ref().is_some_and(|own| own.is_taken()) => {
                return Ok(Ok(vec![account]));
            }
            Some(account) => accounts.push(account),
            None if by_key => return Ok(Err(Box::new(Problem::new(422, code::LICENSE_UNKNOWN)))),
            None => {}
        }
    }
    Ok(Ok(accounts))
}
