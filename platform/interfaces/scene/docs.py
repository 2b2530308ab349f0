"""The developer site: guides, reference, error codes; as pages, as Markdown, and listed for machines."""

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render as render_template
from django.utils.safestring import mark_safe
from django.views import View

from interfaces.scene import reference
from interfaces.scene.bare import BareView
from interfaces.scene.catalogue import error_list
from interfaces.scene.changelog import changelog
from interfaces.scene.document import committed_document
from interfaces.scene.error_page import error_page
from interfaces.scene.guides import guide
from interfaces.scene.markdown import as_file, contents, plain, render
from interfaces.scene.site import PAGES, SECTIONS

_OWN_LINK: Final = re.compile(r'href="(/docs[^"#?]*)(#[^"]*)?"')
_CODE_CELL: Final = re.compile(r"(<td>)<code>([a-z0-9_.]+)</code>(</td>)")
_CELL_CODE: Final = re.compile(r"<td>.*?</td>")
_POINT: Final = re.compile(
    r"(?<=[a-z\]])[._](?=[a-z\[][^<>]*</code>)"
)  # where a long name may go on in a new line
_MADE: Final[dict[str, Callable[[str], str]]] = {  # from code, not from a guide
    "reference": reference.index,
    "events": reference.events_page,
    "errors": error_list,
    "changelog": changelog,
}
_OPEN: Final = {"Access-Control-Allow-Origin": "*", "Cache-Control": "public, max-age=60"}
_LEAD: Final = {
    "en": "The embedded API of Sluice: credit for small businesses where they work, by the bank a token was "
    "issued for. Every page below is Markdown; `?lang=zh-hans` gives it in Chinese. The machine-readable "
    "document is /openapi.json (OpenAPI 3.1); guides, events and the list of calls in one file are "
    "/llms-full.txt.",
    "zh-hans": "Sluice 接口：在小微企业经营的地方提供信贷，由令牌所属的银行放款。下列每一页都是 "
    "Markdown，去掉 `?lang=zh-hans` 即为英文。"
    "机器可读的文件是 /openapi.json（OpenAPI 3.1）；指南、事件与调用一览合为一份：/llms-full.txt。",
}


def language_of(request: HttpRequest) -> str:
    """Return `en` or `zh-hans`: what the address says, else what the browser prefers."""
    asked = request.GET.get("lang") or getattr(request, "LANGUAGE_CODE", "")
    return "en" if str(asked).startswith("en") else "zh-hans"


def text_of(name: str, language: str) -> str:
    """Return a page as Markdown; what there is not is a 404."""
    if name not in PAGES:
        raise Http404
    return _MADE[name](language) if name in _MADE else guide(name, language)


def resource_text(tag: str, language: str) -> str:
    """Return the reference of one resource as Markdown; what there is not is a 404."""
    if tag not in reference.tags():
        raise Http404
    return reference.resource(tag, language)


class PageView(View):
    """A page of the site."""

    def get(self, request: HttpRequest, name: str = "index") -> HttpResponse:
        """Show a page in the reader's language."""
        page = PAGES.get(name)
        return self.shown(request, text_of(name, language_of(request)), name, page.path if page else "")

    def shown(self, request: HttpRequest, text: str, name: str, path: str, tag: str = "") -> HttpResponse:
        """Render a page of Markdown: `name` is its place in the navigation, `path` its own address."""
        language = language_of(request)
        html = render(text)
        if name == "errors":
            html = _CODE_CELL.sub(r'\1<a href="/docs/errors/\2"><code>\2</code></a>\3', html)
        html = _OWN_LINK.sub(lambda found: f'href="{found[1]}?lang={language}{found[2] or ""}"', html)
        html = _CELL_CODE.sub(lambda found: _POINT.sub(r"\g<0><wbr>", found[0]), html)
        order = list(PAGES.values())
        at = order.index(PAGES[name])
        context: dict[str, Any] = {
            "language": language,
            "title": text.splitlines()[0].lstrip("# ").replace("`", ""),
            "sections": [
                {
                    "title": section.title(language),
                    "pages": [
                        _link(page.path, page.title(language), page.name == name, language)
                        for page in section.pages
                    ],
                }
                for section in SECTIONS
            ],
            "resources": [
                _link(f"/docs/reference/{one}", one, one == tag, language)
                for one in reference.tags()
                if name == "reference"
            ],
            "contents": found if len(found := contents(text)) > 2 else [],
            "before": _link(order[at - 1].path, order[at - 1].title(language), False, language)
            if at
            else None,
            "after": _link(order[at + 1].path, order[at + 1].title(language), False, language)
            if at + 1 < len(order)
            else None,
            "as_markdown": f"{as_file(path)}?lang={language}",
            "content": mark_safe(html),  # noqa: S308 - our own committed text, escaped by `render`
        }
        return render_template(request, "scene/docs_page.html", context)


