"""The script that a scene's page includes: each released version for ever, and the newest of version 1."""

import base64
import hashlib
import json
from functools import lru_cache
from pathlib import Path
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.views import View

from plumbing.documents import API_DOCS

FOLDER: Final = Path(__file__).parent / "loader"
PUBLISHED: Final = API_DOCS / "loader.json"
NEWEST: Final = "1.0.0"


@lru_cache(maxsize=1)
def published() -> dict[str, str]:
    """Return the integrity of every released version, as it was published."""
    versions: dict[str, str] = json.loads(PUBLISHED.read_text(encoding="utf-8"))["versions"]
    return versions


@lru_cache(maxsize=16)
def script(version: str) -> bytes:
    """Return the script of a released version."""
    return (FOLDER / f"{version}.js").read_bytes()


def integrity(content: bytes) -> str:
    """Return what a page writes into `integrity` (SRI)."""
    return f"sha384-{base64.b64encode(hashlib.sha384(content).digest()).decode()}"


class LoaderView(View):
    """`/v1/sluice.js` and `/v1/sluice-<version>.js`."""

    def get(self, request: HttpRequest, version: str = "") -> HttpResponse:
        """Serve it to any origin: it is public, and a page checks it by its published hash."""
        wanted = version or NEWEST
        if wanted not in published():
            raise Http404
        answer = HttpResponse(script(wanted), content_type="text/javascript; charset=utf-8")
        kept = "public, max-age=31536000, immutable" if version else "public, max-age=300"
        answer["Cache-Control"] = kept
        answer["Access-Control-Allow-Origin"] = "*"
        answer["Cross-Origin-Resource-Policy"] = "cross-origin"
        answer["X-Content-Type-Options"] = "nosniff"
        return answer
