"""A bank's colours as a stylesheet of its own, named by its content so that browsers may keep it."""

import hashlib
import re
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse

from interfaces.middleware import bank_of

_COLOUR: Final = re.compile(r"#[0-9a-fA-F]{6}")
_FALLBACK: Final = "#0b5d4e"
CONTRAST_MIN: Final = 4.5


def luminance(colour: str) -> float:
    """Return the relative luminance of `#rrggbb` (WCAG 2.2)."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21 (WCAG 2.2)."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def stylesheet(brand: dict[str, Any]) -> str:
    """Return a bank's theme; a colour on which white cannot be read (below 4.5 to 1) falls back to ours."""
    colour = str(brand.get("primary", _FALLBACK))
    if not _COLOUR.fullmatch(colour) or contrast(colour, "#ffffff") < CONTRAST_MIN:
        colour = _FALLBACK
    soft = "#" + "".join(f"{round(int(colour[at : at + 2], 16) * 0.1 + 255 * 0.9):02x}" for at in (1, 3, 5))
    return f":root{{--brand:{colour};--brand-ink:#ffffff;--brand-soft:{soft}}}\n"


def address(brand: dict[str, Any]) -> str:
    """Return where a bank's theme is served."""
    return f"/theme.{hashlib.sha256(stylesheet(brand).encode()).hexdigest()[:16]}.css"


def theme(request: HttpRequest, digest: str) -> HttpResponse:
    """Serve the theme of the bank whose host was asked."""
    bank = bank_of(request)
    if bank is None or address(bank.brand) != f"/theme.{digest}.css":
        raise Http404
    response = HttpResponse(stylesheet(bank.brand), content_type="text/css")
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
