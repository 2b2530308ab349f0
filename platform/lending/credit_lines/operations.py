"""What changes a credit line; each locks it first (locks go line, then drawdown or loan, then ledger)."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import F, Q, QuerySet

from kernel.ids import public_id
from kernel.money import Money
from kernel.rates import AnnualRate
from kernel.refusals import Kind, Refusal
from lending.credit_lines.models import CreditLine, LineStatus
from lending.credit_lines.queries import LineNotFound, LineView, view_of
from lending.products.terms import ProductView
from plumbing.outbox.bulk import EventDraft, emit_many
from plumbing.sql import hold_name, in_transaction

OVERDUE: Final = "overdue"  # why a line is frozen by itself, and thawed by itself
RETURNED: Final = "repayment_returned"  # why a closed line is open again: for what is owed, not for draws


class LimitExceeded(Refusal):
    """More was asked for than the line has left (J4: the second of two racing draws)."""

    code = "lending.limit_exceeded"
    message = "{asked} is more than the {available} that is available."


class LineFrozen(Refusal):
    """The line may not be drawn now."""

    code = "lending.line_frozen"
    message = "The credit line is {status}."


class LineExpired(Refusal):
    """The line's time is over."""

    code = "lending.line_expired"
    message = "The credit line ended on {expires_date}."


class LineNotInForce(Refusal):
    """The line has not begun."""

    code = "lending.line_not_in_force"
    message = "The credit line begins on {effective_date}."


class AmountNotPositive(Refusal):
    """An amount of nothing, or less."""

    code = "lending.amount_not_positive"
    kind = Kind.INVALID
    message = "{asked} is not a positive amount."


class LineOverReleased(Refusal):
    """More was given back than the line holds: a caller's mistake that must not be absorbed silently."""

    code = "lending.line_over_released"
    kind = Kind.CONFLICT
    message = "{asked} is more than the {held} the line holds."


class LineAlreadyOpen(Refusal):
    """The borrower already has a line of this product."""

    code = "lending.line_already_open"
    kind = Kind.CONFLICT
    message = "There is already an open credit line of {product}."


class LineInUse(Refusal):
    """A line with money out or on its way cannot be closed."""

    code = "lending.line_in_use"
    kind = Kind.CONFLICT
    message = "{drawn} is drawn and {reserved} reserved on this line."


class LineStateConflict(Refusal):
    """The line is not in a state from which this move exists."""

    code = "lending.line_state_conflict"
    kind = Kind.CONFLICT
    message = "The credit line is {status}; it cannot become {wanted}."


def _locked(line_id: UUID) -> CreditLine:
    line = CreditLine.objects.select_for_update().filter(id=line_id).first()
    if line is None:
        raise LineNotFound(line=public_id("lin", line_id))
    return line


def _require_positive(amount: Money) -> None:
    if amount.minor <= 0:
        raise AmountNotPositive(asked=str(amount))


def _settle_limit(line: CreditLine, wanted: Money) -> None:
    """Set the limit to what is wanted, or as near above it as what is in use allows; the caller saves."""
    used = line.drawn + line.reserved
    line.limit = max(wanted, used)
    line.target_limit = wanted if wanted < used else None


def _event(line: CreditLine, event: str, changed: list[str]) -> EventDraft:
    return EventDraft(
        type=f"credit_line.{event}",
        subject=public_id("lin", line.id),
        data={
            "object": {
                "id": public_id("lin", line.id),
                "object": "credit_line",
                "status": line.status,
                "business": public_id("biz", line.enterprise_id),
            },
            "changed": changed,
        },
        scene_id=line.scene_id,
    )


def _tell(line: CreditLine, event: str, changed: list[str], now: datetime) -> None:
    emit_many(events=[_event(line, event, changed)], now=now)


@in_transaction
def lock_line(*, line_id: UUID) -> LineView:
    """Take the line's lock before its loans' locks, for acts that learn their amount from a loan."""
    return view_of(_locked(line_id))


@in_transaction
def lock_lines(*, line_ids: Iterable[UUID]) -> None:
    """Take the locks of many lines, in the order of their ids."""
    list(CreditLine.objects.select_for_update().filter(id__in=line_ids).order_by("id").values_list("id"))


