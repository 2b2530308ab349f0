"""Expected credit loss (E-01, E-02): scenarios x PD x LGD x EAD x discount. Pure; amounts in fen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from kernel.interest import interest_minor
from kernel.money import Rounding, round_minor
from kernel.rates import AnnualRate
from kernel.refusals import Kind, Refusal

SCENARIOS_MIN: Final = 3
_ONE: Final = Decimal(1)


class EclPolicyInvalid(Refusal):
    """The policy is not one a loss can be reckoned by."""

    code = "classification.ecl_policy_invalid"
    kind = Kind.INVALID
    message = "The ECL policy is not valid: {reason}."


@dataclass(frozen=True, slots=True)
class LossPoint:
    """A point in time of a scenario: marginal PD, LGD, what is owed then, and a yuan of then today."""

    pd: Decimal
    lgd: Decimal
    ead: int
    discount: Decimal = _ONE


@dataclass(frozen=True, slots=True)
class Scenario:
    """One course of the economy with its probability and the losses on the way."""

    weight: Decimal
    points: tuple[LossPoint, ...]


def expected_loss(scenarios: Sequence[Scenario], *, scenarios_min: int = SCENARIOS_MIN) -> int:
    """Return the probability-weighted loss, rounded half up once at the end.

    Refuses fewer than three scenarios and weights that do not add up to 1.
    """
    if len(scenarios) < scenarios_min:
        raise EclPolicyInvalid(reason=f"it has {len(scenarios)} scenarios, not {scenarios_min}")
    if sum(scenario.weight for scenario in scenarios) != 1:
        raise EclPolicyInvalid(reason="the weights do not add up to 1")
    loss_exact = sum(
        (
            scenario.weight * point.pd * point.lgd * point.ead * point.discount
            for scenario in scenarios
            for point in scenario.points
        ),
        Decimal(0),
    )
    return round_minor(loss_exact, Rounding.HALF_UP)


def exposure_at_default(*, drawn: int, undrawn: int = 0, conversion: Decimal = Decimal(0)) -> int:
    """Return drawn + CCF x undrawn, half up (E-02)."""
    return drawn + round_minor(conversion * undrawn, Rounding.HALF_UP)


def stage_three_interest(*, gross: int, allowance: int, rate: AnnualRate, days: int) -> int:
    """Return interest of an impaired loan: on what is left after the allowance.

    40,000.00 less 24,000.00 for 30 days at 7.2 % is 96.00, not 240.00.
    """
    return interest_minor(product=max(0, gross - allowance) * days, rate=rate)


@dataclass(frozen=True, slots=True)
class SegmentLoss:
    """A segment's loss shares of the EAD, weighted over the scenarios, and the years until the loss.

    `impaired`: (from this many days past due, share) ascending; the last that is reached counts.
    """

    stage_1: Decimal
    stage_2: Decimal
    impaired: tuple[tuple[int, Decimal], ...]
    years_1: Decimal
    years_2: Decimal

    def share_exact(self, *, stage: int, days: int, annual_rate: Decimal) -> Decimal:
        """Return the loss per fen of EAD, discounted at the contract's rate (simple, to the time of loss)."""
        if stage == 3:
            reached = [share for from_days, share in self.impaired if days >= from_days]
            return reached[-1]
        share, years = (self.stage_1, self.years_1) if stage == 1 else (self.stage_2, self.years_2)
        return share / (1 + annual_rate * years)


@dataclass(frozen=True, slots=True)
class EclPolicy:
    """A bank's signed ECL policy, ready to use; `*` is the segment of whatever has no entry of its own."""

    segments: Mapping[str, SegmentLoss]
    conversion: Decimal
    cancellable_conversion: Decimal

    def segment(self, name: str) -> SegmentLoss:
        """Return a segment's losses."""
        return self.segments.get(name) or self.segments["*"]

    def loss(self, *, segment: str, stage: int, ead: int, days: int = 0, annual_rate: Decimal) -> int:
        """Return the expected loss of one exposure."""
        share = self.segment(segment).share_exact(stage=stage, days=days, annual_rate=annual_rate)
        return min(ead, round_minor(share * ead, Rounding.HALF_UP))


def read_policy(document: Mapping[str, Any], *, scenarios_min: int = SCENARIOS_MIN) -> EclPolicy:
    """Read a policy document, or refuse it.

    `{"scenarios": [{"code", "weight", "pd_factor", "lgd_factor"}], "segments": {"*": {"stage_1": {"pd",
    "lgd", "years"}, "stage_2": {...}, "stage_3": [{"from_days", "loss"}]}}, "conversion",
    "cancellable_conversion"}`, all numbers as text; `stage_3` begins at day 0.
    """
    try:
        scenarios = [
            (Decimal(item["weight"]), Decimal(item["pd_factor"]), Decimal(item["lgd_factor"]))
            for item in document["scenarios"]
        ]
        segments = {name: _segment(entry, scenarios) for name, entry in document["segments"].items()}
        conversion = Decimal(document["conversion"])
        cancellable = Decimal(document["cancellable_conversion"])
    except (KeyError, TypeError, ValueError, ArithmeticError) as problem:
        raise EclPolicyInvalid(reason=f"{type(problem).__name__} {problem}"[:200]) from None
    if len(scenarios) < scenarios_min:
        raise EclPolicyInvalid(reason=f"it has {len(scenarios)} scenarios, not {scenarios_min}")
    if sum(weight for weight, _, _ in scenarios) != 1 or any(weight <= 0 for weight, _, _ in scenarios):
        raise EclPolicyInvalid(reason="the weights do not add up to 1")
    if "*" not in segments:
        raise EclPolicyInvalid(reason="there is no segment *")
    if not (0 <= cancellable <= conversion <= 1):
        raise EclPolicyInvalid(reason="a conversion factor is outside 0 to 1")
    return EclPolicy(segments, conversion, cancellable)


def _segment(entry: Mapping[str, Any], scenarios: Sequence[tuple[Decimal, Decimal, Decimal]]) -> SegmentLoss:
    shares = {}
    for stage in ("stage_1", "stage_2"):
        pd, lgd = Decimal(entry[stage]["pd"]), Decimal(entry[stage]["lgd"])
        if not (0 <= pd <= 1 and 0 <= lgd <= 1) or Decimal(entry[stage]["years"]) < 0:
            raise ValueError(f"{stage} is outside its bounds")
        shares[stage] = sum(
            (weight * min(_ONE, pd * pd_x) * min(_ONE, lgd * lgd_x) for weight, pd_x, lgd_x in scenarios),
            Decimal(0),
        )
    impaired = tuple((int(item["from_days"]), Decimal(item["loss"])) for item in entry["stage_3"])
    if not impaired or impaired[0][0] != 0 or list(impaired) != sorted(impaired):
        raise ValueError("stage_3 begins at day 0 and ascends")
    if any(not 0 <= share <= 1 for _, share in impaired):
        raise ValueError("a loss is outside 0 to 1")
    return SegmentLoss(
        shares["stage_1"],
        shares["stage_2"],
        impaired,
        Decimal(entry["stage_1"]["years"]),
        Decimal(entry["stage_2"]["years"]),
    )
