"""Compiles the translations: gettext reads `.mo` files, the repository keeps only `.po` files."""

import os
import sys
import tempfile
from pathlib import Path

import polib

from sluice.stack.places import CODE

LOCALE = CODE / "interfaces" / "locale"


def compile_catalogues(locale: Path = LOCALE) -> list[Path]:
    """Compile every catalogue that is newer than what was compiled of it; return those.

    Written beside and renamed: two processes may do it at once. A folder that is somebody else's is left
    as it is.
    """
    written = []
    for source in sorted(locale.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if not os.access(target.parent, os.W_OK):
            continue
        if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        handle, beside = tempfile.mkstemp(dir=target.parent, suffix=".part")
        os.close(handle)
        polib.pofile(str(source)).save_as_mofile(beside)
        Path(beside).chmod(0o644)
        Path(beside).replace(target)
        written.append(target)
    return written


if __name__ == "__main__":
    sys.stdout.write("".join(f"{path}\n" for path in compile_catalogues()))