@in_transaction
def grant_line(
    *,
    enterprise_id: UUID,
    scene_id: UUID,
    application_id: UUID,
    agreement_id: UUID,
    product: ProductView,
    limit: Money,
    annual_rate: AnnualRate,
    now: datetime,
    business_date: date,
) -> LineView:
    """Open a line for what was agreed, from today for as long as the product says."""
    _require_positive(limit)
    hold_name("line", enterprise_id, product.code)
    open_lines = CreditLine.objects.filter(enterprise_id=enterprise_id, product_code=product.code)
    if open_lines.exclude(status=LineStatus.CLOSED).exists():
        raise LineAlreadyOpen(product=product.code)
    line = CreditLine.objects.create(
        enterprise_id=enterprise_id,
        scene_id=scene_id,
        application_id=application_id,
        agreement_id=agreement_id,
        product_version_id=product.id,
        product_code=product.code,
        revolving=product.revolving,
        repaid=Money(0),
        limit=limit,
        drawn=Money(0),
        reserved=Money(0),
        annual_rate=annual_rate.fraction,
        day_basis=annual_rate.basis,
        effective_date=business_date,
        expires_date=business_date + timedelta(days=product.line_days),
        granted_at=now,
    )
    _tell(line, "activated", ["status", "limit"], now)
    return view_of(line)


@in_transaction
def reserve(*, line_id: UUID, amount: Money, business_date: date) -> LineView:
    """Hold part of what is available for a draw that is on its way (占用)."""
    _require_positive(amount)
    line = _locked(line_id)
    if line.status != LineStatus.ACTIVE:
        raise LineFrozen(status=str(line.status))
    if business_date < line.effective_date:
        raise LineNotInForce(effective_date=line.effective_date)
    if business_date >= line.expires_date:
        raise LineExpired(expires_date=line.expires_date)
    available = line.limit - line.drawn - line.reserved
    if amount > available:
        raise LimitExceeded(asked=str(amount), available=str(available))
    line.reserved = line.reserved + amount
    line.save(update_fields=["reserved"])
    return view_of(line)


@in_transaction
def release(*, line_id: UUID, amount: Money) -> LineView:
    """Give a hold back: the draw did not happen."""
    _require_positive(amount)
    line = _locked(line_id)
    if amount > line.reserved:
        raise LineOverReleased(asked=str(amount), held=str(line.reserved))
    line.reserved = line.reserved - amount
    _settle_limit(line, line.target_limit or line.limit)
    line.save(update_fields=["reserved", "limit", "target_limit"])
    return view_of(line)


@in_transaction
def commit_draw(*, line_id: UUID, amount: Money) -> LineView:
    """Turn a hold into use: the money has reached the borrower."""
    _require_positive(amount)
    line = _locked(line_id)
    if amount > line.reserved:
        raise LineOverReleased(asked=str(amount), held=str(line.reserved))
    line.reserved, line.drawn = line.reserved - amount, line.drawn + amount
    line.save(update_fields=["reserved", "drawn"])
    return view_of(line)


@in_transaction
def take_back(*, line_id: UUID, amount: Money) -> LineView:
    """Use the line again for principal whose repayment did not stand, whatever the line's state and end date.

    What came back may have been drawn again meanwhile: the debt stands all the same, so the limit stretches
    over it, nothing is available, and it falls back as principal is repaid. A line that was closed is frozen
    now; refuses it where another of the product has been opened since.
    """
    _require_positive(amount)
    line = _locked(line_id)
    if line.status == LineStatus.CLOSED:
        _reopen(line)
    if not line.revolving:
        if amount > line.repaid:
            raise LineOverReleased(asked=str(amount), held=str(line.repaid))
        line.repaid = line.repaid - amount
        line.save(update_fields=["repaid", "status", "frozen_reason"])
        return view_of(line)
    wanted = line.target_limit or line.limit
    line.drawn = line.drawn + amount
    _settle_limit(line, wanted)
    line.save(update_fields=["drawn", "limit", "target_limit", "status", "frozen_reason"])
    return view_of(line)


def _reopen(line: CreditLine) -> None:
    """Make a closed line carry a debt again, and no draw."""
    same = CreditLine.objects.filter(enterprise_id=line.enterprise_id, product_code=line.product_code)
    if same.exclude(status=LineStatus.CLOSED).exists():
        raise LineAlreadyOpen(product=line.product_code)
    line.status, line.frozen_reason = LineStatus.FROZEN, RETURNED


@in_transaction
def restore(*, line_id: UUID, amount: Money) -> LineView:
    """Free what repaid principal was using, to the cent, whatever the line's state (S0-01).

    On a line that does not revolve it only counts as repaid; above its target the limit falls first (S0-21).
    """
    _require_positive(amount)
    line = _locked(line_id)
    if amount > line.drawn - line.repaid:
        raise LineOverReleased(asked=str(amount), held=str(line.drawn - line.repaid))
    if not line.revolving:
        line.repaid = line.repaid + amount
        line.save(update_fields=["repaid"])
        return view_of(line)
    line.drawn = line.drawn - amount
    _settle_limit(line, line.target_limit or line.limit)
    line.save(update_fields=["drawn", "limit", "target_limit"])
    return view_of(line)


