"""The scenes' portal, on the platform's own hosts."""

from django.urls import URLPattern, URLResolver, path
from django.views.generic import RedirectView

import interfaces.converters  # noqa: F401  registers the public ids that addresses carry
from interfaces.portal import keys, people, requests, start

app_name = "portal"
urlpatterns: list[URLPattern | URLResolver] = [
    path("portal", RedirectView.as_view(url="/portal/")),
    path("portal/", start.Start.as_view(), name="start"),
    path("portal/sign-in", people.SignIn.as_view(), name="sign_in"),
    path("portal/sign-out", people.SignOut.as_view(), name="sign_out"),
    path("portal/join/<slug:invitation>", people.Join.as_view(), name="join"),
    path("portal/team", people.Team.as_view(), name="team"),
    path("portal/team/<member:member_id>", people.Member.as_view(), name="member"),
    path("portal/keys", keys.Keys.as_view(), name="keys"),
    path("portal/keys/live", keys.LiveClients.as_view(), name="live"),
    path("portal/keys/<slug:client_id>/keys", keys.ClientKeys.as_view(), name="client_keys"),
    path("portal/keys/<slug:client_id>/addresses", keys.ClientAddresses.as_view(), name="addresses"),
    path("portal/keys/<slug:client_id>/secret", keys.ClientSecret.as_view(), name="secret"),
    path("portal/keys/<slug:client_id>/revoke", keys.ClientEnd.as_view(), name="revoke"),
    path("portal/requests", requests.Requests.as_view(), name="requests"),
    path("portal/requests/<slug:request_id>", requests.OneRequest.as_view(), name="request"),
]
