from datetime import date

import pytest

from ledger.chart import operations as chart
from ledger.chart.models import Account, Guard, Kind, NormalSide
from ledger.chart.queries import AccountUnknown, accounts, get_account
from ledger.chart.seed import FIRST_CHART

OPENED = date(2026, 11, 2)

OWN = {
    "code": "T1.fund",
    "name_zh": "资金池",
    "name_en": "Funding pool",
    "kind": Kind.LIABILITY,
    "normal_side": NormalSide.CREDIT,
    "guard": Guard.NO_DEBIT_BALANCE,
    "opened_date": OPENED,
    "owner_reference": "fund_1",
}


def test_a_new_bank_has_the_codes_of_the_rules(qinglan: str) -> None:
    codes = {account.code: account for account in accounts()}
    assert set(codes) >= {
        *("1003", "1132", "1221", "1303.01", "1303.02", "1304.01", "1304.02", "1304.03"),
        *("2011", "2221.01", "2241", "3001", "4001"),
        *("6011.01", "6011.02", "6011.03", "6021", "6421", "6702"),
    }
    assert codes["1003"].name_zh == "存放中央银行款项"
    assert codes["1003"].guard == Guard.NO_CREDIT_BALANCE
    assert codes["1304.01"].normal_side == NormalSide.CREDIT
    assert all(account.name_zh and account.name_en for account in codes.values())


def test_seeding_again_opens_nothing(qinglan: str) -> None:
    before = accounts()
    assert chart.seed_chart(opened_date=date(2027, 1, 1)) == 0
    assert accounts() == before
    assert len({seed.code for seed in FIRST_CHART}) == len(FIRST_CHART)


def test_an_account_is_opened_once(qinglan: str) -> None:
    opened = chart.open_account(**OWN)
    assert opened == get_account(code="T1.fund") == chart.open_account(**OWN)
    assert (opened.owner_reference, opened.closed_date) == ("fund_1", None)


def test_a_code_taken_by_another_account_is_refused(qinglan: str) -> None:
    chart.open_account(**OWN)
    before = Account.objects.count()
    for change in (
        {"kind": Kind.ASSET},
        {"normal_side": NormalSide.DEBIT},
        {"guard": Guard.NONE},
        {"currency": "USD"},
    ):
        with pytest.raises(chart.AccountExists):
            chart.open_account(**{**OWN, **change})
    assert Account.objects.count() == before


def test_an_unknown_account_is_refused(qinglan: str) -> None:
    with pytest.raises(AccountUnknown):
        get_account(code="nothing")
