"""Lines against their loans: differences that cancel out in any plain sum are found all the same."""

import pytest
from django.db import connection

from lending.line_proofs import check_lines
from testkit.servicing import Borrower, borrower, draw, fund, lend, prepare


@pytest.fixture
def shops(qinglan: str) -> tuple[Borrower, Borrower]:
    fund("1000000.00")
    one, other = borrower(limit="100000.00"), borrower(limit="100000.00")
    lend(one, "30000.00")
    lend(other, "20000.00")
    prepare(draw(other, "5000.00"))
    return one, other


def changed(column: str, by: int, who: Borrower) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE credit_lines_creditline SET {column} = {column} + %s WHERE id = %s", [by, who.line_id]
        )


def test_lines_that_agree_with_their_loans_and_draws(shops: tuple[Borrower, Borrower]) -> None:
    found = check_lines()
    assert (found.ok, found.figures) == (True, {"lines": 2, "drawn": 0, "held": 0, "over_limit": 0})


@pytest.mark.parametrize("column", ["drawn", "reserved"])
def test_differences_that_cancel_out_are_found(shops: tuple[Borrower, Borrower], column: str) -> None:
    changed(column, 1, shops[0])
    changed(column, -1, shops[1])
    found = check_lines()
    figures = {"lines": 2, "drawn": 2, "held": 0, "over_limit": 0}
    wanted = figures if column == "drawn" else figures | {"drawn": 0, "held": 2}
    assert (found.ok, found.figures) == (False, wanted)
    assert ("2 differ in what is drawn" in found.detail) == (column == "drawn")
