"""Publishing strategies. The door checks that the two who sign may (`strategy.sign`)."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from kernel.refusals import Kind, Refusal
from plumbing.sql import hold_name, in_transaction
from regulation.queries import cost_cap
from risk.rules.canonical import sha256_of
from risk.scoring.card import load_card
from risk.scoring.queries import require_usable
from risk.strategies.document import Strategy, read_document
from risk.strategies.impact import Impact
from risk.strategies.models import StrategyVersion
from risk.strategies.queries import FIRST_STRATEGY, StrategyView, publishing_policy, strategy_view

_FIRST_DOCUMENT: Final = Path(__file__).parents[1] / "documents" / "receipts_revolving.json"
_FIRST_CARD: Final = Path(__file__).parents[2] / "scoring" / "cards" / "sba_card_v1.json"


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
    """A grade's rate is above the cost cap, the law's or the bank's own (R-11)."""

    code = "strategies.rate_above_cap"
    message = "Grade {grade} at {rate} costs {cost} on 365 days, above the cap of {cap}."


class ImpactMissing(Refusal):
    """What the document would do to the recent portfolio was not measured, or of another document."""

    code = "strategies.impact_missing"
    kind = Kind.CONFLICT
    message = "The effect of this strategy on the recent portfolio has not been measured."


class BlastRadius(Refusal):
    """A new rule would hit too much of the recent portfolio at once."""

    code = "strategies.blast_radius"
    message = "{rule} would hit {hits} of {count} recent decisions ({share}); the bank allows {most}."


@in_transaction
def publish_strategy(
    *,
    document: Mapping[str, Any],
    signed_by: tuple[str, str],
    effective_from: date,
    now: datetime,
    impact: Impact,
    draft_id: UUID | None = None,
) -> StrategyView:
    """Check and publish a strategy; from then on nothing changes it (R-01, R-11).

    Refuses a document with any problem, one signature, a rate above the cap, a card that may not decide
    (`risk.scoring.queries`: a model not in the register as approved or monitored), an effect too early, and
    an `impact` on the recent portfolio that is larger than the bank's policy allows. A return to a document
    that was published before is never too large: in an emergency it must be possible; but not with a card
    that was retired since.
    """
    strategy = checked(document)
    first_name, second_name = (name.strip() for name in signed_by)
    if not first_name or not second_name or first_name.casefold() == second_name.casefold():
        raise SignaturesMissing
    refuse_dear_rates(strategy, effective_from)
    require_usable(document["pd"]["card"])
    hold_name("strategies")  # two publishers of one bank take turns; the number is then certain
    sha256 = sha256_of(document)
    if impact.document_sha256 != sha256:
        raise ImpactMissing
    last = refuse_early(strategy.code, effective_from)
    older = StrategyVersion.objects.filter(code=strategy.code, sha256=sha256).order_by("-version").first()
    if older is None:
        refuse_blast(impact, on_date=effective_from)
    row = StrategyVersion.objects.create(
        code=strategy.code,
        version=last.version + 1 if last else 1,
        document=dict(document),
        sha256=sha256,
        effective_from=effective_from,
        signed_by_first=first_name,
        signed_by_second=second_name,
        published_at=now,
        draft_id=draft_id,
        rolls_back_to=older,
        impact=impact.row(),
    )
    return strategy_view(row)


@in_transaction
def seed_first_strategy(*, signed_by: tuple[str, str], effective_from: date, now: datetime) -> StrategyView:
    """Publish the receipts strategy that a new bank starts with; a second call changes nothing.

    Its card is in the register before: `risk.scoring.operations.seed_first_card`.
    """
    row = StrategyVersion.objects.filter(code=FIRST_STRATEGY).order_by("-version").first()
    if row is not None:
        return strategy_view(row)
    document = first_document()
    return publish_strategy(
        document=document,
        signed_by=signed_by,
        effective_from=effective_from,
        now=now,
        impact=Impact(sha256_of(document), 0),  # a new bank has decided nothing yet
    )


def first_document() -> dict[str, Any]:
    """Return the first strategy with the committed card inside it."""
    document: dict[str, Any] = json.loads(_FIRST_DOCUMENT.read_text(encoding="utf-8"))
    document["pd"]["card"] = load_card(_FIRST_CARD)
    return document


def checked(document: Mapping[str, Any]) -> Strategy:
    """Return the compiled document; refuses one with problems, the first named."""
    strategy = read_document(document)
    if not isinstance(strategy, Strategy):
        first = strategy[0]
        raise StrategyInvalid(count=len(strategy), path=first.path, problem=first.problem)
    return strategy


def refuse_early(code: str, effective_from: date) -> StrategyVersion | None:
    """Refuse a day before the newest version's; return that version."""
    last = StrategyVersion.objects.filter(code=code).order_by("-version").first()
    if last is not None and effective_from < last.effective_from:
        raise EffectiveTooEarly(latest=last.effective_from, given=effective_from)
    return last


def refuse_blast(impact: Impact, *, on_date: date) -> None:
    """Refuse what hits more of the recent portfolio than the policy of the day allows.

    Too few decisions prove nothing either way, and a bank that begins must be able to.
    """
    policy = publishing_policy(on_date)
    worst = impact.worst(policy.portfolio_count_min)
    if worst is None or worst.share <= policy.hit_share_max:
        return
    raise BlastRadius(
        rule=worst.rule,
        hits=worst.hits,
        count=worst.count,
        share=f"{worst.share:.1%}",
        most=f"{policy.hit_share_max:.1%}",
    )


def refuse_dear_rates(strategy: Strategy, on_date: date) -> None:
    """Refuse a grade's rate above the cost cap of a day: the law's, or the bank's own lower one (R-11)."""
    cap = cost_cap(on_date=on_date).fraction
    for grade, rate in strategy.price.rates.items():
        cost = rate * 365 / strategy.price.day_basis
        if cost > cap:
            raise RateAboveCap(grade=grade, rate=rate, cost=cost.quantize(Decimal("0.000001")), cap=cap)
