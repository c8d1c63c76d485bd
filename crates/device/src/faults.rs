//! Every step of every operation on the disk fails once, in three ways; then the process begins anew.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use handcarry_format::{Deactivation, Instant, License, Limits, UsageReport, examine};

use crate::home::disk::{Disk, RealDisk};
use crate::home::faulty::{Fault, FaultyDisk};
use crate::vendor::{self, TestVendor, id, key, start};
use crate::{Claimed, Device, Error, Machine, Result, system_randomness};

/// What a person with this device and its portal has seen so far.
#[derive(Default)]
struct Seen {
    license: Option<License>,
    /// Uses that were confirmed, and uses whose outcome is unknown.
    confirmed: i64,
    unknown: i64,
    reports: Vec<String>,
    proof: Option<String>,
}

type Step = fn(&mut Device, &TestVendor, &mut Seen) -> Result<()>;

fn now() -> Instant {
    start()
}

fn request_and_load(device: &mut Device, vendor: &TestVendor, seen: &mut Seen) -> Result<()> {
    let request = device.request(Claimed::LicenseKey(key().as_str()), "WS-17", &BTreeMap::new(), now())?;
    let license = vendor.license_for(&request, now());
    // Asking twice brings the same license: a portal repairs, it does not give a second one.
    let license = seen.license.get_or_insert(license);
    device.load(vendor.issue(license).as_bytes(), now()).map(drop)
}

fn consume(device: &mut Device, _: &TestVendor, seen: &mut Seen) -> Result<()> {
    seen.unknown += 3;
    device.consume(&id("renders"), 3, now())?;
    seen.unknown -= 3;
    seen.confirmed += 3;
    Ok(())
}

fn report(device: &mut Device, _: &TestVendor, seen: &mut Seen) -> Result<()> {
    seen.reports.push(device.report(true, false, now())?);
    Ok(())
}

fn load_receipt(device: &mut Device, vendor: &TestVendor, seen: &mut Seen) -> Result<()> {
    let receipt = vendor.receipt_for(seen.reports.last().unwrap(), now());
    device.load(vendor.issue(&receipt).as_bytes(), now()).map(drop)
}

fn set(device: &mut Device, _: &TestVendor, _: &mut Seen) -> Result<()> {
    device.set("site", "Bremen", now())
}

fn deactivate(device: &mut Device, _: &TestVendor, seen: &mut Seen) -> Result<()> {
    let proof = device.deactivate(false, now())?.file;
    assert_eq!(*seen.proof.get_or_insert_with(|| proof.clone()), proof, "D-13: the same bytes");
    Ok(())
}

fn confirm(device: &mut Device, vendor: &TestVendor, seen: &mut Seen) -> Result<()> {
    let receipt = vendor.receipt_for(seen.proof.as_deref().unwrap(), now());
    device.load(vendor.issue(&receipt).as_bytes(), now()).map(drop)
}

const STORY: &[Step] = &[
    request_and_load,
    consume,
    report,
    consume,
    load_receipt,
    consume,
    set,
    report,
    deactivate,
    deactivate,
    confirm,
];

fn open(home: &Path, disk: Arc<dyn Disk>, vendor: &TestVendor) -> Result<Device> {
    Device::set_up_on(home, disk, &vendor.file(), Box::new(Machine), system_randomness, now())
}

fn proof_is_written(home: &Path) -> bool {
    std::fs::read_dir(home.join("device")).is_ok_and(|entries| {
        entries.flatten().any(|entry| entry.file_name().to_string_lossy().starts_with("proof-"))
    })
}

/// Tells the story with a crash at one step; `false` if the story has fewer steps.
fn tell(step: usize, fault: Fault) -> bool {
    let dir = vendor::directory();
    let home = dir.path().join("home");
    let vendor = TestVendor::new("acme");
    let faulty = Arc::new(FaultyDisk::new(step, fault));
    let mut seen = Seen::default();
    let mut device = open(&home, faulty.clone(), &vendor).ok();
    for part in STORY {
        loop {
            let mut at_hand = match device.take() {
                Some(device) => device,
                None => open(&home, Arc::new(RealDisk), &vendor).unwrap(),
            };
            let outcome = part(&mut at_hand, &vendor, &mut seen);
            match outcome {
                Ok(()) => {
                    device = Some(at_hand);
                    break;
                }
                Err(Error::Io { .. }) if !faulty.is_whole() => drop(at_hand),
                Err(other) => panic!("step {step} {fault:?}: {other}"),
            }
            let mut again = open(&home, Arc::new(RealDisk), &vendor).unwrap();
            let licensed = again.check(&id("base"), now()).is_ok();
            assert!(!(licensed && proof_is_written(&home)), "HEX-02: step {step} {fault:?}");
        }
    }
    check_end(&vendor, &seen);
    !faulty.is_whole()
}

fn check_end(vendor: &TestVendor, seen: &Seen) {
    let proof = seen.proof.as_deref().unwrap();
    let examined = examine(proof.as_bytes(), &vendor.trust(), &Limits::default());
    assert!(examined.document.is_ok() && examined.findings.is_empty(), "{examined:?}");
    let total = vendor.open::<Deactivation>(proof).usage.closing[&id("renders")];
    assert!(total >= seen.confirmed, "nothing that was confirmed is lost: {total} of {}", seen.confirmed);
    assert!(total <= seen.confirmed + seen.unknown, "nothing is counted twice: {total}");
    // Two different files never take the same place in the chain.
    let mut places = BTreeMap::new();
    for report in &seen.reports {
        let report = vendor.open::<UsageReport>(report);
        assert_eq!(*places.entry(report.usage.number).or_insert(report.digest()), report.digest());
    }
}

#[test]
fn hex_02_every_step_may_fail_and_nothing_is_lost_doubled_or_kept_beside_its_proof() {
    for fault in [Fault::Before, Fault::Half, Fault::After] {
        let steps = (0..).take_while(|step| tell(*step, fault)).count();
        assert!(steps > 40, "only {steps} steps");
    }
}

#[test]
fn a_device_that_saw_a_write_fail_reads_again_before_it_goes_on() {
    let dir = vendor::directory();
    let vendor = TestVendor::new("acme");
    let mut seen = Seen::default();
    let mut device = open(&dir.path().join("home"), Arc::new(RealDisk), &vendor).unwrap();
    request_and_load(&mut device, &vendor, &mut seen).unwrap();
    // The ledger vanishes under the device's feet: the use fails, and so does everything until it is back.
    let ledger = dir.path().join("home/device/ledger");
    let aside = dir.path().join("aside");
    std::fs::rename(&ledger, &aside).unwrap();
    assert!(matches!(consume(&mut device, &vendor, &mut seen), Err(Error::Io { .. })));
    assert!(matches!(consume(&mut device, &vendor, &mut seen), Err(Error::Missing { .. })));
    std::fs::rename(&aside, &ledger).unwrap();
    consume(&mut device, &vendor, &mut seen).unwrap();
    assert_eq!(device.status(now()).unwrap().features[1].total, Some(3));
}
