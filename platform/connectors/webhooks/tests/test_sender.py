"""What a scene's server receives, verified by the public library; what it cannot do to us."""

import base64
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from connectors.webhooks.sender import Letter, post_event, remaining, signature_headers
from connectors.webhooks.tests.receiver import Receiver, receiving
from plumbing.outbox.keys import new_key, public_key

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
        "letter": Letter("evt_1", BODY),
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
    scene.answers, scene.headers = [503] * 7, {"Retry-After": "120"}
    assert send(scene).retry_after_seconds == 120
    scene.headers = {"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}
    asked_at = datetime(2026, 10, 21, 7, 26, 30, tzinfo=UTC)
    assert send(scene, sent_at=asked_at).retry_after_seconds == 90
    assert send(scene, sent_at=asked_at + timedelta(days=1)).retry_after_seconds == 0
    for nonsense in ("soon", "-5", "9" * 30, "Wed, 21 Oct 2026 07:28:00"):
        scene.headers = {"Retry-After": nonsense}
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


def test_the_asymmetric_signature_is_checked_with_the_public_key_alone(scene: Receiver) -> None:
    before, now = new_key("v1a"), new_key("v1a")
    send(scene, secrets=(now, before))
    ((headers, body),) = scene.received
    said = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    signatures = headers["webhook-signature"].split(" ")
    assert [text.partition(",")[0] for text in signatures] == ["v1a", "v1a"]
    for signature, key in zip(signatures, (now, before), strict=True):
        raw = base64.b64decode(public_key(key).removeprefix("whpk_"))
        public = Ed25519PublicKey.from_public_bytes(raw)
        public.verify(base64.b64decode(signature.removeprefix("v1a,")), said)
        with pytest.raises(InvalidSignature):
            public.verify(base64.b64decode(signature.removeprefix("v1a,")), said + b" ")


def test_the_public_key_is_the_one_of_the_first_vector_of_rfc_8032() -> None:
    seed = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    public = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
    assert (
        public_key(f"whsk_{base64.b64encode(seed).decode()}") == f"whpk_{base64.b64encode(public).decode()}"
    )


def test_a_replay_says_that_it_is_one_and_a_cloud_event_what_it_is(scene: Receiver) -> None:
    send(scene, letter=Letter("evt_1", BODY, "application/cloudevents+json", is_replay=True))
    send(scene)
    (replay, _), (plain, _) = scene.received
    assert (replay["content-type"], replay["sluice-replay"]) == ("application/cloudevents+json", "true")
    assert "sluice-replay" not in plain


def test_what_an_answer_begins_with_is_kept_masked_and_short(scene: Receiver) -> None:
    said = b"HTTP/1.1 500 No\r\nContent-Length: 2000\r\n\r\nno account 6222 0009 9999 9910 of a@b.example, "
    scene.answers = [lambda wfile: wfile.write(said + b"key " + b"k" * 40 + b" \x00 " + b"no " * 700)]
    delivered = send(scene)
    assert delivered.status_code == 500
    assert delivered.response_excerpt.startswith("no account **** of ****@****, key ****")
    assert len(delivered.response_excerpt) <= 300
    assert timedelta(0) < delivered.duration < timedelta(seconds=10)


def test_a_status_counts_though_the_rest_of_the_answer_never_comes(scene: Receiver) -> None:
    done = threading.Event()

    def begin(wfile: Any) -> None:
        wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nwell")
        wfile.flush()
        done.wait(5)

    scene.answers = [begin]
    delivered = send(scene, deadline_seconds=0.3)
    done.set()
    assert (delivered.status_code, delivered.response_excerpt) == (200, "well")
