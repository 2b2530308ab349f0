"""Publishing strategies. The door checks that the two who sign may (`strategy.sign`)."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from kernel.refusals import Kind, Refusal
from plumbing.sql import hold_name, in_transaction
from regulation.queries import rule
from risk.rules.canonical import sha256_of
from risk.scoring.card import load_card
from risk.strategies.document import Strategy, read_document
from risk.strategies.models import StrategyVersion
from risk.strategies.queries import FIRST_STRATEGY, StrategyView, strategy_view

_FIRST_DOCUMENT: Final = Path(__file__).parent / "documents" / "receipts_revolving.json"
_FIRST_CARD: Final = Path(__file__).parents[1] / "scoring" / "cards" / "sba_card_v1.json"


class StrategyInvalid(Refusal):
    """The static check found problems."""

    code = "strategies.strategy_invalid"
    kind = Kind.INVALID
    message = "The strategy cannot be published: {count} problems, the first at {path}: {problem}"


class SignaturesMissing(Refusal):
    """Two different people must sign (R-01)."""

    code = "strategies.signatures_missing"
    message = "A strategy is signed by two different people."


class EffectiveTooEarly(Refusal):
    """A version may not take effect before the one that it follows."""

    code = "strategies.effective_too_early"
    message = "A newer version takes effect on {latest} already; {given} is before that."


class RateAboveCap(Refusal):
    """A grade's rate is above the legal cost cap (R-11)."""

    code = "strategies.rate_above_cap"
    message = "Grade {grade} at {rate} costs {cost} on 365 days, above the cap of {cap}."


@in_transaction
def publish_strategy(
    *, document: Mapping[str, Any], signed_by: tuple[str, str], effective_from: date, now: datetime
) -> StrategyView:
    """Check and publish a strategy; from then on nothing changes it (R-01, R-11).

    Refuses a document with any problem, one signature, a rate above the cap, an effect too early.
    """
    strategy = read_document(document)
    if not isinstance(strategy, Strategy):
        first = strategy[0]
        raise StrategyInvalid(count=len(strategy), path=first.path, problem=first.problem)
    first_name, second_name = (name.strip() for name in signed_by)
    if not first_name or not second_name or first_name.casefold() == second_name.casefold():
        raise SignaturesMissing
    _refuse_dear_rates(strategy, effective_from)
    hold_name("strategies")  # two publishers of one bank take turns; the number is then certain
    last = StrategyVersion.objects.filter(code=strategy.code).order_by("-version").first()
    if last is not None and effective_from < last.effective_from:
        raise EffectiveTooEarly(latest=last.effective_from, given=effective_from)
    row = StrategyVersion.objects.create(
        code=strategy.code,
        version=last.version + 1 if last else 1,
        document=dict(document),
        sha256=sha256_of(document),
        effective_from=effective_from,
        signed_by_first=first_name,
        signed_by_second=second_name,
        published_at=now,
    )
    return strategy_view(row)


@in_transaction
def seed_first_strategy(*, signed_by: tuple[str, str], effective_from: date, now: datetime) -> StrategyView:
    """Publish the receipts strategy that a new bank starts with; a second call changes nothing."""
    row = StrategyVersion.objects.filter(code=FIRST_STRATEGY).order_by("-version").first()
    if row is not None:
        return strategy_view(row)
    return publish_strategy(
        document=first_document(), signed_by=signed_by, effective_from=effective_from, now=now
    )


def first_document() -> dict[str, Any]:
    """Return the first strategy with the committed card inside it."""
    document: dict[str, Any] = json.loads(_FIRST_DOCUMENT.read_text(encoding="utf-8"))
    document["pd"]["card"] = load_card(_FIRST_CARD)
    return document


def _refuse_dear_rates(strategy: Strategy, on_date: date) -> None:
    cap = Decimal(rule("R-11", on_date).parameters["annual_cost_cap"])
    for grade, rate in strategy.price.rates.items():
        cost = rate * 365 / strategy.price.day_basis
        if cost > cap:
            raise RateAboveCap(grade=grade, rate=rate, cost=cost.quantize(Decimal("0.000001")), cap=cap)
