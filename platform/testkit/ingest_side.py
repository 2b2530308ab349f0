"""One sender for `bench_ingest`: raw COPY, the bulk path, or HTTP.

    python -m testkit.ingest_side DATABASE

Reads one delivery a line from standard input as JSON (`side`, `file`, `enterprise`, `scene`, `consent`, and
for HTTP `port`, `path` and `token`), sends it, and answers with the rows it brought and the processor seconds
of this process.
"""

import http.client
import json
import os
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import django
from django.db import transaction
from psycopg.sql import SQL, Identifier

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sluice.settings")
django.setup()

from openbanking.batches.rows import pieces_of  # noqa: E402
from openbanking.receipts.forms import COLUMNS  # noqa: E402
from openbanking.receipts.operations import ingest_batch  # noqa: E402
from plumbing.schemas import bank_schema  # noqa: E402
from testkit.posting_side import raw_connection, use_database  # noqa: E402

BANK: Final = "qinglan"
RAW: Final = "bench_receipt"
CHUNK_BYTES: Final = 256 * 1024


def send_raw(asked: dict[str, Any]) -> int:
    """Copy ready-made rows into a table with the columns, constraints and indexes of the receipts."""
    link = raw_connection()
    columns = SQL(", ").join(map(Identifier, COLUMNS))
    statement = SQL("COPY {}.{} ({}) FROM STDIN").format(Identifier(BANK), Identifier(RAW), columns)
    with link.cursor() as cursor, Path(asked["file"]).open("rb") as rows:
        with cursor.copy(statement) as copy:
            while chunk := rows.read(CHUNK_BYTES):
                copy.write(chunk)
        return cursor.rowcount


def send_bulk(asked: dict[str, Any]) -> int:
    """Take the file in by the operation, as a job or a command would."""
    with Path(asked["file"]).open("rb") as body, bank_schema(BANK), transaction.atomic():
        batch = ingest_batch(
            enterprise_id=UUID(asked["enterprise"]),
            scene_id=UUID(asked["scene"]),
            consent_id=UUID(asked["consent"]),
            rows=pieces_of(body),
            now=datetime.now(UTC),
        )
    return batch.rows_accepted + batch.rows_duplicate


def send_http(asked: dict[str, Any]) -> int:
    """Send the file as a scene does."""
    link = http.client.HTTPConnection("127.0.0.1", int(asked["port"]), timeout=600)
    headers = {
        "Host": "api.localhost",
        "Authorization": f"Bearer {asked['token']}",
        "Content-Type": "application/x-ndjson",
        "Content-Length": str(Path(asked["file"]).stat().st_size),
    }
    with Path(asked["file"]).open("rb") as body:
        link.request("POST", asked["path"], body=body, headers=headers)
        answer = link.getresponse()
        said = json.loads(answer.read())
    if answer.status != http.HTTPStatus.CREATED:
        raise SystemExit(f"{answer.status}: {said}")
    return int(said["rows_accepted"])


SENDING: Final[dict[str, Callable[[dict[str, Any]], int]]] = {
    "raw": send_raw,
    "bulk": send_bulk,
    "later": send_bulk,
    "http": send_http,
}


def main(database: str) -> int:
    """Send what standard input asks for, until it ends."""
    use_database(database)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for line in sys.stdin:
        asked = json.loads(line)
        cpu = time.process_time()
        rows = SENDING[asked["side"]](asked)
        sys.stdout.write(json.dumps({"rows": rows, "cpu": time.process_time() - cpu}) + "\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