def _link(path: str, title: str, here: bool, language: str) -> dict[str, Any]:
    return {"href": f"{path}?lang={language}", "title": title, "here": here}


class ResourceView(PageView):
    """The reference of one resource."""

    def get(self, request: HttpRequest, tag: str = "") -> HttpResponse:
        """Show every call of a resource."""
        text = resource_text(tag, language_of(request))
        return self.shown(request, text, "reference", f"/docs/reference/{tag}", tag)


class ErrorView(PageView):
    """What one error code means; problems name this page as their `type`."""

    def get(self, request: HttpRequest, code: str = "") -> HttpResponse:
        """Show one code."""
        return self.shown(request, error_page(code, language_of(request)), "errors", f"/docs/errors/{code}")


class MarkdownView(BareView):
    """Any page of the site as Markdown, for machines and for those who copy."""

    def get(self, request: HttpRequest, name: str = "", tag: str = "", code: str = "") -> HttpResponse:
        """Return a page without our own marks."""
        language = language_of(request) if request.GET.get("lang") else "en"
        if tag:
            text = resource_text(tag, language)
        else:
            text = error_page(code, language) if code else text_of(name, language)
        return as_text(plain(text, language), "text/markdown")


class ListView(BareView):
    """`/llms.txt`: what there is to read, a line each; `/llms-full.txt`: all but single calls and codes."""

    def get(self, request: HttpRequest, whole: bool = False) -> HttpResponse:
        """Return the list, or the pages themselves in the order of the navigation, the list of calls last."""
        language = language_of(request) if request.GET.get("lang") else "en"
        if whole:
            names = [name for name in PAGES if name not in {"reference", "errors"}]
            texts = [
                f"Source: {as_file(PAGES[name].path)}\n\n{plain(text_of(name, language), language)}"
                for name in [*names, "reference"]
            ]
            return as_text("\n".join(texts), "text/plain")
        return as_text("\n".join(_listed(language)) + "\n", "text/plain")


def _listed(language: str) -> Iterator[str]:
    suffix = "" if language == "en" else f"?lang={language}"
    yield from ("# Sluice API", "", f"> {_LEAD[language]}")
    for section in SECTIONS:
        yield from ("", f"## {section.title(language)}", "")
        for page in section.pages:
            yield f"- [{page.title(language)}]({as_file(page.path)}{suffix}): {page.said(language)}"
    yield from ("", f"## {PAGES['reference'].title(language)}", "")
    for tag, text in reference.tags().items():
        yield f"- [{tag}](/docs/reference/{tag}.md{suffix}): {reference.said(text, language)}"


def as_text(text: str, kind: str) -> HttpResponse:
    """Return text that any origin may read."""
    return HttpResponse(text, content_type=f"{kind}; charset=utf-8", headers=_OPEN)


class DocumentView(BareView):
    """`/openapi.yaml` and `/openapi.json`: the committed document."""

    def get(self, request: HttpRequest, form: str) -> HttpResponse:
        """Return the document; any origin may read it."""
        kind = "application/json" if form == "json" else "application/yaml"
        return HttpResponse(committed_document(form), content_type=kind, headers=_OPEN)
