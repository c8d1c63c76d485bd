//! What a device loads, and what it refuses.
#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

#[path = "vendor/bench.rs"]
mod bench;
mod vendor;

use bench::{Bench, code};
use handcarry_device::{GENERATION_STEP, Loaded};
use handcarry_format::{
    Block, Envelope, Fingerprint, KeyId, License, Limits, Product, Sealed, SecretKey, seal,
};
use vendor::{TestVendor, id};

fn generation(bench: &Bench) -> Option<u32> {
    bench.open().status(bench.now).unwrap().generation
}

#[test]
fn lsp_07_a_license_is_loaded_from_armor_and_from_dsse_json() {
    let bench = Bench::new();
    let license = bench.vendor.license_for(&bench.request(), bench.now);
    let Sealed { text, envelope, .. } = seal(&license, &bench.vendor.issuing, None).unwrap();
    let mut device = bench.open();
    let loaded = device.load(envelope.to_json().as_bytes(), bench.now).unwrap();
    assert!(matches!(loaded, Loaded::License { refreshed: false, .. }));
    // The same document in the other dress is the same document.
    let loaded = device.load(text.replace('\n', "\r\n> ").as_bytes(), bench.now).unwrap();
    assert!(matches!(loaded, Loaded::Known(_)));
}

#[test]
fn threat_rolled_back_refresh_d_15_an_older_license_is_outdated_and_changes_nothing() {
    let bench = Bench::new();
    let first = bench.activate(|_| {});
    let second = bench.vendor.next(&first, bench.now);
    assert!(matches!(bench.load(&second), Ok(Loaded::License { refreshed: true, .. })));
    assert_eq!(code(bench.load(&first)), "license.outdated");
    assert_eq!(generation(&bench), Some(2));
    assert!(matches!(bench.load(&second), Ok(Loaded::Known(_))));
}

#[test]
fn threat_rolled_back_refresh_an_equal_generation_with_other_bytes_is_refused() {
    let bench = Bench::new();
    let license = bench.activate(|_| {});
    let other = License { evaluation: true, ..license };
    assert_eq!(code(bench.load(&other)), "license.altered");
}

#[test]
fn threat_fast_forwarded_generation_is_refused_and_the_bounded_step_is_not() {
    let bench = Bench::new();
    let license = bench.activate(|_| {});
    let far = |generation| License { generation, ..bench.vendor.next(&license, bench.now) };
    assert_eq!(code(bench.load(&far(1 + GENERATION_STEP + 1))), "license.fast_forward");
    assert_eq!(code(bench.load(&far(u32::MAX))), "license.fast_forward");
    assert_eq!(generation(&bench), Some(1));
    assert!(bench.load(&far(1 + GENERATION_STEP)).is_ok());
    assert_eq!(bench.code(), "ok");
}

#[test]
fn d_35_a_license_for_another_device_is_named_for_what_it_is() {
    let bench = Bench::new();
    let mut license = bench.vendor.license_for(&bench.request(), bench.now);
    license.device.key = SecretKey::from_seed(&[9; 32]).public();
    license.device.name = "WS-99".into();
    let refused = bench.load(&license).unwrap_err();
    assert_eq!(refused.code(), "license.other_device");
    assert!(matches!(refused, handcarry_device::Error::OtherDevice { name, .. } if name == "WS-99"));
    assert_eq!(bench.code(), "license.none");
}

#[test]
fn d_35_a_license_does_not_work_in_a_wiped_home() {
    let bench = Bench::new();
    let license = bench.activate(|_| {});
    let mut wiped = bench.open_at("another");
    let file = bench.vendor.issue(&license);
    assert_eq!(code(wiped.load(file.as_bytes(), bench.now)), "license.other_device");
}

#[test]
fn d_16_files_of_other_vendors_products_and_kinds_are_named() {
    let bench = Bench::new();
    let license = bench.vendor.license_for(&bench.request(), bench.now);
    let other = TestVendor::new("globex");
    let theirs = License { vendor: other.vendor(), keyring: other.keyring().envelope, ..license.clone() };
    let mut device = bench.open();
    assert_eq!(code(device.load(other.issue(&theirs).as_bytes(), bench.now)), "document.other_vendor");
    let product = Product { id: id("viewer"), name: "Viewer".into(), version: None };
    let file = bench.vendor.issue(&License { product, ..license });
    assert_eq!(code(device.load(file.as_bytes(), bench.now)), "license.other_product");
    drop(device);
    let request = bench.request();
    assert_eq!(code(bench.open().load(request.as_bytes(), bench.now)), "load.for_the_portal");
}

#[test]
fn threat_forged_license_d_18_a_license_that_another_key_signed_is_refused() {
    let bench = Bench::new();
    let license = bench.vendor.license_for(&bench.request(), bench.now);
    let forged = seal(&license, &SecretKey::from_seed(&[7; 32]), None).unwrap();
    assert_eq!(code(bench.open().load(forged.text.as_bytes(), bench.now)), "key.unknown");
    let mut altered: Envelope = seal(&license, &bench.vendor.issuing, None).unwrap().envelope;
    let place = altered.payload.windows(8).position(|bytes| bytes == b"CAD Pro\"").unwrap();
    altered.payload[place] = b'B';
    assert_eq!(code(bench.open().load(altered.to_json().as_bytes(), bench.now)), "bad_signature");
    assert_eq!(bench.code(), "license.none");
}

