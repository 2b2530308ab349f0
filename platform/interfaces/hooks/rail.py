"""The rail's notices: `POST /hooks/rail/notices` on a bank's own host, signed with that bank's secret.

The door keeps the notice and answers; a job books it by the path of an enquiry, so a notice that comes twice
or late, or overtakes another, does no harm.
"""

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponseBase, JsonResponse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from connectors.payment_rails import notices, operations
from connectors.payment_rails.queries import notice_secret
from interfaces.door import enqueue, now, problem
from interfaces.middleware import bank_of
from kernel.refusals import Refusal


@method_decorator(csrf_exempt, name="dispatch")
class RailNoticeView(View):
    """Takes one notice."""

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Keep a signed notice: 202, and 200 when it was here before."""
        bank = bank_of(request)
        if bank is None:
            raise Http404
        instant = now()
        try:
            with transaction.atomic():
                notice = notices.read(
                    body=request.body,
                    timestamp=request.headers.get("Rail-Timestamp", ""),
                    signature=request.headers.get("Rail-Signature", ""),
                    secret=notice_secret(),
                    now=instant,
                )
                is_new = operations.take_notice(notice=notice, now=instant)
                if is_new:
                    enqueue("jobs.book_notices", schema=bank.schema_name)
        except Refusal as refusal:
            return problem(refusal, request)
        return JsonResponse({"notice": notice.notice_id, "new": is_new}, status=202 if is_new else 200)
