//! One file of each kind, sealed and opened.
use handcarry_format::*;

fn id(s: &str) -> Id {
    Id::new(s).unwrap()
}
fn at(s: &str) -> Instant {
    Instant::parse(s).unwrap()
}

#[test]
fn a_deactivation_verifies_from_the_root_key_alone() {
    let root = SecretKey::from_seed(&[1; 32]);
    let issuing = SecretKey::from_seed(&[2; 32]);
    let device = SecretKey::from_seed(&[3; 32]);
    let vendor = Vendor { id: id("acme"), name: "Acme Software".into() };
    let product = Product { id: id("cad"), name: "Acme CAD Pro".into(), version: None };
    let keyring = seal(
        &Keyring {
            id: id("k1"),
            vendor: vendor.clone(),
            version: 1,
            issued_at: at("2026-01-01T00:00:00Z"),
            keys: vec![IssuingKey {
                key: issuing.public(),
                product: None,
                not_before: at("2026-01-01T00:00:00Z"),
                not_after: None,
            }],
            revoked: vec![],
        },
        &root,
        None,
    )
    .unwrap();
    let fingerprint = Fingerprint {
        parts: vec![FingerprintPart {
            name: id("board"),
            source: Source::Hardware,
            hash: "00".repeat(16),
            weight: 3,
        }],
    };
    let dev = Device { key: device.public(), name: "WS-17".into() };
    let lic = License {
        id: id("l1"),
        vendor: vendor.clone(),
        product: product.clone(),
        activation_id: id("a1"),
        license_id: id("lic1"),
        license_key: LicenseKey::from_random([7; 10]),
        generation: 1,
        supersedes: None,
        customer: Some(Customer { name: "Northline".into(), order: None }),
        features: vec![Feature {
            id: id("renders"),
            name: "Renders".into(),
            counter: Some(Counter { maximum: Some(15000), overage: Overage::UpTo(5), reset: Reset::Never }),
        }],
        model: Model::Concurrent(3),
        term: Term {
            start: None,
            end: None,
            zone: "UTC".into(),
            not_before: at("2026-01-01T00:00:00Z"),
            not_after: None,
        },
        evaluation: false,
        maintenance_end: None,
        device: dev.clone(),
        fingerprint,
        match_rate: 60,
        lease: None,
        usage: Acknowledged::default(),
        blocked: vec![],
        request: Digest::of(b"x"),
        issued_at: at("2026-03-03T00:00:00Z"),
        keyring: keyring.envelope.clone(),
    };
    let sealed = seal(&lic, &issuing, Some("https://offline.acme.example")).unwrap();
    println!("{}", sealed.text);
    let deact = Deactivation {
        id: id("d1"),
        vendor,
        product,
        holder: Holder { activation_id: id("a1"), license: sealed.envelope, receipt: None },
        usage: Usage {
            number: 1,
            previous: None,
            opening: Totals::new(),
            entries: vec![UsageEntry { at: at("2026-04-01T00:00:00Z"), feature: id("renders"), amount: 5 }],
            closing: [(id("renders"), 5)].into(),
        },
        variables: Default::default(),
        destroyed_at: at("2026-05-01T00:00:00Z"),
    };
    let file = seal(&deact, &device, Some("https://offline.acme.example")).unwrap();
    println!("{}", file.text);
    let trust = Trust::new(id("acme"), root.public());
    let result = examine(file.text.as_bytes(), &trust, &Limits::default());
    assert!(result.document.is_ok(), "{:?}", result.document);
    assert!(result.checks.iter().all(|c| c.state == CheckState::Passed), "{:?}", result.checks);
    assert!(examine(file.envelope.to_json().as_bytes(), &trust, &Limits::default()).document.is_ok());
    for cut in [100, 1500, file.text.len() - 70] {
        println!(
            "{:?}",
            examine(&file.text.as_bytes()[..cut], &trust, &Limits::default()).document.unwrap_err()
        );
    }
    let one_line: String = file.text.replace('\n', " ");
    assert!(open::<Deactivation>(one_line.as_bytes(), &trust, &Limits::default()).is_ok());
}
