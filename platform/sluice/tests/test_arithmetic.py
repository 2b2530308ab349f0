"""quote, apr, allocate at the terminal: JSON in, JSON or a table out, one line for each problem."""

import io
import json
import os
import subprocess
import sys
from typing import Any

import pytest

from lending.calculators.documents import Table
from sluice.stack.places import ROOT
from sluice.verbs import arithmetic

LOAN: dict[str, Any] = {
    "principal": "100000.00",
    "start_date": "2026-01-15",
    "annual_rate": "0.072000",
    "method": "level_instalment",
    "count": 12,
}


class Terminal:
    """Standard input, for one call after another."""

    def __init__(self, patch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.patch, self.capsys = patch, capsys

    def quote(self, given: Any, *options: str) -> tuple[int, str, str]:
        data = given if isinstance(given, bytes) else json.dumps(given).encode()
        self.patch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))
        status = arithmetic.quote(list(options))
        said = self.capsys.readouterr()
        return status, said.out, said.err


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Terminal:
    return Terminal(monkeypatch, capsys)


def test_the_answer_has_the_shape_of_the_question(terminal: Terminal) -> None:
    status, out, err = terminal.quote(LOAN)
    one = json.loads(out)
    assert (status, err) == (0, "")
    assert one["totals"]["interest"] == "3942.75"
    assert (one["rows"][0]["total"], one["rows"][11]["total"]) == ("8661.90", "8661.85")
    status, out, _ = terminal.quote([LOAN, LOAN | {"count": 6}])
    assert (status, json.loads(out)[0], len(json.loads(out))) == (0, one, 2)
    lines = "\n".join(json.dumps(document) for document in (LOAN, LOAN, LOAN)).encode() + b"\n\n"
    status, out, _ = terminal.quote(lines)
    assert (status, [json.loads(line) for line in out.splitlines()]) == (0, [one] * 3)
    status, out, _ = terminal.quote([LOAN])
    assert json.loads(out) == [one]


def test_a_table_is_for_people(terminal: Terminal) -> None:
    status, out, _ = terminal.quote(LOAN, "--table")
    lines = out.splitlines()
    assert status == 0
    assert lines[1].split()[:3] == ["no.", "from", "due"]
    assert "8,661.90" in lines[3]
    assert len({len(line) for line in lines[1:15]}) == 1
    assert "103,942.75" in lines[15]
    _, out, _ = terminal.quote([LOAN, LOAN | {"method": "flat"}], "--table")
    assert out.count("document ") == 2
    assert "flat: interest" in out


def test_wide_characters_take_two_places() -> None:
    table = Table(columns=("名称", "n"), rows=(("等额本息", "1"), ("flat", "22")), left=frozenset({0}))
    assert arithmetic.laid_out(table) == ["名称       n", "--------  --", "等额本息   1", "flat      22"]


def test_one_bad_document_refuses_them_all_and_every_problem_is_a_line(terminal: Terminal) -> None:
    bad = [
        LOAN,
        LOAN | {"principal": -5, "start_date": "2026-02-31"},
        LOAN | {"instalment": "1.00"},
        LOAN | {"method": "magic", "x\ny": 1},
    ]
    status, out, err = terminal.quote(bad)
    assert (status, out) == (2, "")
    lines = err.splitlines()
    assert [line.split(": ")[1:4] for line in lines] == [
        ["document 1", "/start_date", "date_invalid"],
        ["document 1", "/principal", "amount_invalid"],
        ["document 2", "/instalment", "schedules.negative_amortisation"],
        ["document 3", "/method", "schedules.method_unknown"],
        ["document 3", "/x y", "member_unknown"],
    ]
    assert all(line.startswith("sluice quote: ") for line in lines)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "json_invalid"),
        (b"  \n ", "json_invalid"),
        (b"{", "json_invalid"),
        (b"[]", "document_count_invalid"),
        (b"7", "member_invalid"),
        (b"null", "member_invalid"),
        (b"[1]", "member_invalid"),
        (b"\xff\xfe", "json_invalid"),
        (b'{"principal": NaN}', "json_invalid"),
        (b'{"a": 1, "a": 2}', "json_invalid"),
        (b'{"a": 1}\n{"b": ', "json_invalid"),
        (b'{"a":' * 20_000 + b"1" + b"}" * 20_000, "json_invalid"),
        (b"\xef\xbb\xbf{}", "member_missing"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_code(terminal: Terminal, data: bytes, code: str) -> None:
    status, out, err = terminal.quote(data)
    assert (status, out) == (2, "")
    assert code in err.splitlines()[0]
    assert "Traceback" not in err


def test_a_line_ends_where_a_line_ends_and_nowhere_else(terminal: Terminal) -> None:
    line = json.dumps(LOAN | {"x": "\u2028\x85"}, ensure_ascii=False)
    status, _, err = terminal.quote(f"{line}\r\n{json.dumps(LOAN)}".encode())
    assert (status, len(err.splitlines())) == (2, 1)
    assert "document 0: /x: member_unknown" in err


def test_the_terminal_is_spoken_to_in_its_language(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    faulty = LOAN | {"principal": "-1", "count": 1_000_000}
    for name, words in (("zh_CN.UTF-8", "金额必须大于零。"), ("C.UTF-8", "The amount must be above zero.")):
        monkeypatch.setenv("LC_ALL", name)
        arithmetic.speech.cache_clear()
        status, _, err = terminal.quote(faulty)
        assert (status, err.splitlines()[0].rpartition(": ")[2]) == (2, words)
        assert "document 0: /count: schedules.count_invalid: " in err
    monkeypatch.undo()
    arithmetic.speech.cache_clear()


def test_a_broken_line_is_named_by_its_number(terminal: Terminal) -> None:
    line = json.dumps(LOAN).encode()
    status, out, err = terminal.quote(line + b"\n" + line[:-1] + b"\n" + line)
    assert (status, out) == (2, "")
    assert err.startswith("sluice quote: document 1: calculator.json_invalid: ")


def test_the_example_can_be_piped_back_and_the_schemas_are_printed(terminal: Terminal) -> None:
    status, example, _ = terminal.quote(b"", "--example")
    assert status == 0
    assert terminal.quote(example.encode())[0] == 0
    assert json.loads(terminal.quote(b"", "--schema")[1])["$id"] == "quote.request.json"
    assert json.loads(terminal.quote(b"", "--response-schema")[1])["$id"] == "quote.response.json"
    help_ = terminal.quote(b"", "--help")[1]
    assert all(option in help_ for option in arithmetic.OPTIONS)
    assert "nothing is answered" in help_


def test_an_unknown_option_is_one_line(terminal: Terminal) -> None:
    status, out, err = terminal.quote(LOAN, "--tabel")
    assert (status, out, len(err.splitlines())) == (2, "", 1)


def test_it_answers_without_django() -> None:
    """What is imported decides how fast the command answers."""
    code = (
        "import sys; from sluice.verbs import arithmetic; status = arithmetic.quote(['--table']);"
        "heavy = {'django', 'rest_framework', 'jsonschema', 'celery', 'numpy'} & set(sys.modules);"
        "sys.exit(f'imported {heavy}' if heavy else status)"
    )
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "platform"), str(ROOT)])}
    done = subprocess.run(
        [sys.executable, "-c", code],
        input=json.dumps(LOAN).encode(),
        capture_output=True,
        env=env,
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert b"3,942.75" in done.stdout
