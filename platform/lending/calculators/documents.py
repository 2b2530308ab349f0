"""Documents of exact JSON: money and rates as strings, dates as ISO, every fault named with its pointer.

A calculator reads its document with `Members`, which takes members one by one, keeps what is wrong and
refuses all of it at once in `finish`; a member nobody asked for is a fault too. Amounts are strings in major
units ("100000.00") of the document's currency, or objects that name it again; rates are annual fractions with
at most six decimals ("0.072000"); numbers with a point are refused wherever they stand.
"""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from kernel.money import DIGITS
from kernel.refusals import Kind, Phrase, Refusal, Say
from plumbing.documents import API_DOCS

SCHEMAS: Final = API_DOCS / "schemas"
Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: where (RFC 6901), its code, and a sentence with the facts it needs."""

    pointer: str
    code: str
    sentence: Phrase
    facts: Mapping[str, object] = field(default_factory=dict)

    def told(self, say: Say = str) -> dict[str, str]:
        """Return the fault in the reader's language."""
        detail = say(self.sentence).format(**self.facts)
        return {"pointer": self.pointer, "code": self.code, "detail": detail}


class DocumentInvalid(Refusal):
    """Members of the document are missing, unknown or of the wrong form; each fault has its pointer."""

    code = "calculator.document_invalid"
    kind = Kind.INVALID
    message = "The document has members that cannot be used: {summary}."

    def __init__(self, found: Sequence[Fault]) -> None:
        self._found = tuple(found)
        summary = ", ".join(sorted({fault.pointer or "/" for fault in found}))
        super().__init__(summary=summary[:300])

    def faults(self, say: Say = str) -> list[dict[str, str]]:
        """Return every fault of the document."""
        return [fault.told(say) for fault in self._found]

    @property
    def errors(self) -> list[dict[str, str]]:
        """Every fault, in English."""
        return self.faults()


class JsonInvalid(Refusal):
    """The text is not JSON as RFC 8259 has it: NaN, a name given twice, a value cut short."""

    code = "calculator.json_invalid"
    kind = Kind.INVALID
    message = "This is not JSON: {reason}."


class DocumentCountInvalid(Refusal):
    """One call answers no documents, or more than it should."""

    code = "calculator.document_count_invalid"
    kind = Kind.INVALID
    message = "There are {count} documents: one call answers from 1 to {most}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """An answer for people: lines above, columns with titles, lines below; text is already formatted."""

    title: tuple[str, ...] = ()
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    left: frozenset[int] = frozenset()  # columns that start at the left; figures end at the right
    footer: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Calculator:
    """One calculator: `compute` answers a document or refuses it, `table` lays the answer out."""

    name: str
    line: str  # what it does, in one line of help
    compute: Callable[[object], Document]
    table: Callable[[Document], Table]
    refusals: tuple[type[Refusal], ...]  # what `compute` may raise beside `DocumentInvalid`

    @property
    def request_schema(self) -> Path:
        """The JSON Schema (draft 2020-12) of what goes in, with examples that run."""
        return SCHEMAS / f"{self.name}.request.json"

    @property
    def response_schema(self) -> Path:
        """The JSON Schema of what comes out; its examples answer the request's, one by one."""
        return SCHEMAS / f"{self.name}.response.json"


def load(path: Path) -> Document:
    """Return a committed JSON document."""
    loaded: Document = json.loads(path.read_text(encoding="utf-8"))
    return loaded


def parse(text: str) -> object:
    """Return the one JSON value in a text; refuses NaN, infinities and a name that occurs twice."""
    try:
        return json.loads(text, parse_constant=_no_constant, object_pairs_hook=_once)
    except RecursionError:
        raise JsonInvalid(reason="it is nested too deep") from None
    except ValueError as error:
        raise JsonInvalid(reason=str(error)[:160]) from None


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is not a number")


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    value = dict(pairs)
    if len(value) != len(pairs):
        twice = Counter(name for name, _ in pairs).most_common(1)[0][0]
        raise ValueError(f"the name {json.dumps(twice[:80])} occurs twice in one object")
    return value


def shown(minor: int, currency: str) -> str:
    """Return minor units as a string of major ones: 866190 fen of CNY is "8661.90"."""
    digits = DIGITS[currency]
    if not digits:
        return str(minor)
    figures = str(abs(minor)).zfill(digits + 1)
    return f"{'-' if minor < 0 else ''}{figures[:-digits]}.{figures[-digits:]}"


def shown_rate(ppm: int) -> str:
    """Return a rate in millionths as a fraction with six decimals: 72000 is "0.072000"."""
    return f"{ppm // 1_000_000}.{ppm % 1_000_000:06d}"


def grouped(amount: str) -> str:
    """Return an amount of an answer with its thousands marked, for people."""
    whole, point, rest = amount.partition(".")
    return f"{int(whole):,}{point}{rest}" if whole.lstrip("-").isdigit() and whole != "-0" else amount


def percent(rate: str) -> str:
    """Return a fraction of an answer as a percentage, for people: "0.072000" is "7.2 %"."""
    whole, _, rest = rate.partition(".")
    moved = f"{whole}{rest[:2].ljust(2, '0')}.{rest[2:]}".rstrip("0").rstrip(".")
    left, point, right = moved.partition(".")
    return f"{int(left)}{point}{right} %"
