"""The documentation pages: start here, get started, the reference, the error codes; all from this server."""

from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render as render_template
from django.utils.safestring import mark_safe
from django.views import View

from interfaces.scene.bare import BareView
from interfaces.scene.catalogue import error_list
from interfaces.scene.document import committed_document
from interfaces.scene.guides import guide, render

PAGES: Final = (
    ("/docs", "index", "开始", "Start"),
    ("/docs/get-started", "get-started", "快速上手", "Get started"),
    ("/docs/data", "data", "数据", "Data"),
    ("/docs/signing", "signing", "签名与密钥", "Keys and signing"),
    ("/docs/webhooks", "webhooks", "事件通知", "Webhooks"),
    ("/docs/test-clocks", "test-clocks", "测试时钟", "Test clocks"),
    ("/docs/embedding", "embedding", "嵌入", "Embedding"),
    ("/docs/reference", "reference", "接口参考", "Reference"),
    ("/docs/errors", "errors", "错误码", "Errors"),
)


def language_of(request: HttpRequest) -> str:
    """Return `en` or `zh-hans`: what the address says, else what the browser prefers."""
    asked = request.GET.get("lang") or getattr(request, "LANGUAGE_CODE", "")
    return "en" if str(asked).startswith("en") else "zh-hans"


def _context(request: HttpRequest, name: str) -> dict[str, Any]:
    language = language_of(request)
    titles = {page: (english if language == "en" else chinese) for _, page, chinese, english in PAGES}
    links = [
        {"href": f"{href}?lang={language}", "title": titles[page], "here": page == name}
        for href, page, _, _ in PAGES
    ]
    return {"language": language, "title": titles[name], "pages": links}


class GuideView(View):
    """A guide of `api_docs/guides`."""

    def get(self, request: HttpRequest, name: str = "index") -> HttpResponse:
        """Render a guide in the reader's language."""
        if name not in {page for _, page, _, _ in PAGES} - {"reference"}:
            raise Http404
        context = _context(request, name)
        text = error_list(context["language"]) if name == "errors" else guide(name, context["language"])
        html = render(text)
        return render_template(
            request,
            "scene/docs_page.html",
            {**context, "content": mark_safe(html)},  # noqa: S308 - our own committed text, escaped by `render`
        )


class ReferenceView(View):
    """The reference: Swagger UI from our own files, under the same policy as every page."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Render the page that reads the committed document."""
        return render_template(request, "scene/docs_reference.html", _context(request, "reference"))


class DocumentView(BareView):
    """`/openapi.yaml` and `/openapi.json`: the committed document."""

    def get(self, request: HttpRequest, form: str) -> HttpResponse:
        """Return the document; any origin may read it."""
        kind = "application/json" if form == "json" else "application/yaml"
        headers = {"Access-Control-Allow-Origin": "*", "Cache-Control": "public, max-age=60"}
        return HttpResponse(committed_document(form), content_type=kind, headers=headers)
