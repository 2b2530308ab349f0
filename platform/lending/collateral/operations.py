"""Verbs: list a community, register and value a collateral, pledge it, register and release liens (S2-39)."""

from datetime import date, datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db.models import Q

from kernel.ids import public_id
from kernel.money import Money
from kernel.rates import is_exact
from kernel.refusals import Kind, Refusal
from ledger.journal import operations as journal
from ledger.journal.entry import EntryDraft, Line, Side
from lending.collateral.ltv import Verdict
from lending.collateral.models import (
    IMMOVABLE,
    Collateral,
    CollateralKind,
    Community,
    Pledge,
    PledgeStatus,
    Valuation,
)
from lending.collateral.queries import (
    CollateralNotFound,
    CollateralView,
    PledgeNotFound,
    PledgeView,
    appraisal,
    collateral_view,
    pledge_view,
)
from lending.credit_lines import operations as lines
from parties.enterprises import queries as enterprises
from plumbing.audit.operations import record
from plumbing.crypto import blind_index
from plumbing.sql import hold_name, in_transaction
from risk.graph import operations as graph
from risk.graph.drafts import Node, RelationDraft
from risk.graph.kinds import EntityKind, RelationKind

MAX_LTV: Final = Decimal("0.800000")  # S2-39: 抵押 ≤ 8成; a product may ask for less
COLLATERAL_HELD: Final = "9004"
CONTRA: Final = "9999"


class CollateralInvalid(Refusal):
    """A part of what was given is missing or not possible."""

    code = "collateral.invalid"
    kind = Kind.INVALID
    message = "The collateral's {field} is missing or not valid."


class CollateralRefused(Refusal):
    """The bank's rules do not take the collateral for this amount (S2-39: 80.01 % of 80 %)."""

    code = "collateral.refused"
    message = "This collateral cannot secure {secured}: {ground}, {ltv} of its value against {max_ltv}."


class ReviewRequired(Refusal):
    """A person other than the one who proposes has to look at the collateral first (S2-39)."""

    code = "collateral.review_required"
    kind = Kind.CONFLICT
    message = "A second person must review this collateral first: {ground}."


class SamePerson(Refusal):
    """Maker and checker are one."""

    code = "collateral.same_person"
    kind = Kind.FORBIDDEN
    message = "{person} cannot both propose and approve."


class AlreadyPledged(Refusal):
    """The collateral secures this line already."""

    code = "collateral.already_pledged"
    kind = Kind.CONFLICT
    message = "Collateral {collateral} secures this line already."


class PledgeStateConflict(Refusal):
    """The pledge is not in a state from which this move exists."""

    code = "collateral.pledge_state_conflict"
    kind = Kind.CONFLICT
    message = "The pledge is {status}; it cannot become {wanted}."


class PledgeNeeded(Refusal):
    """The line owes money that the lien secures."""

    code = "collateral.pledge_needed"
    kind = Kind.CONFLICT
    message = "{used} is drawn or on its way on the line this pledge secures."


class CommunityListedAlready(Refusal):
    """The community is on the list."""

    code = "collateral.community_listed"
    kind = Kind.CONFLICT
    message = "{name} is on the list already."


@in_transaction
def list_community(
    *, area_code: str, name: str, listed_from: date, proposed_by: str, approved_by: str, now: datetime
) -> UUID:
    """Put a community on the bank's list (房产白名单); one person proposes, another approves."""
    if not name.strip() or len(area_code) != 6 or not area_code.isdigit():
        raise CollateralInvalid(field="area code" if name.strip() else "community")
    if proposed_by == approved_by:
        raise SamePerson(person=proposed_by)
    hold_name("community", area_code, name.strip())
    rows = Community.objects.filter(area_code=area_code, name=name.strip())
    if rows.filter(Q(listed_until=None) | Q(listed_until__gt=listed_from)).exists():
        raise CommunityListedAlready(name=name.strip())
    row = Community.objects.create(
        area_code=area_code,
        name=name.strip(),
        listed_from=listed_from,
        proposed_by=proposed_by,
        approved_by=approved_by,
        created_at=now,
    )
    record(
        actor=approved_by, action="community.listed", subject=str(row.id), detail={"name": row.name}, now=now
    )
    return row.id


