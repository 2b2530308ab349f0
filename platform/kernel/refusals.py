"""Refusals: how a room says no, with a code, a kind and the facts behind it."""

from collections.abc import Callable
from enum import StrEnum
from typing import ClassVar, Final

Say = Callable[[str], str]  # what puts a text of ours into the reader's language


class Phrase(str):
    """Our own words among the facts of a refusal: English, and the key of their translation."""

    __slots__ = ()


class Kind(StrEnum):
    """What sort of no it is; a door turns it into its own status."""

    INVALID = "invalid"  # the request cannot be understood as it stands
    UNMET = "unmet"  # understood, but a rule or a limit says no
    NOT_FOUND = "not_found"
    CONFLICT = "conflict"  # the thing is in another state
    FORBIDDEN = "forbidden"
    UNAVAILABLE = "unavailable"  # try again later, the same way


SHOWN: Final = 40  # characters of what was given that a refusal repeats


def brief(given: object) -> str:
    """Return what was given, short enough to repeat: Python itself refuses to write very long numbers."""
    if isinstance(given, int) and abs(given) >= 10**SHOWN:
        return f"a number of more than {SHOWN} digits"
    return str(given)[:SHOWN]


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

    def said(self, say: Say = str) -> str:
        """Return the message in the reader's language, the phrases among its facts included."""
        facts = {name: say(fact) if isinstance(fact, Phrase) else fact for name, fact in self.params.items()}
        return say(self.message).format(**facts)

    def faults(self, say: Say = str) -> list[dict[str, str]]:
        """Return what is wrong in the input, each fault with `pointer` (RFC 6901), `code` and `detail`."""
        return list(getattr(self, "errors", ()))


class Placed(Refusal):
    """A refusal that knows where in the input the fault is: `at` among its facts, a path such as `fees/0`."""

    def faults(self, say: Say = str) -> list[dict[str, str]]:
        """Return the one fault."""
        place = str(self.params.get("at", ""))
        return [{"pointer": f"/{place}" if place else "", "code": self.code, "detail": self.said(say)}]

    @property
    def errors(self) -> list[dict[str, str]]:
        """The fault, in English."""
        return self.faults()
