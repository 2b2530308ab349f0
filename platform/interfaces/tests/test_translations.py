"""The Chinese catalogue has every text that a person may read, and nothing that nobody reads."""

from pathlib import Path

import polib
import pytest
from django.conf import settings

from interfaces.tests.messages import all_messages, of_code, of_refusals, of_templates
from sluice.house.translations import incomplete

CATALOGUE = Path(settings.LOCALE_PATHS[0]) / "zh_Hans" / "LC_MESSAGES" / "django.po"


@pytest.fixture(scope="module")
def known() -> set[str]:
    return {entry.msgid for entry in polib.pofile(str(CATALOGUE)) if not entry.obsolete}


def test_the_collectors_find_what_they_look_for() -> None:
    assert {"Home", "%(n)s loan", "Bank portal"} <= {*of_templates(), *of_code()}
    assert "The accounting period of {booking_date} is closed." in set(of_refusals())


def test_every_text_has_its_translation(known: set[str]) -> None:
    assert sorted(all_messages() - known) == []


def test_no_translation_is_left_over(known: set[str]) -> None:
    assert sorted(known - all_messages()) == []


def test_no_entry_is_empty_and_none_loses_a_placeholder() -> None:
    assert incomplete(Path(settings.LOCALE_PATHS[0])) == []
