"""Roles of a scene's people and what each may do in the portal: data, checked by the doors."""

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a person is in the scene's team."""

    DEVELOPER = "developer", _("Developer")
    BUSINESS = "business", _("Business staff")
    OWNER = "owner", _("Team owner")


_BUILDING: Final = frozenset({"portal.view", "portal.build"})
_MONEY: Final = frozenset({"portal.view", "portal.money"})
CAPABILITIES: Final[dict[str, frozenset[str]]] = {
    Role.DEVELOPER: _BUILDING,
    Role.BUSINESS: _MONEY,
    Role.OWNER: _BUILDING | _MONEY | {"portal.live", "portal.team", "portal.audit"},
}
