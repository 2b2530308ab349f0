"""How the rail's notices are signed, and how one is read: nothing of it is believed before that holds.

The signature is HMAC-SM3 over `<timestamp>.<body>` under the bank's secret, in hexadecimal digits. A time
more than five minutes off is refused, so a notice cannot be kept and played again later.
"""

import json
from datetime import date, datetime
from hmac import compare_digest
from typing import Final

from cryptography.hazmat.primitives import hashes, hmac

from connectors.payment_rails.port import Notice, Outcome, RailAnswer
from kernel.refusals import Kind, Refusal

LARGEST_BODY_BYTES: Final = 16_384
SKEW_SECONDS: Final = 300
LONGEST_TEXT: Final = 60
_SAID: Final = frozenset({Outcome.ACCEPTED, Outcome.SUCCEEDED, Outcome.REFUSED})


class NoticeRefused(Refusal):
    """The notice is not signed by the bank's rail, or not now."""

    code = "payment_rails.notice_refused"
    kind = Kind.FORBIDDEN
    message = "The notice is refused: {reason}."


class NoticeUnreadable(Refusal):
    """The notice is signed, and is not one."""

    code = "payment_rails.notice_unreadable"
    kind = Kind.INVALID
    message = "The notice cannot be read."


def sign(*, secret: str, timestamp: str, body: bytes) -> str:
    """Return the signature of a body sent at a timestamp (seconds since 1970)."""
    digest = hmac.HMAC(secret.encode(), hashes.SM3())
    digest.update(timestamp.encode() + b"." + body)
    return digest.finalize().hex()


def written(notice: Notice) -> bytes:
    """Return a notice as the rail sends it."""
    answer = notice.answer
    said = {
        "notice_id": notice.notice_id,
        "message_id": notice.message_id,
        "outcome": answer.outcome.value,
        "failure_code": answer.failure_code,
        "settled_date": answer.settled_date.isoformat() if answer.settled_date else None,
        "rail_reference": answer.rail_reference,
    }
    return json.dumps(said).encode()


def read(*, body: bytes, timestamp: str, signature: str, secret: str, now: datetime) -> Notice:
    """Return a notice whose signature holds; refuses an unset secret, a stale time, another signature."""
    if not secret:
        raise NoticeRefused(reason="the bank has set no secret")
    if len(body) > LARGEST_BODY_BYTES or not timestamp.isascii() or not timestamp.isdigit():
        raise NoticeRefused(reason="it is too large or has no time")
    expected = sign(secret=secret, timestamp=timestamp, body=body)
    if not compare_digest(expected, signature.lower().encode("ascii", "replace").decode()):
        raise NoticeRefused(reason="its signature does not hold")
    if abs(int(timestamp[:12]) - int(now.timestamp())) > SKEW_SECONDS:
        raise NoticeRefused(reason="its time is not now")
    try:
        return _notice(json.loads(body))
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise NoticeUnreadable from error


def _fits(text: str) -> bool:
    return len(text) <= LONGEST_TEXT and (text.isprintable() or not text)


def _notice(said: dict[str, object]) -> Notice:
    """Return the notice, or raise what its parts raise."""
    outcome = Outcome(str(said["outcome"]))
    settled = said.get("settled_date")
    texts = [
        str(said.get(name) or "") for name in ("notice_id", "message_id", "failure_code", "rail_reference")
    ]
    if outcome not in _SAID or not texts[0] or not texts[1] or not all(map(_fits, texts)):
        raise ValueError("not a notice")
    if (outcome is Outcome.SUCCEEDED) != isinstance(settled, str):
        raise ValueError("a success, and nothing else, has a day")
    settled_date = date.fromisoformat(settled) if isinstance(settled, str) else None
    return Notice(texts[0], texts[1], RailAnswer(outcome, texts[2], settled_date, texts[3]))
