"""Colours that people can read: the design tokens, and any brand a bank may bring."""

import re

import pytest
from django.conf import settings

from interfaces.theme import CONTRAST_MIN, address, contrast, stylesheet

SHEET = (settings.ROOT / "platform/interfaces/static/sluice/app.css").read_text(encoding="utf-8")
TOKENS = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", SHEET))


@pytest.mark.parametrize(
    ("ink", "paper"),
    [
        *((ink, paper) for ink in ("ink", "ink-2", "ink-3", "brand") for paper in ("paper", "ground")),
        *((tone, f"{tone}-soft") for tone in ("good", "warn", "bad", "info", "brand")),
        ("brand-ink", "brand"),
    ],
)
def test_every_pair_of_tokens_can_be_read(ink: str, paper: str) -> None:
    assert contrast(TOKENS[ink], TOKENS[paper]) >= CONTRAST_MIN


def test_black_on_white_is_the_highest_contrast() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("colour", ["#ffee00", "#777777", "red", "#12345", "#0f6b5c;}body{display:none"])
def test_a_brand_that_cannot_be_read_or_is_no_colour_falls_back(colour: str) -> None:
    assert stylesheet({"primary": colour}) == stylesheet({})


def test_a_brand_that_can_be_read_is_used_and_changes_the_address() -> None:
    assert "--brand:#1d4f91" in stylesheet({"primary": "#1d4f91"})
    assert address({"primary": "#1d4f91"}) != address({})
