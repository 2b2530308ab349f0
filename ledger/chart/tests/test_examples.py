"""Every worked example is posted into a bank's books, and its committed page is what comes out."""

import os

from ledger.chart.first_rules import FIRST_RULES
from ledger.proofs.queries import check_books
from testkit import posting_examples
from testkit.posting_examples import FOLDER


def test_every_event_has_a_worked_example() -> None:
    worked = set(posting_examples.events())
    assert sorted({rules.event for rules in FIRST_RULES} - worked) == []


def test_the_committed_pages_are_what_the_books_say(qinglan: str) -> None:
    if os.environ.get("SLUICE_REWRITE_EXAMPLES"):
        posting_examples.rewrite()
        return
    made = posting_examples.pages()
    committed = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.md")}
    assert made == committed, "run this test with SLUICE_REWRITE_EXAMPLES=1 and look at the difference"
    assert [finding for finding in check_books() if not finding.ok] == []
