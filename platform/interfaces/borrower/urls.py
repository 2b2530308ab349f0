"""The borrower's hosted pages, on each bank's hosts."""

from django.urls import URLPattern, URLResolver, path

from interfaces.borrower.signing import SigningPage, document, verification

app_name = "borrower"
urlpatterns: list[URLPattern | URLResolver] = [
    path("sign/<str:token>", SigningPage.as_view(), name="sign"),
    path("sign/<str:token>/document", document, name="document"),
    path("sign/<str:token>/verify", verification, name="verify"),
]
