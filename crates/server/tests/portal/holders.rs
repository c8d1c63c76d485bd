//! Who holds a license, as documents come and go.

use handcarry_api::LicenseFacts;
use handcarry_format::{Customer as Buyer, LicenseKey, Model};
use handcarry_rules::Entitlement;
use handcarry_rules::holder::{CustomerRecord, JUSTIFICATION_VARIABLE, MISMATCH_VARIABLE, SEATS_VARIABLE};
use handcarry_store::{Customer, MessageFilter, Page, StoreError, TenantId, Tx};

use crate::desk::{Desk, Got, now};
use crate::device::{Device, id};

const ACME: TenantId = TenantId(1);

async fn does<T: Send + 'static>(
    desk: &Desk,
    work: impl FnMut(&mut dyn Tx) -> Result<T, StoreError> + Send + 'static,
) -> T {
    desk.app.store.write(work).await.unwrap()
}

fn facts(got: &Got) -> LicenseFacts {
    got.outcome().license_facts.unwrap()
}

async fn sold(desk: &Desk, order: &str, change: fn(&mut Entitlement)) -> LicenseKey {
    let key = desk.license(2).await;
    let order = Some(order.to_owned());
    desk.change_license(&key, move |license| {
        license.customer = Some(Buyer { name: "Globex Corp.".into(), order: order.clone() });
        license.customer_id = Some(id("globex"));
        change(license);
    })
    .await;
    key
}

#[tokio::test]
async fn ice_01_04_11_the_answer_says_who_holds_the_license_and_how_it_stands() {
    let desk = Desk::new().await;
    does(&desk, |tx| {
        let record = CustomerRecord {
            id: id("globex"),
            name: "Jo Berg".into(),
            company: Some("Globex Corp.".into()),
            email: Some("jo@globex.example".into()),
            address: Some("Hafenstraße 4\n28195 Bremen".into()),
            references: vec![],
        };
        tx.insert_customer(ACME, &Customer { record, created_at: now(), revision: 1 })
    })
    .await;
    sold(&desk, "PO-1", |_| {}).await;
    let key = sold(&desk, "PO-2", |license| {
        license.previous_order = Some("PO-1".into());
        license.evaluation = true;
        license.maintenance_end = Some("2026-12-20".parse().unwrap());
    })
    .await;
    let got = desk.post(desk.device("WS-17").request(&key, now())).await;
    let said = facts(&got);
    assert_eq!(
        (said.name.as_deref(), said.company.as_deref(), said.email.as_deref(), said.address.as_deref()),
        (
            Some("Jo Berg"),
            Some("Globex Corp."),
            Some("jo@globex.example"),
            Some("Hafenstraße 4\n28195 Bremen")
        )
    );
    assert_eq!((said.order.as_deref(), said.previous_order.as_deref()), (Some("PO-2"), Some("PO-1")));
    assert_eq!((said.registration.as_str(), said.renewal_days), ("evaluation", Some(30)));
    assert_eq!(said.reference_id.map(|it| it.len()), Some(19));
    assert_eq!(said.recommended, ["renew_license"]);
    let devices = &said.lines[0];
    assert_eq!((devices.name.as_str(), devices.used, devices.seats, devices.over), ("devices", 1, 2, false));
    // The log is read by many, and says nothing of the person.
    let log = format!("{:?}", desk.events().await);
    assert!(!log.contains("jo@globex") && !log.contains("Hafenstraße"), "{log}");
}

#[tokio::test]
async fn ice_02_an_extension_is_refused_without_its_order_and_taken_with_it() {
    let desk = Desk::new().await;
    let key = sold(&desk, "PO-2", |license| license.previous_order = Some("PO-1".into())).await;
    let request = desk.device("WS-17").request(&key, now());
    let problem = desk.post(request.clone()).await.problem();
    assert_eq!((problem.code.as_str(), problem.facts["order"].as_str()), ("order.missing", "PO-1"));
    let other = sold(&desk, "PO-1", |license| license.customer_id = Some(id("another"))).await;
    assert_eq!(desk.post(request.clone()).await.problem().code, "order.missing", "another customer's");
    desk.change_license(&other, |license| license.customer_id = Some(id("globex"))).await;
    assert_eq!(desk.post(request).await.status, 201);
}

