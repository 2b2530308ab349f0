"""What two banks agree on, and the bank's own figures that the caps are measured against."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from kernel.money import Money
from kernel.refusals import Kind, Refusal
from ledger.settlement import operations as settlement
from lending.participations.models import BankFigures, JointAgreement, Participation, PartnerBalance, Role
from lending.participations.shares import MILLION, PartnerShareTooSmall
from plumbing.sql import hold_name, in_transaction
from regulation import queries as regulation


class AgreementInvalid(Refusal):
    """The agreement lacks a second signature, or names no share."""

    code = "lending.joint_agreement_invalid"
    kind = Kind.INVALID
    message = "The joint agreement cannot be signed: {reason}."


class FiguresMissing(Refusal):
    """The bank has not reported its capital and loans: no cap can be held (R-03, R-04)."""

    code = "lending.bank_figures_missing"
    kind = Kind.UNAVAILABLE
    message = "The bank has reported no capital and loans as of {on_date}."


class JointCapReached(Refusal):
    """The bank's part of joint loans would pass a cap: with this partner (R-03), of all loans (R-04)."""

    code = "lending.joint_cap_reached"
    message = "{rule}: {balance} of joint loans and {asked} more are over {cap}."


@in_transaction
def sign_agreement(
    *,
    role: str,
    own_code: str,
    partner_code: str,
    partner_name: str,
    product_code: str,
    share_ppm: int,
    ceiling: Money,
    effective_from: date,
    proposed_by: str,
    approved_by: str,
    now: datetime,
    priority: int = 1,
    alone_allowed: bool = False,
    first_loss_pool: Money | None = None,
    answer_wait_seconds: int = 1800,
) -> UUID:
    """Sign an agreement by two hands; each bank signs its own copy. Refuses a share under R-02.

    `share_ppm` is the partner's share in millionths, whoever signs; `ceiling` bounds this bank's own part.
    A request that the partner leaves unanswered for `answer_wait_seconds` is taken back.
    """
    if proposed_by == approved_by or not proposed_by or not approved_by:
        raise AgreementInvalid(reason="two people sign it")
    if not 0 < share_ppm < MILLION:
        raise AgreementInvalid(reason="the share is not a part of the whole")
    share_min = Decimal(regulation.rule("R-02", effective_from).parameters["partner_share_min"])
    if share_ppm < share_min * MILLION:
        agreed_exact = Decimal(share_ppm) / MILLION
        raise PartnerShareTooSmall(partner=str(agreed_exact), total="1", smallest=str(share_min))
    settlement.register_party(
        code=partner_code, kind="bank", name=partner_name, account_number="", holder_name="", now=now
    )
    return JointAgreement.objects.create(
        role=Role(role),
        own_code=own_code,
        partner_code=partner_code,
        product_code=product_code,
        share_ppm=share_ppm,
        priority=priority,
        alone_allowed=alone_allowed,
        ceiling=ceiling,
        first_loss_pool=first_loss_pool or Money(0),
        answer_wait_seconds=answer_wait_seconds,
        effective_from=effective_from,
        proposed_by=proposed_by,
        approved_by=approved_by,
        signed_at=now,
    ).id


@in_transaction
def report_figures(
    *, as_of_date: date, net_tier1_capital: Money, total_loans: Money, reported_by: str, now: datetime
) -> None:
    """Report the bank's net tier-1 capital and all its loans as of a day; the latest report counts."""
    BankFigures.objects.create(
        as_of_date=as_of_date,
        net_tier1_capital=net_tier1_capital,
        total_loans=total_loans,
        reported_by=reported_by,
        reported_at=now,
    )


def take_room(agreement: JointAgreement, own_part: Money, on_date: date) -> None:
    """Add a loan's own part to the balance with the partner; refuses what passes a cap (R-03, R-04).

    One joint loan at a time is booked in a bank, so two that would pass a cap together cannot both.
    """
    hold_name("joint_caps")
    figures = BankFigures.objects.filter(as_of_date__lte=on_date).order_by("-as_of_date", "-id").first()
    if figures is None:
        raise FiguresMissing(on_date=on_date)
    row, _ = PartnerBalance.objects.get_or_create(partner_code=agreement.partner_code)
    row.refresh_from_db()
    everything = Money.total(PartnerBalance.objects.values_list("own_balance", flat=True))
    one = _part_of(figures.net_tier1_capital, "R-03", "partner_tier1_share_max", on_date)
    every = _part_of(figures.total_loans, "R-04", "joint_share_of_loans_max", on_date)
    for rule, balance, cap in (
        ("R-03", row.own_balance, one),
        ("R-04", everything, every),
        ("agreement", row.own_balance, agreement.ceiling),
    ):
        if balance + own_part > cap:
            raise JointCapReached(rule=rule, balance=str(balance), asked=str(own_part), cap=str(cap))
    row.own_balance += own_part
    row.save(update_fields=["own_balance"])


def _part_of(figure: Money, code: str, parameter: str, on_date: date) -> Money:
    share = Decimal(regulation.rule(code, on_date).parameters[parameter])
    return Money(figure.minor * int(share * MILLION) // MILLION)


def give_room(agreement: JointAgreement, own_part: Money) -> None:
    """Take a part of a joint loan off the balance with the partner."""
    hold_name("joint_caps")
    row = PartnerBalance.objects.select_for_update().get(partner_code=agreement.partner_code)
    row.own_balance -= own_part
    row.save(update_fields=["own_balance"])


def agreements_for(product_code: str, on_date: date, role: Role) -> list[JointAgreement]:
    """Return the agreements in force for a product, the first choice first."""
    rows = JointAgreement.objects.filter(
        product_code=product_code, role=role, effective_from__lte=on_date
    ).exclude(effective_to__lte=on_date)
    return list(rows.order_by("priority", "id"))


def own_part(row: Participation) -> Money:
    """Return what of a shared loan is this bank's own."""
    partners: Money = row.partner_amount
    return partners if row.agreement.role == Role.PARTNER else row.total - partners
