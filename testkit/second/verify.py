"""A second reader and writer of Handcarry's transfer files, written from docs/spec alone.

It verifies the golden files and vectors of the test kit with the root key alone, then signs files of its own
and has the Rust reader open them (`cargo run -p handcarry-format --example accept -- DIR`).

Needs Python 3.9 and the package `cryptography`. Exit status 0 if everything agrees.
"""

import base64
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

# Nothing is written beside the sources.
sys.dont_write_bytecode = True

from reader import Reader, Refused, parse, read_envelope  # noqa: E402
from writer import armor, dsse, own_documents  # noqa: E402

KIT = pathlib.Path(__file__).resolve().parent.parent


class Score:
    def __init__(self):
        self.passed, self.failed = 0, 0

    def same(self, what, found, expected):
        if found == expected:
            self.passed += 1
        else:
            self.failed += 1
            print(f"FAILED {what}: expected {expected}, found {found}")


def whole(data, repeat):
    """Files that would be too large for the kit stand there in short."""
    if repeat is None:
        return data
    at, end = repeat["at"], repeat["at"] + repeat["length"]
    return data[:at] + data[at:end] * repeat["times"] + data[end:]


def read_the_kit(index, score):
    """Every golden file opens as written down; what must not open does not."""
    # Causes that a reader of signatures and chains alone can tell; field rules are not its business.
    proof = re.compile(r"ok|armor\.(damaged|several|truncated)|key\..*|bad_signature|document\.other_vendor"
                       r"|payload\.(chain_broken|duplicate_key|number|syntax)|envelope\.duplicate_signature")
    for vector in index["vectors"]:
        name, expected = vector["name"], vector["expect"]
        # Of the limits it knows the one on values.
        if "repeat" in vector and expected == "payload.unknown_field":
            expected = "ok"
        known = proof.fullmatch(expected) or "repeat" in vector
        if not known or "limits" in vector:
            continue
        data = whole((KIT / vector["file"]).read_bytes()[: vector.get("cut")], vector.get("repeat"))
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
