//! Genuine documents, made before anything is measured: each of a device of its own.

use std::thread;

use anyhow::{Context as _, Result, anyhow};
use handcarry_format::{
    ActivationRequest, Claim, Device, Digest, Fingerprint, FingerprintPart, Holder, Id, Instant, License,
    LicenseKey, Limits, Map, Platform, Product, SecretKey, Source, Totals, Trust, Usage, UsageEntry,
    UsageReport, Vendor, open, seal,
};

/// What is asked for: the licenses in turn, so that neighbors in a batch are of different ones.
#[derive(Clone)]
pub(crate) struct Wanted {
    pub(crate) vendor: Vendor,
    pub(crate) product: Product,
    pub(crate) portal: String,
    pub(crate) licenses: Vec<LicenseKey>,
    pub(crate) at: Instant,
}

/// Requests as they go over the wire, one after the other in one piece of memory.
#[derive(Default)]
pub(crate) struct Requests {
    wire: Vec<u8>,
    ends: Vec<usize>,
    ids: Vec<Id>,
}

impl Requests {
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Head and body.
    pub(crate) fn wire(&self, number: usize) -> &[u8] {
        let start = number.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.wire[start..self.ends[number]]
    }

    /// The document's id.
    pub(crate) fn id(&self, number: usize) -> &Id {
        &self.ids[number]
    }

    /// Bytes of a request, on average.
    pub(crate) fn size(&self) -> usize {
        self.wire.len() / self.len().max(1)
    }

    pub(crate) fn push(&mut self, id: Id, file: &str) {
        let head = format!(
            "POST /api/v1/documents HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n\
             Content-Length: {}\r\n\r\n",
            file.len()
        );
        self.wire.extend_from_slice(head.as_bytes());
        self.wire.extend_from_slice(file.as_bytes());
        self.ends.push(self.wire.len());
        self.ids.push(id);
    }

    fn append(&mut self, other: &Requests) {
        let offset = self.wire.len();
        self.wire.extend_from_slice(&other.wire);
        self.ends.extend(other.ends.iter().map(|end| end + offset));
        self.ids.extend_from_slice(&other.ids);
    }
}

/// Activation requests of so many devices, numbered from `first`, made by two threads.
pub(crate) fn activation_requests(wanted: &Wanted, first: u64, count: u64) -> Result<Requests> {
    let middle = first + count / 2;
    let halves = [first..middle, middle..first + count];
    let makers = halves.map(|numbers| {
        let wanted = wanted.clone();
        thread::spawn(move || {
            let mut requests = Requests::default();
            for number in numbers {
                let (id, file) = activation_request(&wanted, number)?;
                requests.push(id, &file);
            }
            Ok::<Requests, anyhow::Error>(requests)
        })
    });
    let mut all = Requests::default();
    for maker in makers {
        all.append(&maker.join().map_err(|_| anyhow!("a maker of documents panicked"))??);
    }
    Ok(all)
}

fn activation_request(wanted: &Wanted, number: u64) -> Result<(Id, String)> {
    let key = device_key(number);
    // Made in the course of the last day, and brought in any order.
    let created_at = wanted.at.plus_seconds(-i64::from(digest("when", number).as_bytes()[0]) * 337);
    let id = id_of("request", number, created_at);
    let license = number % wanted.licenses.len() as u64;
    let request = ActivationRequest {
        id: id.clone(),
        vendor: wanted.vendor.clone(),
        product: wanted.product.clone(),
        claim: Claim::LicenseKey(wanted.licenses[usize::try_from(license)?].clone()),
        device: Device { key: key.public(), name: format!("WS-{number:07}") },
        fingerprint: fingerprint(number)?,
        platform: Platform {
            os: "linux".to_owned(),
            arch: "x86_64".to_owned(),
            client: "acme-cad 2026.2".to_owned(),
        },
        variables: Map::new(),
        created_at,
    };
    Ok((id, seal(&request, &key, Some(&wanted.portal))?.text))
}

