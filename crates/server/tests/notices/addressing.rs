//! Who is told.

use handcarry_rules::holder::CustomerRecord;
use handcarry_server::notice;
use handcarry_server::settings::{Given, MailGiven};
use handcarry_store::{Channel, Customer, StoreError, Webhook};

use crate::world::*;

fn with_mail() -> World {
    let mail = MailGiven { host: Some("127.0.0.1".to_owned()), ..MailGiven::default() };
    World::new(&Given { mail, ..Given::default() })
}

fn targets(world: &World) -> Vec<(Channel, String)> {
    world.deliveries().into_iter().map(|it| (it.channel, it.target)).collect()
}

#[test]
fn ice_22_administrator_and_vendor_are_told_when_emergency_mode_ends() {
    let world = with_mail();
    world.post(&notice::emergency_ended(&license("Initech"), world.now(), world.now(), world.now()));
    let mail = |address: &str| (Channel::Mail, address.to_owned());
    assert_eq!(targets(&world), [mail("admin@acme.example"), mail("vendor@acme.example")]);
    // One address for both: one letter.
    let world = with_mail();
    let same = Some("admin@acme.example".to_owned());
    let other = Some("Admin@Acme.example".to_owned());
    let rules =
        handcarry_rules::TenantRules { administrator: same, vendor_contact: other, ..Default::default() };
    world.tenant(rules);
    world.post(&notice::emergency_ended(&license("Initech"), world.now(), world.now(), world.now()));
    assert_eq!(targets(&world), [mail("admin@acme.example")]);
}

#[test]
fn alt_19_a_message_is_addressed_once_and_a_webhook_gets_the_codes_it_asked_for() {
    let world = with_mail();
    world.webhook("all", "https://hooks.acme.example/");
    let some = Webhook {
        id: id("some"),
        url: "https://hooks.acme.example/".to_owned(),
        secret: String::new(),
        codes: Some(vec!["license.blocked".to_owned()]),
        created_at: world.now(),
    };
    let added = world.app.store.write_blocking(move |tx| tx.insert_webhook(ACME, &some));
    added.unwrap_or_else(|error: StoreError| panic!("{error}"));
    let blocked = notice::blocked(&license("Initech"), &notice::Blocked::Ended, world.now());
    world.post(&blocked);
    world.post(&blocked);
    let hook = |name: &str| (Channel::Webhook, name.to_owned());
    let admin = (Channel::Mail, "admin@acme.example".to_owned());
    assert_eq!(targets(&world), [hook("all"), hook("some"), admin.clone()]);
    world.post(&notice::renewal_due(&license("Initech"), 14, world.now()));
    assert_eq!(targets(&world)[3..], [hook("all"), admin]);
}

#[test]
fn ice_22_the_holder_is_told_at_the_address_of_the_customers_record() {
    let world = with_mail();
    let record = CustomerRecord {
        id: id("c-1"),
        name: "Initech".to_owned(),
        company: None,
        email: Some("it@initech.example".to_owned()),
        address: None,
        references: Vec::new(),
    };
    let customer = Customer { record, created_at: world.now(), revision: 1 };
    let mut sold = license("Initech");
    sold.customer_id = Some(id("c-1"));
    let stored = sold.clone();
    let written = world.app.store.write_blocking(move |tx| {
        tx.insert_customer(ACME, &customer)?;
        tx.insert_license(ACME, &stored)
    });
    written.unwrap_or_else(|error: StoreError| panic!("{error}"));
    world.post(&notice::services_stopped(&sold, world.now(), world.now()));
    let told: Vec<String> = targets(&world).into_iter().map(|(_, target)| target).collect();
    assert_eq!(told, ["admin@acme.example", "it@initech.example", "vendor@acme.example"]);
}