@in_transaction
def delist_community(
    *, area_code: str, name: str, listed_until: date, approved_by: str, now: datetime
) -> None:
    """Take a community off the list from a day on; what was pledged before stays pledged."""
    row = Community.objects.select_for_update().filter(area_code=area_code, name=name, listed_until=None)
    found = row.first()
    if found is None or listed_until < found.listed_from:
        raise CollateralInvalid(field="community" if found is None else "date")
    row.update(listed_until=listed_until)
    record(
        actor=approved_by, action="community.delisted", subject=str(found.id), detail={"name": name}, now=now
    )


@in_transaction
def register_collateral(
    *,
    enterprise_id: UUID,
    kind: str,
    area_code: str,
    community: str,
    title_no: str,
    now: datetime,
    business_date: date,
) -> CollateralView:
    """Write a collateral down; the same title again is the same collateral, if it is the same borrower's."""
    if kind not in CollateralKind.values or not title_no.strip():
        raise CollateralInvalid(field="kind" if title_no.strip() else "title")
    if kind in IMMOVABLE and not community.strip():
        raise CollateralInvalid(field="community")
    if len(area_code) != 6 or not area_code.isdigit():
        raise CollateralInvalid(field="area code")
    index = blind_index(title_no.strip())
    hold_name("collateral", index)
    row = Collateral.objects.filter(title_index=index).first()
    if row is not None:
        if (row.enterprise_id, row.kind, row.community) != (enterprise_id, kind, community.strip()):
            raise CollateralInvalid(field="title")
        return collateral_view(row, business_date)
    row = Collateral.objects.create(
        enterprise_id=enterprise_id,
        kind=kind,
        area_code=area_code,
        community=community.strip(),
        title_no=title_no.strip(),
        title_index=index,
        registered_at=now,
    )
    _tell_graph(row, business_date=business_date, now=now)
    return collateral_view(row, business_date)


def _tell_graph(row: Collateral, *, business_date: date, now: datetime) -> None:
    """Write down whose the collateral is, by the title's blind index."""
    owner = enterprises.get_enterprise(enterprise_id=row.enterprise_id, scene_id=None)
    draft = RelationDraft(
        source=Node(EntityKind.ENTERPRISE, owner.registration_no),
        kind=RelationKind.OWNS,
        target=Node(EntityKind.PROPERTY, row.title_index),
        valid_from=business_date,
        learned_from="collateral",
    )
    graph.relate(relations=[draft], now=now)


def _locked(collateral_id: UUID) -> Collateral:
    row = Collateral.objects.select_for_update().filter(id=collateral_id).first()
    if row is None:
        raise CollateralNotFound(collateral=public_id("col", collateral_id))
    return row


@in_transaction
def record_valuation(
    *,
    collateral_id: UUID,
    value: Money,
    valued_date: date,
    expires_date: date,
    appraiser: str,
    recorded_by: str,
    now: datetime,
    business_date: date,
) -> CollateralView:
    """Write down what a collateral is worth; earlier valuations stay (append-only)."""
    row = _locked(collateral_id)
    if value.minor <= 0 or not appraiser.strip():
        raise CollateralInvalid(field="value" if appraiser.strip() else "appraiser")
    if valued_date > business_date or expires_date <= valued_date:
        raise CollateralInvalid(field="date")
    Valuation.objects.create(
        collateral=row,
        value=value,
        valued_date=valued_date,
        expires_date=expires_date,
        appraiser=appraiser.strip(),
        recorded_by=recorded_by,
        recorded_at=now,
    )
    return collateral_view(row, business_date)


@in_transaction
def pledge(
    *,
    collateral_id: UUID,
    line_id: UUID,
    secured: Money,
    prior: Money,
    agreed_by: str,
    reviewed_by: str = "",
    max_ltv: Decimal = MAX_LTV,
    now: datetime,
    business_date: date,
) -> PledgeView:
    """Agree that a collateral secures a line up to an amount (抵押); it counts once the lien is registered.

    `prior` is what others' liens before ours secure. Above `max_ltv` it is refused whoever asks; off the list
    of communities a second person has to have reviewed it.
    """
    lines.lock_line(line_id=line_id)
    row = _locked(collateral_id)
    if secured.minor <= 0 or prior.minor < 0 or not is_exact(max_ltv) or not 0 < max_ltv <= MAX_LTV:
        raise CollateralInvalid(field="amount")
    if row.pledges.filter(line_id=line_id).exclude(status=PledgeStatus.RELEASED).exists():
        raise AlreadyPledged(collateral=public_id("col", collateral_id))
    judged = appraisal(
        collateral_id=collateral_id, secured=secured, prior=prior, max_ltv=max_ltv, on_date=business_date
    )
    if judged.verdict is Verdict.REFUSED or judged.ltv is None:
        shown = "-" if judged.ltv is None else f"{judged.ltv * 100:.2f} %"
        raise CollateralRefused(
            secured=str(secured), ground=judged.grounds[0].value, ltv=shown, max_ltv=f"{max_ltv * 100:.2f} %"
        )
    if judged.verdict is Verdict.REVIEW and not reviewed_by:
        raise ReviewRequired(ground=judged.grounds[0].value)
    if reviewed_by and reviewed_by == agreed_by:
        raise SamePerson(person=agreed_by)
    made = Pledge.objects.create(
        collateral=row,
        line_id=line_id,
        secured=secured,
        prior=prior,
        max_ltv=max_ltv,
        ltv=judged.ltv,
        agreed_by=agreed_by,
        reviewed_by=reviewed_by,
        agreed_date=business_date,
        agreed_at=now,
    )
    detail: dict[str, object] = {"verdict": judged.verdict.value, "ltv": str(judged.ltv)}
    record(actor=agreed_by, action="pledge.agreed", subject=public_id("plg", made.id), detail=detail, now=now)
    return pledge_view(made)


