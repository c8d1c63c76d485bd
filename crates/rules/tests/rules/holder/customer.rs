use handcarry_rules::holder::{CustomerProblem, CustomerRecord, reference_id};
use rstest::rstest;

use crate::world::{id, parts};
use handcarry_format::Source::{Hardware, System};

fn record() -> CustomerRecord {
    CustomerRecord {
        id: id("customer-1"),
        name: "Jo Berg".into(),
        company: Some("Berg & Söhne GmbH".into()),
        email: Some("jo.berg+licenses@berg.example".into()),
        address: Some("Hafenstraße 4\n28195 Bremen".into()),
        references: vec!["ERP 4711".into(), "D-104".into()],
    }
}

#[test]
fn ice_01_a_customer_has_name_company_mail_address_and_references() {
    assert_eq!(record().check(), Ok(()));
    let bare = CustomerRecord { company: None, email: None, address: None, references: vec![], ..record() };
    assert_eq!(bare.check(), Ok(()));
}

#[rstest]
#[case::no_name("name", |it: &mut CustomerRecord| it.name = " ".into())]
#[case::long_name("name", |it: &mut CustomerRecord| it.name = "x".repeat(121))]
#[case::lines_in_a_name("name", |it: &mut CustomerRecord| it.name = "Jo\nBerg".into())]
#[case::a_name_that_turns_around("name", |it: &mut CustomerRecord| it.name = "Jo \u{202e}greB".into())]
#[case::company("company", |it: &mut CustomerRecord| it.company = Some(String::new()))]
#[case::no_at("email", |it: &mut CustomerRecord| it.email = Some("jo".into()))]
#[case::two_at("email", |it: &mut CustomerRecord| it.email = Some("jo@b@c.example".into()))]
#[case::nobody("email", |it: &mut CustomerRecord| it.email = Some("@c.example".into()))]
#[case::nowhere("email", |it: &mut CustomerRecord| it.email = Some("jo@".into()))]
#[case::dots("email", |it: &mut CustomerRecord| it.email = Some("jo@c..example".into()))]
#[case::a_second_header("email", |it: &mut CustomerRecord| it.email = Some("jo@c.example\r\nBcc: x@y.example".into()))]
#[case::two_addresses("email", |it: &mut CustomerRecord| it.email = Some("jo@c.example,x@y.example".into()))]
#[case::a_long_local_part("email", |it: &mut CustomerRecord| it.email = Some(format!("{}@c.example", "x".repeat(65))))]
#[case::a_long_address("email", |it: &mut CustomerRecord| it.email = Some(format!("jo@{}", "x".repeat(252))))]
#[case::tabs("address", |it: &mut CustomerRecord| it.address = Some("a\tb".into()))]
#[case::long("address", |it: &mut CustomerRecord| it.address = Some("x".repeat(401)))]
#[case::empty_reference("references", |it: &mut CustomerRecord| it.references.push(String::new()))]
#[case::twice("references", |it: &mut CustomerRecord| it.references.push("ERP 4711".into()))]
#[case::many("references", |it: &mut CustomerRecord| it.references = (0..21).map(|n| n.to_string()).collect())]
fn ice_01_what_cannot_be_kept_is_named(#[case] field: &'static str, #[case] change: fn(&mut CustomerRecord)) {
    let mut changed = record();
    change(&mut changed);
    assert_eq!(changed.check(), Err(CustomerProblem { field }));
}

#[test]
fn ice_01_the_reference_id_is_the_fingerprint_in_short() {
    let machine = [(Hardware, "board", "SN-1", 50), (System, "system", "x", 50)];
    let turned = [machine[1], machine[0]];
    let one = reference_id(&parts(&machine));
    assert_eq!(one.len(), 19);
    assert!(one.split('-').all(|group| group.len() == 4 && group.chars().all(|c| c.is_ascii_hexdigit())));
    assert_eq!(one, reference_id(&parts(&turned)), "the order of the parts does not matter");
    let other = [(Hardware, "board", "SN-2", 50), (System, "system", "x", 50)];
    assert_ne!(one, reference_id(&parts(&other)));
}
