"""The Sluice embedded API: a typed client, signed calls, verified webhooks, test clocks."""

from sluice_sdk.clocks import RunningClock, advance_and_wait, begin_clock, every, until
from sluice_sdk.errors import SluiceError, WebhookRefused
from sluice_sdk.generated import types
from sluice_sdk.generated.client import API_VERSION, Sluice
from sluice_sdk.signing import SigningKey, signed_headers
from sluice_sdk.webhooks import verify_webhook

__all__ = [
    "API_VERSION",
    "RunningClock",
    "SigningKey",
    "Sluice",
    "SluiceError",
    "WebhookRefused",
    "advance_and_wait",
    "begin_clock",
    "every",
    "signed_headers",
    "types",
    "until",
    "verify_webhook",
]
