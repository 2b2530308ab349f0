"""Reads of collateral: what secures a line, what a pledge would be judged as, whether a draw is covered."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import Q, Sum

from kernel.ids import public_id
from kernel.money import Money
from kernel.refusals import Kind, Refusal
from lending.collateral.ltv import Appraisal, appraise, within
from lending.collateral.models import IMMOVABLE, Collateral, Community, Pledge, PledgeStatus, Valuation


class CollateralNotFound(Refusal):
    """No such collateral at this bank."""

    code = "collateral.not_found"
    kind = Kind.NOT_FOUND
    message = "There is no collateral {collateral}."


class PledgeNotFound(Refusal):
    """No such pledge at this bank."""

    code = "collateral.pledge_not_found"
    kind = Kind.NOT_FOUND
    message = "There is no pledge {pledge}."


class LienNotRegistered(Refusal):
    """A secured line is drawn only once its liens are registered (S2-39)."""

    code = "collateral.lien_not_registered"
    message = "The lien on collateral {collateral} is not registered yet."


class CoverTooSmall(Refusal):
    """What secures the line, at today's values, does not cover it with this draw."""

    code = "collateral.cover_too_small"
    message = "{used} would be drawn, and the collateral covers {cover}."


@dataclass(frozen=True, slots=True, kw_only=True)
class CollateralView:
    """A collateral; its title is masked to the last four signs."""

    id: UUID
    enterprise_id: UUID
    kind: str
    area_code: str
    community: str
    title_masked: str
    value: Money | None
    valued_date: date | None
    valuation_expires: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PledgeView:
    """A pledge; `ltv` and `max_ltv` are fractions, as they were when it was agreed."""

    id: UUID
    collateral_id: UUID
    line_id: UUID
    secured: Money
    prior: Money
    ltv: Decimal
    max_ltv: Decimal
    status: str
    lien_no: str
    reviewed_by: str
    registered_date: date | None
    released_date: date | None


def latest_valuation(collateral: Collateral, on_date: date) -> Valuation | None:
    """Return the valuation that counts on a day, also one that has expired."""
    return collateral.valuations.filter(valued_date__lte=on_date).first()


def collateral_view(row: Collateral, on_date: date) -> CollateralView:
    """Return a collateral with its value on a day."""
    valued = latest_valuation(row, on_date)
    return CollateralView(
        id=row.id,
        enterprise_id=row.enterprise_id,
        kind=row.kind,
        area_code=row.area_code,
        community=row.community,
        title_masked=f"****{row.title_no[-4:]}",
        value=valued.value if valued else None,
        valued_date=valued.valued_date if valued else None,
        valuation_expires=valued.expires_date if valued else None,
    )


def pledge_view(row: Pledge) -> PledgeView:
    """Return the frozen view of a pledge."""
    return PledgeView(
        id=row.id,
        collateral_id=row.collateral_id,
        line_id=row.line_id,
        secured=row.secured,
        prior=row.prior,
        ltv=row.ltv,
        max_ltv=row.max_ltv,
        status=row.status,
        lien_no=row.lien_no,
        reviewed_by=row.reviewed_by,
        registered_date=row.registered_date,
        released_date=row.released_date,
    )


def get_collateral(*, collateral_id: UUID, on_date: date) -> CollateralView:
    """Return one collateral with its value on a day."""
    row = Collateral.objects.filter(id=collateral_id).first()
    if row is None:
        raise CollateralNotFound(collateral=public_id("col", collateral_id))
    return collateral_view(row, on_date)


def pledges_of(*, line_id: UUID) -> tuple[PledgeView, ...]:
    """Return every pledge a line has or had, oldest first."""
    return tuple(pledge_view(row) for row in Pledge.objects.filter(line_id=line_id))


def community_listed(*, area_code: str, name: str, on_date: date) -> bool:
    """Say whether the bank lends on a community that day without a look (房产白名单)."""
    rows = Community.objects.filter(area_code=area_code, name=name, listed_from__lte=on_date)
    return rows.filter(Q(listed_until=None) | Q(listed_until__gt=on_date)).exists()


def appraisal(
    *, collateral_id: UUID, secured: Money, prior: Money, max_ltv: Decimal, on_date: date
) -> Appraisal:
    """Judge what pledging a collateral for an amount would be: our own liens rank before the new one."""
    row = Collateral.objects.filter(id=collateral_id).first()
    if row is None:
        raise CollateralNotFound(collateral=public_id("col", collateral_id))
    valued = latest_valuation(row, on_date)
    own = row.pledges.exclude(status=PledgeStatus.RELEASED).aggregate(total=Sum("secured"))["total"]
    return appraise(
        secured=secured.minor,
        prior=prior.minor + int(own.minor if isinstance(own, Money) else own or 0),
        value=valued.value.minor if valued else None,
        valuation_expires=valued.expires_date if valued else None,
        max_ltv=max_ltv,
        needs_community=row.kind in IMMOVABLE,
        community_listed=community_listed(area_code=row.area_code, name=row.community, on_date=on_date),
        on_date=on_date,
    )


def _ranks_before(row: Pledge) -> int:
    """Return what our own liens that were agreed before this one secure of the same collateral."""
    earlier = Pledge.objects.filter(collateral_id=row.collateral_id).filter(
        Q(agreed_at__lt=row.agreed_at) | Q(agreed_at=row.agreed_at, id__lt=row.id)
    )
    return Money.total(earlier.exclude(status=PledgeStatus.RELEASED).values_list("secured", flat=True)).minor


def require_cover(*, line_id: UUID, used: Money, on_date: date) -> None:
    """Refuse a draw on a secured line whose liens are not registered or no longer cover what it would use.

    A line without a pledge is unsecured and passes. A lien covers no more than it secures, and no more than
    today's value allows behind what ranks before it, our own earlier liens for other lines among that; an
    expired value covers nothing.
    """
    rows = list(Pledge.objects.filter(line_id=line_id).exclude(status=PledgeStatus.RELEASED))
    if not rows:
        return
    cover = 0
    for row in rows:
        if row.status != PledgeStatus.REGISTERED:
            raise LienNotRegistered(collateral=public_id("col", row.collateral_id))
        valued = latest_valuation(row.collateral, on_date)
        if valued is None or valued.expires_date <= on_date:
            continue
        prior = row.prior.minor + _ranks_before(row)
        room = int(valued.value.minor * row.max_ltv) - prior
        secured = row.secured.minor
        whole = within(secured=secured, prior=prior, value=valued.value.minor, max_ltv=row.max_ltv)
        cover += secured if whole else max(0, room)
    if used.minor > cover:
        raise CoverTooSmall(used=str(used), cover=str(Money(cover, used.currency)))