#[test]
fn d_06_a_license_cut_anywhere_is_refused_and_never_panics() {
    let bench = Bench::new();
    let text = bench.vendor.issue(&bench.vendor.license_for(&bench.request(), bench.now));
    let mut device = bench.open();
    for cut in (0..text.trim_end().len()).step_by(64) {
        assert!(device.load(&text.as_bytes()[..cut], bench.now).is_err(), "cut at {cut}");
    }
    let size = usize::try_from(Limits::default().file).unwrap() + 1;
    assert_eq!(code(device.load(&vec![b'x'; size], bench.now)), "too_large");
}

#[test]
fn threat_stolen_signing_key_d_19_a_revoked_key_signs_no_more_and_its_keyring_is_never_rolled_back() {
    let mut bench = Bench::new();
    let license = bench.activate(|_| {});
    bench.vendor.keyring_version = 2;
    bench.vendor.revoked = vec![handcarry_format::Revocation {
        key: bench.vendor.issuing.public().id(),
        since: bench.now.plus_seconds(10),
    }];
    let newer = bench.vendor.keyring();
    assert!(matches!(bench.open().load(newer.text.as_bytes(), bench.now), Ok(Loaded::Keyring(_))));
    // What was issued before the cut-off stays good; what the stolen key signs now does not, whatever keyring
    // it brings along.
    assert_eq!(bench.code(), "ok");
    bench.vendor.keyring_version = 1;
    bench.vendor.revoked.clear();
    let stolen = bench.vendor.next(&license, bench.now.plus_seconds(11));
    assert_eq!(code(bench.load(&stolen)), "key.revoked");
    let older = bench.vendor.keyring();
    assert!(matches!(bench.open().load(older.text.as_bytes(), bench.now), Ok(Loaded::Known(_))));
    assert_eq!(code(bench.load(&stolen)), "key.revoked");
}

#[test]
fn d_11_a_device_on_the_block_list_stops() {
    let mut bench = Bench::new();
    let license = bench.activate(|_| {});
    let mut refresh = bench.vendor.next(&license, bench.now);
    let other = Block { device: KeyId::parse("00112233445566ff").unwrap(), since: bench.now };
    refresh.blocked = vec![other.clone()];
    bench.load(&refresh).unwrap();
    assert_eq!(bench.code(), "ok");
    let mut refresh = bench.vendor.next(&refresh, bench.now);
    let since = bench.now.plus_seconds(60);
    refresh.blocked = vec![other, Block { device: license.device.key.id(), since }];
    bench.load(&refresh).unwrap();
    assert_eq!(bench.code(), "ok");
    bench.now = since;
    assert_eq!(bench.code(), "device.blocked");
    assert_eq!(code(bench.consume(1)), "device.blocked");
}

#[test]
fn lmx_25_the_match_rate_decides_and_is_rounded_down() {
    for (rate, expected) in
        [(0, "ok"), (50, "ok"), (51, "fingerprint_mismatch"), (100, "fingerprint_mismatch")]
    {
        let bench = Bench::new();
        bench.activate(|license| license.match_rate = rate);
        {
            let mut parts = bench.parts.0.lock().unwrap();
            parts[1].1 = "WD-2".into();
            parts[2].1 = "00:22".into();
        }
        assert_eq!(bench.code(), expected, "rate {rate}");
    }
}

#[test]
fn d_09_a_repaired_license_brings_the_new_fingerprint() {
    let bench = Bench::new();
    let license = bench.activate(|_| {});
    bench.parts.0.lock().unwrap()[0].1 = "SN-2".into();
    assert_eq!(bench.code(), "fingerprint_mismatch");
    let request = bench.request();
    let answer = bench.vendor.license_for(&request, bench.now);
    let fingerprint: Fingerprint = answer.fingerprint;
    assert_ne!(fingerprint, license.fingerprint);
    let repaired = License { fingerprint, request: answer.request, ..bench.vendor.next(&license, bench.now) };
    bench.load(&repaired).unwrap();
    assert_eq!(bench.code(), "ok");
}

#[test]
fn d_34_several_requests_may_be_open_and_the_newest_answer_closes_the_earlier_ones() {
    let bench = Bench::new();
    let (_, second, _) = (bench.request(), bench.request(), bench.request());
    let open = || bench.open().status(bench.now).unwrap().open_requests;
    assert_eq!(open(), 3);
    bench.load(&bench.vendor.license_for(&second, bench.now)).unwrap();
    assert_eq!(open(), 1);
}

#[test]
fn a_license_of_another_activation_waits_until_the_present_one_is_given_back() {
    let bench = Bench::new();
    bench.activate(|_| {});
    let mut other = bench.vendor.license_for(&bench.request(), bench.now);
    other.activation_id = id("activation-2");
    assert_eq!(code(bench.load(&other)), "license.other_activation");
    bench.deactivate();
    bench.load(&other).unwrap();
    assert_eq!(bench.code(), "ok");
}
