"""Signs documents of each kind that no Rust program has made."""

import base64
import hashlib
import json

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from reader import LABELS, TYPE, key_id, pae


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
    """One document of each kind that no Rust program has made."""
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
    asking = issuing.seal(
        "pool-request",
        {
            "id": "py-pool-request",
            "vendor": vendor,
            "site": {"name": "Werk 2, Zürich", "portal": "https://lizenzen.example"},
            "licenses": [
                {"license_id": "py-1", "ask": "hold", "revision": 0, "seats_used": 0, "status": "activating"},
                {"license_id": "py-2", "ask": "release", "revision": 4, "seats_used": 1, "status": "inactive"},
            ],
            "applied": None,
            "created_at": "2026-03-04T00:00:00Z",
            "keyring": dsse(keyring),
        },
    )
    terms = {
        "license_key": keys["license_key"],
        "product": product,
        "features": [],
        "model": {"kind": "concurrent", "seats": 2},
        "seats": 2,
        "pooling": "additive",
        "subscription": False,
        "zone": "UTC",
        "evaluation": False,
        "match_rate": 0,
        "lease": {"days": 3660, "grace_days": 0},
        "revalidation": {"period_days": 1, "grace_days": 2},
        "repair_limit": 0,
        "allow_offline": False,
        "trial_seats": True,
        "upgrades": [{"id": "py-up", "add": 2**31 - 1, "start": "2028-02-29", "hosts": [issuing.id]}],
        "revision": 1,
        "blocked": [],
    }
    held = {"held": {"site": "Werk 1", "since": "2026-01-01T00:00:00Z"}}
    answer = {
        "id": "py-pool",
        "vendor": vendor,
        "number": 1,
        "answers": "sha256:" + hashlib.sha256(asking[1]).hexdigest(),
        "site": issuing.id,
        "licenses": [
            {"license_id": "py-1", "claim": "key", "verdict": "granted", **terms},
            {"license_id": "py-2", "claim": {"user": "kim"}, "verdict": held, **terms},
            {"license_id": "py-3", "claim": "key", "verdict": {"refused": {"reason": "over_use"}}, **terms},
        ],
        "unknown": ["py-4"],
        "issued_at": "2026-03-05T00:00:00Z",
        "keyring": dsse(keyring),
    }
    pool = issuing.seal("pool", answer)
    nobodys = issuing.seal("pool", {**answer, "site": None})
    numberless = issuing.seal("pool", {**answer, "number": 0})
    both = [*answer["licenses"], {**answer["licenses"][0], "license_id": "py-4"}]
    twice = issuing.seal("pool", {**answer, "licenses": both})
    stranger = Signer(keys["other device"]["seed"]).seal("deactivation", back)
    other = device.seal("deactivation", {**back, "vendor": {"id": "globex", "name": "Globex"}})
    media_type, payload, signatures = deactivation
    altered = (media_type, payload.replace(b"py-deactivation", b"py-deactivatiom"), signatures)
    good = [keyring, request, license_, report, receipt, deactivation, asking, pool]
    bad = [(stranger, "key.not_the_device"), (other, "document.other_vendor"), (altered, "bad_signature")]
    bad += [(nobodys, "payload.missing_field"), (numberless, "payload.out_of_range"), (twice, "payload.out_of_range")]
    return [(envelope, "ok") for envelope in good] + bad
