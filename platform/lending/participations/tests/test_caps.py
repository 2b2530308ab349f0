"""The caps on joint loans (R-03, R-04) at the fen, also for two draws at once; agreements take two hands."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection, transaction

from kernel.ids import new_id
from kernel.money import Money
from kernel.refusals import Refusal
from lending.participations import operations as participations
from lending.participations.models import JointAgreement, Message, Participation, PartnerBalance
from lending.participations.operations.agreements import AgreementInvalid, FiguresMissing
from lending.participations.operations.lead import Standing
from lending.participations.operations.partner import NoOwnDecision, TermsDiffer
from lending.participations.queries import (
    Envelope,
    ParticipationNotFound,
    get_participation,
    own_balance,
    waiting_messages,
    waiting_peers,
)
from lending.participations.shares import PartnerShareTooSmall
from lending.participations.states import ParticipationStateConflict
from plumbing.schemas import bank_schema
from testkit.servicing import NOON

TODAY = date(2026, 11, 2)


def yuan(amount: str) -> Money:
    return Money.parse(amount)


def sign(
    *, partner: str = "bank:lian", share_ppm: int = 500_000, by: str = "risk", **changes: object
) -> None:
    terms = {"priority": 1, "role": "lead", "ceiling": yuan("900000000.00"), **changes}
    participations.sign_agreement(
        own_code="bank:qinglan",
        partner_code=partner,
        partner_name=partner,
        product_code="joint",
        share_ppm=share_ppm,
        effective_from=TODAY,
        proposed_by="product",
        approved_by=by,
        now=NOON,
        **terms,  # type: ignore[arg-type]
    )


def report(*, tier1: str = "2400000000.00", loans: str = "9000000000.00") -> None:
    participations.report_figures(
        as_of_date=TODAY,
        net_tier1_capital=yuan(tier1),
        total_loans=yuan(loans),
        reported_by="risk",
        now=NOON,
    )


def holds(balance: str, partner: str = "bank:lian") -> None:
    """Begin with a book of joint loans."""
    PartnerBalance.objects.update_or_create(partner_code=partner, defaults={"own_balance": yuan(balance)})


def ask(total: str, *, drawdown: UUID | None = None, now: datetime = NOON) -> Standing:
    """Ask for a joint loan of which half is this bank's own."""
    return participations.seek_partner(
        drawdown_id=drawdown or new_id(),
        product_code="joint",
        scene_id=new_id(),
        registration_no="91331002MA0000X15M",
        total=yuan(total),
        now=now,
        business_date=TODAY,
    )


def test_a_quarter_of_tier_one_with_one_partner_and_not_a_fen_more(qinglan: str) -> None:
    sign()
    report()  # 25 % of 2,400,000,000 are 600,000,000
    holds("599950000.00")
    assert ask("200000.00") == Standing("refused", "lending.joint_cap_reached:R-03")  # 100,000 of its own
    assert ask("100000.02").state == "refused"
    assert own_balance(partner_code="bank:lian") == yuan("599950000.00")
    assert Participation.objects.count() == 0
    assert ask("100000.00").state == "waiting"
    assert own_balance(partner_code="bank:lian") == yuan("600000000.00")


def test_half_of_all_loans_over_all_partners(qinglan: str) -> None:
    sign()
    report(loans="1000000.00")
    holds("300000.00", partner="bank:other")
    holds("199900.00")
    assert ask("200.02") == Standing("refused", "lending.joint_cap_reached:R-04")  # 50.0000 % and a fen
    assert ask("200.00").state == "waiting"


def test_a_partner_whose_cap_is_reached_is_passed_over_for_the_next(qinglan: str) -> None:
    sign()
    sign(partner="bank:other", priority=2, share_ppm=400_000)
    report()
    holds("600000000.00")
    assert ask("100000.00").state == "waiting"
    row = Participation.objects.get()
    assert (row.agreement.partner_code, row.partner_amount) == ("bank:other", yuan("40000.00"))
    assert get_participation(name=row.name).lead_amount == yuan("60000.00")


def test_the_lead_lends_alone_only_by_its_own_policy(qinglan: str) -> None:
    report()
    assert ask("100000.00") == Standing("alone")  # nobody is agreed with
    sign(ceiling=yuan("1.00"), alone_allowed=True)
    assert ask("100000.00") == Standing("alone", "lending.joint_cap_reached:agreement")


def test_what_may_not_be_signed_is_refused_and_nothing_is_written(qinglan: str) -> None:
    for refusal, changes in (
        (PartnerShareTooSmall, {"share_ppm": 299_000}),
        (AgreementInvalid, {"by": "product"}),
        (AgreementInvalid, {"share_ppm": 1_000_000}),
    ):
        with pytest.raises(refusal), transaction.atomic():
            sign(**changes)  # type: ignore[arg-type]
    assert JointAgreement.objects.count() == 0
    sign(share_ppm=300_000)
    assert ask("100000.00") == Standing("refused", FiguresMissing.code)
    with pytest.raises(ParticipationNotFound):
        get_participation(name="ptn_x")
    assert Participation.objects.count() == PartnerBalance.objects.count() == 0


