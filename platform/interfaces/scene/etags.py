"""ETag and If-Match: who changes a thing says which state of it was read (RFC 9110 8.8.3 and 13.1.1).

The tag is made from the object as it is answered, so it is another as soon as anything of it is; it is in the
object too (`etag`), so that the members of a list have theirs. Two who read the same state cannot both change
it: the second is told so, and has lost nothing.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any, Final

from rest_framework.request import Request

from interfaces.problems import wire
from interfaces.scene.fields import TextField
from interfaces.scene.shapes import ObjectShape
from kernel.refusals import Kind, Refusal

MEMBER: Final = "etag"
EXAMPLE: Final = '"5f1b8d0c2a9e47d3b6c0f4a1e8d72935"'
_DIGITS: Final = 32  # 128 bits: two states of one object never share them
_TAG: Final = re.compile(r'(W/)?("[\x21\x23-\x7e\x80-\xff]*")')


class IfMatchMissing(Refusal):
    """A change must say which state of the object it is about (RFC 6585, section 3)."""

    code = "if_match_missing"
    kind = Kind.UNMET
    message = "Send If-Match with the ETag that was answered with the object."


class EtagMismatch(Refusal):
    """The object has changed since its ETag was answered; read it again."""

    code = "etag_mismatch"
    kind = Kind.CONFLICT
    message = "The object has changed since it was read. Read it again and decide anew."


class EtagField(TextField):
    """The tag, which is made when all else of the object is written."""

    def get_attribute(self, instance: Any) -> str:
        """Return nothing as yet."""
        return ""


class TaggedShape(ObjectShape):
    """An object that carries its entity tag."""

    etag = EtagField(
        read_only=True,
        example=EXAMPLE,
        help_text="The ETag of this state: send it as `If-Match` to change it.",
    )

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """Write the object, and the tag of what was written."""
        said = dict(super().to_representation(instance))
        return {**said, MEMBER: etag_of(said)}


def etag_of(body: Mapping[str, Any]) -> str:
    """Return the strong tag of an object as it is answered."""
    said = {name: value for name, value in body.items() if name != MEMBER}
    text = json.dumps(wire(said), sort_keys=True, ensure_ascii=False)
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]}"'


def wanted_match(request: Request) -> str:
    """Return which state a change is about; refuses one that names none, before all else."""
    given = request.headers.get("If-Match", "").strip()
    if not given:
        raise IfMatchMissing
    return given


def require_match(given: str, etag: str) -> None:
    """Refuse a change that names another state than the object's own; weak tags never match."""
    if given != "*" and etag not in {tag for weak, tag in _TAG.findall(given) if not weak}:
        raise EtagMismatch
