"""The shape of the tree: packages, rooms, sizes."""

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

from sluice.house.source import NOT_SOURCE, SOURCE_FOLDERS, Module, Violation, written_by_hand

FUNCTION_LINES = 50
MODULE_LINES = 400
SETTINGS_LINES = 200
VAGUE = frozenset(
    {"utils", "util", "helpers", "helper", "common", "core", "misc", "services", "repositories"}
)
THIRD_LEVEL = frozenset({"tests", "migrations", "management", "templatetags", "sql"})
APART = {("api_docs", "examples"), ("api_docs", "sdks")}  # programs of scenes: nobody here imports them
GROWN = frozenset({"models", "operations", "queries"})  # a module that became a package keeps its import path


def platform_is_no_package(root: Path) -> list[Violation]:
    """Find the file that would hide the standard library's `platform`."""
    init = root / "platform" / "__init__.py"
    return (
        [Violation("platform/__init__.py", 1, "remove it: it shadows the standard library")]
        if init.exists()
        else []
    )


def packages(root: Path) -> Iterator[tuple[Path, tuple[str, ...]]]:
    """Yield every folder that holds Python files, with its dotted name."""
    for folder in SOURCE_FOLDERS:
        for path in sorted({file.parent for file in (root / folder).rglob("*.py")}):
            parts = path.relative_to(root).parts
            names = parts[1:] if parts[0] == "platform" else parts
            if names and not NOT_SOURCE & set(parts) and parts[:2] not in APART:
                yield path, names


def packages_are_declared(root: Path) -> list[Violation]:
    """Find packages that do not say what lives in them, and top packages that no contract knows."""
    rulebook = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    known = set(rulebook["tool"]["importlinter"]["root_packages"])
    found = []
    for path, names in packages(root):
        init = path / "__init__.py"
        shown = init.relative_to(root).as_posix()
        if not init.exists():
            found.append(Violation(shown, 1, "a folder with Python files is a package: say what lives here"))
        elif not ast.get_docstring(ast.parse(init.read_text(encoding="utf-8"))) and not THIRD_LEVEL & set(
            names
        ):
            found.append(
                Violation(shown, 1, "the package has no docstring: what lives here, what does it promise?")
            )
        if len(names) == 1 and names[0] not in known:
            found.append(
                Violation(shown, 1, f"declare {names[0]} in pyproject.toml: importlinter.root_packages")
            )
    return found


def two_levels(root: Path) -> list[Violation]:
    """Find packages that lie deeper than a room."""
    return [
        Violation(path.relative_to(root).as_posix(), 1, "two levels of package, never three")
        for path, names in packages(root)
        if len(names) > 2 and not THIRD_LEVEL & set(names) and not (len(names) == 3 and names[2] in GROWN)
    ]


def names_say_something(root: Path) -> list[Violation]:
    """Find modules and packages whose name says nothing."""
    return [
        module.violation(1, f"'{name}' says nothing: name the rule or the act")
        for module in written_by_hand(root)
        for name in sorted(VAGUE & set(module.parts))
    ]


def sizes(root: Path) -> list[Violation]:
    """Find functions and modules that have grown past what a reader holds in mind."""
    found = []
    for module in written_by_hand(root):
        lines = module.text.count("\n")
        limit = SETTINGS_LINES if module.path.name == "settings.py" else MODULE_LINES
        if lines > limit:
            found.append(
                module.violation(1, f"{lines} lines, {limit} allowed: make it a package, a module per act")
            )
        found += long_functions(module)
    return found


def long_functions(module: Module) -> list[Violation]:
    """Find the functions of a module that are too long."""
    found = []
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > FUNCTION_LINES:
                found.append(
                    module.violation(node.lineno, f"{node.name} has {lines} lines, {FUNCTION_LINES} allowed")
                )
    return found
