"""The ops console, and the platform's first page."""

from django.urls import URLPattern, URLResolver, path
from django.views.generic import RedirectView
from django.views.i18n import set_language

import interfaces.converters  # noqa: F401  registers the public ids that addresses carry
from interfaces.ops import clients, console, day_ends, leaks

app_name = "ops"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", console.Signpost.as_view(), name="signpost"),
    path("language", set_language, name="language"),
    path("sign-in", RedirectView.as_view(url="/ops/sign-in", query_string=True)),
    path("ops", RedirectView.as_view(url="/ops/")),
    path("ops/", console.Banks.as_view(), name="banks"),
    path("ops/sign-in", console.SignIn.as_view(), name="sign_in"),
    path("ops/sign-out", console.SignOut.as_view(), name="sign_out"),
    path("ops/banks/new", console.NewBank.as_view(), name="bank_new"),
    path("ops/banks/<slug:schema>", console.Bank.as_view(), name="bank"),
    path("ops/banks/<slug:schema>/day-ends", day_ends.DayEnds.as_view(), name="day_ends"),
    path("ops/banks/<slug:schema>/day-ends/live", day_ends.DayEndLive.as_view(), name="day_end_live"),
    path("ops/jobs", console.Jobs.as_view(), name="jobs"),
    path("ops/scenes", console.Scenes.as_view(), name="scenes"),
    path("ops/scenes/<scene:scene_id>", console.Scene.as_view(), name="scene"),
    path("ops/scenes/<scene:scene_id>/contracts", console.Contracts.as_view(), name="contracts"),
    path("ops/scenes/<scene:scene_id>/team", clients.Invitations.as_view(), name="team"),
    path("ops/scenes/<scene:scene_id>/clients", clients.Clients.as_view(), name="clients"),
    path("ops/scenes/<scene:scene_id>/clients/<slug:client_id>/keys", clients.Keys.as_view(), name="keys"),
    path("ops/scenes/<scene:scene_id>/origins", console.Origins.as_view(), name="origins"),
    path(
        "ops/scenes/<scene:scene_id>/clients/<slug:client_id>/addresses",
        clients.Addresses.as_view(),
        name="addresses",
    ),
    path("ops/scenes/<scene:scene_id>/clients/<slug:client_id>/leak", leaks.Leak.as_view(), name="leak"),
    path("ops/scenes/<scene:scene_id>/clients/<slug:client_id>/calls", leaks.Calls.as_view(), name="calls"),
    path("ops/events", console.Events.as_view(), name="events"),
    path("ops/audit", console.Audit.as_view(), name="audit"),
]
