"""A database of its own for something that measures: made beside the configured one, dropped afterwards."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote, urlencode

import psycopg
from django.conf import settings
from django.db import connection
from psycopg import sql


def address_of(database: str) -> str:
    """Return the address of a database beside the configured one, as `DATABASE_URL` has it."""
    known = connection.settings_dict
    who = quote(known["USER"] or "", safe="")
    if known["PASSWORD"]:
        who += f":{quote(known['PASSWORD'], safe='')}"
    where = {part: known[part.upper()] for part in ("host", "port") if known[part.upper()]}
    return f"postgres://{who}@/{quote(database, safe='')}?{urlencode(where, quote_via=quote)}"


@contextmanager
def scratch_database(purpose: str) -> Iterator[str]:
    """Connect to an empty database named after a purpose; yield its name, drop it whatever happens."""
    known = connection.settings_dict
    name = f"{known['NAME']}_{purpose}_{os.getpid()}"
    address: dict[str, Any] = {
        "host": known["HOST"] or None,
        "port": known["PORT"] or None,
        "user": known["USER"] or None,
    }
    with psycopg.connect(
        dbname="postgres", password=known["PASSWORD"] or None, autocommit=True, **address
    ) as beside:
        beside.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            connection.close()
            settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name
            yield name
        finally:
            connection.close()
            beside.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
