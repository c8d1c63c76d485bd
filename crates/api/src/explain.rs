/// A code in short English: for problems, the plain form, the command line and the table of codes. The page has words of
/// its own in every language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Explained {
    /// What it is.
    pub title: &'static str,
    /// What to do.
    pub next: &'static str,
}

/// What a code means. Every code of format, rules and server has an entry.
pub fn explain(code: &str) -> Option<Explained> {
    WORDS
        .iter()
        .chain(crate::lmx::WORDS)
        .find(|(known, ..)| *known == code)
        .map(|(_, title, next)| Explained { title, next })
}

const AGAIN: &str = "Take the file from the device again, without opening or editing it, and upload that.";
const UPDATE: &str = "Have the application that made it updated, or ask the vendor.";
const VENDOR: &str = "Ask the vendor.";
const DESCRIBED: &str = "See the description of the API.";
const LATER: &str = "Try again in a moment. Nothing is lost; the same file gives the same answer.";

const WORDS: &[(&str, &str, &str)] = &[
    ("too_large", "The file is larger than any license file", "Check that it is the right file."),
    ("armor.empty", "The file is empty", AGAIN),
    ("armor.not_found", "No license document is in this file", "Check that it is the right file."),
    ("armor.binary", "This is not a text file", "Upload the text file that the application made."),
    ("armor.gateway_notice", "A mail gateway replaced the file by a notice", "Bring the file another way."),
    (
        "armor.web_page",
        "A web page was saved in place of the file",
        "Save the file itself, not the page that shows it.",
    ),
    ("armor.spreadsheet", "A spreadsheet program rewrote the file", AGAIN),
    ("armor.several", "More than one document is in this file", "Upload one document a file."),
    ("armor.truncated", "The end of the file is missing", AGAIN),
    ("armor.beheaded", "The beginning of the file is missing", AGAIN),
    ("armor.header", "A line of the file is not what was written", AGAIN),
    ("armor.character", "A character of the file is not what was written", AGAIN),
    ("armor.label", "The BEGIN and END lines do not fit", AGAIN),
    ("armor.damaged", "The file is damaged", AGAIN),
    ("foreign.keygen", "This is a Keygen file", "It belongs to another licensing system."),
    ("foreign.flexnet", "This is a FlexNet file", "It belongs to another licensing system."),
    ("foreign.sentinel", "This is a Sentinel file", "It belongs to another licensing system."),
    ("foreign.codemeter", "This is a CodeMeter file", "It belongs to another licensing system."),
    ("foreign.lmx", "This is an LM-X file", "It belongs to another licensing system."),
    ("foreign.rlm", "This is an RLM file", "It belongs to another licensing system."),
    ("foreign.licensespring", "This is a LicenseSpring file", "It belongs to another licensing system."),
    ("foreign.pem", "This is a key or certificate", "Never upload a private key. Upload the license file."),
    ("envelope.not_dsse", "This JSON file is no signed document", "Check that it is the right file."),
    ("envelope.base64", "The document's encoding is broken", AGAIN),
    ("envelope.unsigned", "The document is not signed", AGAIN),
    ("envelope.too_many_signatures", "The document has too many signatures", AGAIN),
    ("envelope.duplicate_signature", "One key signed the document twice", AGAIN),
    ("envelope.signature_length", "A signature has the wrong length", AGAIN),
    ("envelope.payload_too_large", "The document is larger than its kind may be", AGAIN),
    ("document.wrong_kind", "This is another kind of file", "Check that it is the right file."),
    ("document.unknown_type", "This type of document is not known here", UPDATE),
    ("document.unknown_version", "This version of the document is not known here", UPDATE),
    ("document.other_vendor", "The file belongs to another vendor", "Upload it at that vendor's portal."),
    ("key.unknown", "The key that signed is not known", VENDOR),
    ("key.revoked", "The key that signed was revoked", VENDOR),
    ("key.not_valid_then", "The key that signed was not valid then", VENDOR),
    ("key.other_product", "The key that signed is for another product", VENDOR),
    (
        "key.not_the_device",
        "Another device than the licensed one signed this",
        "Upload the file that the licensed device made.",
    ),
    ("bad_signature", "The signature does not fit: the file was changed", AGAIN),
    ("payload.syntax", "The content cannot be read", UPDATE),
    ("payload.number", "A number in the content is not allowed", UPDATE),
    ("payload.duplicate_key", "A field is there twice", UPDATE),
    ("payload.too_deep", "The content is nested too deeply", UPDATE),
    ("payload.unknown_field", "The content has a field that is not known", UPDATE),
    ("payload.missing_field", "A field is missing", UPDATE),
    ("payload.wrong_type", "A field has the wrong type", UPDATE),
    ("payload.out_of_range", "A value is outside of its limits", UPDATE),
    ("payload.malformed", "A value cannot be read", UPDATE),
    ("payload.chain_broken", "The documents inside belong to another device", AGAIN),
    ("license.inactive", "The vendor has switched the license off", VENDOR),
    ("license.expired", "The license has ended", "Ask the vendor for a renewal."),
    ("license.offline_not_allowed", "Offline activation is switched off for this license", VENDOR),
    (
        "license.subscription",
        "A subscription cannot be licensed by file",
        "It needs the application's own connection to the vendor. Ask the vendor for a license for offline use.",
    ),
    ("claim.sign_in", "This license is one user's", "Sign in as that user, then send the file again."),
    ("license.other_product", "The license is for another product", "Use the license key of this product."),
    (
        "activation.unknown",
        "The activation is not known here",
        "Check that this is the right portal, or ask the vendor.",
    ),
    (
        "activation.returned",
        "The license was given back before",
        "Make a new activation request on the device.",
    ),
    (
        "activation.retired",
        "The vendor has taken the license back",
        "Give the license back on the device and upload its deactivation file. It is still accepted.",
    ),
    ("activation.moved", "The activation is on another device now", VENDOR),
    ("activation.ahead", "The file is newer than anything issued here", VENDOR),
    (
        "request.outdated",
        "A newer request of this device was answered before",
        "Load the offered file on the device.",
    ),
    ("device.blocked", "The device may no longer be licensed", VENDOR),
    (
        "seat.none",
        "No seat is left",
        "Give a license back on another device, or ask the vendor for more seats.",
    ),
    ("repair.limit", "Too many repairs of this activation in a year", VENDOR),
    ("transfer.limit", "Too many transfers of this license", VENDOR),
    (
        "activation.node_locked",
        "A node-locked license is given back on its device only",
        "Have it given back there; if the device is out of reach, re-host it.",
    ),
    (
        "activation.not_held",
        "The device has given the license back itself",
        "There is nothing to take from it.",
    ),
    ("reason.required", "A reason is required", "Say why, by one of the reasons of this action."),
    ("reason.unfit", "The reason is none of this action's", "See the description of the API."),
    ("staff.not_support", "This needs the support role", "Ask somebody who has it."),
    ("approval.same_person", "A second person is needed", "Have somebody else approve it."),
    (
        "approval.decided",
        "This was decided before",
        "Look at what became of it; ask anew if it is still wanted.",
    ),
    ("block_list.full", "The license's block list is full", "Unblock devices that have proven their return."),
    ("device.not_blocked", "The device is not blocked", "Check the device's key."),
    (
        "transfer.justification",
        "The license has moved as often as it may without a reason",
        "Make the request again with a justification, or wait until the license may move again.",
    ),
    (
        "order.missing",
        "This license extends one that is not here",
        "Have the license of that order added first, then send this file again.",
    ),
    ("document.altered", "The file was altered: another one with its id was accepted before", AGAIN),
    (
        "document.not_for_upload",
        "This file belongs on the device",
        "Load it there; there is nothing to upload.",
    ),
    ("document.unknown", "No such file was accepted here", "Upload the file."),
    (
        "license.unknown",
        "No license has this key",
        "Check the license key on the device and make a new request.",
    ),
    ("claim.sign_in_failed", "The login or the password is wrong", "Try again, or ask the vendor."),
    (
        "claim.other_user",
        "The request names another user",
        "Sign in as that user, or make the request again under your own name.",
    ),
    ("claim.no_license", "This user has no license of this product", VENDOR),
    ("request.too_large", "The request is too large", "Send fewer or smaller files at a time."),
    ("request.timeout", "The request did not arrive in time", LATER),
    ("request.malformed", "The request cannot be read", DESCRIBED),
    ("tenant.unknown", "No portal is at this address", "Check the address."),
    (
        "tenant.not_ready",
        "This portal is being set up",
        "The vendor has to install its keys. Try again later.",
    ),
    ("token.missing", "The request carries no token", "Send `Authorization: Bearer` and a token."),
    ("token.unknown", "The token is not known here", "Check the token and the address."),
    ("token.ended", "The token has expired or was revoked", "Make another token."),
    ("token.scope", "The token does not allow this", "Use a token with the scope that is named."),
    ("request.parameter", "A parameter of the address is not taken", DESCRIBED),
    ("request.field", "A member of the request is not taken", DESCRIBED),
    (
        "request.media_type",
        "The body is of another type than is taken here",
        "Send `Content-Type: application/json`.",
    ),
    ("idempotency.key", "The idempotency key is not one", "Send 1 to 128 visible ASCII characters."),
    (
        "idempotency.reused",
        "The idempotency key was used for another request",
        "Use a fresh key for each request.",
    ),
    ("resource.unknown", "There is no such thing", "Check the id."),
    ("resource.exists", "There is such a thing already", "Change that one, or use another id."),
    ("resource.in_use", "Something else still names it", "Change that first."),
    (
        "seat.trial_over",
        "The user's trial is over, and no full seat is left",
        "Add users, or take a seat back from somebody else.",
    ),
    ("seats.no_source", "No source of used seats is named for the license", "Name one first."),
    ("resource.stale", "Somebody else has changed it meanwhile", "Read it again and decide anew."),
    ("pool.not_allowed", "The license's status does not allow this", "See what its status allows."),
    (
        "pool.not_authority",
        "This portal is a site itself, and no authority",
        "Bring the file to the authority's portal.",
    ),
    ("pool.other_site", "The pool file is for another site", "Load it at that site's portal."),
    ("pool.outdated", "A later pool file was loaded before", "Load the newest one."),
    (
        "pool.emergency",
        "Settings cannot be changed in emergency mode",
        "Have the authority confirm the license: online, by a pool file, or by the order id.",
    ),
    ("license.stopped", "The license was not confirmed for too long", VENDOR),
    ("license.held_elsewhere", "Another portal holds the license", "Bring the file to that portal."),
    (
        "license.from_authority",
        "The licenses of this portal come from its authority",
        "Change the license there.",
    ),
    ("not_found", "Nothing is at this address", "Check the address."),
    ("method_not_allowed", "This address does not take this method", DESCRIBED),
    ("rate.limited", "Too many requests", LATER),
    ("server.busy", "The portal is busy", LATER),
    (
        "server.full",
        "The portal has no room left",
        "Nothing was booked. Keep the file and bring it again later.",
    ),
    ("server.error", "The portal has a fault", LATER),
];
