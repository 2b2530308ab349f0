"""Markdown to HTML, without a library and without raw HTML: what our own pages are written in, and no more.

Two marks are ours: `{figure:NAME}` on a line of its own is a diagram, and what lies between `::: Title` and
`:::` can be folded away. A heading may name its anchor: `## Draw down {#draw_down}`.
"""

import re
from collections.abc import Iterator
from html import escape
from typing import Final

from interfaces.scene.diagrams import figure

_INLINE: Final = re.compile(
    r"`(?P<code>[^`]+)`|\*\*(?P<bold>[^*]+)\*\*|\[(?P<text>[^\]]+)\]\((?P<href>[^)\s]+)\)"
)
_HEADING: Final = re.compile(r"(#{1,4}) (.+?)(?: \{#([\w-]+)\})?")
_ITEM: Final = re.compile(r"(?:- |\d+\. )(.+)")
_FIGURE: Final = re.compile(r"\{figure:(\w+)\}")
_FOLD: Final = re.compile(r"::: (.+)")
_SAFE_HREF: Final = re.compile(r"(https?://|/|#)[^\"'<>]*")
_OWN_LINK: Final = re.compile(r"\]\((/docs[\w/.-]*)(#[\w-]+)?\)")
_CELL: Final = re.compile(r"(?<!\\)\|")
_EMPTY_LINES: Final = re.compile(r"\n{3,}")


def render(markdown: str) -> str:
    """Return HTML of headings, paragraphs, lists, tables, code and diagrams; all else is shown as text."""
    return "\n".join(_blocks(markdown.splitlines()))


def contents(markdown: str) -> list[tuple[str, str]]:
    """Return the second-level headings of a page: anchor and title."""
    found = []
    for line in re.sub(r"^```.*?^```$", "", markdown, flags=re.MULTILINE | re.DOTALL).splitlines():
        heading = _HEADING.fullmatch(line)
        if heading and len(heading[1]) == 2:
            found.append((heading[3] or _anchor(heading[2]), heading[2].replace("`", "")))
    return found


def plain(markdown: str, language: str) -> str:
    """Return a page as Markdown alone: without our own marks, its links leading to Markdown again."""
    suffix = "" if language == "en" else f"?lang={language}"
    kept = []
    for line in markdown.splitlines():
        heading, fold = _HEADING.fullmatch(line), _FOLD.fullmatch(line)
        if heading and heading[3]:
            kept.append(f"{heading[1]} {heading[2]}")
        elif fold:
            kept.append(f"**{fold[1]}**")
        elif line != ":::" and not _FIGURE.fullmatch(line):
            kept.append(_OWN_LINK.sub(lambda link: f"]({as_file(link[1])}{suffix}{link[2] or ''})", line))
    return _EMPTY_LINES.sub("\n\n", "\n".join(kept)).strip() + "\n"


def as_file(path: str) -> str:
    """Return the address of a page's Markdown."""
    return f"{'/docs/index' if path == '/docs' else path}.md"


def _blocks(lines: list[str]) -> Iterator[str]:
    at = 0
    while at < len(lines):
        line = lines[at]
        end = at + 1
        fold, drawing = _FOLD.fullmatch(line), _FIGURE.fullmatch(line)
        if not line.strip():
            pass
        elif line.startswith("```"):
            end = next(i for i in range(at + 1, len(lines)) if lines[i].startswith("```"))
            yield f'<pre tabindex="0"><code>{escape(chr(10).join(lines[at + 1 : end]))}</code></pre>'
            end += 1
        elif fold:
            yield f"<details><summary>{_inline(fold[1])}</summary>"
        elif line == ":::":
            yield "</details>"
        elif drawing:
            yield figure(drawing[1])
        else:
            while end < len(lines) and not _ends(lines[end]):
                end += 1
            yield _block(lines[at:end])
        at = end


def _ends(line: str) -> bool:
    return not line.strip() or line.startswith(("```", ":::"))


def _block(lines: list[str]) -> str:
    heading = _HEADING.fullmatch(lines[0])
    if heading:
        level, title = len(heading[1]), heading[2]
        rest = f"\n{_block(lines[1:])}" if lines[1:] else ""
        anchor = heading[3] or (_anchor(title) if level < 3 else "")
        named = f' id="{anchor}"' if anchor else ""
        return f"<h{level}{named}>{_inline(title)}</h{level}>{rest}"
    if lines[0].startswith("|"):
        return _table(lines)
    if _ITEM.fullmatch(lines[0]):
        kind = "ul" if lines[0].startswith("- ") else "ol"
        return f"<{kind}>{''.join(f'<li>{_inline(item)}</li>' for item in _items(lines))}</{kind}>"
    return f"<p>{_inline(' '.join(lines))}</p>"


def _items(lines: list[str]) -> list[str]:
    items: list[str] = []
    for line in lines:
        match = _ITEM.fullmatch(line)
        if match:
            items.append(match[1])
        else:
            items[-1] = f"{items[-1]} {line.strip()}"
    return items


def _table(lines: list[str]) -> str:
    rows = [[cell.strip().replace("\\|", "|") for cell in _CELL.split(line.strip()[1:-1])] for line in lines]
    head = "".join(f"<th>{_inline(cell)}</th>" for cell in rows[0])
    body = "".join(f"<tr>{''.join(f'<td>{_inline(cell)}</td>' for cell in row)}</tr>" for row in rows[2:])
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _anchor(title: str) -> str:
    return escape(re.sub(r"[^\w]+", "-", title.lower()).strip("-"))


def _inline(text: str) -> str:
    parts, end = [], 0
    for match in _INLINE.finditer(text):
        parts.append(escape(text[end : match.start()]))
        parts.append(_marked(match))
        end = match.end()
    return "".join([*parts, escape(text[end:])])


def _marked(match: re.Match[str]) -> str:
    if match["code"] is not None:
        return f"<code>{escape(match['code'])}</code>"
    if match["bold"] is not None:
        return f"<strong>{escape(match['bold'])}</strong>"
    if not _SAFE_HREF.fullmatch(match["href"]):
        return escape(match[0])
    return f'<a href="{escape(match["href"])}">{_inline(match["text"])}</a>'
