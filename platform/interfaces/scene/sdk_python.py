"""The generated part of the Python library: typed dictionaries as they travel, and a method for each call."""

import json
import keyword
from collections.abc import Iterator, Mapping
from typing import Final

from interfaces.scene.sdk_shapes import NOTE, Api, Field, Operation, Shape, Type, pascal, sentence

_PLAIN: Final = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "any": "Any"}
_TYPES_HEAD: Final = f'''"""The shapes of the API as they travel, dictionaries with known members.

{NOTE}
"""

from __future__ import annotations

from typing import Any, Generic, Literal, NotRequired, TypeAlias, TypedDict, TypeVar

K = TypeVar("K")
O = TypeVar("O")

'''
_CLIENT_HEAD: Final = f'''"""The API of one bank: a method for each call of the reference.

{NOTE}
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, Unpack

from sluice_sdk.generated import types as t
from sluice_sdk.transport import Transport, part

API_VERSION = "{{version}}"


class Sluice(Transport):
    """The API of one bank; answers are dictionaries with the members of the reference."""
'''


def files(api: Api) -> Mapping[str, str]:
    """Return the generated files by their place below the library's folder."""
    return {
        "sluice_sdk/generated/__init__.py": f'"""What is made from the OpenAPI document. {NOTE}"""\n',
        "sluice_sdk/generated/types.py": _types(api),
        "sluice_sdk/generated/client.py": _client(api),
    }


def _type(one: Type, prefix: str = "") -> str:
    if one.kind == "enum":
        said = f"Literal[{', '.join(json.dumps(value, ensure_ascii=False) for value in one.values)}]"
    elif one.kind in ("ref", "events"):
        said = prefix + (one.name or "EventType")
    elif one.kind == "list":
        said = f"list[{_type(one.of[0], prefix)}]"
    elif one.kind == "map":
        said = f"dict[str, {_type(one.of[0], prefix)}]"
    elif one.kind == "union":
        said = " | ".join(_type(each, prefix) for each in one.of)
    else:
        said = _PLAIN[one.kind]
    return f"{said} | None" if one.nullable else said


def _doc(text: str, indent: str) -> str:
    return f'{indent}"""{sentence(text)}"""\n'.replace("\\", "\\\\")


def _member(each: Field) -> str:
    said = _type(each.type)
    return said if each.required else f"NotRequired[{said}]"


def _types(api: Api) -> str:
    parts = [_TYPES_HEAD, *(_shape(shape) for shape in api.shapes)]
    event = next(shape for shape in api.shapes if shape.name == "Event")
    parts.append(
        '\nclass EventData(TypedDict, Generic[O]):\n    """An event\'s object as it then was."""\n\n'
    )
    parts.append("    object: O\n    changed: list[str]\n\n")
    parts.append('\nclass EventOf(TypedDict, Generic[K, O]):\n    """An event of one type."""\n\n')
    parts += [
        f"    {each.wire}: {_member(each)}\n" for each in event.fields if each.wire not in ("type", "data")
    ]
    parts.append("    type: K\n    data: EventData[O]\n\n\n")
    names = [f"{pascal(name)}Event" for name, _ in api.events]
    parts += [
        f'{pascal(name)}Event: TypeAlias = EventOf[Literal["{name}"], {shape}]\n'
        for name, shape in api.events
    ]
    union, types = "\n    | ".join(names), "".join(f'    "{name}",\n' for name, _ in api.events)
    parts.append(
        f"\nWebhookEvent: TypeAlias = (\n    {union}\n)\nEventType: TypeAlias = Literal[\n{types}]\n"
    )
    return "".join(parts)


def _shape(shape: Shape) -> str:
    if shape.alias is not None:
        return f'\n{shape.name}: TypeAlias = "{_type(shape.alias)}"\n\n'
    if any(keyword.iskeyword(each.wire) for each in shape.fields):
        members = "".join(f"        {each.wire!r}: {_member(each)!r},\n" for each in shape.fields)
        return f'\n{shape.name} = TypedDict(\n    "{shape.name}",\n    {{\n{members}    }},\n)\n\n'
    text = _doc(shape.text or f"Part of another shape: {shape.name}", "    ")
    members = "".join(f"    {each.wire}: {_member(each)}\n" + _note(each) for each in shape.fields)
    return f"\nclass {shape.name}(TypedDict):\n{text}\n{members}\n"


def _note(each: Field) -> str:
    return _doc(each.text, "    ") if each.text else ""


def _client(api: Api) -> str:
    methods = "".join(_method(each) for each in api.operations)
    return _CLIENT_HEAD.replace("{version}", api.version) + methods


def _method(one: Operation) -> str:
    answer = _type(one.answer, "t.")
    text = _doc(f"{sentence(one.summary)} {one.text}", "        ")
    path = one.path
    for name in one.ids:
        path = path.replace(f"{{{name}}}", f"{{part({name})}}")
    sent = [f'"{one.method}"', f'f"{path}"' if one.ids else f'"{path}"', *_sent(one)]
    return (
        f"\n    def {one.name}({', '.join(_arguments(one))}) -> {answer}:\n{text}"
        f"        answer: {answer} = self.send({', '.join(sent)})\n        return answer\n"
    )


def _arguments(one: Operation) -> Iterator[str]:
    yield "self"
    yield from (f"{name}: str" for name in one.ids)
    if one.lines:
        yield "lines: bytes" if one.uploads else "lines: Iterable[t.DataRow] | bytes"
    offset = ["offset: int"] if one.uploads else []
    named = [
        f"{each.name}: {_type(each.type, 't.')}" + ("" if each.required else " | None = None")
        for each in one.query
    ]
    key = ["idempotency_key: str | None = None"] if one.keyed else []
    match = ["if_match: str"] if one.matched else []
    if offset or match or named or key:
        yield "*"
    yield from (*offset, *match, *sorted(named, key=lambda text: "= None" in text), *key)
    if one.body is not None and not one.lines:
        yield f"**body: Unpack[{_type(one.body, 't.')}]"


def _sent(one: Operation) -> Iterator[str]:
    if one.query:
        yield "query={" + ", ".join(f'"{each.wire}": {each.name}' for each in one.query) + "}"
    if one.lines:
        yield "lines=lines"
        if one.uploads:
            yield "offset=offset"
    elif one.body is not None:
        yield "body=body"
    if one.keyed:
        yield "key=self.key(idempotency_key)"
    if one.matched:
        yield "if_match=if_match"
    if one.moves_money:
        yield "moves_money=True"
