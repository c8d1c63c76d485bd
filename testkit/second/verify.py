"""A second reader and writer of Handcarry's transfer files, written from docs/spec alone.

It verifies the golden files and vectors of the test kit with the root key alone, then signs files of its own
and has the Rust reader open them (`cargo run -p handcarry-format --example accept -- DIR`).

Needs Python 3.9 and the package `cryptography`. Exit status 0 if everything agrees.
"""

import base64
import binascii
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

KIT = pathlib.Path(__file__).resolve().parent.parent
LABELS = {
    "activation-request": "LICENSE ACTIVATION REQUEST",
    "license": "LICENSE",
    "deactivation": "LICENSE DEACTIVATION",
    "usage-report": "LICENSE USAGE REPORT",
    "receipt": "LICENSE RECEIPT",
    "keyring": "LICENSE KEYRING",
}
TYPE = re.compile(r"application/vnd\.handcarry\.([a-z-]+)\.v1\+json")
# Spec §3.2: what carries no meaning between BEGIN and END.
MEANINGLESS = re.compile(
    "[\x00-\x20\x7f>|\u00a0\u00ad\u2000-\u200f\u2028\u2029\u202f\u2060\u3000\ufeff]"
)


class Refused(Exception):
    """The file is not accepted; the argument is a code of docs/codes.md."""


# --- reading -------------------------------------------------------------------------------------------------


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


# --- content -------------------------------------------------------------------------------------------------


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
    return value


# --- proof ---------------------------------------------------------------------------------------------------


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
            }[kind]
            signer = prove(envelope, content)
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
                public = self.issuing_key(keyring, key, content)
                return signed_by(envelope, public, "key.unknown")
            except Refused as error:
                if refused is None or refused.args == ("key.unknown",):
                    refused = error
        raise refused

    @staticmethod
    def issuing_key(keyring, key, content):
        at = content["issued_at"]
        for listed in keyring["keys"]:
            public = base64.b64decode(listed["key"])
            if key_id(public) != key:
                continue
            # Instants have one form of twenty characters, so they compare as text.
            if any(item["key"] == key and at >= item["since"] for item in keyring["revoked"]):
                raise Refused("key.revoked")
            if at < listed["not_before"] or at >= (listed.get("not_after") or "A"):
                raise Refused("key.not_valid_then")
            if listed.get("product") not in (None, content["product"]["id"]):
                raise Refused("key.other_product")
            return public
        raise Refused("key.unknown")

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


# --- writing -------------------------------------------------------------------------------------------------


class Signer:
    """A key of the kit, by its published seed."""

    def __init__(self, seed):
        self.key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(seed))
        self.public = self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.id = key_id(self.public)
        self.text = base64.b64encode(self.public).decode()

    def seal(self, kind, content):
        """A signed envelope. The payload's own form is free: this one is indented, unlike the Rust writer's."""
        media_type = f"application/vnd.handcarry.{kind}.v1+json"
        payload = json.dumps(content, indent=1, ensure_ascii=False, sort_keys=True).encode()
        return media_type, payload, [(self.id, self.key.sign(pae(media_type, payload)))]


def dsse(envelope):
    media_type, payload, signatures = envelope
    lines = [{"keyid": key, "sig": base64.b64encode(bytes_).decode()} for key, bytes_ in signatures]
    return {"payloadType": media_type, "payload": base64.b64encode(payload).decode(), "signatures": lines}


def armor(envelope, width=76):
    media_type, payload, signatures = envelope
    label = LABELS[TYPE.fullmatch(media_type)[1]]
    body = base64.b64encode(payload).decode()
    return "\r\n".join(
        [
            "Written by another program.",
            "",
            f"-----BEGIN {label}-----",
            f"Type: {media_type}",
            f"Digest: sha256:{hashlib.sha256(payload).hexdigest()}",
            f"Length: {len(payload)}",
            *(f"Signature: {key} {base64.b64encode(bytes_).decode()}" for key, bytes_ in signatures),
            "",
            *(body[at : at + width] for at in range(0, len(body), width)),
            f"-----END {label}-----",
            "",
        ]
    )


