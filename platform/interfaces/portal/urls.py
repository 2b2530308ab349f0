"""The scenes' portal, on the platform's own hosts."""

from django.urls import URLPattern, URLResolver, path
from django.views.generic import RedirectView

import interfaces.converters  # noqa: F401  registers the public ids that addresses carry
from interfaces.portal import (
    acts,
    clocks,
    data,
    deliveries,
    embedding,
    endpoints,
    going_live,
    keys,
    overview,
    people,
    requests,
    settlements,
    start,
)

app_name = "portal"
urlpatterns: list[URLPattern | URLResolver] = [
    path("portal", RedirectView.as_view(url="/portal/")),
    path("portal/", start.Start.as_view(), name="start"),
    path("portal/overview", overview.Overview.as_view(), name="overview"),
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
    path("portal/deliveries", deliveries.Deliveries.as_view(), name="deliveries"),
    path("portal/deliveries/<delivery:delivery_id>", deliveries.OneDelivery.as_view(), name="delivery"),
    path("portal/endpoints", endpoints.Endpoints.as_view(), name="endpoints"),
    path("portal/endpoints/<endpoint:endpoint_id>", endpoints.OneEndpoint.as_view(), name="endpoint"),
    path("portal/endpoints/<endpoint:endpoint_id>/secret", endpoints.Secret.as_view(), name="rotate"),
    path("portal/endpoints/<endpoint:endpoint_id>/ping", endpoints.Ping.as_view(), name="ping"),
    path("portal/endpoints/<endpoint:endpoint_id>/pause", endpoints.Pause.as_view(), name="pause"),
    path("portal/endpoints/<endpoint:endpoint_id>/enable", endpoints.Enable.as_view(), name="enable"),
    path("portal/endpoints/<endpoint:endpoint_id>/remove", endpoints.Remove.as_view(), name="remove"),
    path("portal/endpoints/<endpoint:endpoint_id>/replay", endpoints.Replay.as_view(), name="replay"),
    path("portal/clocks", clocks.Clocks.as_view(), name="clocks"),
    path("portal/clocks/<clock:clock_id>", clocks.OneClock.as_view(), name="clock"),
    path("portal/clocks/<clock:clock_id>/reset", clocks.ClockReset.as_view(), name="clock_reset"),
    path("portal/clocks/<clock:clock_id>/delete", clocks.ClockEnd.as_view(), name="clock_end"),
    path("portal/embed", embedding.Studio.as_view(), name="embed"),
    path("portal/data", data.Data.as_view(), name="data"),
    path("portal/settlements", settlements.Settlements.as_view(), name="settlements"),
    path("portal/settlements/<settlement:batch_id>", settlements.Settlement.as_view(), name="settlement"),
    path("portal/audit", acts.Audit.as_view(), name="audit"),
    path("portal/go-live", going_live.GoLive.as_view(), name="go_live"),
]
