"""quote, apr, allocate: arithmetic without a server, JSON on standard input, JSON or a table out.

The input is one JSON object, a list of them, or one object a line (NDJSON); the answers come in the same
shape and order. If anything in it cannot be used, nothing is answered: each problem is a line on standard
error that names the document (counted from 0), the place, and a code, and the status is 2. Only what a
verb needs is imported, when it is needed.
"""

import gettext
import os
import sys
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import orjson

from kernel.refusals import Refusal, Say
from lending.calculators.documents import (
    Calculator,
    Document,
    DocumentCountInvalid,
    JsonInvalid,
    Table,
    load,
    parse,
)
from lending.calculators.registry import calculator

BAD_INPUT: Final = 2
OPTIONS: Final = {
    "--table": "print an aligned table for people instead of JSON",
    "--example": "print an example of the input, ready to be piped back in",
    "--schema": "print the JSON Schema of the input",
    "--response-schema": "print the JSON Schema of the output",
    "--help": "print this",
}
MOST_LINES: Final = 100_000  # documents in one call
SPOKEN: Final = ("LC_ALL", "LC_MESSAGES", "LANG")
LOCALES: Final = Path(__file__).resolve().parents[2] / "interfaces" / "locale"


def quote(arguments: list[str]) -> int:
    """Reckon repayment schedules."""
    return run("quote", arguments)


def apr(arguments: list[str]) -> int:
    """Reckon the annual cost of cash flows."""
    return run("apr", arguments)


def allocate(arguments: list[str]) -> int:
    """Reckon what a payment pays."""
    return run("allocate", arguments)


def run(name: str, arguments: list[str]) -> int:
    """Do what the options say, or answer the documents on standard input; return the exit status."""
    unknown = [word for word in arguments if word not in {*OPTIONS, "-h"}]
    if unknown:
        complain(name, f"there is no option {unknown[0]!r}: ./sluice {name} --help lists them")
        return BAD_INPUT
    chosen = calculator(name)
    if {"--help", "-h"} & set(arguments):
        sys.stdout.write(explained(chosen))
    elif "--example" in arguments:
        sys.stdout.write(pretty(load(chosen.request_schema)["examples"][0]))
    elif "--schema" in arguments:
        sys.stdout.write(pretty(load(chosen.request_schema)))
    elif "--response-schema" in arguments:
        sys.stdout.write(pretty(load(chosen.response_schema)))
    else:
        return answered(chosen, as_table="--table" in arguments)
    return 0


def answered(chosen: Calculator, *, as_table: bool) -> int:
    """Answer every document on standard input, or refuse them all."""
    if sys.stdin.isatty():
        complain(chosen.name, f"JSON is read from standard input; try ./sluice {chosen.name} --example")
        return BAD_INPUT
    asked = read(sys.stdin.buffer.read())
    problems = list(asked.problems)
    answers: list[Document] = []
    for at, document in enumerate(asked.documents):
        try:
            answers.append(chosen.compute(document))
        except Refusal as refusal:
            problems += told(refusal, at)
    if problems:
        for problem in problems:
            complain(chosen.name, problem)
        return BAD_INPUT
    try:
        sys.stdout.write(tables(chosen, answers) if as_table else asked.shape_of(answers))
        sys.stdout.flush()
    except BrokenPipeError:  # a reader that has seen enough, such as head
        sys.stderr.close()
    return 0


@dataclass(frozen=True, slots=True)
class Asked:
    """What stood on standard input: the documents, how they came, and the lines that are no JSON."""

    documents: tuple[object, ...]
    form: str  # one, list, lines
    problems: tuple[str, ...] = ()

    def shape_of(self, answers: list[Document]) -> str:
        """Return the answers as the documents came."""
        if self.form == "lines":
            return "".join(orjson.dumps(answer).decode() + "\n" for answer in answers)
        return pretty(answers[0] if self.form == "one" else answers)


