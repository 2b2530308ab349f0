"""Which strategy held on a day, and one version by its id."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet

from kernel.refusals import Kind, Refusal
from risk.rules.canonical import sha256_of
from risk.strategies.document import Strategy, read_document
from risk.strategies.models import StrategyVersion

FIRST_STRATEGY: Final = "receipts_revolving"
_COMPILED: Final[dict[str, Strategy]] = {}


class StrategyMissing(Refusal):
    """The bank has signed no strategy for that day: nothing is decided (R-01)."""

    code = "strategies.strategy_missing"
    kind = Kind.UNAVAILABLE
    message = "No signed strategy {strategy} is in force on {on_date}."


class StrategyUnknown(Refusal):
    """There is no such version."""

    code = "strategies.strategy_unknown"
    kind = Kind.NOT_FOUND
    message = "There is no strategy version {strategy_version_id}."


class StrategyUnreadable(Refusal):
    """A published document that is not what was signed, or that this engine cannot run."""

    code = "strategies.strategy_unreadable"
    kind = Kind.UNAVAILABLE
    message = "Strategy {strategy} version {version} cannot be run: {problem}"


@dataclass(frozen=True, slots=True)
class StrategyView:
    """One published version."""

    id: UUID
    code: str
    version: int
    document: Mapping[str, Any]
    sha256: str
    effective_from: date
    signed_by: tuple[str, str]


@dataclass(frozen=True, slots=True)
class RunnableStrategy:
    """One published version, compiled."""

    id: UUID
    code: str
    version: int
    sha256: str
    strategy: Strategy


def strategy_in_force(on_date: date, *, code: str = FIRST_STRATEGY) -> StrategyView:
    """Return the newest version effective on the day; raises `StrategyMissing`."""
    row = _in_force(on_date, code).first()
    if row is None:
        raise StrategyMissing(strategy=code, on_date=on_date)
    return strategy_view(row)


def get_strategy(strategy_version_id: UUID) -> StrategyView:
    """Return one version; raises `StrategyUnknown`."""
    row = StrategyVersion.objects.filter(id=strategy_version_id).first()
    if row is None:
        raise StrategyUnknown(strategy_version_id=strategy_version_id)
    return strategy_view(row)


def strategies() -> tuple[StrategyView, ...]:
    """Return every version, newest first."""
    return tuple(strategy_view(row) for row in StrategyVersion.objects.order_by("code", "-version"))


def strategy_view(row: StrategyVersion) -> StrategyView:
    """Return the frozen view of a version."""
    signed = (row.signed_by_first, row.signed_by_second)
    return StrategyView(row.id, row.code, row.version, row.document, row.sha256, row.effective_from, signed)


def strategy_to_run(on_date: date, *, code: str = FIRST_STRATEGY) -> RunnableStrategy:
    """Return the version in force on the day, compiled; its document is read once a process."""
    row = _in_force(on_date, code).defer("document").first()
    if row is None:
        raise StrategyMissing(strategy=code, on_date=on_date)
    return _runnable(row)


def strategy_to_replay(strategy_version_id: UUID) -> RunnableStrategy:
    """Return one version, compiled; raises `StrategyUnknown`."""
    row = StrategyVersion.objects.filter(id=strategy_version_id).defer("document").first()
    if row is None:
        raise StrategyUnknown(strategy_version_id=strategy_version_id)
    return _runnable(row)


def compile_strategy(view: StrategyView) -> Strategy:
    """Return the strategy behind a published document; refuses one that was changed or that we cannot run."""
    if sha256_of(view.document) != view.sha256:
        raise StrategyUnreadable(strategy=view.code, version=view.version, problem="it was changed")
    read = read_document(view.document)
    if not isinstance(read, Strategy):
        raise StrategyUnreadable(strategy=view.code, version=view.version, problem=read[0].problem)
    return read


def _in_force(on_date: date, code: str) -> QuerySet[StrategyVersion]:
    return StrategyVersion.objects.filter(code=code, effective_from__lte=on_date).order_by(
        "-effective_from", "-version"
    )


def _runnable(row: StrategyVersion) -> RunnableStrategy:
    """Compile at most once a process; kept by the document's hash, so no bank's data is shared."""
    strategy = _COMPILED.get(row.sha256)
    if strategy is None:
        strategy = _COMPILED[row.sha256] = compile_strategy(strategy_view(row))
    return RunnableStrategy(row.id, row.code, row.version, row.sha256, strategy)
