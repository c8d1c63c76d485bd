//! Codes that the server adds to those of `handcarry_format::CODES` and `handcarry_rules::REFUSAL_CODES`.

/// A document with this id was accepted before, with other content (D-14).
pub const ALTERED: &str = "document.altered";
/// A receipt or a keyring: it belongs on the device.
pub const NOT_FOR_UPLOAD: &str = "document.not_for_upload";
/// No document with this digest was accepted here.
pub const DOCUMENT_UNKNOWN: &str = "document.unknown";
/// No license has this key.
pub const LICENSE_UNKNOWN: &str = "license.unknown";
/// The login or the password is wrong.
pub const SIGN_IN_FAILED: &str = "claim.sign_in_failed";
/// The request names another user than the one who signed in.
pub const OTHER_USER: &str = "claim.other_user";
/// The user has no license of this product.
pub const NO_LICENSE: &str = "claim.no_license";
/// The request's body is larger than allowed.
pub const REQUEST_TOO_LARGE: &str = "request.too_large";
/// The request did not arrive in time.
pub const REQUEST_TIMEOUT: &str = "request.timeout";
/// The request's body is not what the address takes.
pub const REQUEST_MALFORMED: &str = "request.malformed";
/// No vendor's portal is at this address.
pub const TENANT_UNKNOWN: &str = "tenant.unknown";
/// The vendor's keys are not in place yet.
pub const TENANT_NOT_READY: &str = "tenant.not_ready";
/// The request carries no token.
pub const TOKEN_MISSING: &str = "token.missing";
/// No token of this vendor is this one.
pub const TOKEN_UNKNOWN: &str = "token.unknown";
/// The token has expired or was revoked.
pub const TOKEN_ENDED: &str = "token.ended";
/// The token's scopes do not allow this.
pub const SCOPE_MISSING: &str = "token.scope";
/// A parameter of the address is not known, or not one that it takes.
pub const PARAMETER: &str = "request.parameter";
/// A member of the request is not known, missing, or not what it takes.
pub const FIELD: &str = "request.field";
/// The body is of another type than the address takes.
pub const MEDIA_TYPE: &str = "request.media_type";
/// The `Idempotency-Key` is not one.
pub const KEY_MALFORMED: &str = "idempotency.key";
/// The `Idempotency-Key` was used for another request.
pub const KEY_REUSED: &str = "idempotency.reused";
/// No such thing is here.
pub const RESOURCE_UNKNOWN: &str = "resource.unknown";
/// There is such a thing already.
pub const RESOURCE_EXISTS: &str = "resource.exists";
/// Somebody else has changed it meanwhile.
pub const RESOURCE_STALE: &str = "resource.stale";
/// Something else still names it.
pub const RESOURCE_IN_USE: &str = "resource.in_use";
/// The user's trial is over, and no full seat is left (ICE-13).
pub const TRIAL_OVER: &str = "seat.trial_over";
/// No remote source of used seats is named for the license (ICE-05).
pub const NO_SOURCE: &str = "seats.no_source";
/// The license's status does not allow this (ALT-24).
pub const POOL_NOT_ALLOWED: &str = "pool.not_allowed";
/// A site's question was brought to a portal that is a site itself.
pub const POOL_NOT_AUTHORITY: &str = "pool.not_authority";
/// The pool file is for another site.
pub const POOL_OTHER_SITE: &str = "pool.other_site";
/// A later pool file was loaded before (D-15).
pub const POOL_OUTDATED: &str = "pool.outdated";
/// Settings cannot be changed in emergency mode (ICE-21).
pub const POOL_EMERGENCY: &str = "pool.emergency";
/// Services have stopped: the license was not confirmed for too long (ICE-22).
pub const LICENSE_STOPPED: &str = "license.stopped";
/// A site's portal holds the license (ALT-09).
pub const LICENSE_HELD_ELSEWHERE: &str = "license.held_elsewhere";
/// A site's portal sells and changes no licenses: its authority does.
pub const FROM_AUTHORITY: &str = "license.from_authority";
/// Nothing is at this address.
pub const NOT_FOUND: &str = "not_found";
/// The address does not take this method.
pub const METHOD_NOT_ALLOWED: &str = "method_not_allowed";
/// Too many requests from one address.
pub const RATE_LIMITED: &str = "rate.limited";
/// Too many requests at a time.
pub const BUSY: &str = "server.busy";
/// No room is left where the portal stores.
pub const FULL: &str = "server.full";
/// A fault of the server.
pub const SERVER_ERROR: &str = "server.error";

/// All of them.
pub const CODES: &[&str] = &[
    ALTERED,
    NOT_FOR_UPLOAD,
    DOCUMENT_UNKNOWN,
    LICENSE_UNKNOWN,
    SIGN_IN_FAILED,
    OTHER_USER,
    NO_LICENSE,
    REQUEST_TOO_LARGE,
    REQUEST_TIMEOUT,
    REQUEST_MALFORMED,
    TENANT_UNKNOWN,
    TENANT_NOT_READY,
    TOKEN_MISSING,
    TOKEN_UNKNOWN,
    TOKEN_ENDED,
    SCOPE_MISSING,
    PARAMETER,
    FIELD,
    MEDIA_TYPE,
    KEY_MALFORMED,
    KEY_REUSED,
    RESOURCE_UNKNOWN,
    RESOURCE_EXISTS,
    RESOURCE_STALE,
    RESOURCE_IN_USE,
    TRIAL_OVER,
    NO_SOURCE,
    FROM_AUTHORITY,
    POOL_NOT_ALLOWED,
    POOL_NOT_AUTHORITY,
    POOL_OTHER_SITE,
    POOL_OUTDATED,
    POOL_EMERGENCY,
    LICENSE_STOPPED,
    LICENSE_HELD_ELSEWHERE,
    NOT_FOUND,
    METHOD_NOT_ALLOWED,
    RATE_LIMITED,
    BUSY,
    FULL,
    SERVER_ERROR,
];
