"""Trees with a fault planted on purpose: each guard has to find its own."""

from pathlib import Path

RULEBOOK = '[tool.importlinter]\nroot_packages = ["lending", "ledger", "kernel", "interfaces"]\n'


def tree(folder: Path, files: dict[str, str]) -> Path:
    """Write a small tree that obeys every rule, then the given files into it."""
    sound = {
        "pyproject.toml": RULEBOOK,
        "requirements.lock": "django==5.2.1 \\\n    --hash=sha256:00\n",
        "platform/lending/__init__.py": '"""The product."""\n',
        "platform/lending/loans/__init__.py": '"""Loans."""\n',
        "platform/kernel/__init__.py": '"""Pure."""\n',
        "platform/interfaces/__init__.py": '"""Doors."""\n',
        "ledger/__init__.py": '"""Books."""\n',
        "platform/lending/loans/operations.py": '"""Acts."""\n',
    }
    for name, text in {**sound, **files}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder
