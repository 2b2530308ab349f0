"""Proofs of the seals: the chain by itself, and every sealed line as it stands now."""

from ledger.proofs.finding import Finding, finding
from ledger.seals.models import Seal
from ledger.seals.queries import lines, seals
from ledger.seals.tree import LINE_FIELDS, NO_ROOT, chain_root, leaf_digest, merkle_root, packed, unpacked

_AT = {name: place for place, name in enumerate(LINE_FIELDS)}


def chained() -> Finding:
    """Recompute every seal's root from what it says and the root before it."""
    wrong, previous, before, number = [], NO_ROOT, 1, 0
    found = seals()
    for one in found:
        root = chain_root(
            number=one.number,
            business_date=one.business_date,
            first_position=one.first_position,
            before_position=one.before_position,
            line_count=one.line_count,
            sealed_at=one.sealed_at,
            merkle=one.merkle_root,
            previous=one.previous_root,
        )
        follows = (previous, before, number + 1) == (one.previous_root, one.first_position, one.number)
        if root != one.root or not follows:
            wrong.append(f"{one.business_date} seal {one.number}")
        previous, before, number = one.root, one.before_position, one.number
    return finding("seals chain from the first to the last", len(found), wrong)


def as_sealed() -> Finding:
    """Hold every sealed line against its leaf, and every seal's leaves against its Merkle root."""
    wrong: list[str] = []
    checked = 0
    for one in seals():
        leaves = unpacked(bytes(Seal.objects.values_list("leaves", flat=True).get(number=one.number)))
        if merkle_root(packed(leaves)) != one.merkle_root:
            wrong.append(f"{one.business_date} seal {one.number}: its leaves")
        waiting = {leaf.position: leaf.digest for leaf in leaves}
        checked += len(leaves)
        for position, text in lines(first_position=one.first_position, before_position=one.before_position):
            if waiting.pop(position, None) != leaf_digest(text):
                wrong.append(_named(text))
        wrong += [f"{one.business_date} seal {one.number}: the line at {gone} is gone" for gone in waiting]
    return finding("sealed lines stand as they were sealed", checked, wrong)


def _named(text: str) -> str:
    fields = text.split("\t")
    return f"{fields[_AT['booking_date']]} entry {fields[_AT['entry']]} line {fields[_AT['line_no']]}"
