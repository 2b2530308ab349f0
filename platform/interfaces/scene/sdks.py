"""Which files of the libraries under `api_docs/sdks` are made from the document, and what is in them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from interfaces.scene import sdk_java, sdk_python, sdk_typescript
from interfaces.scene.sdk_shapes import read

SDKS: Final = Path(__file__).resolve().parents[3] / "api_docs" / "sdks"


def sdk_files(document: Mapping[str, Any]) -> dict[Path, str]:
    """Return every generated file with its text."""
    api = read(document)
    made = {
        "typescript": sdk_typescript.files(api),
        "python": sdk_python.files(api),
        "java": sdk_java.files(api),
    }
    return {SDKS / language / place: text for language, each in made.items() for place, text in each.items()}