#[tokio::test]
async fn ice_03_05_a_report_tells_of_a_mismatch_and_of_users_until_the_device_is_licensed_anew() {
    let desk = Desk::new().await;
    let key = sold(&desk, "PO-1", |license| license.model = Model::Concurrent(10)).await;
    let mut device = desk.activated("WS-17", &key).await;
    let got = desk.post(device.report(1, now())).await;
    assert_eq!(facts(&got).registration, "ok");
    device.load(&got.outcome());

    let since = now().plus_days(-2);
    device.variables.insert(MISMATCH_VARIABLE.into(), since.to_string());
    device.variables.insert(SEATS_VARIABLE.into(), "11".into());
    for _ in 0..2 {
        let got = desk.post(device.report(1, now())).await;
        let said = facts(&got);
        assert_eq!(said.registration, "reference_id_mismatch");
        assert_eq!(said.runs_until, Some(since.plus_days(7).to_string()));
        let line = said.lines.iter().find(|line| line.name == "reported").unwrap();
        assert_eq!((line.used, line.seats, line.over), (11, 10, true));
        assert_eq!(said.recommended, ["add_users"]);
        device.load(&got.outcome());
    }
    let told = desk
        .app
        .store
        .read(|tx| tx.messages(ACME, &MessageFilter::default(), &Page { after: None, limit: 9 }))
        .await
        .unwrap_or_else(|error: StoreError| panic!("{error}"));
    let codes: Vec<&str> = told.iter().map(|it| it.message.code.as_str()).collect();
    assert_eq!(codes, ["reference.mismatch"], "once");

    // A new license is for the machine as it is now.
    device.variables = Default::default();
    let got = desk.post(device.request(&key, now().plus_seconds(60))).await;
    let said = facts(&got);
    assert_eq!((got.status.as_u16(), said.registration.as_str(), said.lines.len()), (201, "ok", 1));
}

async fn move_to(desk: &Desk, key: &LicenseKey, from: &mut Device, name: &str, why: Option<&str>) -> Got {
    if from.license.is_some() {
        assert_eq!(desk.post(from.deactivation(0, now())).await.status, 201);
        from.license = None;
    }
    let mut device = desk.device(name);
    device.variables =
        why.map(|why| (JUSTIFICATION_VARIABLE.to_owned(), why.to_owned())).into_iter().collect();
    let got = desk.post(device.request(key, now())).await;
    if got.status == 201 {
        device.load(&got.outcome());
        *from = device;
    }
    got
}

#[tokio::test]
async fn ice_25_a_transfer_beyond_the_tenants_limit_needs_a_justification_which_is_kept() {
    let desk = Desk::new().await;
    let master = desk.master().await;
    let rules = serde_json::json!({"transfers": {"most": 1, "days": 30}});
    let set = desk.ask(&master, "PATCH", "rules", Some(rules.clone())).await;
    assert_eq!((set.status.as_u16(), &set.json()["transfers"]), (200, &rules["transfers"]), "{}", set.text());
    for wrong in [serde_json::json!({"most": 1, "days": 0}), serde_json::json!({"most": 1})] {
        let refused =
            desk.ask(&master, "PATCH", "rules", Some(serde_json::json!({"transfers": wrong}))).await;
        assert_eq!(refused.status, 422, "{}", refused.text());
    }
    let key = desk.license(1).await;
    let mut device = desk.activated("a", &key).await;
    assert_eq!(move_to(&desk, &key, &mut device, "b", Some("no need to say")).await.status, 201);
    let refused = move_to(&desk, &key, &mut device, "c", None).await.problem();
    assert_eq!(refused.code, "transfer.justification");
    assert_eq!((refused.facts["limit"].as_str(), refused.facts["days"].as_str()), ("1", "30"));
    assert_eq!(refused.facts["free_again"], now().plus_days(30).to_string());
    assert_eq!(move_to(&desk, &key, &mut device, "c", Some("b burned down")).await.status, 201);
    let kept = does(&desk, move |tx| {
        let license = tx.license_by_key(ACME, &key)?.unwrap();
        tx.transfers(ACME, &license.id, now().plus_days(-1))
    })
    .await;
    let said: Vec<_> = kept.iter().map(|it| it.justification.as_deref()).collect();
    assert_eq!(said, [None, Some("b burned down")], "what was needed is kept");
}
