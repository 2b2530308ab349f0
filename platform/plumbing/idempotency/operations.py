"""One key, one effect: the lock, the memory and the effect share one transaction (`api.md`, section 5)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from kernel.refusals import Kind, Refusal
from plumbing.idempotency.models import RememberedCall
from plumbing.sql import hold_name_if_free, in_transaction

KEPT: Final = timedelta(hours=72)


class KeyInUse(Refusal):
    """Another call with this key is being worked on right now."""

    code = "idempotency_key_in_use"
    kind = Kind.CONFLICT
    message = "A call with this idempotency key is still being worked on."


class KeyReused(Refusal):
    """The key was already used for another request."""

    code = "idempotency_key_reused"
    kind = Kind.UNMET
    message = "This idempotency key was used before with another request."


@dataclass(frozen=True, slots=True)
class Replay:
    """The answer that was given the first time."""

    status: int
    response: dict[str, Any]


@in_transaction
def claim(*, scope: str, key: str, body_sha256: str, now: datetime) -> Replay | None:
    """Take the key until the transaction ends; return the earlier answer, or None to go ahead.

    Raises `KeyInUse` while another transaction holds the key and `KeyReused` for another body. Never waits.
    """
    if not hold_name_if_free("idempotency", scope, key):
        raise KeyInUse
    call = RememberedCall.objects.filter(scope=scope, key=key).first()
    if call is None:
        return None
    if call.remembered_at <= now - KEPT:
        call.delete()
        return None
    if call.body_sha256 != body_sha256:
        raise KeyReused
    return Replay(call.status, call.response)


@in_transaction
def remember(
    *, scope: str, key: str, body_sha256: str, status: int, response: dict[str, Any], now: datetime
) -> None:
    """Keep the answer for 72 hours, in the transaction of the effect."""
    RememberedCall.objects.create(
        scope=scope, key=key, body_sha256=body_sha256, status=status, response=response, remembered_at=now
    )


@in_transaction
def forget_old(*, now: datetime) -> int:
    """Delete answers older than 72 hours; return how many."""
    count, _ = RememberedCall.objects.filter(remembered_at__lte=now - KEPT).delete()
    return count
