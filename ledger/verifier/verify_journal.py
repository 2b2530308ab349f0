#!/usr/bin/env python3
"""Checks an exported journal offline: needs Python 3.11 and nothing else, of this project or any other.

    python verify_journal.py JOURNAL.ndjson|JOURNAL.csv [--root HEX]

`--root` is the daily root that was handed over for the last day of the export: without it, a journal
rewritten as a whole, or cut off at its end, looks like a true one. Each seal commits (SM3, GB/T 32905) to
its lines and to the seal before it, so every row that was altered, left out, put in or moved is named. Ends
with 0 when everything is as it was sealed, 1 when something is not, 2 when there is nothing to check.
"""

import argparse
import base64
import csv
import hashlib
import io
import json
import sys
from pathlib import Path
from typing import IO, Any

JOURNAL, SEAL, LINE = "sluice-journal-1", "sluice-seal-1", "sluice-line-1"
LINE_NAMES = "position entry line_no account currency side amount booking_date value_date kind reference"
SEAL_NAMES = "number business_date first_position before_position line_count sealed_at merkle_root"
LINE_FIELDS = [*LINE_NAMES.split(), "description", "idempotency_key", "reverses", "content_hash"]
SEAL_FIELDS = [*SEAL_NAMES.split(), "previous_root", "root", "leaves"]
COLUMNS = ["record", "version", *SEAL_FIELDS, *LINE_FIELDS]
FIELDS = {"journal": ["version", "previous_root"], "seal": SEAL_FIELDS, "line": LINE_FIELDS}
MOST_NAMED, MASK = 20, 0xFFFFFFFF
OPENSSL: Any = hashlib.new("sm3") if "sm3" in hashlib.algorithms_available else None


def rotated(x: int, by: int) -> int:
    """Rotate a 32-bit word to the left."""
    return ((x << by % 32) | (x >> (32 - by % 32))) & MASK


def slow_sm3(content: bytes) -> bytes:
    """Digest in plain Python, for an OpenSSL without SM3: right, and a thousand times slower."""
    state = [0x7380166F, 0x4914B2B9, 0x172442D7, 0xDA8A0600, 0xA96F30BC, 0x163138AA, 0xE38DEE4D, 0xB0FB0E4E]
    padded = content + b"\x80" + bytes(-(len(content) + 9) % 64) + (8 * len(content)).to_bytes(8, "big")
    for at in range(0, len(padded), 64):
        w = [int.from_bytes(padded[n : n + 4], "big") for n in range(at, at + 64, 4)]
        for j in range(16, 68):
            x = w[j - 16] ^ w[j - 9] ^ rotated(w[j - 3], 15)
            w.append(x ^ rotated(x, 15) ^ rotated(x, 23) ^ rotated(w[j - 13], 7) ^ w[j - 6])
        a, b, c, d, e, f, g, h = state
        for j in range(64):
            ss1 = rotated((rotated(a, 12) + e + rotated(0x79CC4519 if j < 16 else 0x7A879D8A, j)) & MASK, 7)
            ff = a ^ b ^ c if j < 16 else (a & b) | (a & c) | (b & c)
            gg = e ^ f ^ g if j < 16 else (e & f) | (~e & MASK & g)
            tt1 = (ff + d + (ss1 ^ rotated(a, 12)) + (w[j] ^ w[j + 4])) & MASK
            tt2 = (gg + h + ss1 + w[j]) & MASK
            a, b, c, d = tt1, a, rotated(b, 9), c
            e, f, g, h = tt2 ^ rotated(tt2, 9) ^ rotated(tt2, 17), e, rotated(f, 19), g
        state = [old ^ new for old, new in zip(state, (a, b, c, d, e, f, g, h), strict=True)]
    return b"".join(word.to_bytes(4, "big") for word in state)


def sm3(content: bytes) -> bytes:
    """Digest with OpenSSL where it knows SM3."""
    if OPENSSL is None:
        return slow_sm3(content)
    digest = OPENSSL.copy()
    digest.update(content)
    return bytes(digest.digest())


def merkle_root(kept: list[bytes]) -> bytes:
    """Return the root of the tree over leaves as kept; an odd one out moves up as it is."""
    level = [sm3(b"\x02" + record) for record in kept]
    while len(level) > 1:
        paired = [sm3(b"\x01" + level[n] + level[n + 1]) for n in range(0, len(level) - 1, 2)]
        level = paired + level[len(level) & ~1 :]
    return level[0] if level else bytes(32)


def written(record: dict[str, str], is_csv: bool) -> str:
    """Return the one way in which a record is written: any other byte in its row is an alteration."""
    if not is_csv:
        return json.dumps(record, ensure_ascii=False, separators=(",", ":"))
    row = io.StringIO()
    csv.writer(row, lineterminator="").writerow([record.get(name, "") for name in COLUMNS])
    return row.getvalue()


