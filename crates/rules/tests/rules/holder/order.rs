use handcarry_format::{Customer, Id};
use handcarry_rules::Entitlement;
use handcarry_rules::holder::{Ordered, missing_order};
use rstest::rstest;

use crate::world::{entitlement, id};

fn customer(name: &str) -> Option<Customer> {
    Some(Customer { name: name.into(), order: Some("PO-2".into()) })
}

/// Extends order PO-1.
fn extension(customer_id: Option<Id>) -> Entitlement {
    let previous_order = Some("PO-1".into());
    Entitlement { customer: customer("Berg"), customer_id, previous_order, ..entitlement() }
}

/// The license of order PO-1.
fn base() -> Ordered {
    Ordered {
        order: Some("PO-1".into()),
        product: id("cad"),
        customer_id: Some(id("berg")),
        customer: Some("Berg".into()),
        in_pool: true,
        refused: false,
    }
}

#[rstest]
#[case::on_top_of_its_order(|_: &mut Ordered| {}, None)]
#[case::another_order(|it: &mut Ordered| it.order = Some("PO-3".into()), Some("PO-1"))]
#[case::no_order(|it: &mut Ordered| it.order = None, Some("PO-1"))]
#[case::part_of_its_name(|it: &mut Ordered| it.order = Some("PO-10".into()), Some("PO-1"))]
#[case::another_product(|it: &mut Ordered| it.product = id("viewer"), Some("PO-1"))]
#[case::another_customer(|it: &mut Ordered| it.customer_id = Some(id("other")), Some("PO-1"))]
#[case::deleted(|it: &mut Ordered| it.in_pool = false, Some("PO-1"))]
#[case::refused(|it: &mut Ordered| it.refused = true, Some("PO-1"))]
#[case::of_the_same_name_with_no_record(|it: &mut Ordered| it.customer_id = None, None)]
#[case::of_another_name_with_no_record(
    |it: &mut Ordered| (it.customer_id, it.customer) = (None, Some("Bergmann".into())), Some("PO-1")
)]
fn ice_02_an_extension_stands_on_its_order_only(
    #[case] change: fn(&mut Ordered),
    #[case] missing: Option<&str>,
) {
    let mut other = base();
    change(&mut other);
    let license = extension(Some(id("berg")));
    assert_eq!(missing_order(&license, std::slice::from_ref(&other)), missing);
    let unrelated = Ordered { order: Some("PO-9".into()), ..base() };
    assert_eq!(missing_order(&license, &[unrelated, other]), missing, "among others");
}

#[test]
fn ice_02_a_license_that_extends_nothing_needs_nothing() {
    let license = Entitlement { previous_order: None, ..extension(None) };
    assert_eq!(missing_order(&license, &[]), None);
    assert_eq!(missing_order(&extension(None), &[]), Some("PO-1"));
    let nameless = Entitlement { customer: None, ..extension(None) };
    let base = Ordered { customer_id: None, customer: None, ..base() };
    assert_eq!(missing_order(&nameless, std::slice::from_ref(&base)), None);
    assert_eq!(missing_order(&extension(None), &[base]), Some("PO-1"));
}
