"""What a scene's server receives, verified by the public library; what it cannot do to us."""

import threading
import time
from datetime import UTC, datetime
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from connectors.webhooks.sender import post_event, remaining, signature_headers
from connectors.webhooks.tests.receiver import Receiver, receiving

NEW = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
OLD = "whsec_ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA="
BODY = '{"type":"drawdown.paid_out","note":"放款"}'


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("SLUICE_ALLOW_LOOPBACK_WEBHOOKS", "1")
    with receiving() as receiver:
        yield receiver


def send(scene: Receiver, **changes: Any) -> Any:
    fields = {
        "url": scene.url,
        "message_id": "evt_1",
        "body": BODY,
        "secrets": (NEW,),
        "sent_at": datetime.now(UTC),
        **changes,
    }
    return post_event(**fields)


def test_the_signature_is_the_standards_own_example() -> None:
    """The vector published with the Standard Webhooks specification."""
    headers = signature_headers(
        message_id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        body='{"test": 2432232314}',
        secrets=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
        sent_at=datetime.fromtimestamp(1614265330, UTC),
    )
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert headers["webhook-timestamp"] == "1614265330"


def test_a_receiver_verifies_what_it_got(scene: Receiver) -> None:
    assert send(scene).status_code == 204
    ((headers, body),) = scene.received
    assert Webhook(NEW).verify(body, headers)["note"] == "放款"
    assert headers["content-type"] == "application/json"
    with pytest.raises(WebhookVerificationError):
        Webhook(NEW).verify(body.replace(b"paid", b"PAID"), headers)


def test_after_a_rotation_both_secrets_verify(scene: Receiver) -> None:
    send(scene, secrets=(NEW, OLD))
    ((headers, body),) = scene.received
    for secret in (NEW, OLD):
        assert Webhook(secret).verify(body, headers)


def test_a_redirect_is_an_answer_and_is_not_followed(scene: Receiver) -> None:
    scene.answers, scene.headers = [302], {"Location": scene.url}
    assert send(scene).status_code == 302
    assert len(scene.received) == 1


def test_retry_after_is_handed_on(scene: Receiver) -> None:
    scene.answers, scene.headers = [503, 503], {"Retry-After": "120"}
    assert send(scene).retry_after_seconds == 120
    scene.headers = {"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}
    assert send(scene).retry_after_seconds is None


def test_an_answer_dripped_byte_by_byte_ends_at_the_deadline(scene: Receiver) -> None:
    done = threading.Event()

    def drip(wfile: Any) -> None:
        wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
        while not done.wait(0.02):
            try:
                wfile.write(b"x")
            except OSError:
                return

    scene.answers = [drip]
    begun = time.monotonic()
    delivered = send(scene, deadline_seconds=0.3)
    done.set()
    assert (delivered.status_code, delivered.error) == (None, "no answer in time")
    assert time.monotonic() - begun < 5


def test_rubbish_and_a_closed_port_are_errors_not_exceptions(scene: Receiver) -> None:
    scene.answers = [lambda wfile: wfile.write(b"rubbish\r\n\r\n")]
    assert send(scene).status_code is None
    assert "Connect" in send(scene, url="http://127.0.0.1:9/").error


def test_an_address_out_of_reach_is_never_called(scene: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SLUICE_ALLOW_LOOPBACK_WEBHOOKS")
    delivered = send(scene)
    assert delivered.status_code is None
    assert "https" in delivered.error
    assert scene.received == []


def test_time_left_is_never_more_than_asked_for() -> None:
    assert remaining(time.monotonic() + 100, 2.0) == 2.0
    assert 0 < remaining(time.monotonic() + 1, None) <= 1
