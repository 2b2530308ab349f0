"""Signing people in: a bank's staff on the bank's hosts, operators and scenes' people on the platform's own.

The schema decides who can be found: a session, a cookie or a password of one bank is worth nothing at
another, because neither the session's row nor the person is there.
"""

import hashlib
from contextlib import suppress
from typing import Any, Final
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.hashers import check_password, make_password
from django.core.cache import cache
from django.http import HttpRequest

from interfaces.arrival import address_of
from kernel.refusals import Kind, Refusal
from plumbing.schemas import PUBLIC, current_schema
from staff.models import StaffMember
from tenants.access.models import Operator
from tenants.scenes.models import Scene
from tenants.teams.models import TeamMember

TRIES_PER_ADDRESS: Final = 5
TRIES_PER_SOURCE: Final = 30
WINDOW_SECONDS: Final = 300


class TooManyTries(Refusal):
    """Too many wrong passwords: wait. Said for unknown addresses too."""

    code = "sign_in.too_many_tries"
    kind = Kind.UNAVAILABLE
    message = "Too many attempts. Try again in {minutes} minutes."


class SchemaBackend:
    """Finds people in the schema of the host: staff in a bank's, operators in the public one."""

    def authenticate(
        self, request: HttpRequest | None, email: str | None = None, password: str | None = None, **_: Any
    ) -> AbstractBaseUser | None:
        """Return the person, or None without saying what was wrong, and without being faster for strangers.

        Raises `TooManyTries`.
        """
        if not email or password is None:
            return None
        gate = TryGate(email, source_of(request))
        gate.check()
        return passed(gate, people().filter(email__iexact=email.strip()).first(), password)

    def get_user(self, user_id: UUID) -> AbstractBaseUser | None:
        """Return the person a session belongs to; None once the person is no longer active."""
        person: AbstractBaseUser | None = people().filter(pk=user_id, is_active=True).first()
        return person


class TeamBackend:
    """Finds the people of scenes, who sign in to the scene's portal on the platform's own hosts.

    A scene's code is part of who somebody is: the same address at another scene is another person. It takes
    credentials of other names than `SchemaBackend`, so nobody comes in at the wrong door with the right pair.
    """

    def authenticate(
        self,
        request: HttpRequest | None,
        scene: str | None = None,
        member: str | None = None,
        password: str | None = None,
        **_: Any,
    ) -> AbstractBaseUser | None:
        """Return the person of a scene (its code) with the address `member`, or None, without saying why.

        Raises `TooManyTries`.
        """
        if not scene or not member or password is None or current_schema() != PUBLIC:
            return None
        gate = TryGate(f"{scene}\x1f{member}", source_of(request))
        gate.check()
        known = team_members().filter(scene__code=scene.strip(), email__iexact=member.strip())
        return passed(gate, known.first(), password)

    def get_user(self, user_id: UUID) -> AbstractBaseUser | None:
        """Return the person a session belongs to; None once removed, or once the scene is closed."""
        if current_schema() != PUBLIC:
            return None
        person: AbstractBaseUser | None = team_members().filter(pk=user_id, is_active=True).first()
        return person


def team_members() -> Any:
    """Return the people of scenes that are not closed."""
    return TeamMember.objects.select_related("scene").exclude(scene__status=Scene.Status.CLOSED)


def passed(gate: "TryGate", person: Any, password: str) -> AbstractBaseUser | None:
    """Return the person if the password is right and they may come in; count the try if not."""
    if person is None:
        make_password(password)  # the same work as a real check: time tells nothing
        gate.note_failure()
        return None
    if not check_password(password, person.password) or not person.is_active:
        gate.note_failure()
        return None
    gate.clear()
    found: AbstractBaseUser = person
    return found


class TryGate:
    """Counts wrong tries, by address and by where they come from, in this schema's part of the cache."""

    def __init__(self, email: str, source: str) -> None:
        digest = hashlib.sha256(email.strip().lower().encode()).hexdigest()[:32]
        self._limits = (
            (f"sign_in:address:{digest}", TRIES_PER_ADDRESS),
            (f"sign_in:source:{source}", TRIES_PER_SOURCE),
        )

    def check(self) -> None:
        """Refuse when there were too many; raises `TooManyTries`."""
        if any(cache.get(name, 0) >= limit for name, limit in self._limits):
            raise TooManyTries(minutes=WINDOW_SECONDS // 60)

    def note_failure(self) -> None:
        """Count one wrong try."""
        for name, _ in self._limits:
            if not cache.add(name, 1, WINDOW_SECONDS):
                with suppress(ValueError):  # the window ended between the two calls
                    cache.incr(name)

    def clear(self) -> None:
        """Forget the address's wrong tries after a right one; the source's stay."""
        cache.delete(self._limits[0][0])


def people() -> Any:
    """Return the people who can sign in where the request has come to."""
    return Operator.objects.all() if current_schema() == PUBLIC else StaffMember.objects.all()


def source_of(request: HttpRequest | None) -> str:
    """Return the address a request comes from."""
    return (address_of(request) if request is not None else "") or "unknown"
