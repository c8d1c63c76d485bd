//! Writes what the browser's benchmark reads: the deactivations of a fleet, each of another device with a license of its
//! own; the signatures in them, for verifiers that know nothing of files; and one long usage report.
//!
//! `cargo run --release -p handcarry-format --example fleet -- DIRECTORY DEVICES SIGNED ENTRIES`: the signatures are those
//! of the first SIGNED devices. All keys come from published names, so the same bytes every time.

use std::error::Error;
use std::io::Write as _;
use std::path::Path;
use std::{env, fs};

use handcarry_format::fixtures::{self, World, id, key, trust, world};
use handcarry_format::{
    Deactivation, Envelope, Id, License, Limits, PublicKey, Receipt, SealError, SecretKey, UsageEntry,
    UsageReport, pae, seal,
};

fn main() -> Result<(), Box<dyn Error>> {
    let given: Vec<String> = env::args().skip(1).collect();
    let [directory, devices, signed, entries] = given.as_slice() else {
        return Err("fleet DIRECTORY DEVICES SIGNED ENTRIES".into());
    };
    let (devices, signed, entries) =
        (devices.parse::<usize>()?, signed.parse::<usize>()?, entries.parse::<usize>()?);
    let (directory, world) = (Path::new(directory), world());
    let returns = directory.join("returns");
    fs::create_dir_all(&returns)?;
    let mut signatures = fs::File::create(directory.join("signatures.bin"))?;
    for number in 0..devices {
        let device = Device::of(&world, number)?;
        fs::write(returns.join(format!("ws-{number:05}-return.txt")), &device.text)?;
        if number < signed {
            for (signer, envelope) in &device.signatures {
                signatures.write_all(&record(signer, envelope))?;
            }
        }
    }
    fs::write(directory.join("tenant.json"), tenant(&world)?)?;
    fs::write(directory.join("report.txt"), report(&world, entries)?)?;
    Ok(())
}

/// One device's return, and the three signatures that prove it.
struct Device {
    text: String,
    signatures: [(PublicKey, Envelope); 3],
}

impl Device {
    fn of(world: &World, number: usize) -> Result<Device, SealError> {
        let own = key(&format!("bench device {number}"));
        let named = |what: &str| id(&format!("{what}-{number}"));
        let mut license: License = world.refresh.document.clone();
        license.id = named("license-file");
        license.license_id = named("license");
        license.activation_id = named("activation");
        license.device.key = own.public();
        license.device.name = format!("WS-{number:05}");
        let license_file = seal(&license, &key("issuing"), None)?;
        let mut receipt: Receipt = world.report_receipt.document.clone();
        receipt.id = named("receipt");
        receipt.license_id = license.license_id.clone();
        receipt.activation_id = license.activation_id.clone();
        receipt.device = license.device.clone();
        let receipt_file = seal(&receipt, &key("issuing"), None)?;
        let mut returned: Deactivation = world.deactivation.document.clone();
        returned.id = named("deactivation");
        returned.holder.activation_id = license.activation_id.clone();
        returned.holder.license = license_file.envelope.clone();
        returned.holder.receipt = Some(receipt_file.envelope.clone());
        let file = seal(&returned, &own, Some(fixtures::PORTAL))?;
        let issuing = key("issuing").public();
        let signatures = [
            (issuing, license_file.envelope),
            (issuing, receipt_file.envelope),
            (own.public(), file.envelope),
        ];
        Ok(Device { text: file.text, signatures })
    }
}

/// Key, signature, length of the message as four bytes (little end first), message.
fn record(signer: &PublicKey, envelope: &Envelope) -> Vec<u8> {
    let message = pae(&envelope.media_type, &envelope.payload);
    let mut record = signer.as_bytes().to_vec();
    record.extend_from_slice(&envelope.signatures[0].bytes);
    record.extend_from_slice(&(message.len() as u32).to_le_bytes());
    record.extend_from_slice(&message);
    record
}

/// A report with so many entries, or with as many as the format takes.
fn report(world: &World, entries: usize) -> Result<String, SealError> {
    let features: [Id; 2] = [id("renders"), id("exports")];
    let mut document: UsageReport = world.report.document.clone();
    let first = document.usage.entries[0].at;
    let entry = |number: usize| UsageEntry {
        at: first.plus_days((number % 50) as i64),
        feature: features[number % 2].clone(),
        amount: 1,
    };
    let limits = Limits::default();
    let one = serde_json::to_string(&entry(0)).map_or(80, |text| text.len() + 1);
    // The file is the payload in base64, with line breaks, after a preamble; the payload holds the license too.
    let room = limits.usage_payload.min(limits.file as usize / 65 * 48) - (64 << 10);
    let count = entries.min(limits.entries).min(room / one);
    document.usage.entries = (0..count).map(entry).collect();
    document.usage.closing = features
        .map(|feature| {
            let sum = document.usage.entries.iter().filter(|entry| entry.feature == feature).count();
            (feature, sum as i64)
        })
        .into();
    let device: SecretKey = key("device");
    Ok(seal(&document, &device, Some(fixtures::PORTAL))?.text)
}

/// What a portal of this vendor says about itself.
fn tenant(world: &World) -> Result<String, serde_json::Error> {
    let vendor = fixtures::vendor();
    serde_json::to_string(&serde_json::json!({
        "vendor": { "id": vendor.id, "name": vendor.name },
        "root_key": trust().root(),
        "keyring": world.keyring.sealed.text,
        "theme": { "name": vendor.name, "initial": "A" },
    }))
}
