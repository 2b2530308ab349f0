"""The borrower's hosted pages, on each bank's hosts."""

from django.urls import URLPattern, URLResolver, path

from interfaces.borrower import application, dashboard
from interfaces.borrower.frame import FrameExchange, FramePage
from interfaces.borrower.signing import SigningPage, document, verification
from interfaces.borrower.tile import OfferTile

app_name = "borrower"
urlpatterns: list[URLPattern | URLResolver] = [
    path("embed/v1/offer_tile", OfferTile.as_view()),
    *application.paths,
    *dashboard.paths,
    path("embed/<str:session>", FramePage.as_view(), name="frame"),
    path("embed/<str:session>/exchange", FrameExchange.as_view()),
    path("sign/<str:token>", SigningPage.as_view(), name="sign"),
    path("sign/<str:token>/document", document, name="document"),
    path("sign/<str:token>/verify", verification, name="verify"),
]
