use handcarry_format::{Id, Product, PublicKey, Trust, Vendor};
use serde::{Deserialize, Serialize};

use crate::error::Error;

const FORMAT: &str = "handcarry-vendor-1";
/// Longest name, in characters, as documents allow it.
const NAME: usize = 120;

/// What an application knows of its vendor: shipped with the application, exported by the server.
///
/// JSON: `{"format":"handcarry-vendor-1","vendor":{"id","name"},"product":{"id","name"},"portal":"https://…",
/// "root_key":"base64"}`. The root key is pinned by it: who can replace this file in a shipped application
/// can replace the vendor, so an application should compile it in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VendorFile {
    /// The vendor.
    pub vendor: Vendor,
    /// The product.
    pub product: Product,
    /// The portal's address, for people.
    pub portal: String,
    /// The vendor's root key.
    pub root_key: PublicKey,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    format: String,
    vendor: Named,
    product: Named,
    portal: String,
    root_key: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Named {
    id: String,
    name: String,
}

impl VendorFile {
    /// Reads a vendor file.
    pub fn parse(bytes: &[u8]) -> Result<VendorFile, Error> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let wire: Wire = serde_json::from_slice(bytes)
            .map_err(|error| Error::VendorFile { field: format!("line {}", error.line()) })?;
        let wrong = |field: &str| Error::VendorFile { field: field.to_owned() };
        if wire.format != FORMAT {
            return Err(wrong("format"));
        }
        let plain = |text: &str| {
            let length = text.chars().count();
            (1..=NAME).contains(&length) && !text.chars().any(char::is_control)
        };
        let read = |named: Named, field: &str| {
            let id = Id::new(&named.id).ok_or_else(|| wrong(&format!("{field}.id")))?;
            if plain(&named.name) { Ok((id, named.name)) } else { Err(wrong(&format!("{field}.name"))) }
        };
        let (vendor_id, vendor_name) = read(wire.vendor, "vendor")?;
        let (product_id, product_name) = read(wire.product, "product")?;
        let web = wire.portal.starts_with("https://") || wire.portal.starts_with("http://");
        if !web || wire.portal.len() > 400 || wire.portal.chars().any(|c| c.is_control() || c == ' ') {
            return Err(wrong("portal"));
        }
        Ok(VendorFile {
            vendor: Vendor { id: vendor_id, name: vendor_name },
            product: Product { id: product_id, name: product_name, version: None },
            portal: wire.portal,
            root_key: PublicKey::parse(&wire.root_key).ok_or_else(|| wrong("root_key"))?,
        })
    }

    /// Writes a vendor file.
    pub fn to_json(&self) -> String {
        let wire = Wire {
            format: FORMAT.to_owned(),
            vendor: Named { id: self.vendor.id.to_string(), name: self.vendor.name.clone() },
            product: Named { id: self.product.id.to_string(), name: self.product.name.clone() },
            portal: self.portal.clone(),
            root_key: self.root_key.to_string(),
        };
        // Every member is a string or an object of strings: nothing can fail to serialize.
        serde_json::to_string_pretty(&wire).unwrap_or_default() + "\n"
    }

    /// Trust in this vendor and no other.
    pub fn trust(&self) -> Trust {
        Trust::new(self.vendor.id.clone(), self.root_key)
    }

    /// Whether both stand for the same product of the same vendor under the same root key.
    pub(crate) fn stands_for_the_same(&self, other: &VendorFile) -> bool {
        self.vendor.id == other.vendor.id
            && self.product.id == other.product.id
            && self.root_key == other.root_key
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vendor::TestVendor;

    #[test]
    fn a_vendor_file_survives_its_text() {
        let file = TestVendor::new("acme").file();
        let text = format!("\u{feff}{}", file.to_json().replace('\n', "\r\n"));
        assert_eq!(VendorFile::parse(text.as_bytes()).unwrap(), file);
    }

    #[test]
    fn a_wrong_vendor_file_is_refused_and_the_field_named() {
        let good = TestVendor::new("acme").file().to_json();
        let key = TestVendor::new("acme").root.public().to_string();
        let weak = "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
        for (from, to, field) in [
            ("handcarry-vendor-1", "handcarry-vendor-2", "format"),
            ("\"acme\"", "\"ac me\"", "vendor.id"),
            ("CAD Pro", "", "product.name"),
            ("CAD Pro", "CAD\\nPro", "product.name"),
            ("https://", "javascript:", "portal"),
            (key.as_str(), "", "root_key"),
            (key.as_str(), weak, "root_key"),
            ("{", "[", "line 2"),
            ("\"portal\"", "\"more\": 1, \"portal\"", "line 11"),
        ] {
            let bad = good.replacen(from, to, 1);
            assert_ne!(bad, good);
            match VendorFile::parse(bad.as_bytes()) {
                Err(Error::VendorFile { field: found }) => assert_eq!(found, field),
                other => panic!("{field}: {other:?}"),
            }
        }
    }
}
