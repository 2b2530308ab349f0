"""A notice is believed when its signature and its time hold, and is read only then. Pure."""

import json
from datetime import UTC, date, datetime

import pytest

from connectors.payment_rails.notices import NoticeRefused, NoticeUnreadable, read, sign, written
from connectors.payment_rails.port import Notice, Outcome, RailAnswer
from connectors.payment_rails.states import (
    MOVES,
    OPEN,
    InstructionState,
    InstructionStateConflict,
    require_move,
)

NOW = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)
AT = str(int(NOW.timestamp()))
KEY = "a-key-of-this-test"
NOTICE = Notice("n-1", "ins_1", RailAnswer(Outcome.SUCCEEDED, "", date(2026, 11, 2), "SIM-1"))
BODY = written(NOTICE)


def taken(body: bytes = BODY, *, at: str = AT, key: str = KEY, signature: str | None = None) -> Notice:
    signed = sign(secret=KEY, timestamp=at, body=body) if signature is None else signature
    return read(body=body, timestamp=at, signature=signed, secret=key, now=NOW)


def test_a_signed_notice_is_read_as_it_was_written() -> None:
    assert taken() == NOTICE
    assert taken(signature=sign(secret=KEY, timestamp=AT, body=BODY).upper()) == NOTICE


@pytest.mark.parametrize("seconds", [-301, 301])
def test_a_notice_of_another_time_is_refused(seconds: int) -> None:
    with pytest.raises(NoticeRefused, match="time is not now"):
        taken(at=str(int(AT) + seconds))


def test_nothing_unsigned_is_believed() -> None:
    for forged in ("", "0" * 64, "é" * 64, sign(secret="other", timestamp=AT, body=BODY)):
        with pytest.raises(NoticeRefused, match="signature"):
            taken(signature=forged)
    with pytest.raises(NoticeRefused, match="no secret"):
        taken(key="")
    with pytest.raises(NoticeRefused, match="no time"):
        taken(at="²")
    with pytest.raises(NoticeRefused, match="too large"):
        taken(BODY + b" " * 20_000)


@pytest.mark.parametrize(
    "changes",
    [
        {"outcome": "unknown"},
        {"outcome": "not_found"},
        {"outcome": "perhaps"},
        {"settled_date": None},
        {"settled_date": "2026-02-31"},
        {"outcome": "refused"},
        {"notice_id": ""},
        {"message_id": "x" * 61},
        {"notice_id": "n\0"},
    ],
)
def test_a_signed_text_that_is_no_notice_is_unreadable(changes: dict[str, object]) -> None:
    with pytest.raises(NoticeUnreadable):
        taken(json.dumps({**json.loads(BODY), **changes}).encode())


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"\xff", b"[" * 16_000])
def test_bytes_that_are_no_notice_are_unreadable(body: bytes) -> None:
    with pytest.raises(NoticeUnreadable):
        taken(body)


def test_the_states_of_an_instruction_end_and_never_begin_again() -> None:
    assert set(MOVES) == set(InstructionState)
    for state in InstructionState:
        if state not in OPEN:
            assert MOVES[state] == frozenset()
        assert InstructionState.CREATED not in MOVES[state]
    with pytest.raises(InstructionStateConflict):
        require_move(current=InstructionState.UNKNOWN, wanted=InstructionState.SENT)
