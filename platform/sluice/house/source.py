"""What the rules look at: the source files of a tree, and what a broken rule looks like."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

SOURCE_FOLDERS = ("platform", "tenants", "risk", "ledger", "api_docs")
DOORS = frozenset({"interfaces", "testkit", "sluice", "api_docs"})
NOT_SOURCE = frozenset({"__pycache__", "vendor", "node_modules"})


@dataclass(frozen=True, slots=True)
class Violation:
    """One place where a rule is broken, and what to do about it."""

    path: str
    line: int
    text: str

    def __str__(self) -> str:
        """Return the line that a person reads."""
        return f"{self.path}:{self.line}: {self.text}"


@lru_cache(maxsize=4096)
def parsed(path: Path, changed: int, text: str) -> ast.Module:
    """Parse a file once for all rules, and again when it has changed."""
    del changed
    return ast.parse(text, filename=str(path))


@dataclass(frozen=True)
class Module:
    """One Python file of the tree."""

    root: Path
    path: Path

    @property
    def shown(self) -> str:
        """Return the path from the root."""
        return self.path.relative_to(self.root).as_posix()

    @property
    def parts(self) -> tuple[str, ...]:
        """Return the module's names as Python imports them: without `platform`, without `.py`."""
        parts = self.path.relative_to(self.root).with_suffix("").parts
        return parts[1:] if parts[0] == "platform" else parts

    @property
    def is_test(self) -> bool:
        """Tell whether the file is a test or supports one."""
        return "tests" in self.parts or self.path.name == "conftest.py"

    @property
    def is_migration(self) -> bool:
        """Tell whether the file was generated as a migration."""
        return "migrations" in self.parts

    @property
    def is_generated(self) -> bool:
        """Tell whether the file is made from another, as the SDKs' clients are."""
        return "generated" in self.parts

    @property
    def in_door(self) -> bool:
        """Tell whether the file belongs to a door, where the clock may be read."""
        return self.parts[0] in DOORS

    @cached_property
    def text(self) -> str:
        """Return the source."""
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        """Return the parsed source."""
        return parsed(self.path, self.path.stat().st_mtime_ns, self.text)

    def violation(self, line: int, text: str) -> Violation:
        """Return a violation in this file."""
        return Violation(self.shown, line, text)


def modules(root: Path) -> Iterator[Module]:
    """Yield every Python file of the project's packages."""
    for folder in SOURCE_FOLDERS:
        for path in sorted((root / folder).rglob("*.py")):
            if not NOT_SOURCE & set(path.relative_to(root).parts):
                yield Module(root, path)


def written_by_hand(root: Path) -> Iterator[Module]:
    """Yield the files whose shape is ours to choose: neither tests, nor migrations, nor what is generated."""
    for module in modules(root):
        if not (module.is_test or module.is_migration or module.is_generated):
            yield module
