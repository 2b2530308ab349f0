"""What a call promises, written once beside its handler: the door obeys it, the document shows it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from rest_framework import serializers

from kernel.refusals import Refusal
from tenants.access.scopes import SCOPES

Handler = TypeVar("Handler", bound=Callable[..., Any])
Shape = type[serializers.Serializer[Any]]
JSON: Final = "application/json"
ANY_SCOPE: Final = ""  # any token will do


@dataclass(frozen=True, slots=True)
class Header:
    """A header of one call alone: its name, its JSON schema, and what it says."""

    name: str
    schema: Mapping[str, Any]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call: who may make it, what goes in, what comes out, and which refusals are its own."""

    summary: str
    scope: str
    answer: Shape | None
    description: str = ""
    request: Shape | None = None
    query: Shape | None = None
    headers: tuple[Header, ...] = ()
    many: bool = False
    expand: tuple[str, ...] = ()
    status: int = 200
    refusals: tuple[type[Refusal], ...] = ()
    moves_money: bool = False
    new_business: bool = False
    needs_match: bool = False
    media_type: str = JSON


def call(summary: str, *, scope: str, answer: Shape | None, **more: Any) -> Callable[[Handler], Handler]:
    """Write a call's promise on its handler; the other members are those of `Call`."""
    if scope not in {*SCOPES, ANY_SCOPE}:
        raise ValueError(f"unknown scope {scope}")
    promise = Call(summary=summary, scope=scope, answer=answer, **more)

    def written(handler: Handler) -> Handler:
        handler.call = promise  # type: ignore[attr-defined]
        return handler

    return written


def call_of(view: object, method: str) -> Call | None:
    """Return the promise of a view's method, if it has one."""
    handler = getattr(view, f"handle_{method.lower()}", None)
    return getattr(handler, "call", None)
