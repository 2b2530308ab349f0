"""The ops console's navigation."""

from typing import Final

from django.utils.translation import gettext_lazy as _

NAVIGATION: Final = (
    ("/ops/", _("Banks"), "banks"),
    ("/ops/scenes", _("Scenes"), "scenes"),
    ("/ops/jobs", _("Jobs and day-end"), "jobs"),
    ("/ops/events", _("Event bus"), "events"),
    ("/ops/audit", _("Books audit"), "audit"),
)
