use handcarry_format::Id;

use crate::account::Entitlement;

/// What decides whether one license can stand on top of another (ICE-02).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ordered {
    /// The order that bought it.
    pub order: Option<String>,
    /// What is licensed.
    pub product: Id,
    /// The customer's record, if there is one.
    pub customer_id: Option<Id>,
    /// The customer's name in files.
    pub customer: Option<String>,
    /// It is in the pool: neither deleted nor retired.
    pub in_pool: bool,
    /// The authority refused it.
    pub refused: bool,
}

/// ICE-02: the order that is missing, if this license extends one and none of `others` is it: present in the pool, of the
/// same customer and product, and not refused. One that has ended or was switched off since is still what it extends.
pub fn missing_order<'a>(license: &'a Entitlement, others: &[Ordered]) -> Option<&'a str> {
    let order = license.previous_order.as_deref()?;
    let is_base = |other: &Ordered| {
        other.order.as_deref() == Some(order)
            && other.product == license.product.id
            && other.in_pool
            && !other.refused
            && same_customer(license, other)
    };
    (!others.iter().any(is_base)).then_some(order)
}

/// The same record; where one of them has none, the same name.
fn same_customer(license: &Entitlement, other: &Ordered) -> bool {
    match (&license.customer_id, &other.customer_id) {
        (Some(own), Some(other)) => own == other,
        _ => license.customer.as_ref().map(|customer| customer.name.as_str()) == other.customer.as_deref(),
    }
}