def parsed(text: str, is_csv: bool) -> dict[str, str]:
    """Return the record of a row; ValueError if it is none, or not written as it was exported."""
    if is_csv:
        values = next(csv.reader([text], strict=True), [])
        known = dict(zip(COLUMNS, values, strict=True))
        record = {name: known[name] for name in ["record", *FIELDS.get(known["record"], [])]}
    else:
        record = json.loads(text)
    if not isinstance(record, dict) or written(record, is_csv) != text:
        raise ValueError("not as exported")
    if list(record) != ["record", *FIELDS[record["record"]]] or {*map(type, record.values())} != {str}:
        raise ValueError("not a record")
    return record


class Verifier:
    """Reads row by row; holds one seal and its leaves at a time."""

    def __init__(self) -> None:
        self.wrong: list[str] = []
        self.waiting: dict[int, bytes] = {}  # leaves of the seal being read whose line has not come yet
        self.lines = self.seals = self.number = self.position = 0
        self.root = ""

    def say(self, row: int, what: str) -> None:
        """Note what is wrong, and where."""
        self.wrong.append(f"row {row}: {what}" if row else what)

    def journal(self, row: int, record: dict[str, str]) -> None:
        """Take the first row."""
        if record["version"] != JOURNAL or self.root:
            self.say(row, "is not the head of a journal that this verifier knows")
        self.root = record["previous_root"]

    def seal(self, row: int, record: dict[str, str]) -> None:
        """Check a seal by itself and against the one before, and wait for its lines."""
        self.finish()
        name = f"seal {record['number']} of {record['business_date']}"
        facts = (record[field] for field in SEAL_FIELDS[:-2])
        if sm3("\t".join((SEAL, *facts)).encode()).hex() != record["root"]:
            self.say(row, f"{name} was altered: its root is not that of what it says")
        if record["previous_root"] != self.root or self.number not in (0, int(record["number"]) - 1):
            self.say(row, f"{name} does not follow the seal before it: one is missing, moved or altered")
        self.root, self.number, self.seals = record["root"], int(record["number"]), self.seals + 1
        kept = base64.b64decode(record["leaves"], validate=True)
        leaves = [kept[at : at + 40] for at in range(0, len(kept), 40)]
        if merkle_root(leaves).hex() != record["merkle_root"] or len(leaves) != int(record["line_count"]):
            self.say(row, f"{name} was altered: its leaves are not those of its Merkle root")
        self.waiting, self.position = {int.from_bytes(leaf[:8], "big"): leaf[8:] for leaf in leaves}, 0

    def line(self, row: int, record: dict[str, str]) -> None:
        """Check a line against its leaf."""
        text = "\t".join((LINE, *(record[field] for field in LINE_FIELDS)))
        name = "line {line_no} of entry {entry} (position {position}, {side} {amount} {account})"
        name = name.format_map(record)
        position = int(record["position"])
        sealed = self.waiting.pop(position, None)
        if sealed is None:
            self.say(row, f"{name} was put in, moved or repeated: no such line is sealed here")
        elif sm3(b"\x00" + text.encode()) != sealed:
            self.say(row, f"{name} was altered: it is not what was sealed")
        elif position < self.position:
            self.say(row, f"{name} was moved: it is out of order")
        self.position, self.lines = max(position, self.position), self.lines + 1

    def finish(self) -> None:
        """Name lines that never came."""
        for position in self.waiting:
            self.say(0, f"the line at position {position} of seal {self.number} was left out")
        self.waiting = {}

    def read(self, source: IO[bytes]) -> list[str]:
        """Check every row of an open file (as bytes); return what is wrong."""
        is_csv, acts = False, {"journal": self.journal, "seal": self.seal, "line": self.line}
        for row, raw in enumerate(source, 1):
            try:
                text = raw.decode("utf-8").removesuffix("\n")
                if row == 1 and text == ",".join(COLUMNS):
                    is_csv = True
                    continue
                record = parsed(text, is_csv)
                acts[record["record"]](row, record)
            except (ValueError, KeyError, TypeError, RecursionError, csv.Error) as problem:
                self.say(row, f"was altered: it cannot be read ({type(problem).__name__})")
        self.finish()
        return self.wrong


def main(arguments: list[str] | None = None) -> int:
    """Check the file named on the command line and say what was found."""
    parser = argparse.ArgumentParser(description="Check an exported journal offline.")
    parser.add_argument("journal")
    parser.add_argument("--root", help="the daily root that was handed over, 64 hexadecimal digits")
    asked = parser.parse_args(arguments)
    verifier = Verifier()
    try:
        with Path(asked.journal).open("rb") as source:
            wrong = verifier.read(source)
    except OSError as problem:
        sys.stderr.write(f"cannot read {asked.journal}: {problem}\n")
        return 2
    if asked.root and asked.root.lower() != verifier.root:
        wrong.append(f"the last root is {verifier.root}, not the one handed over")
    if not wrong and not verifier.seals:
        sys.stderr.write("there is no seal in it: nothing to check\n")
        return 2
    sys.stdout.write("".join(f"{what}\n" for what in wrong[:MOST_NAMED]))
    found = f"{verifier.lines} lines under {verifier.seals} seals, last root {verifier.root}"
    sys.stdout.write(f"ALTERED: {len(wrong)} findings in {found}\n" if wrong else f"intact: {found}\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
