"""The log of calls: what could not be written waits, and gives way only to what came after it."""

from collections import deque
from collections.abc import Sequence
from dataclasses import replace

import pytest

from interfaces import call_log
from tenants.access.models import CallRecord
from tenants.access.operations import record_calls
from tenants.access.queries import CallSeen
from testkit.clock import NOON

SEEN = CallSeen(
    at=NOON,
    client_id="cli_log",
    bank_schema="qinglan",
    request_id="req_1",
    method="GET",
    path="/v1/loans",
    address="198.51.100.7",
    status=200,
    made="",
    token="t",
)
UNWRITABLE = replace(SEEN, status=None)  # type: ignore[arg-type]  # so that the database refuses it


@pytest.mark.parametrize(
    ("noted_meanwhile", "left"),
    [(0, ["old0", "old1", "old2"]), (1, ["old1", "old2", "new0"]), (3, ["new0", "new1", "new2"])],
)
def test_what_fails_is_kept_and_what_came_meanwhile_is_never_lost_for_it(
    banks: tuple[str, str], monkeypatch: pytest.MonkeyPatch, noted_meanwhile: int, left: list[str]
) -> None:
    def busy(*, calls: Sequence[CallSeen]) -> int:
        for number in range(noted_meanwhile):
            call_log.note(replace(SEEN, request_id=f"new{number}"))
        return record_calls(calls=calls)

    monkeypatch.setattr(call_log, "WAITING_MAX", 3)
    monkeypatch.setattr(call_log, "_waiting", deque[CallSeen](maxlen=3))
    monkeypatch.setattr(call_log, "record_calls", busy)
    for number in range(3):
        call_log.note(replace(UNWRITABLE, request_id=f"old{number}"))
    assert call_log.write() == 0
    assert [call.request_id for call in call_log._waiting] == left
    assert CallRecord.objects.filter(client_id="cli_log").count() == 0
