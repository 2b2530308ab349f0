"""The guards that are programs (linter, types, import contracts) find what is planted for them."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sluice.stack.places import ROOT

BIN = Path(sys.executable).parent
PACKAGES = ("platform", "tenants", "risk", "ledger", "api_docs")
IMPORTS = {
    "Floors: you may only walk down": ("ledger/chart/climbs.py", "import lending.loans"),
    "Doors know nothing of each other": ("platform/interfaces/bank/peeks.py", "import interfaces.scene"),
    "Lending's rooms: the day-end at the top, the product at the bottom": (
        "platform/lending/products/climbs.py",
        "import lending.loans",
    ),
    "The ledger's rooms: proofs read what the others write": (
        "ledger/chart/proves.py",
        "import ledger.proofs",
    ),
    "The public schema's rooms: access at the top": ("tenants/banks/lets_in.py", "import tenants.access"),
    "The kernel is pure Python": ("platform/kernel/stored.py", "import django.db"),
    "Rooms know neither HTTP nor the queue": ("platform/lending/loans/serves.py", "import rest_framework"),
    "A room's models are its own": ("platform/lending/drawdowns/reaches.py", "import lending.loans.models"),
    "The testkit is for tests and demos": ("platform/marketing/fakes.py", "import testkit"),
    "Stripe bills partner banks and touches nothing else": (
        "platform/lending/loans/bills.py",
        "import stripe",
    ),
}
CYCLE = {
    "risk/limits/turns.py": "import risk.scoring.turns",
    "risk/scoring/turns.py": "import risk.limits.turns",
}
FAULTS = {
    "ERA001": "VALUE = 1\n# VALUE = compute(1, 2)\n",
    "FIX001": "VALUE = 1  # FIX" + "ME later\n",
    "PLC0415": "def act() -> None:\n    import json\n\n    json.dumps(1)\n",
    "ANN201": "def act():\n    return 1\n",
    "D103": "def act() -> None:\n    pass\n",
    "DTZ011": "import datetime\n\nDAY = datetime.date.today()\n",
}


def skeleton(folder: Path) -> Path:
    """Copy the tree's packages without their contents, and the rulebook."""
    shutil.copy(ROOT / "pyproject.toml", folder / "pyproject.toml")
    for top in PACKAGES:
        for init in (ROOT / top).rglob("__init__.py"):
            if "tests" not in init.parts and "migrations" not in init.parts:
                target = folder / init.relative_to(ROOT)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text('"""Empty."""\n', encoding="utf-8")
    named = (
        "platform/lending/loans/models.py",
        "platform/lending/proofs.py",
        "platform/sluice/demo_world.py",
    )
    for name in named:
        (folder / name).write_text('"""Empty."""\n', encoding="utf-8")
    contracts = "platform/sluice/house/contracts.py"
    shutil.copy(ROOT / contracts, folder / contracts)
    return folder


def verdicts(folder: Path) -> dict[str, str]:
    """Run the import contracts over a tree and return each with its verdict."""
    env = {**os.environ, "PYTHONPATH": f"{folder}{os.pathsep}{folder / 'platform'}", "COLUMNS": "200"}
    done = subprocess.run(
        [BIN / "lint-imports", "--no-cache"], cwd=folder, env=env, capture_output=True, text=True, check=False
    )
    found = dict(re.findall(r"^(.+) (KEPT|BROKEN)$", done.stdout, flags=re.MULTILINE))
    assert found, done.stdout + done.stderr
    assert (done.returncode == 0) == ("BROKEN" not in found.values())
    return found


def test_every_import_contract_breaks_on_its_planted_import(tmp_path: Path) -> None:
    folder = skeleton(tmp_path)
    before = verdicts(folder)
    assert set(before.values()) == {"KEPT"}

    planted = {**dict(IMPORTS.values()), **CYCLE}
    for path, line in planted.items():
        (folder / path).write_text(line + "\n", encoding="utf-8")
    after = verdicts(folder)

    assert {name for name, verdict in after.items() if verdict == "BROKEN"} == {*IMPORTS, "No cycles"}
    assert set(before) == set(after)


def test_strict_types_find_a_planted_fault(tmp_path: Path) -> None:
    rulebook = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    table = re.search(r"(?ms)^\[tool\.mypy\]\n.*?(?=^\[)", rulebook)
    assert table is not None
    without_django = re.sub(r"(?m)^(plugins|files) = .*\n", "", table.group())
    (tmp_path / "pyproject.toml").write_text(without_django, encoding="utf-8")
    shutil.copytree(ROOT / "platform" / "kernel", tmp_path / "platform" / "kernel")
    money = tmp_path / "platform" / "kernel" / "planted.py"
    assert mypy(tmp_path) == []

    money.write_text(
        '"""Planted."""\n\n\ndef fee(amount):\n    return amount\n\n\nFEE: int = "1"\n', encoding="utf-8"
    )

    assert mypy(tmp_path) == ["assignment", "no-untyped-def"]


def mypy(folder: Path) -> list[str]:
    """Run the type checker over a tree's kernel and return the codes of what it finds."""
    command = [BIN / "mypy", "--config-file", "pyproject.toml", "platform/kernel"]
    env = {**os.environ, "PYTHONPATH": ""}
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)
    assert done.returncode in {0, 1}, done.stdout + done.stderr
    return sorted(re.findall(r"error: .*\[([a-z-]+)\]$", done.stdout, flags=re.MULTILINE))


@pytest.mark.parametrize(("code", "text"), FAULTS.items())
def test_the_linter_finds_a_planted_fault(code: str, text: str) -> None:
    done = subprocess.run(
        [BIN / "ruff", "check", "--stdin-filename", "platform/lending/loans/planted.py", "-"],
        cwd=ROOT,
        input=f'"""Planted."""\n\n{text}',
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert code in done.stdout


def test_the_formatter_finds_a_planted_fault() -> None:
    done = subprocess.run(
        [BIN / "ruff", "format", "--check", "--stdin-filename", "platform/lending/loans/planted.py", "-"],
        cwd=ROOT,
        input="VALUE  =  1\n",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
