"""Tables of the members of a schema of the OpenAPI document, as Markdown: a member of a member has dots."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

DEEPEST: Final = 4
Said = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Row:
    """One member."""

    name: str
    type: str
    required: bool
    text: str


def resolved(document: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    """Return what a part of the document is: a reference followed, a choice with null taken without it."""
    if "$ref" in part:
        found: Any = document
        for step in part["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        return resolved(document, {**found, **{key: part[key] for key in part if key != "$ref"}})
    if len(part.get("allOf", [])) == 1:
        rest = {key: value for key, value in part.items() if key != "allOf"}
        return {**resolved(document, part["allOf"][0]), **rest}
    choices = [one for one in part.get("oneOf", part.get("anyOf", [])) if one != {"type": "null"}]
    if len(choices) == 1:
        rest = {key: value for key, value in part.items() if key not in {"oneOf", "anyOf"}}
        return {**resolved(document, choices[0]), **rest, "x-null": True}
    return part


def members(document: dict[str, Any], schema: dict[str, Any], prefix: str = "") -> Iterator[Row]:
    """Return the members of an object, those of objects inside it after it."""
    whole = resolved(document, schema)
    needed = set(whole.get("required", ()))
    for name, given in whole.get("properties", {}).items():
        member = resolved(document, given)
        shown = f"{prefix}{name}"
        yield Row(shown, type_of(document, member), name in needed, str(member.get("description", "")))
        inner, below = member, f"{shown}."
        if member.get("type") == "array":
            inner, below = resolved(document, member.get("items", {})), f"{shown}[]."
        if "properties" in inner and not _is_money(inner) and shown.count(".") < DEEPEST:
            yield from members(document, inner, below)


def type_of(document: dict[str, Any], member: dict[str, Any]) -> str:
    """Return what a member is, in a few words of code."""
    kind = member.get("type", "object" if "properties" in member else "any")
    null = bool(member.get("x-null"))
    if isinstance(kind, list):
        null, kind = null or "null" in kind, next((one for one in kind if one != "null"), "any")
    if "const" in member:
        said = f'"{member["const"]}"'
    elif "enum" in member:
        said = " | ".join(str(one) for one in member["enum"] if one is not None)
    elif _is_money(member):
        said = "money"
    elif kind == "array":
        said = f"list of {type_of(document, resolved(document, member.get('items', {})))}"
    elif str(member.get("pattern", "")).startswith("^") and "_[0-7]" in member.get("pattern", ""):
        said = f"{member['pattern'][1:].partition('_')[0]}_…"
    elif "oneOf" in member or "anyOf" in member:
        said = "one of several"
    else:
        said = {"date": "date", "date-time": "instant"}.get(member.get("format", ""), str(kind))
    return f"{said} | null" if null and not said.endswith("null") else said


def table(rows: list[Row], heads: tuple[str, str, str], required: str, said: Said) -> str:
    """Return rows as a Markdown table; what is required says so first."""
    lines = [f"| {' | '.join(heads)} |", "|---|---|---|"]
    for row in rows:
        kind = row.type.replace("|", "\\|")
        text = said(" ".join(row.text.split())).replace("|", "/")
        mark = f"**{required}** " if row.required and required else ""
        lines.append(f"| `{row.name}` | `{kind}` | {mark}{text} |")
    return "\n".join(lines)


def _is_money(member: dict[str, Any]) -> bool:
    return set(member.get("properties", ())) == {"amount", "currency"}
