"""The documents: current, complete, true to the code, served without anything from outside."""

import json
import os
import re
import subprocess
import threading
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from celery.contrib.testing.worker import start_worker
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import get_resolver
from jsonschema import Draft202012Validator

from connectors.payment_rails.simulator import published
from interfaces.door import SceneView
from interfaces.event_types import EVENT_TYPES
from interfaces.scene import reference as reference_pages
from interfaces.scene import site
from interfaces.scene.calls import call_of
from interfaces.scene.catalogue import COMMITTED as ERRORS
from interfaces.scene.catalogue import error_list, refusals
from interfaces.scene.changelog import CHANGES, changelog
from interfaces.scene.diagrams import figure, placed
from interfaces.scene.document import COMMITTED, as_yaml, build_document
from interfaces.scene.document_parts import operations
from interfaces.scene.guides import GUIDES, guide, shell_blocks
from interfaces.scene.lives import LIVES
from interfaces.scene.markdown import render
from interfaces.scene.tests.caller import API, Caller
from interfaces.scene.tests.conformance import deref, document, event_schema, validate
from interfaces.scene.tests.server import running
from interfaces.scene.tests.world import fund_bank, sign
from interfaces.versions import CHANGELOG, VERSIONS, Version
from kernel.ids import public_id
from kernel.refusals import Refusal
from plumbing.schemas import public_schema
from sluice.celery_app import app
from tenants.access.scopes import SCOPES
from tenants.banks.queries import get_bank

POLICY = {
    *(
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
    ),
    *("connect-src 'self'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'"),
}
SHOWN = (
    *(page.path for page in site.PAGES.values()),
    *("/docs/reference/drawdowns", "/docs/errors/lending.limit_exceeded"),
)


def test_the_committed_document_is_what_the_code_says() -> None:
    assert COMMITTED.read_text(encoding="utf-8") == as_yaml(build_document()), "run ./sluice generate openapi"


def test_the_committed_error_list_is_what_the_code_says() -> None:
    assert ERRORS.read_text(encoding="utf-8") == error_list("en"), "run ./sluice generate openapi"


