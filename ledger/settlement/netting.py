"""Netting, without a database: what a party and the bank owe each other comes to one sum and one posting."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from cryptography.hazmat.primitives.hashes import SM3, Hash

from kernel.money import Money
from ledger.journal.entry import Line


@dataclass(frozen=True, slots=True)
class Owed:
    """One thing owed: positive when the bank owes the party, negative when the party owes the bank.

    `account` is where it stands in the books (2241 for what we owe, 1221 for what is owed to us); `key` names
    it once and for all.
    """

    party: str
    kind: str
    effect: Money
    account: str
    business_date: date
    key: str
    reference: str = ""


def net(owed: Iterable[Owed]) -> dict[str, Money]:
    """Return for each party what the bank owes it in the end; negative when the party pays."""
    sums: dict[str, Money] = {}
    for each in owed:
        sums[each.party] = sums.get(each.party, Money(0)) + each.effect
    return sums


def closing_lines(owed: Sequence[Owed], *, against: str) -> tuple[Line, ...]:
    """Return the posting that clears the accounts where it stands, the net sum against one account."""
    sums: dict[str, Money] = {}
    for each in owed:
        sums[each.account] = sums.get(each.account, Money(0)) + each.effect
    total = Money.total(sums.values())
    signed = [*sorted(sums.items()), (against, -total)]
    debits = [Line.debit(account, amount) for account, amount in signed if amount.minor > 0]
    credits = [Line.credit(account, -amount) for account, amount in signed if amount.minor < 0]
    return (*debits, *credits)


def batch_file(*, batch: str, party: str, business_date: date, owed: Sequence[Owed]) -> bytes:
    """Return the file of a batch: what both sides hash, a line for each thing owed, in the order of keys."""
    lines = [
        f"{each.key},{each.kind},{each.business_date},{each.reference},{each.effect}"
        for each in sorted(owed, key=lambda each: each.key)
    ]
    total = Money.total(each.effect for each in owed)
    return "\n".join((f"settlement,{batch},{party},{business_date},{total}", *lines, "")).encode()


def sm3(content: bytes) -> str:
    """Return the SM3 of a file, in hexadecimal digits."""
    digest = Hash(SM3())
    digest.update(content)
    return digest.finalize().hex()