def own_documents(keys):
    """A keyring, a request, a license, a report, a receipt and a deactivation that no Rust program has made."""
    root, issuing, device = (Signer(keys[name]["seed"]) for name in ("root", "issuing", "device"))
    vendor = {"id": "acme", "name": "Acme Software"}
    product = {"id": "cad", "name": "Acme CAD Pro"}
    machine = {"key": device.text, "name": "Werkstatt 3, Zürich 🖥"}
    part = {"name": "board", "source": "hardware", "hash": "00112233445566778899aabbccddeeff", "weight": 100}
    keyring = root.seal(
        "keyring",
        {
            "id": "py-keyring",
            "vendor": vendor,
            "version": 1,
            "issued_at": "2026-01-01T00:00:00Z",
            "keys": [{"role": "issuing", "key": issuing.text, "not_before": "2026-01-01T00:00:00Z"}],
            "revoked": [],
        },
    )
    request = device.seal(
        "activation-request",
        {
            "id": "py-request",
            "vendor": vendor,
            "product": product,
            "user": "kim@northline.example",
            "device": machine,
            "fingerprint": {"parts": [part]},
            "platform": {"os": "plan9", "arch": "mips", "client": "verify.py"},
            "variables": {"line": "7"},
            "created_at": "2026-02-01T00:00:00Z",
            "notes": {"grease": [None, True, {"x": "y"}]},
        },
    )
    license_ = issuing.seal(
        "license",
        {
            "id": "py-license",
            "vendor": vendor,
            "product": product,
            "activation_id": "py-activation",
            "license_id": "py-license-1",
            "license_key": keys["license_key"],
            "generation": 1,
            "features": [
                {"id": "renders", "name": "Renders", "counter": {"overage": {"up_to": 5}, "reset": "never"}}
            ],
            "model": {"kind": "node_locked"},
            "term": {"zone": "UTC", "not_before": "2026-02-01T00:00:00Z"},
            "evaluation": True,
            "device": machine,
            "fingerprint": {"parts": [part]},
            "match_rate": 100,
            "usage": {"report": 0, "totals": {}},
            "blocked": [],
            "request": "sha256:" + hashlib.sha256(request[1]).hexdigest(),
            "issued_at": "2026-02-03T00:00:00Z",
            "keyring": dsse(keyring),
        },
    )
    report = device.seal(
        "usage-report",
        {
            "id": "py-report",
            "vendor": vendor,
            "product": product,
            "activation_id": "py-activation",
            "license": dsse(license_),
            "usage": {
                "number": 1,
                "opening": {},
                "entries": [{"at": "2026-02-28T23:59:59Z", "feature": "renders", "amount": 12}],
                "closing": {"renders": 12},
            },
            "refresh": False,
            "variables": {},
            "created_at": "2026-03-01T00:00:00Z",
        },
    )
    receipt = issuing.seal(
        "receipt",
        {
            "id": "py-receipt",
            "number": "R-PY",
            "vendor": vendor,
            "product": product,
            "acknowledges": {
                "kind": "usage-report",
                "id": "py-report",
                "digest": "sha256:" + hashlib.sha256(report[1]).hexdigest(),
            },
            "outcome": "booked",
            "activation_id": "py-activation",
            "license_id": "py-license-1",
            "generation": 1,
            "device": machine,
            "seat": {"state": "taken", "used": 1, "total": 1},
            "usage": {"report": 1, "added": {"renders": 12}, "totals": {"renders": 12}, "over": [], "held": False},
            "license_status": "active",
            "issued_at": "2026-03-02T00:00:00Z",
            "keyring": dsse(keyring),
        },
    )
    back = {
        "id": "py-deactivation",
        "vendor": vendor,
        "product": product,
        "activation_id": "py-activation",
        "license": dsse(license_),
        "receipt": dsse(receipt),
        "usage": {
            "number": 2,
            "previous": "sha256:" + hashlib.sha256(report[1]).hexdigest(),
            "opening": {"renders": 12},
            "entries": [],
            "closing": {"renders": 12},
        },
        "variables": {},
        "destroyed_at": "2026-03-03T00:00:00Z",
    }
    deactivation = device.seal("deactivation", back)
    stranger = Signer(keys["other device"]["seed"]).seal("deactivation", back)
    other = device.seal("deactivation", {**back, "vendor": {"id": "globex", "name": "Globex"}})
    media_type, payload, signatures = deactivation
    altered = (media_type, payload.replace(b"py-deactivation", b"py-deactivatiom"), signatures)
    good = [keyring, request, license_, report, receipt, deactivation]
    bad = [(stranger, "key.not_the_device"), (other, "document.other_vendor"), (altered, "bad_signature")]
    return [(envelope, "ok") for envelope in good] + bad


