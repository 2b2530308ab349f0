"""Migrations at the start: run when the code or the database changed, skipped in milliseconds when not."""

import hashlib
import json
import sys
from importlib.metadata import distribution, distributions

import psycopg

from sluice.stack.places import INSTALLED, ROOT
from sluice.stack.supervisor import Stack, say
from sluice.stack.trouble import Trouble

MIGRATED = "migrated.json"


def migrate(held: Stack) -> None:
    """Bring the public schema and every bank's schema up to the code."""
    now = due(held)
    if now is None:
        return
    say("bringing the schemas up to date")
    status = held.run([sys.executable, "-m", "django", "migrate_banks", "--verbosity", "0"])
    if status != 0:
        raise Trouble(f"the migrations failed with status {status}")
    note(held, now)


def due(held: Stack) -> dict[str, str] | None:
    """Return the fingerprint of what has to be migrated, or None: nothing has changed since the last time."""
    now = fingerprint(held.env["DATABASE_URL"])
    try:
        before = json.loads((held.places.state / MIGRATED).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        before = None
    return None if before == now else now


def note(held: Stack, now: dict[str, str]) -> None:
    """Note what everything was migrated to."""
    (held.places.state / MIGRATED).write_text(json.dumps(now), encoding="utf-8")


def fingerprint(url: str) -> dict[str, str]:
    """Return what decides whether anything is to migrate: migrations, packages, database."""
    digest = of_the_wheel() if INSTALLED else of_the_clone()
    with psycopg.connect(url.replace("postgres://", "postgresql://", 1)) as connection:
        row = connection.execute(
            "select system_identifier::text,"
            " (select oid::text from pg_database where datname = current_database())"
            " from pg_control_system()"
        ).fetchone()
    cluster, database = row or ("", "")
    return {"code": digest.hexdigest(), "cluster": cluster, "database": database}


def of_the_clone() -> "hashlib._Hash":
    """Return the digest of the lock, the migrations and the SQL they load."""
    digest = hashlib.sha256((ROOT / "requirements.lock").read_bytes())
    for folder in ("platform", "tenants", "risk", "ledger"):
        for path in sorted((ROOT / folder).glob("**/migrations/*.py")):
            digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
        for path in sorted((ROOT / folder).glob("**/sql/*.sql")):
            digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return digest


def of_the_wheel() -> "hashlib._Hash":
    """Return the digest of what was installed: our own files by their hashes, the packages by version."""
    packages = sorted(f"{one.metadata['Name']}=={one.version}" for one in distributions())
    own = distribution("sluice").read_text("RECORD") or ""
    return hashlib.sha256("\n".join([own, *packages]).encode())
