#!/usr/bin/env python3
"""How long a newcomer needs for a first loan: an empty folder, the TypeScript guide, nothing else.

    SLUICE=… CLIENT_ID=… CLIENT_SECRET=… BANK=… python3 api_docs/sdks/newcomer.py

Packs the library as it would be published, runs the guide's commands and its program as printed, and tells
the seconds. Where the guide asks for the merchant's signature, so does this: open the printed address.
"""

import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from pathlib import Path

SDK = Path(__file__).resolve().parent / "typescript"
GUIDE = SDK.parents[1] / "guides" / "typescript.en.md"
PUBLISHED = ("package.json", "README.md", "index.js", "index.d.ts", "lib", "generated")


def blocks(language: str) -> str:
    """Return the guide's blocks of a language, one after the other, as printed."""
    text = GUIDE.read_text(encoding="utf-8")
    return "\n".join(re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL))


def packed(folder: Path) -> Path:
    """Pack the library the way a registry has it: everything below `package/`."""
    file = folder / "sluice-sdk.tgz"
    with tarfile.open(file, "w:gz") as archive:
        for name in PUBLISHED:
            archive.add(SDK / name, f"package/{name}")
    return file


def install(folder: Path, environment: dict[str, str]) -> None:
    """Run the guide's commands; without npm, unpack: a library that needs no other needs no more."""
    if shutil.which("npm"):
        command = [shutil.which("bash") or "", "-euc", blocks("sh")]
        subprocess.run(  # noqa: S603 - our own committed commands
            command, cwd=folder, env=environment, check=True, stdout=subprocess.DEVNULL
        )
        return
    modules = folder / "node_modules"
    shutil.unpack_archive(environment["SDK"], modules)
    (modules / "package").rename(modules / "sluice-sdk")


def main() -> int:
    """Go the newcomer's way and tell how long it took; what the program prints is passed on at once."""
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as shelf, tempfile.TemporaryDirectory() as empty:
        environment = {**os.environ, "SDK": str(packed(Path(shelf)))}
        install(Path(empty), environment)
        (Path(empty) / "first-loan.mjs").write_text(blocks("js"), encoding="utf-8")
        command = [shutil.which("node") or "", "first-loan.mjs"]
        done = subprocess.run(command, cwd=empty, env=environment, check=False)  # noqa: S603
    sys.stdout.write(f"seconds: {time.monotonic() - begun:.1f}\n")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
