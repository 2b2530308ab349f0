"""What happens to loans long past due: one policy a fiscal year, fixed by its first use (rules 2.9)."""

from datetime import date, datetime

from django.db.models import Max

from kernel.refusals import Kind, Refusal
from plumbing.audit import operations as audit
from plumbing.sql import hold_name, in_transaction
from regulation.models import AccrualElection, AccrualLock


class AccrualPolicyLocked(Refusal):
    """A loan was treated by the year's policy already: two are never mixed in one year."""

    code = "regulation.accrual_policy_locked"
    kind = Kind.CONFLICT
    message = "The accrual policy of {year} is fixed since its first use on {first_posting_date}."


class AccrualPolicyUnknown(Refusal):
    """There are two policies."""

    code = "regulation.accrual_policy_unknown"
    kind = Kind.INVALID
    message = "{policy} is not an accrual policy: it is cas22 or legacy_90d."


@in_transaction
def choose_accrual_policy(*, year: int, policy: str, chosen_by: str, now: datetime) -> None:
    """Choose a fiscal year's policy: `cas22` interest on the net amount, `legacy_90d` none after 90 days.

    A bank that chooses nothing has `cas22`. Refuses another policy once the year's has been used; the same
    policy again changes nothing.
    """
    if policy not in AccrualElection.Policy.values:
        raise AccrualPolicyUnknown(policy=policy[:40])
    hold_name("regulation.accrual_policy", year)
    rows = AccrualElection.objects.filter(year=year)
    last = rows.order_by("-revision").first()
    if policy == (AccrualElection.Policy.CAS22.value if last is None else last.policy):
        return
    lock = AccrualLock.objects.filter(year=year).first()
    if lock is not None:
        raise AccrualPolicyLocked(year=year, first_posting_date=lock.first_posting_date.isoformat())
    AccrualElection.objects.create(
        year=year,
        revision=(rows.aggregate(last=Max("revision"))["last"] or 0) + 1,
        policy=policy,
        chosen_by=chosen_by,
        chosen_at=now,
    )
    audit.record(
        actor=chosen_by,
        action="regulation.choose_accrual_policy",
        subject=f"accrual:{year}",
        detail={"policy": policy},
        now=now,
    )


@in_transaction
def lock_accrual_policy(*, posting_date: date, now: datetime) -> None:
    """Fix the policy of a posting's year: whoever uses it first calls it, later calls do nothing."""
    if AccrualLock.objects.filter(year=posting_date.year).exists():
        return
    hold_name("regulation.accrual_policy", posting_date.year)
    AccrualLock.objects.bulk_create(
        [AccrualLock(year=posting_date.year, first_posting_date=posting_date, locked_at=now)],
        ignore_conflicts=True,
    )