@in_transaction
def change_terms(
    *, line_id: UUID, limit: Money | None = None, annual_rate: AnnualRate | None = None, now: datetime
) -> LineView:
    """Give a line another limit, or another rate for draws to come; what is drawn keeps its terms (S0-21).

    A limit below what is in use takes all that is left at once and falls on as principal comes back.
    """
    line = _locked(line_id)
    if line.status == LineStatus.CLOSED:
        raise LineStateConflict(status=str(line.status), wanted="changed")
    changed = []
    if limit is not None:
        _require_positive(limit)
        _settle_limit(line, limit)
        changed.append("limit")
    if annual_rate is not None:
        line.annual_rate, line.day_basis = annual_rate.fraction, annual_rate.basis
        changed.append("annual_rate")
    line.save(update_fields=["limit", "target_limit", "annual_rate", "day_basis"])
    _tell(line, "limit_changed" if "limit" in changed else "rate_changed", changed, now)
    return view_of(line)


@in_transaction
def freeze(*, line_id: UUID, reason: str, now: datetime) -> LineView:
    """Stop new draws; what is drawn or on its way goes on."""
    line = _locked(line_id)
    if line.status != LineStatus.ACTIVE:
        raise LineStateConflict(status=str(line.status), wanted="frozen")
    line.status, line.frozen_reason = LineStatus.FROZEN, reason[:80]
    line.save(update_fields=["status", "frozen_reason"])
    _tell(line, "frozen", ["status"], now)
    return view_of(line)


@in_transaction
def freeze_overdue(*, line_ids: Iterable[UUID], now: datetime) -> int:
    """Stop new draws on the lines of loans that have become overdue; return how many were open until now."""
    return _freeze_all(CreditLine.objects.filter(id__in=set(line_ids)), OVERDUE, now)


@in_transaction
def freeze_granted(*, application_ids: Iterable[UUID], reason: str, now: datetime) -> int:
    """Stop new draws on the lines that these applications led to (J2); return how many were open."""
    return _freeze_all(CreditLine.objects.filter(application_id__in=set(application_ids)), reason, now)


def _freeze_all(rows: QuerySet[CreditLine], reason: str, now: datetime) -> int:
    found = list(rows.select_for_update().filter(status=LineStatus.ACTIVE).order_by("id"))
    CreditLine.objects.filter(id__in=[line.id for line in found]).update(
        status=LineStatus.FROZEN, frozen_reason=reason[:80]
    )
    for line in found:
        line.status = LineStatus.FROZEN
    return emit_many(events=[_event(line, "frozen", ["status"]) for line in found], now=now)


@in_transaction
def thaw_overdue(*, line_id: UUID, now: datetime) -> None:
    """Allow draws again once nothing is overdue; a line that people froze stays as it is."""
    line = _locked(line_id)
    if line.status == LineStatus.FROZEN and line.frozen_reason == OVERDUE:
        unfreeze(line_id=line_id, now=now)


@in_transaction
def unfreeze(*, line_id: UUID, now: datetime) -> LineView:
    """Allow draws again."""
    line = _locked(line_id)
    if line.status != LineStatus.FROZEN:
        raise LineStateConflict(status=str(line.status), wanted="active")
    line.status, line.frozen_reason = LineStatus.ACTIVE, ""
    line.save(update_fields=["status", "frozen_reason"])
    _tell(line, "activated", ["status"], now)
    return view_of(line)


@in_transaction
def close_finished(*, business_date: date, now: datetime, limit: int = 1000) -> int:
    """End the lines that can never be drawn again and owe nothing, `limit` at most; return how many.

    Those are the lines whose time is over, and the lines that do not revolve and were repaid in full. Without
    it they would count as granted for ever, and keep their borrower from the next one.
    """
    rows = CreditLine.objects.select_for_update(skip_locked=True).exclude(status=LineStatus.CLOSED)
    over = Q(expires_date__lte=business_date) | Q(revolving=False, repaid__gt=0)
    found = list(rows.filter(over, drawn=F("repaid"), reserved=0).order_by("id")[:limit])
    CreditLine.objects.filter(id__in=[line.id for line in found]).update(status=LineStatus.CLOSED)
    for line in found:
        line.status = LineStatus.CLOSED
    return emit_many(events=[_event(line, "closed", ["status"]) for line in found], now=now)


@in_transaction
def close_line(*, line_id: UUID, now: datetime) -> LineView:
    """End a line for good; refuses while anything is drawn or on its way."""
    line = _locked(line_id)
    if line.status == LineStatus.CLOSED:
        raise LineStateConflict(status=str(line.status), wanted="closed")
    if line.drawn != line.repaid or line.reserved:
        raise LineInUse(drawn=str(line.drawn - line.repaid), reserved=str(line.reserved))
    line.status = LineStatus.CLOSED
    line.save(update_fields=["status"])
    _tell(line, "closed", ["status"], now)
    return view_of(line)
