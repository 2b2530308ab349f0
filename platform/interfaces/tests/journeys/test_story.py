"""The demo's story on the real stack: both banks, both scenes, through HTTP and the worker, to the end."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from sluice.stack.places import ROOT
from sluice.stack.processes import free_port

pytestmark = pytest.mark.long
MERCHANTS, DAYS = 12, 35
SECONDS = 900


@pytest.fixture(scope="module")
def state() -> Iterator[Path]:
    """Return a folder for a stack of its own, that servers can reach."""
    with tempfile.TemporaryDirectory(prefix="sluice-story-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture(scope="module")
def told(state: Path) -> str:
    """Tell the story; return what the demo wrote, once it has ended well."""
    env = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
    sized = ["--merchants", str(MERCHANTS), "--days", str(DAYS)]
    done = subprocess.run(
        [str(ROOT / "sluice"), "demo", "--exit", "--fresh", "--port", str(free_port()), *sized],
        env={**env, "SLUICE_STATE_DIR": str(state)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=SECONDS,
        check=False,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stdout[-4000:]
    return done.stdout


@pytest.fixture(scope="module")
def banks(told: str, state: Path) -> dict[str, Any]:
    """Return the scoreboard of each bank."""
    found: dict[str, Any] = json.loads((state / "story" / "scoreboard.json").read_text(encoding="utf-8"))
    assert set(found) == {"qinglan", "lian"}
    return found


def test_credit_is_decided_and_paid_out_without_a_human_touch(banks: dict[str, Any]) -> None:
    boards = {bank: found["performance"] for bank, found in banks.items()}
    asked = {bank: board["funnel"]["applications"] for bank, board in boards.items()}
    assert asked == {"qinglan": MERCHANTS // 2 + 1, "lian": MERCHANTS // 2}  # and the real shop
    for board in boards.values():
        funnel, draws = board["funnel"], board["draws"]
        assert 0 < funnel["approved"] < funnel["applications"]
        assert funnel["approved"] + funnel["declined"] + funnel["in_review"] == funnel["applications"]
        assert funnel["human_touches"] == 0
        assert draws["paid_out"] > 0
        assert draws["found_after_unknown"] == draws["failed"] == 1
        assert Decimal(draws["disbursed"]["amount"]) > 0


def test_the_sample_loan_earns_60_and_68(told: str) -> None:
    assert "10000.00 repaid early, interest 60.00 (by hand: 60.00)" in told
    assert "settled, interest 68.00 (by hand: 68.00); the limit is whole again" in told


def test_limits_follow_newer_takings_at_the_bank_that_got_them(told: str, banks: dict[str, Any]) -> None:
    assert len(banks["qinglan"]["limit_seconds"]) > 1
    assert banks["lian"]["limit_seconds"] == []
    assert "more offered: " in told


def test_the_days_pass_and_the_books_balance(told: str, banks: dict[str, Any]) -> None:
    for found in banks.values():
        assert found["home"]["business_date"] == "2026-09-07"
        assert found["home"]["balanced"] is True
        assert found["books"]["debits"] == found["books"]["credits"]
        assert Decimal(found["books"]["debits"]["amount"]) > 0
    assert "the books of 2 banks prove" in told
    assert "FAILED" not in told


def test_each_bank_has_what_its_own_scene_sent_and_nothing_else(told: str, state: Path) -> None:
    proof = [sys.executable, "-m", "testkit.drill_proof", str(state)]
    done = subprocess.run(proof, capture_output=True, text=True, timeout=SECONDS, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    expected = {"qinglan": MERCHANTS // 2 + 1, "lian": MERCHANTS // 2}
    own = [line.split() for line in done.stdout.splitlines() if "the merchants of its own scene only" in line]
    assert {words[1].rstrip(":"): words[-3:] for words in own} == {
        bank: [str(count), "of", str(count)] for bank, count in expected.items()
    }
