"""Every text a person may read, found where it is written: templates, code, refusals, statuses and kinds."""

import ast
import importlib
import re
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Final

from django.apps import apps
from django.conf import settings
from django.template import engines
from django.templatetags.i18n import BlockTranslateNode

from interfaces.tests.codes import OTHER_CODES
from kernel.refusals import Refusal

ROOMS: Final = (
    *("interfaces", "lending", "marketing", "openbanking", "parties", "regulation", "staff", "connectors"),
    *("plumbing", "kernel", "tenants", "risk", "ledger"),
)
ELSEWHERE: Final = frozenset({"tests", "migrations", "management"})
CALLS: Final = frozenset({"gettext", "gettext_lazy", "_", "Phrase"})
TRANSLATED: Final = re.compile(
    r"""\{%\s*translate\s+(?:"([^"]+)"|'([^']+)')|\b_\((?:"([^"]+)"|'([^']+)')\)"""
)


def all_messages() -> set[str]:
    """Return every msgid that the Chinese catalogue must have."""
    return {*of_templates(), *of_code(), *of_refusals(), *of_choices(), *OTHER_CODES}


def of_templates() -> Iterator[str]:
    """Yield the texts of every template."""
    engine = engines["django"]
    for path in sorted((settings.ROOT / "platform" / "interfaces").glob("**/templates/**/*.html")):
        text = path.read_text(encoding="utf-8")
        for found in TRANSLATED.findall(text):
            yield next(part for part in found if part)
        nodes = engine.from_string(text).template.nodelist.get_nodes_by_type(BlockTranslateNode)  # type: ignore[attr-defined]
        for node in nodes:
            yield node.render_token_list(node.singular)[0]


def of_code() -> Iterator[str]:
    """Yield the texts that code hands to gettext."""
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            text = node.args[0]
            if name in CALLS and isinstance(text, ast.Constant) and isinstance(text.value, str):
                yield text.value


def of_refusals() -> Iterator[str]:
    """Yield the message of every refusal of every room."""
    for path in sources():
        importlib.import_module(module_of(path))
    todo = [Refusal]
    while todo:
        refusal = todo.pop()
        todo.extend(refusal.__subclasses__())
        ours = refusal.__module__.split(".")[0] in ROOMS and ".tests." not in refusal.__module__
        if ours and refusal.message:
            yield refusal.message


def of_choices() -> Iterator[str]:
    """Yield every value of every status and kind that a table keeps."""
    for model in apps.get_models():
        if model.__module__.split(".")[0] not in ROOMS:
            continue
        for field in model._meta.get_fields():
            for value, _ in getattr(field, "flatchoices", None) or ():
                if isinstance(value, str | Enum):
                    yield str(value)


def sources() -> list[Path]:
    """Return every Python file of the rooms but tests and migrations."""
    found = []
    for room in ROOMS:
        folder = next(
            base / room for base in (settings.ROOT, settings.ROOT / "platform") if (base / room).is_dir()
        )
        found += sorted(path for path in folder.rglob("*.py") if not ELSEWHERE & set(path.parts))
    return found


def module_of(path: Path) -> str:
    """Return a file's import name."""
    parts = path.relative_to(settings.ROOT).with_suffix("").parts
    parts = parts[1:] if parts[0] == "platform" else parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
