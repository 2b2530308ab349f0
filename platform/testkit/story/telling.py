"""How the story is told on a terminal: acts, lines, progress, and a scoreboard at the end."""

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import Any, TextIO, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")
WORKERS = 4


class Teller:
    """Writes the story; a terminal sees progress redrawn in place, a log sees each step's end."""

    def __init__(self, out: TextIO = sys.stdout) -> None:
        self.out = out
        self.live = out.isatty()
        self.started = time.monotonic()

    def _write(self, text: str, *, end: str = "\n") -> None:
        self.out.write(text + end)
        self.out.flush()

    def act(self, title: str) -> None:
        """Open an act."""
        self._write(f"\n[{time.monotonic() - self.started:6.1f} s] {title}")

    def line(self, text: str) -> None:
        """Say one thing."""
        self._write(f"            {text}")

    def progress(self, what: str, done: int, total: int) -> None:
        """Show how far a step is."""
        if self.live:
            self._write(f"\r            {what}: {done}/{total}\033[K", end="\n" if done == total else "")
        elif done == total:
            self._write(f"            {what}: {done}/{total}")

    def together(
        self, what: str, items: Iterable[Item], work: Callable[[Item], Result]
    ) -> list[tuple[Item, Result]]:
        """Do the same thing for many, a few at a time, with progress; the order of the items is kept."""
        everything = list(items)
        results: dict[int, Result] = {}
        with ThreadPoolExecutor(max_workers=WORKERS) as pool:
            futures = {pool.submit(work, item): at for at, item in enumerate(everything)}
            for done, future in enumerate(as_completed(futures), start=1):
                results[futures[future]] = future.result()
                self.progress(what, done, len(everything))
        return [(item, results[at]) for at, item in enumerate(everything)]

    def table(self, rows: Iterable[tuple[Any, ...]], *, heading: str) -> None:
        """Print a table with its columns aligned."""
        lines = [tuple(str(cell) for cell in row) for row in rows]
        widths = [max(_width(row[at]) for row in lines) for at in range(len(lines[0]))]
        self._write(f"\n  {heading}")
        for row in lines:
            cells = (cell + " " * (widths[at] - _width(cell)) for at, cell in enumerate(row))
            self._write("    " + "   ".join(cells).rstrip())


def _width(text: str) -> int:
    """Columns on a terminal: a Chinese character takes two."""
    return sum(2 if "\u2e80" <= letter <= "\uffef" else 1 for letter in text)


def numbered(items: Iterable[Item]) -> Iterator[tuple[int, Item]]:
    """Count from one."""
    return enumerate(items, start=1)
