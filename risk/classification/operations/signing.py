"""Signing what losses are reckoned by: the ECL policy and, apart from it, management's overlays."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from kernel.money import Money
from plumbing.audit import operations as audit
from plumbing.sql import hold_name, in_transaction
from risk.classification.loss import read_policy
from risk.classification.models import EclOverlay, EclPolicyVersion
from risk.classification.operations.flags import SamePerson

# A new bank's first policy: E-01's example rates under three courses of the economy; the bank's own data
# replace it. Weighted over the scenarios stage 1 loses 0.90 % and stage 2 4.05 %.
FIRST_POLICY: Final[Mapping[str, Any]] = {
    "scenarios": [
        {"code": "base", "weight": "0.60", "pd_factor": "1.00", "lgd_factor": "1.00"},
        {"code": "upturn", "weight": "0.20", "pd_factor": "0.80", "lgd_factor": "1.00"},
        {"code": "downturn", "weight": "0.20", "pd_factor": "1.20", "lgd_factor": "1.00"},
    ],
    "segments": {
        "*": {
            "stage_1": {"pd": "0.02", "lgd": "0.45", "years": "0"},
            "stage_2": {"pd": "0.09", "lgd": "0.45", "years": "0"},
            "stage_3": [
                {"from_days": 0, "loss": "0.45"},
                {"from_days": 91, "loss": "0.60"},
                {"from_days": 271, "loss": "0.80"},
                {"from_days": 361, "loss": "1.00"},
            ],
        }
    },
    "conversion": "0.50",
    "cancellable_conversion": "0.10",
}


@in_transaction
def sign_ecl_policy(
    *, document: Mapping[str, Any], effective_from: date, signed_by: tuple[str, str], now: datetime
) -> int:
    """Sign a policy for the runs from a day on; return its version. Two people, at least three scenarios."""
    _two(signed_by)
    read_policy(document)
    hold_name("ecl_policy")
    last = EclPolicyVersion.objects.order_by("-version").values_list("version", flat=True).first() or 0
    EclPolicyVersion.objects.create(
        version=last + 1,
        effective_from=effective_from,
        document=dict(document),
        signed_by=list(signed_by),
        signed_at=now,
    )
    detail: dict[str, object] = {"version": last + 1, "signed_by": list(signed_by)}
    audit.record(actor=signed_by[0], action="ecl_policy.sign", subject="ecl_policy", detail=detail, now=now)
    return last + 1


@in_transaction
def seed_first_policy(*, signed_by: tuple[str, str], effective_from: date, now: datetime) -> int:
    """Sign a new bank's first policy; a second call returns the version there is."""
    version = EclPolicyVersion.objects.order_by("version").values_list("version", flat=True).first()
    if version is not None:
        return version
    return sign_ecl_policy(document=FIRST_POLICY, effective_from=effective_from, signed_by=signed_by, now=now)


@in_transaction
def sign_overlay(
    *,
    code: str,
    stage: int,
    amount: Money,
    reason: str,
    effective_from: date,
    effective_to: date,
    signed_by: tuple[str, str],
    now: datetime,
) -> None:
    """Add an amount to a stage's allowance for runs of some days, apart from the model (E-01); two people."""
    _two(signed_by)
    EclOverlay.objects.create(
        code=code,
        stage=stage,
        amount=amount,
        reason=reason,
        effective_from=effective_from,
        effective_to=effective_to,
        signed_by=list(signed_by),
        signed_at=now,
    )
    detail: dict[str, object] = {"stage": stage, "amount": str(amount), "signed_by": list(signed_by)}
    audit.record(
        actor=signed_by[0], action="ecl_overlay.sign", subject=f"overlay:{code}", detail=detail, now=now
    )


def _two(signed_by: tuple[str, str]) -> None:
    if len(signed_by) != 2 or not all(signed_by) or signed_by[0] == signed_by[1]:
        raise SamePerson(person=signed_by[0] if signed_by else "-")