def test_the_command_notices_a_document_that_is_out_of_date(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stale = tmp_path / "openapi" / "scene.yaml"
    monkeypatch.setattr("interfaces.scene.management.commands.write_openapi.DOCUMENT", stale)
    with pytest.raises(CommandError, match="is not what the code says"):
        call_command("write_openapi", "--check")
    call_command("write_openapi")
    call_command("write_openapi", "--check")
    assert stale.read_text(encoding="utf-8") == COMMITTED.read_text(encoding="utf-8")


def test_it_is_openapi_3_1_and_every_reference_leads_somewhere() -> None:
    assert document()["openapi"] == "3.1.0"
    for reference in re.findall(r"#/components/[\w./-]+", COMMITTED.read_text(encoding="utf-8")):
        deref({"$ref": reference})
    for schema in document()["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_every_address_of_the_api_is_documented_and_nothing_else() -> None:
    served = set()
    for pattern in get_resolver("interfaces.scene.urls").url_patterns:
        view = getattr(pattern.callback, "view_class", None)
        if view is not None and issubclass(view, SceneView):
            path = "/" + str(pattern.pattern).replace("<str:", "{").replace(">", "}")
            served |= {
                (path, method) for method in ("get", "post", "patch", "delete") if hasattr(view, method)
            }
            for method in ("get", "post", "patch", "delete"):
                assert not hasattr(view, method) or call_of(view, method), f"{path} {method} promises nothing"
    documented = {(path, method) for path, method, _ in operations(document()) if path.startswith("/v1")}
    assert documented == served


def test_every_operation_says_who_may_what_comes_and_what_can_go_wrong() -> None:
    names = set()
    for path, method, operation in operations(document()):
        where = f"{method} {path}"
        assert operation["summary"], where
        assert operation["tags"], where
        assert operation["operationId"] not in names, where
        names.add(operation["operationId"])
        good = [status for status in operation["responses"] if status < "300"]
        bad = [status for status in operation["responses"] if status >= "400"]
        assert len(good) == 1, where
        if path.startswith("/v1"):
            assert set(operation["security"][0]["oauth2"]) <= SCOPES, where
            assert {"401", "500"} <= set(bad), where
            assert "403" in bad or not operation["security"][0]["oauth2"], where
        for status in good:
            for media in deref(operation["responses"][status])["content"].values():
                for example in media.get("examples", {}).values():
                    validate(example["value"], media["schema"])
        for status in bad:
            content = deref(operation["responses"][status])["content"]
            if path.startswith("/v1"):
                problem = content["application/problem+json"]
                assert problem["examples"], where
                for example in problem["examples"].values():
                    assert example["value"]["status"] == int(status)
                    validate(example["value"], problem["schema"])


def test_the_example_of_every_body_is_accepted_by_its_own_schema() -> None:
    bodies = 0
    for _, _, operation in operations(document()):
        for media in operation.get("requestBody", {}).get("content", {}).values():
            for example in media.get("examples", {}).values():
                validate(example["value"], media["schema"])
                bodies += 1
    assert bodies > 15


def test_every_event_is_a_webhook_of_the_document_with_a_body_and_an_example() -> None:
    assert set(document()["webhooks"]) == set(EVENT_TYPES)
    for name, item in document()["webhooks"].items():
        content = item["post"]["requestBody"]["content"]
        assert set(content) == {"application/json", "application/cloudevents+json"}
        example = content["application/json"]["examples"]["event"]["value"]
        validate(example, event_schema(name))
        assert set(example["data"]["object"]) > {"id", "object", "status"}, name


def test_every_documented_code_is_in_the_error_list_and_every_refusal_has_one_code() -> None:
    listed = set(re.findall(r"^\| \d+ \| `([^`]+)`", ERRORS.read_text(encoding="utf-8"), re.MULTILINE))
    shown = set()
    for _, _, operation in operations(document()):
        for status, response in operation["responses"].items():
            problem = deref(response)["content"].get("application/problem+json", {"examples": {}})
            shown |= {example["value"]["code"] for example in problem["examples"].values() if status >= "400"}
    assert len(shown) > 40
    assert shown <= listed
    assert {refusal.code for refusal in refusals()} <= listed
    by_code: dict[str, set[str]] = {}
    for refusal in _all(Refusal):
        if ".tests" not in refusal.__module__:
            by_code.setdefault(refusal.code, set()).add(f"{refusal.kind}")
    assert {code for code, kinds in by_code.items() if len(kinds) > 1} == set()


def _all(parent: type[Refusal]) -> Any:
    for child in parent.__subclasses__():
        yield child
        yield from _all(child)


@pytest.fixture
def reader(banks: tuple[str, str]) -> Client:
    return Client(headers={"host": API})


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_page_is_whole_in_both_languages_and_takes_nothing_from_outside(
    reader: Client, language: str
) -> None:
    statics = set()
    for path in SHOWN:
        response = reader.get(f"{path}?lang={language}")
        page = response.content.decode()
        assert response.status_code == 200, path
        assert f'<html lang="{language}">' in page
        assert ("快速上手" in page) == (language != "en")
        loaded = re.findall(r'(?:src|href)="([^"]+)"', page)
        assert all(address.startswith(("/", "?", "#")) for address in loaded), loaded
        assert set(response["Content-Security-Policy"].split("; ")) == POLICY
        assert not re.search(r"<[^>]+ (?:style|on\w+)=", page)
        anchors = re.findall(r' id="([^"]+)"', page)
        assert len(anchors) == len(set(anchors)), f"{path}: two places have one name"
        statics |= {address for address in loaded if address.startswith("/static/")}
    for address in statics:
        static = reader.get(address)
        static.close()
        assert static.status_code == 200, address


def test_every_link_of_the_site_leads_somewhere(reader: Client) -> None:
    """Follow the links of all pages, each target once, with its place on the page."""
    waiting, pages = [page.path for page in site.PAGES.values()], dict[str, str]()
    wanted: set[tuple[str, str]] = set()
    while waiting:
        path = waiting.pop()
        if path in pages:
            continue
        response = reader.get(f"{path}?lang=en")
        assert response.status_code == 200, path
        pages[path] = response.content.decode()
        found = re.findall(r'href="(/(?:docs|openapi|llms)[^"?#]*)(?:\?lang=[\w-]+)?#?([^"]*)"', pages[path])
        wanted |= {(target, anchor) for target, anchor in found if anchor}
        waiting += [
            target for target, _ in found if "/errors/" not in target or target.count("limit_exceeded")
        ]
    assert {f"/docs/reference/{tag}" for tag in reference_pages.tags()} < set(pages)
    assert {f"{page.path}.md" for page in site.PAGES.values() if page.name != "index"} < set(pages)
    for target, anchor in wanted:
        assert f'id="{anchor}"' in pages[target], f"{target}#{anchor}"


def test_every_page_is_markdown_too_and_the_lists_name_all_of_them(reader: Client) -> None:
    listed = reader.get("/llms.txt").content.decode()
    whole = reader.get("/llms-full.txt?lang=zh-hans").content.decode()
    for page in site.PAGES.values():
        address = "/docs/index.md" if page.name == "index" else f"{page.path}.md"
        assert f"]({address}): {page.line}" in listed
        text = reader.get(f"{address}?lang=zh-hans")
        assert text["Content-Type"] == "text/markdown; charset=utf-8"
        said = text.content.decode()
        assert said.startswith("# ")
        assert not re.search(r"^(?::::|\{figure|\{life)|\{#\w+\}$", said, re.MULTILINE)
        if page.name not in {"reference", "errors"}:
            assert said in whole
    assert "| `paid_out` |" in reader.get("/docs/concepts.md").content.decode()
    assert "POST /v1/drawdowns" in reader.get("/docs/reference/drawdowns.md").content.decode()
    assert reader.get("/docs/reference/nothing.md").status_code == 404
    shown = reader.get("/docs/errors/lock_timeout.md").content.decode()
    example = json.loads(shown.partition("```json\n")[2].partition("\n```")[0])
    assert set(example) == set(document()["components"]["schemas"]["Problem"]["required"])
    assert (example["status"], example["retryable"]) == (409, True)
    assert reader.get("/docs/errors/nothing.md").status_code == 404
    assert reader.post("/llms.txt").status_code == 405


def test_the_states_of_the_diagrams_are_those_of_the_api() -> None:
    """What a diagram shows is what `status` may be; a state or a move that is new cannot be left out."""
    shapes = {"test_clock": "Clock", "webhook_endpoint": "Endpoint"}
    for name, life in LIVES.items():
        shape = shapes.get(name, name.title().replace("_", ""))
        states = document()["components"]["schemas"][shape]["properties"]["status"]["enum"]
        assert set(life.meanings) == set(life.moves) == set(states), name
        assert all(to in life.next_of(state) for state, to in pairwise(life.road)), name
        drawing = figure(name)
        assert all(f">{state}</text>" in drawing for state in states)
        assert drawing.count("<path d=") == sum(map(len, life.moves.values()))
        places = [(place.x, place.y) for place in placed(life).values()]
        assert len(places) == len(set(places)), name


def test_every_call_and_every_code_is_in_the_reference() -> None:
    pages = {tag: reference_pages.resource(tag, "en") for tag in reference_pages.tags()}
    for path, method, operation in operations(document()):
        page = pages[operation["tags"][0]]
        assert f"{{#{operation['operationId']}}}\n\n```http\n{method.upper()} {path}\n```" in page
    assert "| `amount` | `money` | **Required.**" in pages["drawdowns"]
    assert "| `representative.id_number` |" in pages["businesses"]
    assert "lending.limit_exceeded" in pages["drawdowns"]


def test_the_reference_speaks_chinese() -> None:
    """A text that is new may be English for a while: one in twenty, not more; none is kept for nothing."""
    known = json.loads(reference_pages.TRANSLATIONS.read_text(encoding="utf-8"))
    shown = reference_pages.texts()
    assert len(shown - set(known)) <= len(shown) // 20, sorted(shown - set(known))
    assert len(set(known) - shown) <= len(shown) // 20, sorted(set(known) - shown)
    summaries = "".join(reference_pages.resource("drawdowns", "zh-hans").split("## ")[1:2])
    assert summaries.startswith("列出支用")


def test_the_changelog_has_every_version_and_no_other() -> None:
    assert {change.version for change in CHANGES} == {version.name for version in VERSIONS}
    old = Version("2025-01-01", date(2026, 11, 1), date(2027, 11, 1))
    said = changelog("en", (old, *VERSIONS))
    assert said.index(f"## {VERSIONS[-1].name}") < said.index("## 2025-01-01")
    assert "**deprecated since 2026-11-01; gone from 2027-11-01**" in said
    assert CHANGELOG in {page.path for page in site.PAGES.values()}


def test_the_document_is_served_as_committed(reader: Client) -> None:
    assert reader.get("/openapi.yaml").content.decode() == COMMITTED.read_text(encoding="utf-8")
    assert reader.get("/openapi.json").json() == document()
    assert reader.get("/docs/nothing").status_code == 404
    assert reader.get("/docs/..%2f..%2fsecret").status_code == 404


def test_a_guide_shows_markup_as_text() -> None:
    html = render(
        "# A & B\n\n<script>x</script> `a<b` **bold** [go](/docs) [bad](javascript:x)\n\n- one\n- two\n"
    )
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert '<a href="/docs">go</a>' in html
    assert 'href="javascript' not in html
    assert html.count("<li>") == 2


def test_the_guides_have_the_same_commands_in_both_languages() -> None:
    for path in GUIDES.glob("*.en.md"):
        name = path.name.removesuffix(".en.md")
        if name != "errors":
            assert shell_blocks(guide(name, "en")) == shell_blocks(guide(name, "zh-hans"))


@pytest.mark.journey
def test_the_commands_of_the_guide_work(committed: Caller, tmp_path: Path) -> None:
    """Run every command as printed, with a real server and worker; sign where a person would."""
    fund_bank("qinglan", "1000000.00")
    with public_schema():
        bank = public_id("bnk", get_bank(schema_name="qinglan").id)
    blocks = shell_blocks(guide("get-started", "en"))
    signing = next(at for at, block in enumerate(blocks) if "signing_url" in block)
    kept = (
        "declare -p TOKEN BUSINESS ACCOUNT APPLICATION AGREEMENT > state; printf %s $AGREEMENT > agreement\n"
    )
    first = "".join(blocks[: signing + 1]) + kept
    second = "source state\n" + blocks[0] + "".join(blocks[signing + 1 :])
    with running() as address, start_worker(app, perform_ping_check=False, shutdown_timeout=30):
        environment = {
            "PATH": os.environ["PATH"],
            "SLUICE": address,
            "CLIENT_ID": committed.access.client_id,
            "CLIENT_SECRET": committed.access.secret,
            "BANK": bank,
        }
        said = bash(first, tmp_path, environment)
        assert said[-2] == "approved"
        agreement = (tmp_path / "agreement").read_text().strip()
        sign("qinglan", {"id": agreement, "signing_url": said[-1]})
        said += bash(second, tmp_path, environment)
    assert said[1:] == [
        "0.109500", "approved", said[3], "20000.00", "5000.00", "paid_off", "20000.00", "list",
    ]  # fmt: skip


def bash(script: str, folder: Path, environment: dict[str, str]) -> list[str]:
    """Run a script that stops at the first failure; return what it printed, line by line."""
    done = subprocess.run(
        ["bash", "-c", "set -euo pipefail\n" + script],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.split()


def test_no_worker_is_left_behind() -> None:
    assert not [thread for thread in threading.enumerate() if "celery" in thread.name.lower()]


def test_the_guide_tells_every_account_ending_that_the_rail_knows() -> None:
    said = guide("test-clocks", "en")
    assert "| `0000` | succeeded | succeeded |" in said
    assert "| `0001` | refused: account_closed | refused: account_closed |" in said
    assert "| `0051` | succeeded | refused: insufficient_funds |" in said
    assert "| `0009` | unknown → succeeded | unknown → succeeded |" in said
    assert all(ending in guide("test-clocks", "zh-hans") for ending, _, _ in published())