def test_two_draws_at_once_that_both_fit_alone_are_one(committed_qinglan: str) -> None:
    """R-03: 599,950,000 and twice 30,000 of its own under 600,000,000: exactly one."""
    with transaction.atomic():
        sign()
        report()
        holds("599950000.00")

    def one(_: int) -> str:
        try:
            with bank_schema("qinglan"), transaction.atomic():
                return ask("60000.00").state
        except Refusal as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(one, range(2))) == ["refused", "waiting"]
    assert own_balance(partner_code="bank:lian") == yuan("599980000.00")


def test_a_partner_that_says_nothing_is_passed_over_and_its_room_given_back(qinglan: str) -> None:
    sign(answer_wait_seconds=60)
    sign(partner="bank:other", priority=2, answer_wait_seconds=60)
    report()
    drawdown, late = new_id(), NOON + timedelta(seconds=60)
    for moment in (NOON, late - timedelta(seconds=1)):
        assert ask("100.00", drawdown=drawdown, now=moment) == Standing("waiting")
    first = Participation.objects.get()
    assert own_balance(partner_code="bank:lian") == yuan("50.00")
    assert ask("100.00", drawdown=drawdown, now=late) == Standing("waiting")  # now for the other
    assert [own_balance(partner_code=f"bank:{who}") for who in ("lian", "other")] == [Money(0), yuan("50.00")]
    told("answer", first.name, accepted=True, decision_ref="lin_x", reason="")  # too late
    assert get_participation(name=first.name).status == "cancelled"
    end = ask("100.00", drawdown=drawdown, now=late + timedelta(seconds=60))
    assert end == Standing("refused", "partner_silent")
    assert [(each.peer_code, each.kind) for each in Message.objects.filter(is_outgoing=True)] == [
        ("bank:lian", "request"),
        ("bank:lian", "cancelled"),
        ("bank:other", "request"),
        ("bank:other", "cancelled"),
    ]


def told(letter: str, name: str, *, sender: str = "bank:lian", **facts: object) -> bool:
    """Take a message of another bank."""
    body = {"name": name, "from": "bank:lian", **facts}
    envelope = Envelope(f"{name}:{letter}:0", "bank:qinglan", letter, body, sender)
    return participations.receive(envelope=envelope, now=NOON, business_date=TODAY)


def test_only_the_bank_that_shares_a_loan_is_heard_about_it(qinglan: str) -> None:
    sign()
    report()
    assert ask("100.00").state == "waiting"
    name = Participation.objects.get().name
    before = Message.objects.count()
    for sender, kind in (("bank:stranger", "answer"), ("bank:lian", "started"), ("bank:lian", "covered")):
        with pytest.raises(ParticipationNotFound), transaction.atomic():
            told(kind, name, sender=sender, accepted=True, decision_ref="", reason="")
    assert (Message.objects.count(), get_participation(name=name).status) == (before, "requested")
    assert told("answer", name, accepted=True, decision_ref="lin_x", reason="")
    assert not told("answer", name, accepted=False, decision_ref="", reason="")  # the same message again
    assert get_participation(name=name).status == "accepted"


def asked(name: str, part: str, **changes: object) -> None:
    facts = {"product_code": "joint", "scene_id": str(new_id()), "registration_no": "91331002MA0000X15M"}
    told("request", name, total=10_000, partner_amount=yuan(part).minor, **{**facts, **changes})


def test_a_request_that_nothing_stands_for_is_declined_and_stops_no_other(qinglan: str) -> None:
    asked("ptn_a", "50.00")  # no agreement
    assert told("cancelled", "ptn_a") and Participation.objects.count() == 0
    sign(role="partner")
    for name, part, reason in (
        ("ptn_b", "70.00", TermsDiffer.code),  # the agreement says half
        ("ptn_c", "50.00", NoOwnDecision.code),
    ):
        asked(name, part)
        with pytest.raises(ParticipationStateConflict), transaction.atomic():
            told("row", name, sequence=2, kind="repayment", principal=1)
        assert participations.decide(name=name, now=NOON, business_date=TODAY).reason == reason
    answers = Message.objects.filter(is_outgoing=True).order_by("id")
    assert [(each.peer_code, each.body["accepted"], each.body["reason"]) for each in answers] == [
        ("bank:lian", False, ParticipationNotFound.code),
        ("bank:lian", False, TermsDiffer.code),
        ("bank:lian", False, NoOwnDecision.code),
    ]
    assert waiting_peers() == ("bank:lian",)
    assert len(waiting_messages(peer_code="bank:lian")) == 3 and not waiting_messages(peer_code="bank:x")
