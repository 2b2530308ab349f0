"""The log of calls: noted in memory as they are answered, written in batches beside them (J2, D-16).

No call waits for it, and a call that is refused or undone is in it too. What a process has noted is written
every second by a thread of its own; one that is killed loses the last second. The settings may turn the
thread off (`CALL_LOG_SECONDS = 0`): then `write` does it when asked.
"""

import atexit
import threading
import time
from collections import deque
from typing import Final

import structlog
from django.conf import settings
from django.db import DatabaseError, DataError, close_old_connections, connections, transaction

from plumbing.schemas import public_schema
from tenants.access.operations import record_calls
from tenants.access.queries import CallSeen

WAITING_MAX: Final = 50_000
_log = structlog.get_logger(__name__)
_waiting: deque[CallSeen] = deque(maxlen=WAITING_MAX)
_writing = threading.Lock()
_starting = threading.Lock()
_threads: list[threading.Thread] = []


def note(call: CallSeen) -> None:
    """Note a call; it is written down soon."""
    if len(_waiting) == WAITING_MAX:
        _log.error("call_log_overflow", lost=1)
    _waiting.append(call)
    if not _threads and settings.CALL_LOG_SECONDS > 0:
        _start()


def write() -> int:
    """Write down what this process has noted; return how many calls. What fails is kept for the next time."""
    with _writing:
        calls = [_waiting.popleft() for _ in range(len(_waiting))]
        if not calls:
            return 0
        try:
            with public_schema(), transaction.atomic():
                return record_calls(calls=calls)
        except DataError as error:  # it would fail again: better these than all that come after them
            _log.error("calls_not_written", lost=len(calls), error=str(error)[:200])
            return 0
        except DatabaseError as error:
            lost = max(0, len(calls) + len(_waiting) - WAITING_MAX)  # the oldest: others came meanwhile
            _waiting.extendleft(reversed(calls[lost:]))
            _log.error("call_log_not_written", waiting=len(_waiting), lost=lost, error=type(error).__name__)
            return 0


def forget() -> None:
    """Forget what was noted and not written, for tests."""
    _waiting.clear()


def _start() -> None:
    with _starting:
        if not _threads:
            thread = threading.Thread(target=_go_on, name="call-log", daemon=True)
            _threads.append(thread)
            atexit.register(_write_last)
            thread.start()


def _write_last() -> None:
    if settings.CALL_LOG_SECONDS > 0:
        write()


def _go_on() -> None:
    try:
        while settings.CALL_LOG_SECONDS > 0:
            time.sleep(settings.CALL_LOG_SECONDS)
            close_old_connections()
            write()
    finally:  # the setting was turned off, or something broke: the next call starts another thread
        connections.close_all()
        _threads.clear()
