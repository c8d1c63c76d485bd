use handcarry_format::{Id, Model};

use crate::account::Entitlement;
use crate::session::SessionRefusal;

/// The licenses that a session of a feature can be taken from, in the order of the list. Where no license is named they
/// must be one customer's: nobody takes a place that somebody else has paid for.
pub fn candidates(
    licenses: Vec<Entitlement>,
    feature: &Id,
    named: bool,
) -> Result<Vec<Entitlement>, SessionRefusal> {
    let mut all = licenses;
    all.retain(|license| {
        matches!(license.model, Model::Concurrent(_))
            && license.features.iter().any(|own| own.id.as_str().eq_ignore_ascii_case(feature.as_str()))
    });
    let customer = |license: &Entitlement| {
        (license.customer_id.clone(), license.customer.as_ref().map(|customer| customer.name.clone()))
    };
    match all.split_first() {
        None => Err(SessionRefusal::NoLicense),
        Some((first, rest)) if !named && rest.iter().any(|other| customer(other) != customer(first)) => {
            Err(SessionRefusal::SeveralCustomers)
        }
        Some(_) => Ok(all),
    }
}
