"""Service requests: what a scene asks of the bank for a business, and what the bank answers (`api.md`, 2)."""

from typing import Any, Final

from rest_framework.request import Request

from interfaces.door import Answer, SceneContext
from interfaces.scene.answer_fields import ConstantField
from interfaces.scene.calls import call
from interfaces.scene.fields import CodeField, DayField, IdField, InstantField, MetadataField, TextField
from interfaces.scene.parsing import Body
from interfaces.scene.resource import Resource, one, page, pin
from interfaces.scene.shapes import MadeQuery, PinnedShape, window
from kernel.ids import parse_id
from lending.loans.queries import LoanNotFound
from lending.service_requests import operations as requests
from lending.service_requests import queries
from lending.service_requests.operations import TEXT_MAX
from lending.service_requests.queries import RequestView
from lending.service_requests.states import Channel, RequestKind, RequestStatus
from openbanking.consents.queries import ConsentNotFound
from parties.enterprises.queries import EnterpriseNotFound

KINDS: Final = [kind.value for kind in RequestKind]
STATUSES: Final = [status.value for status in RequestStatus]
_TEXT: Final = "周转困难，希望将本月还款日推迟两周。"


class ServiceRequestBody(Body):
    """What a business asks of the bank, in its own words."""

    business = IdField("biz")
    type = CodeField(KINDS, example="hardship")
    loan = IdField("lon", required=False, help_text="Needed for `hardship` and `reschedule`.")
    consent = IdField("cns", required=False, help_text="Which consent a copy is asked of.")
    text = TextField(max_length=TEXT_MAX, example=_TEXT)
    metadata = MetadataField(required=False, default=dict)


class ServiceRequestShape(PinnedShape):
    """A request and where it stands; what a borrower wrote to the bank itself stays between the two."""

    id = IdField("srq")
    object = ConstantField("service_request")
    number = TextField(example="20261103-0001", help_text="What the borrower names on the telephone.")
    business = IdField("biz", source="enterprise_id")
    type = CodeField(KINDS, source="kind", example="hardship")
    loan = IdField("lon", source="loan_id", allow_null=True)
    consent = IdField("cns", source="consent_id", allow_null=True)
    channel = CodeField(
        [channel.value for channel in Channel],
        help_text="`borrower`: written on the bank's own pages; `text` and `answer` are null then.",
    )
    text = TextField(allow_null=True, source="shown_text", example=_TEXT)
    status = CodeField(STATUSES)
    due_date = DayField(
        allow_null=True, example="2026-11-18", help_text="The last day for an answer, where a rule sets one."
    )
    answer = TextField(allow_null=True, source="shown_answer", example=None)
    created_at = InstantField(source="received_at")
    answered_at = InstantField(allow_null=True)


class _Shown:
    """A request as its scene may see it."""

    def __init__(self, view: RequestView) -> None:
        own = view.channel == Channel.SCENE
        self._view = view
        self.shown_text = view.text if own else None
        self.shown_answer = view.answer if own and view.answer else None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._view, name)


class ServiceRequests(Resource):
    """`/v1/service_requests`."""

    @call(
        "Make a service request",
        scope="service:write",
        request=ServiceRequestBody,
        answer=ServiceRequestShape,
        status=201,
        refusals=(EnterpriseNotFound, LoanNotFound, ConsentNotFound, requests.LoanMissing),
        description=(
            "Passed to people of the bank, whoever it lends to at present. A complaint has a day by which "
            "it is answered; every step is told by `service_request.updated`. A request changes no loan by "
            "itself."
        ),
    )
    def handle_post(self, request: Request, context: SceneContext) -> Answer:
        """Pass a request to the bank."""
        members = self.members(request)
        found = requests.raise_request(
            scene_id=context.scene_id,
            enterprise_id=members["business"],
            kind=members["type"],
            text=members["text"],
            loan_id=members.get("loan"),
            consent_id=members.get("consent"),
            channel=Channel.SCENE,
            now=context.now,
            business_date=context.business_date,
        )
        pin(found.public_id, members["metadata"], context)
        return one(ServiceRequestShape, _Shown(found), context, 201)

    @call(
        "List service requests",
        scope="service:read",
        query=MadeQuery.of(
            "srq",
            business=IdField("biz", required=False),
            type=CodeField(KINDS, required=False),
            status=CodeField(STATUSES, required=False),
        ),
        answer=ServiceRequestShape,
        expand=("business", "loan"),
        many=True,
    )
    def handle_get(self, request: Request, context: SceneContext) -> Answer:
        """List the requests of this scene's businesses, newest first."""
        asked = self.filters(request)
        found = queries.requests_page(
            scene_id=context.scene_id,
            enterprise_id=asked.get("business"),
            kind=asked.get("type"),
            status=asked.get("status"),
            after=asked.get("after"),
            **window(asked),
            limit=asked["limit"] + 1,
        )
        return page(ServiceRequestShape, map(_Shown, found), context, limit=asked["limit"])


class ServiceRequest(Resource):
    """`/v1/service_requests/{request_id}`."""

    @call(
        "Get a service request",
        scope="service:read",
        answer=ServiceRequestShape,
        expand=("business", "loan"),
        refusals=(queries.RequestNotFound,),
    )
    def handle_get(self, request: Request, context: SceneContext, request_id: str) -> Answer:
        """Return one request of this scene's businesses."""
        found = queries.get_request(request_id=parse_id("srq", request_id), scene_id=context.scene_id)
        return one(ServiceRequestShape, _Shown(found), context)
