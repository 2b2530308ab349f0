"""What goes wrong: the API's refusals, calls that got no answer, and webhooks that are not ours."""

from typing import Any

import httpx


class SluiceError(Exception):
    """A refusal of the API (`code` never changes, see /docs/errors), or `network_error`: nothing answered."""

    def __init__(self, status: int, code: str, message: str, problem: dict[str, Any] | None = None) -> None:
        self.status, self.code, self.problem = status, code, problem or {}
        self.request_id: str = self.problem.get("request_id", "")
        self.errors: list[dict[str, str]] = self.problem.get("errors", [])
        self.params: dict[str, Any] = self.problem.get("params", {})
        super().__init__(f"{code}: {message}")


class WebhookRefused(ValueError):
    """A message that is not from the bank, or too old to be believed."""


def error_of(answer: httpx.Response) -> SluiceError:
    """Return the error that an answer is: a problem of the API, of the token endpoint, or of neither."""
    try:
        found = answer.json()
    except ValueError:
        found = None
    said = found if isinstance(found, dict) else {}  # else a proxy on the way answered
    code = said.get("code") or said.get("error") or f"http_{answer.status_code}"
    words = said.get("detail") or said.get("error_description") or answer.text[:200]
    return SluiceError(answer.status_code, code, words, said if "code" in said else None)
