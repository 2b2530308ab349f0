"""The command line: few verbs, each explained, and one clear line for whatever goes wrong."""

import errno
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from sluice import cli
from sluice.stack import application
from sluice.stack.trouble import Trouble, from_os
from sluice.verbs import stages


@pytest.fixture
def busy_port() -> Iterator[int]:
    """Listen on a port, as somebody else's server does."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


def test_there_are_few_verbs_and_help_explains_each(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["help"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(cli.VERBS) <= 18
    for verb in cli.VERBS:
        assert [line for line in lines if line.startswith(f"  {verb.name} ") and verb.line in line]


def test_an_unknown_verb_is_said_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["dance"]) == 1
    assert capsys.readouterr().err == "sluice: there is no verb 'dance': ./sluice help lists them\n"


def test_a_busy_port_is_said_in_one_line(busy_port: int) -> None:
    with pytest.raises(Trouble, match=f"port {busy_port} is busy") as told:
        application.check_port(busy_port)
    assert "\n" not in str(told.value)


def test_a_sandbox_is_refused_before_anything_starts(
    busy_port: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state = tmp_path / "state"
    monkeypatch.setenv("SLUICE_STATE_DIR", str(state))
    assert cli.main(["sandbox"]) == 1
    assert cli.main(["sandbox", "up", "--json", "--port", str(busy_port)]) == 1
    told = capsys.readouterr()
    assert told.err.splitlines() == [
        "sluice: sandbox what? one of: up, down",
        f"sluice: port {busy_port} is busy: stop what listens there, or choose another with --port",
    ]
    assert told.out == ""
    assert not state.exists()


def test_an_installed_package_says_which_verbs_need_the_source(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cli, "INSTALLED", True)
    assert cli.main(["check"]) == 1
    assert (
        capsys.readouterr().err
        == "sluice: check works on the source: it needs a clone, not the installed package\n"
    )
    assert {verb.name for verb in cli.VERBS} > cli.OF_A_CLONE


def test_a_full_disk_is_said_in_one_line() -> None:
    told = from_os(OSError(errno.ENOSPC, "No space left on device", "data/base"))
    assert str(told) == "the disk is full: nothing more can be written to data/base"


@pytest.mark.parametrize("problem", [OSError(errno.EACCES, "Permission denied", "x"), ValueError("odd")])
def test_the_unexpected_is_one_line_and_its_traceback_goes_to_the_log(
    problem: Exception, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def act(_: list[str]) -> int:
        raise problem

    (tmp_path / "logs").mkdir()
    monkeypatch.setenv("SLUICE_STATE_DIR", str(tmp_path))
    monkeypatch.setattr(cli, "VERBS", (cli.Verb("odd", act, "fails"),))

    assert cli.main(["odd"]) == 1

    assert capsys.readouterr().err.count("\n") == 1
    assert "Traceback" in (tmp_path / "logs" / "launcher.log").read_text(encoding="utf-8")


def test_without_chromium_the_browser_stage_fails_in_ci_only(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(stages, "browser", lambda: None)
    stage = next(stage for stage in stages.STAGES if stage.key == "browser")
    run = stages.Run.__new__(stages.Run)

    monkeypatch.setenv("CI", "true")
    assert run.one(stage) == "FAILED"
    monkeypatch.delenv("CI")
    assert run.one(stage) == "absent"
    assert "no Chromium" in capsys.readouterr().out


def test_a_stage_that_reads_few_files_reads_all_that_bear_its_mark() -> None:
    known = {stage.mark: set(stages.files_with(stage.mark)) for stage in stages.STAGES if stage.mark}
    assert "platform/interfaces/tests/journeys/test_story.py" in known["journey"]  # by its folder
    assert "platform/interfaces/scene/tests/test_strangers.py" in known["journey"]  # by a mark
    assert "platform/interfaces/tests/test_browser.py" in known["browser"]
    assert "platform/sluice/tests/test_house.py" not in known["journey"] | known["browser"]
