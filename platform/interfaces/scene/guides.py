"""Guides: the committed Markdown of `api_docs/guides`, rendered without a library and without raw HTML."""

import re
from collections.abc import Iterator
from html import escape
from typing import Final

from connectors.payment_rails.simulator import published
from plumbing.documents import API_DOCS

GUIDES: Final = API_DOCS / "guides"
_INLINE: Final = re.compile(
    r"`(?P<code>[^`]+)`|\*\*(?P<bold>[^*]+)\*\*|\[(?P<text>[^\]]+)\]\((?P<href>[^)\s]+)\)"
)
_HEADING: Final = re.compile(r"(#{1,4}) (.+)")
_ITEM: Final = re.compile(r"(?:- |\d+\. )(.+)")
_ENDINGS: Final = "| account endings |"
_SAFE_HREF: Final = re.compile(r"(https?://|/|#)[^\"'<>]*")
_SHELL_BLOCK: Final = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def guide(name: str, language: str) -> str:
    """Return the Markdown of a guide in a language: `zh-hans` or `en`, with the tables of the code."""
    suffix = "en" if language.startswith("en") else "zh-hans"
    text = (GUIDES / f"{name}.{suffix}.md").read_text(encoding="utf-8")
    return text.replace(_ENDINGS, account_endings())


def account_endings() -> str:
    """Return the rows of the table of account endings: what the simulated rail does, from its own scripts."""
    return "\n".join(
        f"| `{ending}` | {payout} | {collection} |" for ending, payout, collection in published()
    )


def shell_blocks(markdown: str) -> list[str]:
    """Return the shell commands of a guide, block by block; a test runs them."""
    return _SHELL_BLOCK.findall(markdown)


def render(markdown: str) -> str:
    """Return HTML of headings, paragraphs, lists, tables and code; everything else is shown as text."""
    return "\n".join(_blocks(markdown.splitlines()))


def _blocks(lines: list[str]) -> Iterator[str]:
    at = 0
    while at < len(lines):
        line = lines[at]
        if not line.strip():
            at += 1
            continue
        if line.startswith("```"):
            end = next(i for i in range(at + 1, len(lines)) if lines[i].startswith("```"))
            yield f"<pre><code>{escape(chr(10).join(lines[at + 1 : end]))}</code></pre>"
            at = end + 1
            continue
        end = at + 1
        while end < len(lines) and lines[end].strip() and not lines[end].startswith("```"):
            end += 1
        yield _block(lines[at:end])
        at = end


def _block(lines: list[str]) -> str:
    heading = _HEADING.fullmatch(lines[0])
    if heading:
        level, title = len(heading[1]), heading[2]
        rest = f"\n{_block(lines[1:])}" if lines[1:] else ""
        return f'<h{level} id="{_anchor(title)}">{_inline(title)}</h{level}>{rest}'
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
    rows = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines]
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
    return f'<a href="{escape(match["href"])}">{escape(match["text"])}</a>'
