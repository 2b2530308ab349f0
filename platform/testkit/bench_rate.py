"""Asking at an even rate, and the least that anything with a commit takes at that rate."""

import os
import statistics
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection


def spread(times: Sequence[float], cpu_seconds: float) -> dict[str, Any]:
    """Return the figures of one series; the CPU's share is what a busy machine does not change."""
    cuts = statistics.quantiles(times, n=100)
    return {
        "count": len(times),
        "p50_ms": round(cuts[49] * 1e3, 3),
        "p99_ms": round(cuts[98] * 1e3, 3),
        "cpu_ms_each": round(cpu_seconds / len(times) * 1e3, 3),
    }


def server_seconds() -> float | None:
    """Return the processor seconds of this connection's server process, where this machine shows them."""
    with connection.cursor() as cursor, suppress(OSError):
        cursor.execute("SELECT pg_backend_pid()")
        fields = Path(f"/proc/{cursor.fetchone()[0]}/stat").read_text(encoding="ascii").split()
        return (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK")
    return None


def evenly(act: Callable[[int], None], *, rate: int, seconds: int) -> list[float]:
    """Act at an even rate whether or not the one before has ended; return the seconds since each was due."""
    times: list[float] = []
    began = time.perf_counter()
    for number in range(rate * seconds):
        due = began + number / rate
        if (early := due - time.perf_counter()) > 0:
            time.sleep(early)
        act(number)
        times.append(time.perf_counter() - due)
    return times


def measure_raw_insert(*, rate: int, seconds: int) -> dict[str, Any]:
    """Return figures of one short row inserted at a time, each committed by itself, with nothing around it.

    What this machine, its disk and whoever else is on it allow: a latency is read as a multiple of these.
    """
    with connection.cursor() as cursor:  # opens the connection and turns it to the bank
        cursor.execute("CREATE TABLE bench_raw (number integer PRIMARY KEY)")
    raw = psycopg.Cursor(connection.connection)

    def insert(number: int) -> None:
        raw.execute("INSERT INTO bench_raw VALUES (%s)", (number,))

    cpu = time.process_time()
    times = evenly(insert, rate=rate, seconds=seconds)
    return spread(times, time.process_time() - cpu) | {"rate": rate}
