"""The versions of the embedded API: a call may pin one; what is going away says so in its answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from email.utils import format_datetime
from typing import Final

from kernel.refusals import Kind, Refusal

CHANGELOG: Final = "/docs/changelog"


class VersionUnknown(Refusal):
    """There is no such version of the API."""

    code = "version_unknown"
    kind = Kind.INVALID
    message = "There is no version {given} of this API: {known}."


@dataclass(frozen=True, slots=True)
class Version:
    """A dated version; from `deprecated_date` on it goes away, from `sunset_date` on it may be gone."""

    name: str
    deprecated_date: date | None = None
    sunset_date: date | None = None


VERSIONS: Final = (Version("2026-11-01"),)  # the last is what a call without a pin gets


def version_of(headers: Mapping[str, str], versions: tuple[Version, ...] = VERSIONS) -> Version:
    """Return the version a call is pinned to by `Sluice-Version`, else the newest."""
    given = headers.get("Sluice-Version")
    if given is None:
        return versions[-1]
    for version in versions:
        if version.name == given:
            return version
    raise VersionUnknown(
        given=given[:40].encode("ascii", "replace").decode(), known=", ".join(one.name for one in versions)
    )


def headers_of(version: Version) -> dict[str, str]:
    """Return what an answer says of its version: its name, and where it ends (RFC 9745, RFC 8594)."""
    said = {"Sluice-Version": version.name}
    if version.deprecated_date is not None:
        said["Deprecation"] = f"@{int(_midnight(version.deprecated_date).timestamp())}"
        said["Link"] = f'<{CHANGELOG}>; rel="deprecation"; type="text/html"'
    if version.sunset_date is not None:
        said["Sunset"] = format_datetime(_midnight(version.sunset_date), usegmt=True)
    return said


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)
