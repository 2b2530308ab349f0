"""The record of a decision: what is hashed, and the columns that repeat parts of it. Pure.

A decision's hash covers its setting (strategy, subject, borrower, day, instant, role, exceptions), the facts
and the result, each as canonical JSON. A link of the chain covers its number, the decision with that hash,
and the link before.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from kernel.money import Money
from kernel.values import made_often
from risk.rules.canonical import canonical, canonical_own

NO_LINK: Final = "0" * 64


@made_often
@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """Everything about a decision but its facts and its result; `strategy_sha256` is its document's."""

    strategy_sha256: str
    subject: str
    borrower: str
    on_date: date
    decided_at: datetime
    role: str
    beside: UUID | None
    assignment: Mapping[str, Any]
    deviations: Mapping[str, Any]

    def canonical(self) -> bytes:
        """Return the bytes that are hashed."""
        exact = not self.assignment and not self.deviations  # the rest is text
        return (canonical_own if exact else canonical)(
            {
                "strategy": self.strategy_sha256,
                "subject": self.subject,
                "borrower": self.borrower,
                "on_date": self.on_date.isoformat(),
                "decided_at": instant(self.decided_at),
                "role": self.role,
                "beside": None if self.beside is None else str(self.beside),
                "assignment": self.assignment,
                "deviations": self.deviations,
            }
        )


def decision_sha256(setting: Setting, *, facts: bytes, result: bytes) -> str:
    """Return a decision's hash from its setting and the canonical bytes of facts and result."""
    return hashlib.sha256(b"\n".join((setting.canonical(), facts, result))).hexdigest()


def link_sha256(*, number: int, decision: UUID, decision_hash: str, previous: str) -> str:
    """Return the hash of one link of the chain."""
    return hashlib.sha256(f"{number}\n{decision}\n{decision_hash}\n{previous}".encode()).hexdigest()


def columns(result: Mapping[str, Any]) -> dict[str, Any]:
    """Return the searchable columns that repeat parts of a result; the limit in whole fen."""
    return {
        "verdict": result["verdict"],
        "limit": None if result["limit"] is None else Money.parse(result["limit"]).minor,
        "annual_rate": None if result["annual_rate"] is None else Decimal(result["annual_rate"]),
        "pd": None if result["pd"] is None else Decimal(result["pd"]),
        "grade": result["grade"],
        "reasons": list(result["reasons"]),
    }


def instant(moment: datetime) -> str:
    """Return an instant as it is hashed: UTC, microseconds always written."""
    utc = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    return utc.isoformat(timespec="microseconds")
