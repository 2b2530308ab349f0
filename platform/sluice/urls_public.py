"""Addresses on the platform's own hosts: the embedded API, its documents, the scenes' portal, the console."""

from django.urls import include, path

urlpatterns = [
    path("", include("interfaces.scene.urls")),
    path("", include("interfaces.portal.urls")),
    path("", include("interfaces.ops.urls")),
]

handler400 = "interfaces.problems.bad_request"
handler403 = "interfaces.problems.forbidden"
handler404 = "interfaces.problems.not_found"
handler500 = "interfaces.problems.broken"
