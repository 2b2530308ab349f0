"""Signing in and out of the portal, joining a team by invitation, and the team itself."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.views import View
from django.views.decorators.cache import never_cache

from interfaces.door import PortalView, now
from interfaces.pages import Form, SignInView, SignOutView, act, refused, shown
from interfaces.portal.acts import note, note_of
from interfaces.portal.frame import framed, person_of, scene_id_of
from interfaces.problems import problem, wants_json, wire
from kernel.ids import public_id
from kernel.refusals import Refusal
from tenants.teams import operations as teams
from tenants.teams.queries import InvitationInvalid, MemberUnknown, MemberView, invited, team
from tenants.teams.roles import Role


class SignIn(SignInView):
    """Where people of a scene sign in: the scene's code is part of who they are."""

    template_name = "portal/sign_in.html"
    home = "/portal/"
    fields = ("scene", "email")

    def credentials(self, form: Form) -> dict[str, str]:
        """Return what the person is looked for by: in this scene and no other."""
        names = {"scene": "scene", "member": "email", "password": "password"}
        return {name: form.text(field) for name, field in names.items()}

    def signed_in(self, request: HttpRequest) -> None:
        """Write it down."""
        with transaction.atomic():
            note(request, "session.begin", "")


class SignOut(SignOutView):
    """People of a scene sign out here."""

    home = "/portal/sign-in"


@method_decorator(never_cache, name="dispatch")
class Join(View):
    """Where an invited person chooses a password."""

    def get(self, request: HttpRequest, invitation: str) -> HttpResponse:
        """Show whom the link invites."""
        return self._page(request, invitation)

    def post(self, request: HttpRequest, invitation: str) -> HttpResponse:
        """Join the team; the person signs in afterwards."""
        password = request.POST.get("password", "")
        try:
            with transaction.atomic():
                person = teams.join(invitation=invitation, password=password, now=now())
                note_of(request, person.scene_id, person.email, "person.join", public_id("mem", person.id))
        except InvitationInvalid:
            return self._page(request, invitation)
        except Refusal as refusal:
            if wants_json(request):
                return problem(refusal, request)
            return self._page(request, invitation, refusal.said(gettext), status=400)
        if wants_json(request):
            return JsonResponse({"scene": person.scene_code, "email": person.email})
        who = urlencode({"scene": person.scene_code, "email": person.email})
        return HttpResponseRedirect(f"/portal/sign-in?{who}")

    def _page(
        self, request: HttpRequest, invitation: str, error: str = "", status: int = 200
    ) -> HttpResponse:
        try:
            person = invited(invitation=invitation, now=now())
        except InvitationInvalid as refusal:
            if wants_json(request):
                return problem(refusal, request)
            return render(request, "portal/join_over.html", status=404)
        context = {"person": person, "error": error, "minimum": teams.PASSWORD_LENGTH_MIN}
        return render(request, "portal/join.html", context, status=status)


def told(person: MemberView) -> dict[str, Any]:
    """Return a person as JSON says it."""
    return {
        "id": public_id("mem", person.id),
        "email": person.email,
        "name": person.name,
        "role": person.role,
        "joined_at": person.joined_at,
    }


class Team(PortalView):
    """The scene's people."""

    acting = "portal.team"

    def get(self, request: HttpRequest) -> HttpResponse:
        """List them."""
        return self._page(request)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Invite somebody; the link is shown this once, for nothing is sent from here."""
        form = Form(request)
        try:
            with transaction.atomic():
                person, invitation = teams.invite(
                    scene_id=scene_id_of(request),
                    email=form.text("email", longest=254),
                    name=form.text("name", longest=100),
                    role=form.text("role"),
                    now=now(),
                )
                who = {"email": person.email, "role": person.role}
                note(request, "person.invite", public_id("mem", person.id), **who)
        except Refusal as refusal:
            return refused(request, refusal, "/portal/team")
        link = request.build_absolute_uri(f"/portal/join/{invitation}")
        if wants_json(request):
            return JsonResponse(wire(told(person) | {"link": link}), status=201)
        return self._page(request, invited=person, link=link)

    def _page(self, request: HttpRequest, **more: Any) -> HttpResponse:
        people = team(scene_id=scene_id_of(request))
        context = framed(
            request,
            "team",
            people=people,
            roles=Role.choices,
            me=person_of(request).id,
            **more,
        )
        return shown(request, "portal/team.html", context, {"people": [told(one) for one in people]})


class Member(PortalView):
    """One person of the team."""

    capability = "portal.team"

    def post(self, request: HttpRequest, member_id: UUID) -> HttpResponse:
        """Give another role, or remove the person."""
        scene_id = scene_id_of(request)
        if member_id not in {one.id for one in team(scene_id=scene_id)}:
            raise MemberUnknown
        form = Form(request)

        def change() -> Mapping[str, Any]:
            subject = public_id("mem", member_id)
            if form.text("role", "") == "":
                person = teams.remove(member_id=member_id, scene_id=scene_id)
                note(request, "person.remove", subject, email=person.email)
            else:
                person = teams.give_role(member_id=member_id, scene_id=scene_id, role=form.text("role"))
                note(request, "person.role", subject, email=person.email, role=person.role)
            return told(person)

        return act(request, change, to="/portal/team")