def _locked_pledge(pledge_id: UUID, wanted: PledgeStatus, *allowed: PledgeStatus) -> Pledge:
    line_id = Pledge.objects.filter(id=pledge_id).values_list("line_id", flat=True).first()
    if line_id is None:
        raise PledgeNotFound(pledge=public_id("plg", pledge_id))
    lines.lock_line(line_id=line_id)
    row = Pledge.objects.select_for_update().select_related("collateral").get(id=pledge_id)
    if row.status not in allowed:
        raise PledgeStateConflict(status=str(row.status), wanted=wanted.value)
    return row


def _held(row: Pledge, value: Money, *, taken: bool, business_date: date, now: datetime) -> None:
    """Note the collateral among what the bank holds (表外-抵质押品), or strike it."""
    sides = (Side.DEBIT, Side.CREDIT) if taken else (Side.CREDIT, Side.DEBIT)
    word = "pledged" if taken else "released"
    journal.post_entry(
        entry=EntryDraft(
            kind=f"collateral.{word}",
            booking_date=business_date,
            value_date=business_date,
            lines=(Line(COLLATERAL_HELD, sides[0], value), Line(CONTRA, sides[1], value)),
            idempotency_key=f"{public_id('plg', row.id)}:{word}",
            reference=public_id("lin", row.line_id),
        ),
        now=now,
    )


@in_transaction
def register_lien(
    *,
    pledge_id: UUID,
    lien_no: str,
    registered_date: date,
    recorded_by: str,
    now: datetime,
    business_date: date,
) -> PledgeView:
    """Record that the registry has entered the lien; from now on the line may be drawn, the same day too."""
    row = _locked_pledge(pledge_id, PledgeStatus.REGISTERED, PledgeStatus.AGREED)
    if not lien_no.strip() or not row.agreed_date <= registered_date <= business_date:
        raise CollateralInvalid(field="date" if lien_no.strip() else "lien number")
    row.status, row.lien_no, row.registered_date = PledgeStatus.REGISTERED, lien_no.strip(), registered_date
    row.save(update_fields=["status", "lien_no", "registered_date"])
    _held(row, row.secured, taken=True, business_date=business_date, now=now)
    record(
        actor=recorded_by,
        action="pledge.registered",
        subject=public_id("plg", row.id),
        detail={"lien_no": row.lien_no},
        now=now,
    )
    return pledge_view(row)


@in_transaction
def release_pledge(*, pledge_id: UUID, released_by: str, now: datetime, business_date: date) -> PledgeView:
    """Let a collateral go; refused while anything is drawn or on its way on the line it secures."""
    row = _locked_pledge(pledge_id, PledgeStatus.RELEASED, PledgeStatus.AGREED, PledgeStatus.REGISTERED)
    line = lines.lock_line(line_id=row.line_id)
    used = line.outstanding + line.reserved
    if used.minor and row.status == PledgeStatus.REGISTERED:
        raise PledgeNeeded(used=str(used))
    was_registered = row.status == PledgeStatus.REGISTERED
    row.status, row.released_date = PledgeStatus.RELEASED, business_date
    row.save(update_fields=["status", "released_date"])
    if was_registered:
        _held(row, row.secured, taken=False, business_date=business_date, now=now)
    record(actor=released_by, action="pledge.released", subject=public_id("plg", row.id), detail={}, now=now)
    return pledge_view(row)