/// The first usage reports of devices, from the answers that they got: each a chain of the vendor's root key, its
/// issuing key and the device's.
pub(crate) fn usage_reports(wanted: &Wanted, trust: &Trust, answers: &[(u32, Vec<u8>)]) -> Result<Requests> {
    let mut requests = Requests::default();
    for (number, answer) in answers {
        let number = u64::from(*number);
        let answer: serde_json::Value = serde_json::from_slice(answer)?;
        let text = answer["license"]["text"].as_str().context("an answer without a license")?;
        let license = open::<License>(text.as_bytes(), trust, &Limits::default())?;
        let renders = Id::new("renders").context("a name")?;
        let closing: Totals = [(renders.clone(), 12)].into();
        let entry = |amount| UsageEntry { at: wanted.at, feature: renders.clone(), amount };
        let report = UsageReport {
            id: id_of("report", number, wanted.at),
            vendor: wanted.vendor.clone(),
            product: wanted.product.clone(),
            holder: Holder {
                activation_id: license.activation_id.clone(),
                license: license.envelope().clone(),
                receipt: None,
            },
            usage: Usage {
                number: 1,
                previous: None,
                opening: Totals::new(),
                entries: vec![entry(7), entry(5)],
                closing,
            },
            refresh: false,
            variables: Map::new(),
            created_at: wanted.at,
        };
        let id = report.id.clone();
        requests.push(id, &seal(&report, &device_key(number), Some(&wanted.portal))?.text);
    }
    Ok(requests)
}

/// The key of a device of this number.
pub(crate) fn device_key(number: u64) -> SecretKey {
    SecretKey::from_seed(digest("device", number).as_bytes())
}

/// As the device client makes them.
fn id_of(what: &str, number: u64, at: Instant) -> Id {
    let mut bits = [0; 16];
    bits.copy_from_slice(&digest(what, number).as_bytes()[..16]);
    Id::in_order(at, 0, bits)
}

/// Three parts of hardware and one of the system, as `handcarry-device` finds them.
fn fingerprint(number: u64) -> Result<Fingerprint> {
    let part = |name: &str, source, weight| {
        let hash = digest(name, number).hex()[..32].to_owned();
        Ok(FingerprintPart { name: Id::new(name).context("a name")?, source, hash, weight })
    };
    let parts: Result<Vec<FingerprintPart>> = [
        part("board", Source::Hardware, 40),
        part("processor", Source::Hardware, 20),
        part("disk", Source::Hardware, 20),
        part("machine-id", Source::System, 20),
    ]
    .into_iter()
    .collect();
    Ok(Fingerprint { parts: parts? })
}

fn digest(what: &str, number: u64) -> Digest {
    Digest::of(format!("handcarry bench {what} {number}").as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_genuine_and_no_two_are_alike() {
        let text = |name: &str| Id::new(name).unwrap();
        let wanted = Wanted {
            vendor: Vendor { id: text("acme"), name: "Acme".to_owned() },
            product: Product { id: text("cad"), name: "CAD".to_owned(), version: None },
            portal: "http://localhost/".to_owned(),
            licenses: vec![LicenseKey::from_random([7; 10]), LicenseKey::from_random([8; 10])],
            at: Instant::parse("2026-11-22T12:00:00Z").unwrap(),
        };
        let requests = activation_requests(&wanted, 5, 4).unwrap();
        assert_eq!(requests.len(), 4);
        let trust =
            handcarry_format::Trust::new(wanted.vendor.id.clone(), SecretKey::from_seed(&[1; 32]).public());
        let mut devices = std::collections::BTreeSet::new();
        for number in 0..requests.len() {
            let wire = std::str::from_utf8(requests.wire(number)).unwrap();
            let (head, body) = wire.split_once("\r\n\r\n").unwrap();
            assert!(head.contains(&format!("Content-Length: {}", body.len())));
            let limits = handcarry_format::Limits::default();
            let opened =
                handcarry_format::open::<ActivationRequest>(body.as_bytes(), &trust, &limits).unwrap();
            assert_eq!(opened.id, *requests.id(number));
            assert!(devices.insert(opened.device.key.id().to_string()));
        }
    }
}
