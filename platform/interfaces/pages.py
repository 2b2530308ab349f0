"""What every page shares: a page for people, JSON for scripts, one act, a refusal said where it was met."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar, Final
from urllib.parse import urlsplit
from uuid import UUID

from django.contrib import messages
from django.contrib.auth import authenticate, login, logout
from django.db import transaction
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    JsonResponse,
    QueryDict,
)
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext, gettext_lazy
from django.views import View

from interfaces.problems import problem, wants_json, wire
from kernel.ids import parse_id
from kernel.money import Money
from kernel.refusals import Kind, Refusal

_DIGITS: Final = 30  # of a number that people type; an exponent must not make it long
DONE: Final = gettext_lazy("Done.")


class FieldMissing(Refusal):
    """A form came without something that it must have."""

    code = "form.field_missing"
    kind = Kind.INVALID
    message = "Fill in {field}."


class FieldInvalid(Refusal):
    """A form's field is not what it has to be."""

    code = "form.field_invalid"
    kind = Kind.INVALID
    message = "{field} cannot be {given}."


class SignInFailed(Refusal):
    """The address or the password is wrong; which of the two is not said."""

    code = "sign_in.failed"
    kind = Kind.FORBIDDEN
    message = "The address or the password is wrong."


class Form:
    """The fields of a posted form, each asked for by the form that it must have."""

    def __init__(self, request: HttpRequest) -> None:
        self._fields = request.POST

    def text(self, name: str, default: str | None = None, *, longest: int = 200) -> str:
        """Return a text without surrounding space; refuses an empty one unless there is a default."""
        value = self._fields.get(name, "").strip()
        if not value:
            if default is None:
                raise FieldMissing(field=name)
            return default
        if len(value) > longest or "\x00" in value:
            raise FieldInvalid(field=name, given=value[:40])
        return value

    def day(self, name: str) -> date:
        """Return an ISO date."""
        value = self.text(name)
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise FieldInvalid(field=name, given=value[:40]) from None

    def money(self, name: str) -> Money:
        """Return an amount of yuan above zero."""
        amount = Money.parse(self.text(name).replace(",", ""))
        if amount <= Money.zero():
            raise FieldInvalid(field=name, given=str(amount))
        return amount

    def number(self, name: str, default: str | None = None, *, signed: bool = False) -> Decimal:
        """Return a decimal of at most 30 digits either side that is not negative, unless `signed`."""
        value = self.text(name, default)
        try:
            number = Decimal(value)
        except InvalidOperation:
            raise FieldInvalid(field=name, given=value[:40]) from None
        if not number.is_finite() or abs(number.adjusted()) > _DIGITS or (number < 0 and not signed):
            raise FieldInvalid(field=name, given=value[:40])
        return number

    def count(self, name: str, default: str | None = None) -> int:
        """Return a whole number that is not negative."""
        number = self.number(name, default)
        if number != number.to_integral_value() or number > 10**6:
            raise FieldInvalid(field=name, given=str(number)[:40])
        return int(number)

    def key(self, name: str, prefix: str) -> UUID:
        """Return the UUID behind a public id."""
        return parse_id(prefix, self.text(name))


def shown(
    request: HttpRequest, template: str, context: Mapping[str, Any], body: Mapping[str, Any] | None = None
) -> HttpResponse:
    """Return the page, or the same figures as JSON when the caller is a script."""
    if body is not None and wants_json(request):
        return JsonResponse(wire(body), json_dumps_params={"ensure_ascii": False})
    return render(request, template, dict(context))


def refused(request: HttpRequest, refusal: Refusal, back: str) -> HttpResponse:
    """Say a refusal: a problem to a script, a message on the page where a person met it."""
    if wants_json(request):
        return problem(refusal, request)
    messages.error(request, refusal.said(gettext))
    return HttpResponseRedirect(back)


def act(
    request: HttpRequest,
    work: Callable[[], Mapping[str, Any] | None],
    *,
    to: str,
    back: str | None = None,
    status: int = 200,
    said: Any = DONE,
    atomic: bool = True,
) -> HttpResponse:
    """Do one act in one transaction and answer; a refusal undoes it and is said where it was met.

    `work` returns the JSON answer. `atomic=False` is for acts that are many transactions by design.
    """
    try:
        if atomic:
            with transaction.atomic():
                body = work()
        else:
            body = work()
    except Refusal as refusal:
        return refused(request, refusal, back or to)
    if wants_json(request):
        return JsonResponse(wire(body or {}), status=status, json_dumps_params={"ensure_ascii": False})
    messages.success(request, str(said))
    return HttpResponseRedirect(to)


class SignInView(View):
    """Where people sign in: the schema of the host decides who they can be."""

    template_name: ClassVar[str] = ""
    home: ClassVar[str] = "/"
    fields: ClassVar[tuple[str, ...]] = ("email",)  # who it is; the form shows them again

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the form."""
        return render(request, self.template_name, self._filled(request.GET))

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Sign in; a wrong pair is refused without a word about which of the two was wrong."""
        try:
            person = authenticate(request, **self.credentials(Form(request)))
            if person is None:
                raise SignInFailed
        except Refusal as refusal:
            return self._refused(request, refusal)
        login(request, person)
        self.signed_in(request)
        if wants_json(request):
            return JsonResponse({"signed_in": True})
        return HttpResponseRedirect(safe_next(request, self.home))

    def credentials(self, form: Form) -> dict[str, str]:
        """Return what the person is looked for by."""
        return {"email": form.text("email"), "password": form.text("password")}

    def signed_in(self, request: HttpRequest) -> None:
        """Do what follows, once the person is signed in."""

    def _refused(self, request: HttpRequest, refusal: Refusal) -> HttpResponse:
        if wants_json(request):
            return problem(refusal, request)
        context = {"error": refusal.said(gettext), **self._filled(request.POST)}
        return render(request, self.template_name, context, status=403)

    def _filled(self, given: QueryDict) -> dict[str, str]:
        return {name: given.get(name, "") for name in ("next", *self.fields)}


class SignOutView(View):
    """Ends a session."""

    home: ClassVar[str] = "/"

    def post(self, request: HttpRequest) -> HttpResponse:
        """Sign out."""
        logout(request)
        return HttpResponseRedirect(self.home)


def safe_next(request: HttpRequest, home: str) -> str:
    """Return where a person wanted to go, if that is on this host."""
    wanted = request.POST.get("next", "") or request.GET.get("next", "")
    good = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return urlsplit(wanted)._replace(scheme="", netloc="").geturl() if wanted and good else home
