"""Keeping one thing of many from stopping the others: what is left over is met again the next time."""

from collections.abc import Callable
from typing import TypeVar

import structlog

from kernel.refusals import Refusal

T = TypeVar("T")

log = structlog.get_logger(__name__)


def guarded(act: str, subject: str, call: Callable[[], T]) -> T | None:
    """Return what a call returns; None when it was refused or failed, which is written to the log."""
    try:
        return call()
    except Refusal as refusal:
        log.warning("job_refused", act=act, subject=subject, code=refusal.code)
    except Exception:
        log.exception("job_failed", act=act, subject=subject)
    return None
