"""What the resources of the embedded API share: parsing by the call's promise, object heads, lists."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from django.core.exceptions import RequestDataTooBig
from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.request import Request

from interfaces.door import Answer, SceneContext, SceneView
from interfaces.scene.calls import Call, Shape, call_of
from interfaces.scene.expansion import PARAMETER as EXPAND
from interfaces.scene.expansion import asked_for, expanded
from interfaces.scene.known import require_known
from interfaces.scene.parsing import ParametersInvalid, declared_length, parse, parse_json
from interfaces.scene.schema import CallSchema
from interfaces.scene.shapes import PinnedShape
from plumbing.labels import operations as pinning
from plumbing.labels import queries as labels

JSON: Final = "application/json"
MAX_BODY_BYTES: Final = 256 * 1024


class Resource(SceneView):
    """One address of the API; its handlers carry their promises (`call`)."""

    schema = CallSchema()
    context: SceneContext  # of the call at hand: a view serves one

    def _handle(self, request: Request, method: str, context: SceneContext, ids: Mapping[str, Any]) -> Answer:
        self.context = context
        promise = call_of(self, method)
        names = asked_for(request, promise.expand) if promise is not None and promise.expand else ()
        return expanded(super()._handle(request, method, context, ids), names, request, context)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Let the door know from the promises which methods need a key, a signature, a listed scene."""
        super().__init_subclass__(**kwargs)
        promises = {method: call_of(cls, method) for method in ("GET", "POST", "PATCH", "DELETE")}
        known = {method: promise for method, promise in promises.items() if promise is not None}
        cls.scopes = {method: promise.scope for method, promise in known.items() if promise.scope}
        cls.key_required = frozenset(method for method, promise in known.items() if promise.moves_money)
        cls.keyed = frozenset({"POST", *(method for method, promise in known.items() if promise.needs_match)})
        cls.signed = cls.key_required
        cls.new_business = frozenset(method for method, promise in known.items() if promise.new_business)

    def promise(self, request: Request) -> Call:
        """Return what the call at hand promises."""
        promise = call_of(self, request.method or "")
        if promise is None:
            raise TypeError(f"{type(self).__name__} promises nothing for {request.method}")
        return promise

    def body_of(self, request: Request) -> bytes:
        """Return the body; refuses one longer than a JSON call can need, before reading it."""
        if declared_length(request.headers) > MAX_BODY_BYTES:
            raise RequestDataTooBig
        return request._request.body

    def members(self, request: Request) -> dict[str, Any]:
        """Return the members of the JSON body, checked against the call's request shape."""
        shape = self.promise(request).request
        if shape is None:
            raise TypeError(f"{type(self).__name__} takes no body")
        body = self.body_of(request)
        if body and (request.content_type or "").partition(";")[0].strip().lower() != JSON:
            raise UnsupportedMediaType(request.content_type or "")
        return parse(shape, parse_json(body) if body else {})

    def filters(self, request: Request) -> dict[str, Any]:
        """Return the members of the query, checked against the call's query shape; its ids are known here."""
        shape = self.promise(request).query
        if shape is None:
            raise TypeError(f"{type(self).__name__} takes no query")
        query = request.query_params.copy()
        if self.promise(request).expand:
            query.pop(EXPAND, None)  # looked at before, once for all calls
        members = parse(shape, single_values(query))
        require_known(shape, members, self.context)
        return members


def single_values(query: Any) -> dict[str, str]:
    """Return a query as a dict; a member given twice is refused."""
    twice = sorted(name for name, values in query.lists() if len(values) > 1)
    if twice:
        faults = [
            {"pointer": f"/{name}"[:80], "code": "parameter_invalid", "detail": "Is given twice."}
            for name in twice
        ]
        raise ParametersInvalid(faults)
    return dict(query.items())


def shown(shape: Shape, value: object, context: SceneContext, **more: Any) -> dict[str, Any]:
    """Return an object as the API shows it."""
    said = {
        "bank_id": context.bank_id,
        "livemode": context.livemode,
        "language": context.language,
        **more,
    }
    return dict(shape(value, context=said).data)


def one(shape: Shape, value: Any, context: SceneContext, status: int = 200) -> Answer:
    """Answer with one object."""
    return Answer(status, _shown_all(shape, [value], context)[0])


def page(shape: Shape, rows: Iterable[Any], context: SceneContext, *, limit: int) -> Answer:
    """Answer with a page; `rows` holds one more than the page when there is a next one."""
    found = list(rows)
    return Answer(200, envelope(_shown_all(shape, found[:limit], context), has_more=len(found) > limit))


def _shown_all(shape: Shape, rows: Sequence[Any], context: SceneContext) -> list[dict[str, Any]]:
    texts: dict[str, dict[str, str]] = {}
    if issubclass(shape, PinnedShape):
        texts = labels.pinned(subjects=[row.public_id for row in rows], scene_id=context.scene_id)
    return [shown(shape, row, context, pinned=texts) for row in rows]


def pin(subject: str, metadata: Mapping[str, str], context: SceneContext) -> None:
    """Keep the scene's own texts beside an object."""
    pinning.pin(subject=subject, scene_id=context.scene_id, metadata=metadata, now=context.now)


def envelope(data: Sequence[Mapping[str, Any]], *, has_more: bool) -> dict[str, Any]:
    """Return the list envelope around objects that are shown already."""
    return {
        "object": "list",
        "data": list(data),
        "has_more": has_more,
        "next_cursor": data[-1]["id"] if has_more and data else None,
    }
