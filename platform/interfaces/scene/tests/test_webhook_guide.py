"""The guide's way of checking a signature, run as printed on what the sender really posts."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connectors.webhooks.sender import Letter, post_event
from connectors.webhooks.tests.receiver import receiving
from interfaces.scene.guides import guide
from plumbing.outbox.backoff import DELAYS, FIRST_PAUSE, LONGEST_PAUSE, OPEN_AFTER
from plumbing.outbox.keys import new_key, public_key
from plumbing.outbox.operations import AT_ONCE

BODY = json.dumps({"type": "drawdown.paid_out", "note": "放款"}, ensure_ascii=False)


def printed(language: str) -> str:
    (block,) = re.findall(r"^```python\n(.*?)^```$", guide("webhooks", language), re.MULTILINE | re.DOTALL)
    return str(block)


@pytest.fixture
def verify() -> Callable[..., Any]:
    names: dict[str, Any] = {}
    exec(printed("en"), names)  # noqa: S102 - our own committed text
    return names["verify"]  # type: ignore[no-any-return]


def posted(monkeypatch: pytest.MonkeyPatch, *keys: str, ago: timedelta = timedelta()) -> Any:
    monkeypatch.setenv("SLUICE_ALLOW_LOOPBACK_WEBHOOKS", "1")
    with receiving() as scene:
        sent_at = datetime.now(UTC) - ago
        done = post_event(url=scene.url, letter=Letter("evt_1", BODY), secrets=keys, sent_at=sent_at)
        assert done.status_code == 204
        return scene.received[0]


@pytest.mark.parametrize("signing", ["v1", "v1a"])
def test_what_is_sent_is_verified_by_the_new_key_and_the_old_one_and_no_other(
    verify: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, signing: str
) -> None:
    new, old, other = (new_key(signing) for _ in range(3))
    headers, body = posted(monkeypatch, new, old)
    for key in (new, old):
        assert verify(public_key(key) or key, headers, body) == json.loads(BODY)
    for wrong in (other, new_key("v1"), new_key("v1a")):
        with pytest.raises(ValueError, match="no signature is ours"):
            verify(public_key(wrong) or wrong, headers, body)
    for name, changed in (("webhook-id", "evt_2"), ("webhook-signature", "v1,AAAA")):
        with pytest.raises(ValueError, match="no signature is ours"):
            verify(public_key(new) or new, {**headers, name: changed}, body)
    with pytest.raises(ValueError, match="no signature is ours"):
        verify(public_key(new) or new, headers, body.replace(b"paid", b"PAID"))


def test_what_is_old_is_not_believed(verify: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    key = new_key("v1")
    headers, body = posted(monkeypatch, key, ago=timedelta(seconds=310))
    with pytest.raises(ValueError, match="too old"):
        verify(key, headers, body)


def test_the_guide_says_the_same_in_both_languages_and_what_the_code_does() -> None:
    assert printed("en") == printed("zh-hans")
    said = guide("webhooks", "en")
    hours = [delay / timedelta(hours=1) for delay in DELAYS]
    assert "5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h" in said
    assert hours == pytest.approx([0, 5 / 3600, 5 / 60, 0.5, 2, 5, 10, 14, 20, 24])
    assert (OPEN_AFTER, AT_ONCE) == (5, 4)
    assert (timedelta(seconds=30), timedelta(minutes=15)) == (FIRST_PAUSE, LONGEST_PAUSE)
