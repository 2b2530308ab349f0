"""Addresses that machines call without a token: what is wrong with a call is a problem here too."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt
from rest_framework.exceptions import MethodNotAllowed

from interfaces.problems import problem_of


@method_decorator(csrf_exempt, name="dispatch")
class BareView(View):
    """An address for machines: no cookie is read, and another method is a 405 that names those there are."""

    def http_method_not_allowed(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer a method that the address does not take."""
        request.allowed = self._allowed_methods()  # type: ignore[attr-defined]
        return problem_of(MethodNotAllowed(request.method or ""), request)
