"""A creation killed hard, wherever it is, is finished by the next run (a real process, SIGKILL)."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection
from django.db.utils import ProgrammingError

from plumbing.clock.queries import business_date
from plumbing.schemas import bank_schema
from staff.queries import members
from tenants.banks.queries import get_bank
from testkit.banks import FIRST_BUSINESS_DATE, TEAM_PASSWORD
from testkit.scratch import address_of

COMMAND = [
    sys.executable,
    str(Path(__file__).resolve().parents[4] / "manage.py"),
    "create_bank",
    "third",
    "--name-zh",
    "三",
    "--name-en",
    "Third",
]
COMMAND += ["--kind", "rural_commercial", "--host", "third.localhost", "--area", "3301", "--tier1", "1.00"]
COMMAND += ["--first-business-date", FIRST_BUSINESS_DATE.isoformat()]


def start(database: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "DATABASE_URL": address_of(database), "SLUICE_TEAM_PASSWORD": TEAM_PASSWORD}
    return subprocess.Popen(COMMAND, env=environment, stdout=subprocess.PIPE, text=True)


def migrations_done() -> int:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM third.django_migrations")
            return int(cursor.fetchone()[0])
    except ProgrammingError:
        return 0


@pytest.mark.drill
def test_a_creation_killed_in_the_middle_of_its_migrations_and_between_steps(fresh_database: str) -> None:
    with start(fresh_database) as process:
        while migrations_done() < 10 and process.poll() is None:
            pass  # each turn is a query
        process.kill()
    reached = migrations_done()
    with bank_schema("qinglan"), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM django_migrations")
        assert 10 <= reached < cursor.fetchone()[0]
    with start(fresh_database) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(2)]
        process.kill()
    assert lines[1].startswith("[2/7] people")
    assert get_bank(schema_name="third").status == "creating"
    with start(fresh_database) as process:
        assert process.stdout is not None
        said = process.stdout.read()
    assert process.returncode == 0
    assert said.count("done before") >= 2
    assert get_bank(schema_name="third").status == "active"
    with bank_schema("third"):
        assert business_date() == FIRST_BUSINESS_DATE
        assert len(members()) == 7
