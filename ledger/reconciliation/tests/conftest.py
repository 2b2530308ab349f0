import pytest

from ledger.journal.tests.books import open_books


@pytest.fixture
def books(qinglan: str) -> str:
    open_books()
    return qinglan
