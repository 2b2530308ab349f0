"""One word per thing (the glossary), and words that must not be in the project at all."""

import ast
import os
import re
from collections.abc import Iterator
from pathlib import Path

from sluice.house.source import NOT_SOURCE, Module, Violation, written_by_hand

INSTEAD = {
    "quota": "limit (or credit_line)",
    "organisation": "bank (or scene)",
    "organization": "bank (or scene)",
    "lendee": "borrower",
    "obligor": "borrower",
    "installment": "instalment",
    "disbursal": "disbursement",
    "eod": "day_end",
    "amt": "amount",
    "acct": "account",
    "txn": "transaction",
    "qty": "count",
    "addr": "address",
    "cfg": "settings",
    "mgr": "a full word",
    "svc": "a full word",
}
SUFFIXES = ("Service", "Repository", "Helper", "Utils", "Impl")
TEXT_SUFFIXES = frozenset(
    {
        ".py",
        ".md",
        ".toml",
        ".html",
        ".css",
        ".js",
        ".sql",
        ".json",
        ".yaml",
        ".yml",
        ".po",
        ".txt",
        ".lock",
        ".sh",
        "",
    }
)
SKIPPED = NOT_SOURCE | {
    ".git",
    ".venv",
    ".sluice",
    ".mypy_cache",
    ".ruff_cache",
    ".pytest_cache",
    ".hypothesis",
}
LONGEST_BYTES = 2_000_000
NOT_COMMITTED = frozenset({"uv.lock"})
SEPARATED = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])")
HOMES = re.compile(
    r"(?<![\w.~/-])/(?:" + "|".join(("work", "root", "home/[a-z]", "Users/[A-Z]", "mnt/[a-z]")) + r")[\w./-]*"
)
MARKS = re.compile(r"\b(?:" + "|".join(("FIX" + "ME", "TO" + "DO")) + r")\b")


def one_word_per_thing(root: Path) -> list[Violation]:
    """Find names that use another word than the glossary's."""
    found = []
    for module in written_by_hand(root):
        for line, name in names(module):
            words = {word.lower() for word in SEPARATED.findall(name)}
            for word in sorted(words & INSTEAD.keys()):
                found.append(module.violation(line, f"{name}: not '{word}' but {INSTEAD[word]}"))
            if (
                name.endswith(SUFFIXES) and module.parts[0] != "connectors"
            ):  # an outside service may be called one
                found.append(module.violation(line, f"{name}: name the act, not a layer"))
    return found


def names(module: Module) -> Iterator[tuple[int, str]]:
    """Yield every name that a module gives to something."""
    yield 1, module.path.stem
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.lineno, node.name
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id


def nothing_left_undone(root: Path) -> list[Violation]:
    """Find marks of unfinished work in any text, also where the linter does not look."""
    return [
        Violation(shown, number, "unfinished: finish it now, or write an issue")
        for shown, number, line in lines(root)
        if MARKS.search(line)
    ]


def no_path_of_one_machine(root: Path) -> list[Violation]:
    """Find absolute paths that exist on one machine only."""
    found = []
    for shown, number, line in lines(root):
        match = HOMES.search(line)
        if match and "://" not in line[: match.end()].rpartition(" ")[2]:
            found.append(Violation(shown, number, f"{match.group()}: a path of one machine"))
    return found


def lines(root: Path) -> Iterator[tuple[str, int, str]]:
    """Yield every line of the project's own texts."""
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(set(folders) - SKIPPED)
        for name in sorted(set(files) - NOT_COMMITTED):
            path = Path(folder) / name
            if path.suffix in TEXT_SUFFIXES and path.is_file() and path.stat().st_size < LONGEST_BYTES:
                shown = path.relative_to(root).as_posix()
                for number, line in enumerate(text_of(path).splitlines(), start=1):
                    yield shown, number, line


def text_of(path: Path) -> str:
    """Return a file's text, or nothing if it is not text."""
    try:
        return path.read_text(encoding="utf-8")
    except (UnicodeDecodeError, PermissionError):
        return ""


def lock_names_no_host(root: Path) -> list[Violation]:
    """Find addresses in the lock: it says what to install, never from where."""
    text = (root / "requirements.lock").read_text(encoding="utf-8")
    return [
        Violation("requirements.lock", number, "the lock names a host: ./sluice generate lock")
        for number, line in enumerate(text.splitlines(), start=1)
        if "://" in line or line.startswith(("-i ", "--index", "--extra-index", "--find-links"))
    ]