def read(data: bytes) -> Asked:
    """Read one object, a list of them, or an object a line."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return Asked((), "one", tuple(told(JsonInvalid(reason=f"byte {error.start} is not UTF-8"), 0)))
    if not text.strip():
        return Asked((), "one", tuple(told(JsonInvalid(reason="there is nothing on standard input"), 0)))
    try:
        value = parse(text)
    except JsonInvalid as refusal:
        lines = [line for line in text.split("\n") if line.strip()]
        if len(lines) < 2 or not all(line.lstrip().startswith("{") for line in lines):
            return Asked((), "one", tuple(told(refusal, 0)))
        return read_lines(lines)
    if isinstance(value, list):
        return limited(Asked(tuple(value), "list"))
    return Asked((value,), "one")


def read_lines(lines: list[str]) -> Asked:
    """Read an object a line; a line that is none is named by its number among the documents."""
    documents, problems = [], []
    for at, line in enumerate(lines):
        try:
            documents.append(parse(line))
        except JsonInvalid as refusal:
            problems += told(refusal, at)
    return limited(Asked(() if problems else tuple(documents), "lines", tuple(problems)))


def limited(asked: Asked) -> Asked:
    """Refuse more documents than one call takes, and none at all."""
    if not asked.problems and not 1 <= len(asked.documents) <= MOST_LINES:
        count = len(asked.documents)
        return Asked((), asked.form, tuple(told(DocumentCountInvalid(count=count, most=MOST_LINES), 0)))
    return asked


def told(refusal: Refusal, at: int) -> list[str]:
    """Return a line for each thing that is wrong with a document."""
    say = speech()
    faults = refusal.faults(say)
    if not faults:
        return [f"document {at}: {refusal.code}: {refusal.said(say)}"]
    return [
        f"document {at}: {fault['pointer'] or '/'}: {fault['code']}: {fault['detail']}" for fault in faults
    ]


@lru_cache(maxsize=1)
def speech() -> Say:
    """Return what puts our sentences into the language of the terminal (LC_ALL, LC_MESSAGES or LANG)."""
    named = next((os.environ[name] for name in SPOKEN if os.environ.get(name)), "")
    if not named.lower().startswith("zh"):
        return str
    return gettext.translation("django", LOCALES, ["zh_Hans"], fallback=True).gettext


def complain(name: str, problem: str) -> None:
    """Write one line on standard error."""
    one_line = " ".join(problem.split())
    sys.stderr.write(f"sluice {name}: {one_line}\n")


def pretty(value: Any) -> str:
    """Return JSON for a file or a person."""
    return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode() + "\n"


def explained(chosen: Calculator) -> str:
    """Return the help of one verb."""
    width = max(map(len, OPTIONS))
    options = "\n".join(f"  {name.ljust(width)}  {text}" for name, text in OPTIONS.items())
    return (
        f"./sluice {chosen.name} < input.json: {chosen.line}\n\n"
        "Reads one JSON object, a list of them, or one object a line, and answers in the same shape.\n"
        'Amounts are strings in major units ("100000.00" yuan), rates fractions a year ("0.072000" is\n'
        "7.2 %), dates YYYY-MM-DD; --schema says the rest.\n"
        "If anything in it cannot be used, nothing is answered: each problem is a line on standard error\n"
        "(document, counted from 0; place; code; what is wrong) and the status is 2. Where LC_ALL,\n"
        "LC_MESSAGES or LANG says zh, the sentence is Chinese; place and code never change.\n\n"
        f"{options}\n\n"
        f"  ./sluice {chosen.name} --example | ./sluice {chosen.name} --table\n"
    )


def tables(chosen: Calculator, answers: list[Document]) -> str:
    """Return every answer as a table, one after another."""
    found = []
    for at, answer in enumerate(answers):
        heading = [f"document {at}"] if len(answers) > 1 else []
        found.append("\n".join([*heading, *laid_out(chosen.table(answer))]) + "\n")
    return "\n".join(found)


def laid_out(table: Table) -> list[str]:
    """Return the lines of a table with its columns aligned, wide characters counted as two."""
    lines = (table.columns, *table.rows)
    widths = [max(width_of(line[at]) for line in lines) for at in range(len(table.columns))]
    ruled = "  ".join("-" * width for width in widths)

    def line_of(cells: tuple[str, ...]) -> str:
        shown = []
        for at, cell in enumerate(cells):
            space = " " * (widths[at] - width_of(cell))
            shown.append(cell + space if at in table.left else space + cell)
        return "  ".join(shown).rstrip()

    body = [line_of(row) for row in table.rows]
    return [*table.title, line_of(table.columns), ruled, *body, *table.footer]


def width_of(text: str) -> int:
    """Return how many places a text takes on a terminal."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(letter) else 1 + (unicodedata.east_asian_width(letter) in "WF")
        for letter in text
    )
