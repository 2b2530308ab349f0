"""Addresses that machines outside call back, on each bank's hosts."""

from django.urls import URLPattern, URLResolver, path

from interfaces.hooks.rail import RailNoticeView

urlpatterns: list[URLPattern | URLResolver] = [
    path("hooks/rail/notices", RailNoticeView.as_view(), name="rail_notices"),
]
