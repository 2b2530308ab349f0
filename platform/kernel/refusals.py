"""Refusals: how a room says no, with a code, a kind and the facts behind it."""

from enum import StrEnum
from typing import ClassVar


class Kind(StrEnum):
    """What sort of no it is; a door turns it into its own status."""

    INVALID = "invalid"  # the request cannot be understood as it stands
    UNMET = "unmet"  # understood, but a rule or a limit says no
    NOT_FOUND = "not_found"
    CONFLICT = "conflict"  # the thing is in another state
    FORBIDDEN = "forbidden"
    UNAVAILABLE = "unavailable"  # try again later, the same way


class Refusal(Exception):
    """A coded refusal; nothing was changed.

    `message` is an English template over `params` and the key of its translation.
    Subclasses live beside the operation that raises them and set the three class attributes.
    """

    code: ClassVar[str] = "refused"
    kind: ClassVar[Kind] = Kind.UNMET
    message: ClassVar[str] = "Refused."

    def __init__(self, **params: object) -> None:
        self.params = params
        super().__init__(f"{self.code}: {self.text()}")

    def text(self, template: str | None = None) -> str:
        """Return the message with its facts filled in; `template` replaces the English one."""
        return (template or self.message).format(**self.params)
