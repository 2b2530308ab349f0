"""Three kills in the middle of day-ends and a disbursement: nothing is lost, nothing is done twice."""

import json
import os
import subprocess
import sys

import pytest

from sluice.stack.places import ROOT

SECONDS = 1500


@pytest.mark.drill
def test_the_story_survives_three_kills() -> None:
    sized = ["--kills", "3", "--merchants", "12", "--days", "20", "--seed", "20260803"]
    done = subprocess.run(
        [sys.executable, "-m", "testkit.drill", *sized, "--json"],
        cwd=ROOT,
        env=dict(os.environ),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    report = json.loads(done.stdout)
    assert report["passed"], done.stdout
    assert (done.returncode, report["status"], len(report["kills"])) == (0, 0, 3)
    assert sorted(kill["victim"] for kill in report["kills"]) == ["postgres", "web", "worker"]
    assert all(kill["in_the_middle"] for kill in report["kills"])
    assert [kill["aimed_at"].split()[0] for kill in report["kills"]] == ["disbursement", "day-end", "day-end"]
    assert all(finding["ok"] for finding in report["findings"])
