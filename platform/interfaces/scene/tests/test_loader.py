"""The loader: what is served is what was published, to every origin, and checks whom it talks to."""

import re
from pathlib import Path

import pytest
from django.test import Client

from interfaces.scene.loader_script import FOLDER, NEWEST, PUBLISHED, integrity, published

pytestmark = pytest.mark.usefixtures("banks")
GUIDES = Path(PUBLISHED).parent / "guides"


def test_every_released_version_is_what_was_published() -> None:
    """A released version never changes: the pages that include it check its hash."""
    found = {path.stem: integrity(path.read_bytes()) for path in FOLDER.glob("*.js")}
    assert found == published()
    assert NEWEST in found


@pytest.mark.parametrize(
    ("address", "kept"),
    [("/v1/sluice.js", "max-age=300"), (f"/v1/sluice-{NEWEST}.js", "immutable")],
)
def test_it_is_served_to_any_origin(address: str, kept: str) -> None:
    answer = Client(headers={"host": "api.localhost"}).get(address)
    assert answer.status_code == 200
    assert integrity(answer.content) == published()[NEWEST]
    assert answer["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert kept in answer["Cache-Control"]
    assert not answer.cookies


def test_there_is_no_other_version() -> None:
    for name in ("sluice-9.9.9.js", "sluice-..%2Fx.js"):
        assert Client(headers={"host": "api.localhost"}).get(f"/v1/{name}").status_code == 404


def test_messages_have_a_target_and_are_checked() -> None:
    """Protocol, 4: the target origin is explicit, never `*`; both sides check origin and source."""
    static = FOLDER.parents[1] / "borrower" / "static" / "borrower"
    for script in (FOLDER / f"{NEWEST}.js", static / "frame.js"):
        text = script.read_text(encoding="utf-8")
        assert "event.source !== " in text
        assert "event.origin" in text
        assert not re.search(r"""postMessage\([^;]*["']\*["']""", text)
        assert not re.search(r"localStorage|sessionStorage|document\.cookie|\beval\(|new Function", text)


@pytest.mark.parametrize("name", ["embedding.en.md", "embedding.zh-hans.md"])
def test_the_guide_shows_the_published_hash(name: str) -> None:
    text = (GUIDES / name).read_text(encoding="utf-8")
    assert published()[NEWEST] in text
    assert f"sluice-{NEWEST}.js" in text
