"""What is hashed, and how: canonical bytes of a line, the Merkle tree over a run, the chain of roots.

The offline verifier says the same in its own words; a test holds the two together.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

from ledger.journal.digest import sm3

LINE_VERSION: Final = "sluice-line-1"
SEAL_VERSION: Final = "sluice-seal-1"
LEAF_BYTES: Final = 40
NO_ROOT: Final = bytes(32)

# The fields of a line in the order of its canonical text; fields are parted by tabs, which no field can hold.
LINE_FIELDS: Final = (
    "position",
    "entry",
    "line_no",
    "account",
    "currency",
    "side",
    "amount",
    "booking_date",
    "value_date",
    "kind",
    "reference",
    "description",
    "idempotency_key",
    "reverses",
    "content_hash",
)


@dataclass(frozen=True, slots=True)
class Leaf:
    """One sealed line: where it stands, and the digest of its canonical bytes."""

    position: int
    digest: bytes


def leaf_digest(text: str) -> bytes:
    """Return the digest of a line's canonical text (its fields, joined by tabs)."""
    return sm3(b"\x00" + f"{LINE_VERSION}\t{text}".encode())


def merkle_root(kept: Sequence[bytes]) -> bytes:
    """Return the root of the tree over leaves as kept; an odd one out moves up as it is."""
    level = [sm3(b"\x02" + record) for record in kept]
    while len(level) > 1:
        paired = [sm3(b"\x01" + level[n] + level[n + 1]) for n in range(0, len(level) - 1, 2)]
        level = paired + level[len(level) & ~1 :]
    return level[0] if level else NO_ROOT


def chain_root(
    *,
    number: int,
    business_date: date,
    first_position: int,
    before_position: int,
    line_count: int,
    sealed_at: datetime,
    merkle: bytes,
    previous: bytes,
) -> bytes:
    """Return the root that commits to a seal and, through `previous`, to every seal before it."""
    facts = (
        SEAL_VERSION,
        number,
        business_date,
        first_position,
        before_position,
        line_count,
        instant(sealed_at),
        merkle.hex(),
        previous.hex(),
    )
    return sm3("\t".join(map(str, facts)).encode())


def instant(moment: datetime) -> str:
    """Return an instant as it is hashed and exported: UTC, microseconds always written."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def packed(leaves: Sequence[Leaf]) -> list[bytes]:
    """Return leaves as they are kept, one after the other: 40 bytes each."""
    return [leaf.position.to_bytes(8, "big") + leaf.digest for leaf in leaves]


def unpacked(kept: bytes) -> list[Leaf]:
    """Return the leaves that were kept."""
    return [
        Leaf(int.from_bytes(kept[at : at + 8], "big"), kept[at + 8 : at + LEAF_BYTES])
        for at in range(0, len(kept), LEAF_BYTES)
    ]
