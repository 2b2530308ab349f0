"""Pinning a version of the API, and being told that one goes away."""

from datetime import date

import pytest

from interfaces.versions import VERSIONS, Version, VersionUnknown, headers_of, version_of

OLD = Version("2025-01-01", date(2026, 11, 1), date(2027, 11, 1))


def test_without_a_pin_the_newest_answers_and_a_pin_is_kept() -> None:
    assert version_of({}, (OLD, *VERSIONS)) == VERSIONS[-1]
    assert version_of({"Sluice-Version": "2025-01-01"}, (OLD, *VERSIONS)) == OLD


@pytest.mark.parametrize("given", ["", "2026-11-02", "latest", "2026-11-01 ", "版本"])
def test_a_version_that_does_not_exist_is_refused(given: str) -> None:
    with pytest.raises(VersionUnknown):
        version_of({"Sluice-Version": given})


def test_a_version_that_goes_away_says_when_and_where_to_read() -> None:
    assert headers_of(OLD) == {
        "Sluice-Version": "2025-01-01",
        "Deprecation": "@1793491200",
        "Link": '</docs/changelog>; rel="deprecation"; type="text/html"',
        "Sunset": "Mon, 01 Nov 2027 00:00:00 GMT",
    }
    assert headers_of(VERSIONS[-1]) == {"Sluice-Version": "2026-11-01"}
