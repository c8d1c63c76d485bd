//! Threat: type confusion. A document is of the kind that was signed, and of no other.

use handcarry_format::fixtures::{key, sign, trust, world};
use handcarry_format::{Envelope, Kind, Limits, armor, examine};

fn is_taken(kind: Kind, envelope: &Envelope) -> bool {
    let read = |file: &str| examine(file.as_bytes(), &trust(), &Limits::default()).document.is_ok();
    read(&armor(kind, envelope, "")) || read(&envelope.to_json())
}

#[test]
fn threat_forged_license_a_document_is_of_no_other_kind_than_was_signed() {
    let world = world();
    for (kind, name, signer, sealed) in world.files() {
        assert!(is_taken(kind, &sealed.envelope), "{name}");
        for other in Kind::ALL.into_iter().filter(|other| *other != kind) {
            // Only said to be of another kind: no longer what was signed.
            let said = Envelope { media_type: other.media_type(), ..sealed.envelope.clone() };
            assert!(!is_taken(other, &said), "{name} as {other:?}");
            // Signed as another kind, by its own key and by each that there is: it is none of that kind.
            for signer in [signer, "device", "issuing", "root", "site"] {
                let signed = sign(&other.media_type(), &sealed.envelope.payload, &key(signer));
                assert!(!is_taken(other, &signed), "{name} signed as {other:?} by {signer}");
            }
        }
    }
}

#[test]
fn threat_forged_license_a_kind_is_signed_by_whoever_may() {
    let world = world();
    for (kind, name, signer, sealed) in world.files() {
        for other in ["device", "issuing", "root", "site"].into_iter().filter(|other| *other != signer) {
            // Any portal that may issue may ask.
            if (kind, other) == (Kind::PoolRequest, "issuing") {
                continue;
            }
            let signed = sign(&kind.media_type(), &sealed.envelope.payload, &key(other));
            assert!(!is_taken(kind, &signed), "{name} signed by {other}");
        }
    }
}
