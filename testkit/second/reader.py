"""Reads a transfer file and proves it from the root key, as docs/spec says it."""

import base64
import binascii
import hashlib
import json
import re

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

LABELS = {
    "activation-request": "LICENSE ACTIVATION REQUEST",
    "license": "LICENSE",
    "deactivation": "LICENSE DEACTIVATION",
    "usage-report": "LICENSE USAGE REPORT",
    "receipt": "LICENSE RECEIPT",
    "keyring": "LICENSE KEYRING",
    "pool-request": "LICENSE POOL REQUEST",
    "pool": "LICENSE POOL",
}
TYPE = re.compile(r"application/vnd\.handcarry\.([a-z-]+)\.v1\+json")
# Spec §3.2: what carries no meaning between BEGIN and END.
MEANINGLESS = re.compile(
    "[\x00-\x20\x7f>|\u00a0\u00ad\u2000-\u200f\u2028\u2029\u202f\u2060\u3000\ufeff]"
)


# Spec §6.3: values of one payload, usage entries aside.
MOST_VALUES = 1_000_000


class Refused(Exception):
    """The file is not accepted; the argument is a code of docs/codes.md."""


def decode(data):
    """Spec §3.2: bytes to characters."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    if len(data) >= 4 and data[1] == 0 and data[3] == 0 and data[0] and data[2]:
        return data.decode("utf-16-le", "replace")
    if len(data) >= 4 and data[0] == 0 and data[2] == 0 and data[1] and data[3]:
        return data.decode("utf-16-be", "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def read_envelope(data):
    """Spec §3.3 and §4.3: an armored file or a DSSE JSON file."""
    text = decode(data)
    if text.lstrip("\ufeff \t\r\n").startswith("{"):
        try:
            return from_dsse(json.loads(text.lstrip("\ufeff"), object_pairs_hook=distinct))
        except ValueError as error:
            raise Refused("envelope.not_dsse") from error
    compact = MEANINGLESS.sub("", text)
    begins = [
        (match.end(), label)
        for label in LABELS.values()
        for match in re.finditer("-----BEGIN" + label.replace(" ", "") + "-----", compact)
    ]
    if not begins:
        raise Refused("armor.not_found")
    if len(begins) > 1:
        raise Refused("armor.several")
    start, label = begins[0]
    end = compact.find("-----END" + label.replace(" ", "") + "-----", start)
    if end < 0:
        raise Refused("armor.truncated")
    match = re.fullmatch(
        r"Type:(.{1,200}?)Digest:sha256:([0-9a-f]{64})Length:([0-9]{1,12})"
        r"((?:Signature:[0-9a-f]{16}[A-Za-z0-9+/]{86}==)+)([A-Za-z0-9+/]*={0,2})-*",
        compact[start:end],
    )
    if not match:
        raise Refused("armor.header")
    media_type, digest, length, lines, body = match.groups()
    try:
        payload = base64.b64decode(body, validate=True)
    except binascii.Error as error:
        raise Refused("armor.damaged") from error
    if len(payload) != int(length) or hashlib.sha256(payload).hexdigest() != digest:
        raise Refused("armor.damaged")
    signatures = [
        (line[:16], base64.b64decode(line[16:], validate=True)) for line in lines.split("Signature:")[1:]
    ]
    return media_type, payload, checked(signatures)


def from_dsse(value):
    try:
        payload = any_base64(value["payload"])
        signatures = [
            (item["keyid"], any_base64(item["sig"]))
            for item in value["signatures"]
            if isinstance(item.get("keyid"), str) and re.fullmatch("[0-9a-f]{16}", item["keyid"])
        ]
        return value["payloadType"], payload, checked(signatures)
    except (KeyError, TypeError, AttributeError) as error:
        raise Refused("envelope.not_dsse") from error


def any_base64(text):
    try:
        return base64.b64decode(text.replace("-", "+").replace("_", "/"), validate=True)
    except binascii.Error as error:
        raise Refused("envelope.base64") from error


def checked(signatures):
    keys = [key for key, _ in signatures]
    if not keys:
        raise Refused("envelope.unsigned")
    if len(keys) > 4:
        raise Refused("envelope.too_many_signatures")
    if len(set(keys)) != len(keys):
        raise Refused("envelope.duplicate_signature")
    if any(len(signature) != 64 for _, signature in signatures):
        raise Refused("envelope.signature_length")
    return signatures


def distinct(pairs):
    members = dict(pairs)
    if len(members) != len(pairs):
        raise Refused("payload.duplicate_key")
    return members


def whole(text):
    value = int(text)
    if text == "-0" or abs(value) > 2**53 - 1:
        raise Refused("payload.number")
    return value


def fraction(_):
    raise Refused("payload.number")


def constant(_):
    raise Refused("payload.syntax")


def values(value):
    """Spec §6.3: every item of an array and every member of an object."""
    if isinstance(value, dict):
        return len(value) + sum(map(values, value.values()))
    return len(value) + sum(map(values, value)) if isinstance(value, list) else 0


def usage_entries(payload):
    usage = payload.get("usage")
    return usage.get("entries") if isinstance(usage, dict) else None


def parse(payload):
    """Spec §5.1: the strict profile."""
    try:
        value = json.loads(
            payload.decode("utf-8"),
            object_pairs_hook=distinct,
            parse_int=whole,
            parse_float=fraction,
            parse_constant=constant,
        )
        # Python reads half a surrogate pair without a word; it cannot be written.
        json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise Refused("payload.syntax") from error
    if not isinstance(value, dict):
        raise Refused("payload.wrong_type")
    if values(value) - values(usage_entries(value)) > MOST_VALUES:
        raise Refused("payload.out_of_range")
    return value


def pae(media_type, payload):
    """Spec §4.1: what is signed."""
    kind = media_type.encode()
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)


def key_id(public):
    return hashlib.sha256(public).hexdigest()[:16]


def signed_by(envelope, public, otherwise):
    media_type, payload, signatures = envelope
    for key, signature in signatures:
        if key == key_id(public):
            try:
                Ed25519PublicKey.from_public_bytes(public).verify(signature, pae(media_type, payload))
                return key
            except InvalidSignature as error:
                raise Refused("bad_signature") from error
    raise Refused(otherwise)


class Reader:
    """Spec §4.4: trust in one vendor's root key, and the newest keyring that was seen."""

    def __init__(self, vendor, root, keyring=None):
        self.vendor, self.root, self.keyring = vendor, root, None
        if keyring is not None:
            self.keyring = self.open(keyring, "keyring")[1]

    def file(self, data):
        return self.open(read_envelope(data))

    def open(self, envelope, wanted=None):
        """Kind, content and the id of the key whose signature was verified."""
        media_type, payload, _ = envelope
        match = TYPE.fullmatch(media_type)
        if not match or match[1] not in LABELS:
            raise Refused("document.unknown_type")
        kind = match[1]
        if wanted not in (None, kind):
            raise Refused("document.wrong_kind")
        content = parse(payload)
        try:
            if content["vendor"]["id"] != self.vendor:
                raise Refused("document.other_vendor")
            prove = {
                "keyring": self.keyring_of,
                "activation-request": self.request,
                "license": self.issued,
                "receipt": self.issued,
                "deactivation": self.held,
                "usage-report": self.held,
                "pool-request": self.issued,
                "pool": self.issued,
            }[kind]
            signer = prove(envelope, content)
            if kind == "pool":
                self.pool(content)
        except (KeyError, TypeError) as error:
            raise Refused("payload.missing_field") from error
        return kind, content, signer

    def keyring_of(self, envelope, _):
        return signed_by(envelope, self.root, "key.unknown")

    def request(self, envelope, content):
        return signed_by(envelope, base64.b64decode(content["device"]["key"]), "key.not_the_device")

    def issued(self, envelope, content):
        keyring = self.open(from_dsse(content["keyring"]), "keyring")[1]
        if self.keyring is not None and self.keyring["version"] >= keyring["version"]:
            keyring = self.keyring
        refused = None
        for key, _ in envelope[2]:
            try:
                public = self.issuing_key(keyring, key, content, TYPE.fullmatch(envelope[0])[1])
                return signed_by(envelope, public, "key.unknown")
            except Refused as error:
                if refused is None or refused.args == ("key.unknown",):
                    refused = error
        raise refused

    @staticmethod
    def issuing_key(keyring, key, content, kind):
        at = content["created_at" if kind == "pool-request" else "issued_at"]
        for listed in keyring["keys"]:
            public = base64.b64decode(listed["key"])
            if key_id(public) != key:
                continue
            # Instants have one form of twenty characters, so they compare as text.
            if any(item["key"] == key and at >= item["since"] for item in keyring["revoked"]):
                raise Refused("key.revoked")
            if at < listed["not_before"] or at >= (listed.get("not_after") or "A"):
                raise Refused("key.not_valid_then")
            # A site may ask about any license; a pool file is of every product.
            only = listed.get("product")
            if kind != "pool-request" and only not in (None, content.get("product", {}).get("id")):
                raise Refused("key.other_product")
            return public
        raise Refused("key.unknown")

    @staticmethod
    def pool(content):
        """Spec §5.9: for one site or for none, and each license once."""
        if content.get("answers") is not None and content.get("site") is None:
            raise Refused("payload.missing_field")
        named = [grant["license_id"] for grant in content["licenses"]] + content["unknown"]
        if (content.get("site") is not None) != (content["number"] > 0) or len(set(named)) != len(named):
            raise Refused("payload.out_of_range")

    def held(self, envelope, content):
        license_ = self.open(from_dsse(content["license"]), "license")[1]
        if content["activation_id"] != license_["activation_id"]:
            raise Refused("payload.chain_broken")
        if content["product"]["id"] != license_["product"]["id"]:
            raise Refused("payload.chain_broken")
        accepted = license_["usage"]
        if content.get("receipt") is not None:
            receipt = self.open(from_dsse(content["receipt"]), "receipt")[1]
            same_device = receipt["device"]["key"] == license_["device"]["key"]
            if receipt["activation_id"] != license_["activation_id"] or not same_device:
                raise Refused("payload.chain_broken")
            if receipt["usage"]["report"] >= accepted["report"]:
                accepted = receipt["usage"]
        device = base64.b64decode(license_["device"]["key"])
        signer = signed_by(envelope, device, "key.not_the_device")
        content["findings"] = findings(content["usage"], accepted)
        return signer


def findings(usage, accepted):
    """Spec §5.5: what is odd, at most one a counter."""
    found = ["usage.number"] if usage["number"] <= accepted["report"] else []
    amounts = {}
    for entry in usage["entries"]:
        amounts.setdefault(entry["feature"], []).append(entry["amount"])
    opening, closing, was = usage["opening"], usage["closing"], accepted["totals"]
    for feature in sorted({*opening, *closing, *was, *amounts}):
        first, last, before = (totals.get(feature, 0) for totals in (opening, closing, was))
        used = amounts.get(feature, [])
        if first < 0 or last < 0 or min(used, default=0) < 0:
            found.append("usage.negative")
        elif last < before:
            found.append("usage.falls")
        elif first != before:
            found.append("usage.opening")
        elif first + sum(used) != last:
            found.append("usage.sum")
    return found
