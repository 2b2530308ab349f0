from decimal import Decimal
from typing import Any

import pytest

from risk.features.facts import FactType
from risk.limits.stage import LimitStage, compile_limit
from risk.rules.stages import StageInvalid

TYPES = {
    "application.amount": FactType.MONEY,
    "rules.online_unsecured_max": FactType.MONEY,
    "product.limit_max": FactType.MONEY,
    "graph.headroom": FactType.MONEY,  # derived by an earlier stage: not in the catalogue
}
KNOWN: dict[str, Any] = {
    "application.amount": Decimal("90000.00"),
    "rules.online_unsecured_max": Decimal("1000000.00"),
    "product.limit_max": Decimal("50000.00"),
    "graph.headroom": Decimal("20050.00"),
    "grade.grade": "A",
}


def row(name: str, fact: str) -> dict[str, Any]:
    return {"cap": name, "recipe": "of_fact", "parameters": {"fact": fact}, "reason": f"limit_{name}"}


SECTION: dict[str, Any] = {
    "step": "100.00",
    "minimum": "5000.00",
    "caps": [row("product", "product.limit_max"), row("group", "graph.headroom")],
}


def stage(**change: object) -> LimitStage:
    return compile_limit(SECTION | change, TYPES, path="limit", grades=("A",))


def test_the_least_cap_binds_by_name_and_headroom_of_a_group_is_one_of_them() -> None:
    result = stage().run(KNOWN)

    assert dict(result.derived) == {"limit.amount": Decimal("20000.00"), "limit.binding_cap": "group"}
    assert [(one.outcome, one.reason) for one in result.findings] == [("note", "limit_group")]
    assert [cap["figure"] for cap in result.trace["caps"]] == ["50000.00", "20050.00"]


def test_a_cap_that_is_not_known_refers_and_gives_no_limit() -> None:
    result = stage().run(KNOWN | {"graph.headroom": None})

    assert [(one.outcome, one.reason) for one in result.findings] == [("refer", "fact_unknown")]
    assert result.derived["limit.amount"] is None


def test_no_headroom_declines() -> None:
    result = stage().run(KNOWN | {"graph.headroom": Decimal(0)})
    assert ("decline", "limit_too_small") in [(one.outcome, one.reason) for one in result.findings]


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"caps": []}, "limit"),
        ({"caps": "all"}, "limit"),
        ({"caps": [row("product", "product.limit_max")] * 2}, "limit"),
        ({"caps": [row("group", "graph.luck")]}, "limit.group"),
        ({"caps": [row("luck", "graph.headroom")]}, "limit.luck"),
        ({"caps": [row("group", "graph.headroom") | {"also": 1}]}, "limit.group"),
        ({"step": "0"}, "limit.step"),
        ({"minimum": "NaN"}, "limit.minimum"),
        ({"round": "up"}, "limit"),
    ],
)
def test_an_odd_section_is_refused_with_its_place(change: dict[str, Any], where: str) -> None:
    with pytest.raises(StageInvalid) as refused:
        stage(**change)
    assert refused.value.params["path"] == where
