use std::fs;
use std::path::Path;

use handcarry_format::{Id, Source};
use sysinfo::{CpuRefreshKind, Motherboard, Networks, Product, RefreshKind, System};

use super::{FingerprintSource, MeasuredPart};

/// Values that makers write where they have none.
const PLACEHOLDERS: &[&str] = &[
    "",
    "0",
    "none",
    "default string",
    "not specified",
    "not applicable",
    "n/a",
    "unknown",
    "to be filled by o.e.m.",
    "system serial number",
    "base board serial number",
    "00000000-0000-0000-0000-000000000000",
    "ffffffff-ffff-ffff-ffff-ffffffffffff",
];

/// The machine that this runs on: board, product, processor, disks, network cards, installed system.
///
/// Reads what the current user may read. Some serial numbers need root on Linux; so always run as the same
/// user. Weights: what identifies one machine counts most, what many machines share counts least.
#[derive(Clone, Copy, Debug, Default)]
pub struct Machine;

impl Machine {
    /// The host name, as a first proposal for the device's name.
    pub fn host_name() -> Option<String> {
        System::host_name().ok().filter(|name| !name.is_empty() && name.chars().count() <= 120)
    }
}

impl FingerprintSource for Machine {
    fn measure(&self) -> Vec<MeasuredPart> {
        let board = Motherboard::new().ok();
        let model =
            [Product::vendor_name().ok(), Product::name().ok(), board.as_ref().and_then(|b| b.name())];
        let model: Vec<String> = model.into_iter().flatten().filter(|text| is_real(text)).collect();
        let hardware = [
            ("product-uuid", Product::uuid().ok(), 30),
            ("product-serial", Product::serial_number().ok(), 20),
            ("board-serial", board.as_ref().and_then(Motherboard::serial_number), 20),
            ("model", (!model.is_empty()).then(|| model.join("/")), 5),
            ("processor", processor(), 5),
            ("disks", joined(disks()), 20),
            ("network", joined(network_cards()), 15),
        ];
        let system = [
            ("machine-id", machine_uid::get().ok(), 20),
            ("root-volume", root_volume(), 5),
            ("host-name", System::host_name().ok(), 5),
            // Always there, so that no fingerprint is empty.
            ("platform", Some(format!("{} {}", std::env::consts::OS, std::env::consts::ARCH)), 1),
        ];
        let parts = |list: Vec<(&'static str, Option<String>, u32)>, source| {
            list.into_iter().filter_map(move |(name, value, weight)| {
                let value = value?.trim().to_owned();
                let name = Id::new(name)?;
                is_real(&value).then_some(MeasuredPart { name, source, value, weight })
            })
        };
        parts(hardware.into(), Source::Hardware).chain(parts(system.into(), Source::System)).collect()
    }
}

fn is_real(value: &str) -> bool {
    !PLACEHOLDERS.contains(&value.trim().to_lowercase().as_str())
}

fn joined(mut values: Vec<String>) -> Option<String> {
    values.sort_unstable();
    values.dedup();
    (!values.is_empty()).then(|| values.join(","))
}

fn processor() -> Option<String> {
    let system =
        System::new_with_specifics(RefreshKind::nothing().with_cpu(CpuRefreshKind::nothing())).ok()?;
    let brand = system.cpus().first()?.brand().trim().to_owned();
    Some(format!("{} {brand}", System::cpu_arch()))
}

/// Cards that are there for good: a bridge's or a container's address is made up anew at each start.
fn network_cards() -> Vec<String> {
    let Ok(networks) = Networks::new_with_refreshed_list() else { return Vec::new() };
    let cards = networks.iter().filter_map(|(name, data)| {
        let address = data.mac_address().to_string();
        let first = u8::from_str_radix(address.get(..2)?, 16).ok()?;
        let fixed = if cfg!(target_os = "linux") {
            Path::new("/sys/class/net").join(name).join("device").exists()
        } else {
            first & 0b11 == 0
        };
        (fixed && address != "00:00:00:00:00:00").then_some(address)
    });
    cards.collect()
}

/// Serial numbers of built-in disks; Linux only, elsewhere the part is left out.
fn disks() -> Vec<String> {
    let Ok(blocks) = fs::read_dir("/sys/block") else { return Vec::new() };
    let serials = blocks.filter_map(|entry| {
        let block = entry.ok()?.path();
        if fs::read_to_string(block.join("removable")).ok()?.trim() != "0" {
            return None;
        }
        let read = |name: &str| fs::read_to_string(block.join(name)).ok();
        ["serial", "device/serial", "wwid", "device/wwid"]
            .iter()
            .find_map(|name| read(name))
            .map(|text| text.trim().to_owned())
    });
    serials.filter(|serial| is_real(serial)).collect()
}

/// The UUID of the volume that `/` lives on; Linux only.
fn root_volume() -> Option<String> {
    let mounts = fs::read_to_string("/proc/self/mounts").ok()?;
    let device = mounts.lines().find_map(|line| {
        let mut words = line.split(' ');
        let device = words.next()?;
        (words.next()? == "/").then(|| device.to_owned())
    })?;
    let device = fs::canonicalize(device).ok()?;
    let volumes = fs::read_dir("/dev/disk/by-uuid").ok()?;
    volumes
        .flatten()
        .find(|entry| fs::canonicalize(entry.path()).is_ok_and(|target| target == device))?
        .file_name()
        .into_string()
        .ok()
}
