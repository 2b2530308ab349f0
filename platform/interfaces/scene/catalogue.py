"""The error list: every refusal in the code, found by looking, with its status and its message."""

import importlib
import pkgutil
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from django.utils.translation import gettext, override

from interfaces.problems import RETRYABLE, STATUS_OF_CODE, STATUS_OF_KIND, is_retryable
from interfaces.scene.problem_list import FRAMEWORK
from kernel.refusals import Refusal
from plumbing.documents import API_DOCS

COMMITTED: Final = API_DOCS / "guides" / "errors.en.md"
ROOMS: Final = (
    "kernel",
    "plumbing",
    "connectors",
    "parties",
    "staff",
    "regulation",
    "openbanking",
    "risk",
    "ledger",
    "marketing",
    "lending",
    "tenants",
    "interfaces",
)
_LEFT_OUT: Final = frozenset({"tests", "migrations", "management"})
_HEADS: Final = {
    "en": (
        "# Error codes",
        "Every refusal is `application/problem+json` (RFC 9457). `code` and `params` are stable and meant "
        "for machines; `detail` is the message below in the reader's language (`Accept-Language`). Nothing "
        "has been written when a call is refused. Only 409 `lock_timeout`, `idempotency_key_in_use`, 429 and "
        "5xx are worth sending again (`retryable`), with the same `Idempotency-Key`.",
        "| Status | Code | Message |",
        "General",
    ),
    "zh-hans": (
        "# 错误码",
        "所有拒绝都以 `application/problem+json`（RFC 9457）返回。`code` 与 `params` 稳定，供程序使用；"
        "`detail` 是下表中的文字，按 `Accept-Language` 选择语言。调用被拒绝时，什么都没有写入。"
        "只有 409 `lock_timeout`、`idempotency_key_in_use`、429 与 5xx"
        "（`retryable`）值得用同一个 `Idempotency-Key` 重试。",
        "| 状态 | 错误码 | 文字 |",
        "通用",
    ),
}


@lru_cache(maxsize=1)
def refusals() -> tuple[type[Refusal], ...]:
    """Return every refusal of the code, one a code, by code."""
    for room in ROOMS:
        package = importlib.import_module(room)
        for found in pkgutil.walk_packages(package.__path__, f"{room}.", onerror=_raise):
            if not _LEFT_OUT & set(found.name.split(".")):
                importlib.import_module(found.name)
    by_code: dict[str, type[Refusal]] = {}
    for refusal in _below(Refusal):
        if not _LEFT_OUT & set(refusal.__module__.split(".")):
            by_code.setdefault(refusal.code, refusal)
    return tuple(by_code[code] for code in sorted(by_code))


def _raise(name: str) -> None:
    raise ImportError(name)


def _below(parent: type[Refusal]) -> Iterator[type[Refusal]]:
    for child in parent.__subclasses__():
        yield child
        yield from _below(child)


@lru_cache(maxsize=4)
def messages(language: str) -> dict[str, tuple[int, str]]:
    """Return status and message of every code there is."""
    english = language.startswith("en")
    found = {code: (status, one if english else other) for code, (status, one, other) in FRAMEWORK.items()}
    with override(language):
        for refusal in refusals():
            status = STATUS_OF_CODE.get(refusal.code, STATUS_OF_KIND[refusal.kind])
            found[refusal.code] = (status, gettext(refusal.message))
    return found


def worth_repeating(code: str) -> bool:
    """Tell whether the same call with the same key may go through later."""
    return code in RETRYABLE or any(is_retryable(one) for one in refusals() if one.code == code)


def error_list(language: str) -> str:
    """Return the list as Markdown, by the room that refuses."""
    title, text, columns, general = _HEADS["en" if language.startswith("en") else "zh-hans"]
    rows: dict[str, list[tuple[str, int, str]]] = defaultdict(list)
    for code, (status, message) in messages(language).items():
        room = "" if code in FRAMEWORK else code.rpartition(".")[0]
        rows[room].append((code, status, message))
    parts = [title, text]
    for room in sorted(rows):
        lines = [
            f"| {status} | `{code}` | {said.replace('|', '/')} |" for code, status, said in sorted(rows[room])
        ]
        parts += [f"## {room or general}", "\n".join([columns, "|---|---|---|", *lines])]
    return "\n\n".join(parts) + "\n"
