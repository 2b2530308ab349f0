"""Where the committed documents are: `api_docs` lies beside the rooms, in a clone and in the wheel."""

from importlib.util import find_spec
from pathlib import Path
from typing import Final


def _folder() -> Path:
    spec = find_spec("api_docs")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("api_docs")
    return Path(spec.origin).resolve().parent


API_DOCS: Final = _folder()
