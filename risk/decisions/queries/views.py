"""Decisions as other rooms see them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from kernel.ids import public_id
from kernel.money import Money
from kernel.refusals import Kind, Refusal
from kernel.values import made_often
from risk.decisions.models import Decision
from risk.rules.reasons import REASONS


class DecisionUnknown(Refusal):
    """There is no such decision."""

    code = "decisions.decision_unknown"
    kind = Kind.NOT_FOUND
    message = "There is no decision {decision_id}."


@dataclass(frozen=True, slots=True)
class ReasonView:
    """One reason, in order of weight; `borrower_safe` says whether the borrower texts may be shown."""

    code: str
    rank: int
    text_en: str
    text_zh: str
    borrower_safe: bool
    borrower_en: str
    borrower_zh: str


@made_often
@dataclass(frozen=True, slots=True)
class DecisionView:
    """A decision as other rooms see it; `limit` and `annual_rate` only on an approval.

    A draft that ran in the shadow has no version: its number is 0.
    """

    id: UUID
    subject: str
    on_date: date
    decided_at: datetime
    verdict: str
    limit: Money | None
    annual_rate: Decimal | None
    asked: Money | None
    counter_offer: bool
    proposed_limit: Money | None
    proposed_rate: Decimal | None
    pd: Decimal | None
    grade: str
    reasons: tuple[ReasonView, ...]
    binding_cap: str
    caps: tuple[Mapping[str, Any], ...]
    trace: tuple[Mapping[str, Any], ...]
    facts: Mapping[str, Any]
    strategy_code: str
    strategy_version: int
    strategy_version_id: UUID | None
    strategy_sha256: str
    sha256: str
    borrower: str
    role: str
    beside_id: UUID | None
    assignment: Mapping[str, Any]
    deviations: Mapping[str, Any]

    @property
    def public_id(self) -> str:
        """The id that other systems see."""
        return public_id("dec", self.id)

    @property
    def snoozed_rules(self) -> tuple[str, ...]:
        """The rules that did not speak, by a snooze that two people signed."""
        return tuple(row["rule"] for row in self.deviations.get("snoozed", ()))

    @property
    def is_exploration(self) -> bool:
        """Tell whether it was approved below the cut-off, out of the exploration budget."""
        return "exploration" in self.deviations


def get_decision(decision_id: UUID) -> DecisionView:
    """Return one decision; raises `DecisionUnknown`."""
    row = decision_rows().filter(id=decision_id).first()
    if row is None:
        raise DecisionUnknown(decision_id=decision_id)
    return decision_view(row)


def reason_views(codes: Iterable[str]) -> tuple[ReasonView, ...]:
    """Return the registered texts of reason codes, ranked as given."""
    return tuple([_reason_view(code, rank) for rank, code in enumerate(codes, start=1)])


@lru_cache(maxsize=4096)
def _reason_view(code: str, rank: int) -> ReasonView:
    reason = REASONS[code]
    return ReasonView(
        code,
        rank,
        reason.text_en,
        reason.text_zh,
        reason.disclosed,
        reason.borrower_en,
        reason.borrower_zh,
    )


def decision_rows() -> QuerySet[Decision]:
    """Return decisions with the number of their version."""
    return Decision.objects.select_related("strategy_version").defer("strategy_version__document")


def decision_view(row: Decision) -> DecisionView:
    """Return the frozen view of a decision."""
    version = row.strategy_version
    return view_of(
        row.result,
        id=row.id,
        subject=row.subject,
        on_date=row.on_date,
        decided_at=row.decided_at,
        facts=row.facts,
        strategy_code=row.strategy_code,
        strategy_version=0 if version is None else version.version,
        strategy_version_id=row.strategy_version_id,
        strategy_sha256=row.strategy_sha256,
        sha256=row.sha256,
        borrower=row.borrower,
        role=row.role,
        beside_id=row.beside_id,
        assignment=row.assignment,
        deviations=row.deviations,
    )


def view_of(result: Mapping[str, Any], **setting: Any) -> DecisionView:
    """Return the view of a result in its setting."""
    proposed_limit, proposed_rate = _money(result["proposed_limit"]), _decimal(result["proposed_rate"])
    limit, rate, asked = result["limit"], result["annual_rate"], result["asked"]
    return DecisionView(
        verdict=result["verdict"],
        limit=proposed_limit if limit == result["proposed_limit"] else _money(limit),
        annual_rate=proposed_rate if rate == result["proposed_rate"] else _decimal(rate),
        asked=proposed_limit if asked == result["proposed_limit"] else _money(asked),
        counter_offer=result["counter_offer"],
        proposed_limit=proposed_limit,
        proposed_rate=proposed_rate,
        pd=_decimal(result["pd"]),
        grade=result["grade"],
        reasons=reason_views(result["reasons"]),
        binding_cap=result["binding_cap"],
        caps=tuple(result["caps"]),
        trace=tuple(result["trace"]),
        **setting,
    )


def _money(text: str | None) -> Money | None:
    return None if text is None else Money.parse(text)


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
