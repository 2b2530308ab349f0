"""The guides' commands, run as printed against a real server: data, every scene, the assistants' server."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from interfaces.scene.guides import guide, shell_blocks
from interfaces.scene.site import SECTIONS
from interfaces.scene.tests.caller import Caller
from interfaces.scene.tests.server import running
from interfaces.scene.tests.test_docs import bash
from interfaces.scene.tests.world import business_body
from kernel.ids import public_id
from plumbing.schemas import public_schema
from tenants.banks.queries import get_bank

SAID = {
    "data": ["2", "1", "3", "/gross", "500", "receiving", "9", "revoked", "consents.consent_revoked"],
    "pos": ["eligible", "4", "ineligible"],
    "e-commerce": ["eligible", "3", "1"],
    "tax": ["eligible", "2", "2"],
    "freight": ["eligible", "3", "1"],
    "supply-chain": ["eligible", "2", "1"],
    "assistants": ["False"],
}


def test_every_guide_of_a_scene_is_run() -> None:
    assert {page.name for page in SECTIONS[1].pages} < set(SAID)


@pytest.mark.journey
def test_the_commands_of_the_guides_work(committed: Caller, tmp_path: Path) -> None:
    """One world, one business a guide; the assistants' server is what `./sluice mcp` becomes."""
    with public_schema():
        bank = public_id("bnk", get_bank(schema_name="qinglan").id)
    launcher = tmp_path / "sluice"
    launcher.write_text(f'#!/bin/sh\n[ "$1" = mcp ] && exec "{sys.executable}" -m interfaces.assistants\n')
    launcher.chmod(0o700)
    commands, expected = shell_blocks(guide("get-started", "en"))[0], []
    for number, (name, said) in enumerate(SAID.items(), start=1):
        business = committed.post("/businesses", business_body(number))["id"]
        commands += f"BUSINESS={business}\n" + "".join(shell_blocks(guide(name, "en")))
        expected += said
    with running() as address:
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.pathsep.join([str(settings.ROOT), str(settings.ROOT / "platform")]),
            "SLUICE": address,
            "TOKEN": committed.token,
        }
        assert bash(commands, tmp_path, environment) == expected
        own = {
            "CLIENT_ID": committed.access.client_id,
            "CLIENT_SECRET": committed.access.secret,
            "BANK": bank,
        }
        answers = conversation({**environment, **own, "SLUICE_URL": address})
    assert "# Webhooks" in answers["page"]["text"]
    assert "/docs/freight.md" in answers["search"]["text"]
    assert answers["operation"]["text"].startswith("## Draw down\n")
    assert len(json.loads(answers["businesses"]["text"])["data"]) == len(SAID)
    assert (
        json.loads(answers["clock"]["text"])["code"] == "assistants.call_refused"
    )  # no template in this world
    assert json.loads(answers["draw"]["text"])["code"] == "assistants.not_a_read"
    assert [name for name, answer in answers.items() if answer["refused"]] == ["clock", "draw"]
    assert committed.get("/test_clocks")["data"] == []


def conversation(environment: dict[str, str]) -> dict[str, dict[str, str]]:
    """Let an assistant ask one thing after another; return the text of each answer."""
    asked = {
        "page": ("read_page", {"path": "/docs/webhooks"}),
        "search": ("search_docs", {"query": "waybills delivered kilograms"}),
        "operation": ("show_operation", {"operation": "POST /v1/drawdowns"}),
        "businesses": ("read_object", {"path": "/v1/businesses", "query": {"limit": "100"}}),
        "clock": ("create_test_clock", {"name": "story", "frozen_date": "2026-11-02"}),
        "draw": ("read_object", {"path": "/v1/drawdowns/x/cancel"}),
    }
    lines = [
        json.dumps(
            {
                "jsonrpc": "2.0",
                "id": name,
                "method": "tools/call",
                "params": {"name": tool, "arguments": given},
            }
        )
        for name, (tool, given) in asked.items()
    ]
    command = [sys.executable, "-m", "interfaces.assistants"]
    done = subprocess.run(
        command,
        input="\n".join(lines),
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    said = [json.loads(line) for line in done.stdout.splitlines()]
    return {
        one["id"]: {"text": one["result"]["content"][0]["text"], "refused": one["result"]["isError"]}
        for one in said
    }
