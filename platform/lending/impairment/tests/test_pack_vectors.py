"""Every rule of the published pack carries its own test vectors: here they are run, by code. Pure."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from kernel.calendars import Calendar
from kernel.money import Money
from lending.tax.deferral import VatState, arisen, vat_booked
from lending.tax.tagging import TaxFacts, split_interest, tag_of, vat_within
from regulation.enterprise_size import SizeFigures, enterprise_size
from regulation.lpr import publication_date
from regulation.penalties import Breach, PenaltyBands, UpliftOutOfBand
from risk.classification.clocks import earliest_upgrade, observation_end
from risk.classification.loss import LossPoint, Scenario, expected_loss
from risk.classification.policy import ClassificationPolicy
from risk.classification.renewal import RenewalFacts, renewal_verdict
from risk.classification.tiers import Exposure, classify, debtor_floor
from tenants.reference import operations

PACK = json.loads(Path(operations.PACK).read_text(encoding="utf-8"))["rules"]
RULES = {rule["code"]: rule["parameters"] for rule in PACK}
POLICY = ClassificationPolicy.of(RULES)
WORKED = Calendar.of(
    holidays=[date(2026, 2, day) for day in (16, 17, 18, 19, 20, 23)] + [date(2026, 6, 19)],
    makeup_workdays=[date(2026, 9, 20)],
)
DUE = date(2026, 7, 20)


def tier(exposure: Exposure, on_date: date) -> str:
    return classify(exposure, POLICY, on_date).tier.name


def overdue(given: dict[str, Any]) -> str:
    due, on_date = (date.fromisoformat(given[name]) for name in ("due", "on"))
    return tier(Exposure(oldest_due_date=due, balance=1), on_date)


def penalty(given: dict[str, Any]) -> str:
    try:
        PenaltyBands.of(RULES["P-04"]).require(
            breach=Breach(given["breach"]), uplift=Decimal(given["uplift"])
        )
    except UpliftOutOfBand:
        return "BLOCK"
    return "pass"


def floored(given: dict[str, Any]) -> str:
    found = debtor_floor(
        own_npl=int(Decimal(given.get("own_npl_share", "0")) * 1_000),
        own_total=1_000,
        all_banks_overdue_share=Decimal(given.get("all_banks_share", "0")),
        is_retail=False,
        policy=POLICY,
    )
    return tier(Exposure(debtor_floor=found), DUE)


def impaired(given: dict[str, Any]) -> str:
    ecl = int(Decimal(given["ecl_share"]) * 10_000)
    return tier(
        Exposure(oldest_due_date=DUE, balance=10_000, ecl=ecl), DUE + timedelta(days=int(given["days"]))
    )


def renewed(given: dict[str, Any]) -> str:
    facts = RenewalFacts(
        borrower="micro",
        is_lawful=True,
        is_operating=True,
        has_good_credit=True,
        is_misused=False,
        unpaid_interest=Money.parse(given["unpaid_interest"]).minor,
        evades_debt=False,
        meets_standards=True,
    )
    return renewal_verdict(facts, RULES["R-14"], on_date=date(2026, 11, 2)).tier.name


def loss(given: dict[str, Any]) -> str:
    point = LossPoint(Decimal(given["pd"]), Decimal(given["lgd"]), Money.parse(given["ead"]).minor)
    scenarios = [Scenario(Decimal(weight), (point,)) for weight in ("0.5", "0.3", "0.2")]
    return str(Money(expected_loss(scenarios)))


def taxed(given: dict[str, Any]) -> dict[str, str]:
    facts = TaxFacts(
        borrower="micro",
        total_credit=Money.parse(given["total_credit"]),
        rate_ppm=int(Decimal(given["annual_rate"]) * 10**6),
        ceiling_ppm=int(Decimal("0.03") * Decimal(RULES["T-02"]["lpr_multiple"]) * 10**6),
        vat_ppm=int(Decimal(RULES["T-04"]["vat_rate"]) * 10**6),
        any_rate_limit=Money.parse(RULES["T-01"]["credit_per_borrower_max"]),
        capped_rate_limit=Money.parse(RULES["T-02"]["credit_per_borrower_max"]),
    )
    interest = Money.parse(given["interest"]).minor
    split = split_interest(interest=interest, tag=tag_of(facts, method=given["method"]))
    return {"exempt": str(Money(split.exempt)), "vat": str(Money(split.vat))}


def deferred(given: dict[str, Any]) -> dict[str, str]:
    daily = Money.parse(given["daily_interest"]).minor
    within, later = arisen(
        daily_exact_numerator=daily,
        divisor=1,
        days=given["days"],
        after_days=RULES["E-04"]["vat_deferred_after_days"],
    )
    facts = TaxFacts("large", Money(1), 60_000, 45_000, 60_000, None, None)
    booked = vat_booked(VatState(within, later, 0), tag_of(facts, method=None))
    return {
        "booked": str(Money(booked)),
        "on_receipt": str(Money(vat_within(within + later, 60_000) - booked)),
    }


def size(given: dict[str, Any]) -> str:
    revenue = Money.parse(given["revenue"])
    figures = SizeFigures(given["industry"], given["employees"], revenue, None, given.get("months", 12))
    return enterprise_size(figures, RULES["T-03"]["rows"]).value


def growth(given: dict[str, Any]) -> list[str]:
    pairs = [[Decimal(figure) for figure in given[name]] for name in ("balance", "all_loans")]
    return [f"{(after / before - 1) * 100:.2f}" for before, after in pairs]


RUN: dict[str, Callable[[dict[str, Any]], object]] = {
    "C-01": overdue,
    "C-02": overdue,
    "C-03": floored,
    "C-04": impaired,
    "C-05": lambda given: earliest_upgrade(
        arrears_cleared_date=date.fromisoformat(given["arrears_cleared"]), policy=POLICY
    ).isoformat(),
    "C-06": lambda given: observation_end(
        first_new_due_date=date.fromisoformat(given["first_new_due"]), policy=POLICY
    ).isoformat(),
    "E-01": loss,
    "E-04": deferred,
    "I-02": growth,
    "P-04": penalty,
    "P-06": lambda given: publication_date(
        year=int(given["month"][:4]), month=int(given["month"][5:]), calendar=WORKED
    ).isoformat(),
    "R-11": lambda given: (
        "BLOCK" if Decimal(given["all_in_cost"]) > Decimal(RULES["R-11"]["annual_cost_cap"]) else "pass"
    ),
    "R-11-MICROLOAN": lambda given: str(Decimal(given["lpr"]) * int(RULES["R-11-MICROLOAN"]["lpr_multiple"])),
    "R-14": renewed,
    "T-01": taxed,
    "T-02": taxed,
    "T-03": size,
}
VECTORS = [
    (rule["code"], vector["given"], vector["expect"]) for rule in PACK for vector in rule["test_vectors"]
]


@pytest.mark.parametrize(("code", "given", "expect"), VECTORS)
def test_a_rule_does_what_its_vector_says(code: str, given: dict[str, Any], expect: object) -> None:
    assert RUN[code](given) == expect


def test_every_runner_has_vectors_and_every_rule_its_fields() -> None:
    assert {code for code, _, _ in VECTORS} == set(RUN)
    for rule in PACK:
        for name in ("owner", "source", "title_zh", "title_en", "message_zh", "message_en"):
            assert rule[name], (rule["code"], name)
