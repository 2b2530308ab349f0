"""Addresses on a bank's hosts: its portal, the borrower's pages, machines calling back."""

from django.urls import include, path

urlpatterns = [
    path("", include("interfaces.bank.urls")),
    path("", include("interfaces.borrower.urls")),
    path("", include("interfaces.hooks.urls")),
]

handler400 = "interfaces.problems.bad_request"
handler403 = "interfaces.problems.forbidden"
handler404 = "interfaces.problems.not_found"
handler500 = "interfaces.problems.broken"
