"""The scoreboard that ends the story, and whether every invariant held."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from testkit.story.enrolment import Place
from testkit.story.telling import Teller


def seconds(value: Any) -> str:
    """Return a duration for people."""
    return "-" if value is None else f"{Decimal(str(value)):.3f} s"


def figures(places: list[Place]) -> dict[str, dict[str, Any]]:
    """Return each bank's own scoreboard and trial balance, as its staff see them."""
    return {
        place.part.bank: {
            "performance": place.manager.get("/performance"),
            "books": place.accountant.get("/accounting"),
            "home": place.accountant.get("/"),
            "limit_seconds": place.limit_seconds,
        }
        for place in places
    }


def show(found: dict[str, dict[str, Any]], teller: Teller) -> None:
    """Print the scoreboard."""
    banks = list(found)
    boards = [found[bank]["performance"] for bank in banks]
    rows: list[tuple[Any, ...]] = [("", *banks)]
    for label, part, name in (
        ("applications", "funnel", "applications"),
        ("approved", "funnel", "approved"),
        ("  of them for a lower amount", "funnel", "counter_offers"),
        ("declined", "funnel", "declined"),
        ("referred to people", "funnel", "in_review"),
        ("human touches", "funnel", "human_touches"),
    ):
        rows.append((label, *(board[part][name] for board in boards)))
    for label, part, name in (
        ("application to decision, median", "funnel", "decision_seconds_median"),
        ("application to decision, p99", "funnel", "decision_seconds_p99"),
        ("draw to rail, median", "draws", "rail_seconds_median"),
        ("draw to rail, p99", "draws", "rail_seconds_p99"),
        ("draw to money, median", "draws", "paid_seconds_median"),
    ):
        rows.append((label, *(seconds(board[part][name]) for board in boards)))
    slowest = (max(found[bank]["limit_seconds"], default=None) for bank in banks)
    rows.append(("newer takings to new limit, at most", *map(seconds, slowest)))
    rows.append(("drawdowns paid out", *(board["draws"]["paid_out"] for board in boards)))
    rows.append(("drawdowns failed", *(board["draws"]["failed"] for board in boards)))
    rows.append(
        ("found after the rail fell silent", *(board["draws"]["found_after_unknown"] for board in boards))
    )
    rows.append(
        ("disbursed, yuan", *(f"{Decimal(board['draws']['disbursed']['amount']):,.2f}" for board in boards))
    )
    teller.table(rows, heading="Scoreboard")
    teller.table(lent_by_product(found), heading="What each product lent")
    costs: list[tuple[Any, ...]] = [("meter", *(f"{bank}: count, yuan" for bank in banks))]
    for at, meter in enumerate(boards[0]["meters"]):
        cells = [board["meters"][at] for board in boards]
        costs.append(
            (meter["name"], *(f"{cell['quantity']:,}, {Decimal(cell['cost']):.2f}" for cell in cells))
        )
    costs.append(("a loan costs, yuan", *(f"{Decimal(board['cost_per_loan'] or 0):.2f}" for board in boards)))
    teller.table(costs, heading="Unit cost: metered use x the tariff each bank adopted (S1-01)")


def lent_by_product(found: dict[str, dict[str, Any]]) -> list[tuple[Any, ...]]:
    """Return a row for each bank and product: loans, principal, what is owed, interest collected, overdue."""
    rows: list[tuple[Any, ...]] = [
        ("bank", "product", "loans", "lent, yuan", "owed, yuan", "interest, yuan", "overdue")
    ]
    for bank, its in found.items():
        for product in its["performance"]["products"]:
            sums = (Decimal(product[name]["amount"]) for name in ("lent", "outstanding", "interest"))
            rows.append(
                (
                    bank,
                    product["name_en"],
                    product["loans"],
                    *(f"{amount:,.2f}" for amount in sums),
                    product["overdue"],
                )
            )
    return rows


def books(found: dict[str, dict[str, Any]], teller: Teller) -> bool:
    """Print each bank's totals; return whether all of them balance."""
    rows: list[tuple[Any, ...]] = [("bank", "business date", "debits", "credits", "")]
    balanced = True
    for bank, its in found.items():
        debits, credits_ = (Decimal(its["books"][side]["amount"]) for side in ("debits", "credits"))
        balanced = balanced and debits == credits_ and bool(its["home"]["balanced"])
        state = "balanced" if debits == credits_ else "OUT OF BALANCE"
        rows.append((bank, its["home"]["business_date"], f"{debits:,.2f}", f"{credits_:,.2f}", state))
    teller.table(rows, heading="Books (debits = credits, sub-ledger = GL)")
    return balanced


def keep(found: dict[str, dict[str, Any]], state_dir: Path) -> Path:
    """Write the figures down for whoever wants them as JSON."""
    path = state_dir / "scoreboard.json"
    path.write_text(json.dumps(found, ensure_ascii=False, indent=1), encoding="utf-8")
    return path