# --- both directions -----------------------------------------------------------------------------------------


class Score:
    def __init__(self):
        self.passed, self.failed = 0, 0

    def same(self, what, found, expected):
        if found == expected:
            self.passed += 1
        else:
            self.failed += 1
            print(f"FAILED {what}: expected {expected}, found {found}")


def read_the_kit(index, score):
    """Every golden file opens as written down; what must not open does not."""
    # Causes that a reader of signatures and chains alone can tell; field rules are not its business.
    proof = re.compile(r"ok|armor\.(damaged|several|truncated)|key\..*|bad_signature|document\.other_vendor"
                       r"|payload\.(chain_broken|duplicate_key|number|syntax)|envelope\.duplicate_signature")
    for vector in index["vectors"]:
        name, expected = vector["name"], vector["expect"]
        if not proof.fullmatch(expected) or "limits" in vector:
            continue
        data = (KIT / vector["file"]).read_bytes()[: vector.get("cut")]
        trust = index["trusts"][vector["trust"]]
        keyring = read_envelope((KIT / trust["keyring"]).read_bytes()) if "keyring" in trust else None
        reader = Reader(trust["vendor"], base64.b64decode(trust["root"]), keyring)
        try:
            envelope = read_envelope(data)
            kind, content, signer = reader.open(envelope)
        except Refused as refused:
            found = refused.args[0]
            # Where the cut is decides whether BEGIN is left; both are no file.
            alike = expected == "armor.truncated" and found in ("armor.not_found", "envelope.not_dsse")
            score.same(name, expected if alike else found, expected)
            continue
        score.same(name, "ok", expected)
        score.same(f"{name}: kind", kind, vector["kind"])
        if "digest" in vector:
            score.same(f"{name}: digest", "sha256:" + hashlib.sha256(envelope[1]).hexdigest(), vector["digest"])
        if "signer" in vector:
            score.same(f"{name}: signer", signer, index["keys"][vector["signer"]]["id"])
        if "findings" in vector or kind in ("deactivation", "usage-report"):
            score.same(f"{name}: findings", content.get("findings"), vector.get("findings", []))


def write_for_the_other(index, score):
    """What this program signs, the Rust reader accepts."""
    golden = parse(read_envelope((KIT / "golden/license.txt").read_bytes())[1])
    keys = {**index["keys"], "license_key": golden["license_key"]}
    with tempfile.TemporaryDirectory() as directory:
        expected = {}
        for number, (envelope, code) in enumerate(own_documents(keys)):
            digest = "sha256:" + hashlib.sha256(envelope[1]).hexdigest()
            for suffix, text in (("txt", armor(envelope)), ("json", json.dumps(dsse(envelope), indent=2))):
                name = f"{number}.{suffix}"
                pathlib.Path(directory, name).write_text(text, encoding="utf-8", newline="")
                expected[name] = (code, digest)
        cargo = os.environ.get("CARGO", "cargo")
        command = [cargo, "run", "-q", "-p", "handcarry-format", "--example", "accept", "--", directory]
        run = subprocess.run(command, cwd=KIT.parent, stdout=subprocess.PIPE, text=True, check=False)
        score.same("the Rust reader ran", run.returncode, 0)
        found = {}
        for line in run.stdout.splitlines():
            name, code, digest = line.split("\t")
            found[name] = (code, digest)
        score.same("files read", sorted(found), sorted(expected))
        for name, verdict in expected.items():
            score.same(f"written here, read there: {name}", found.get(name), verdict)


def main():
    index = json.loads((KIT / "index.json").read_text(encoding="utf-8"))
    score = Score()
    read_the_kit(index, score)
    write_for_the_other(index, score)
    print(f"{score.passed} passed, {score.failed} failed")
    return 1 if score.failed or not score.passed else 0


if __name__ == "__main__":
    sys.exit(main())
