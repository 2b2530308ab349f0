"""People of scenes who sign in."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q

from plumbing.fields import key
from tenants.scenes.models import Scene
from tenants.teams.roles import CAPABILITIES, Role


class TeamMember(AbstractBaseUser):
    """A person of one scene. Who works for two scenes is two people here: neither tells of the other.

    Invited people have no password; the link they join with is kept as a hash until it is used or runs out.
    """

    id = key()
    scene = models.ForeignKey(Scene, on_delete=models.PROTECT, related_name="team")
    email = models.EmailField()
    name = models.CharField(max_length=100)
    role = models.CharField(max_length=10, choices=Role.choices)
    is_active = models.BooleanField(default=True)
    invitation_sha256 = models.CharField(max_length=64, blank=True)
    invitation_ends_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    joined_at = models.DateTimeField(null=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = ["name"]
    objects: ClassVar[BaseUserManager[Any]] = BaseUserManager()

    class Meta:
        ordering: ClassVar = ["email"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["scene", "email"], name="team_member_once"),
            models.UniqueConstraint(
                fields=["invitation_sha256"], condition=~Q(invitation_sha256=""), name="team_invitation_once"
            ),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="team_member_role"),
        ]

    @property
    def capabilities(self) -> frozenset[str]:
        """Everything this person may do."""
        return CAPABILITIES[self.role]

    def can(self, capability: str) -> bool:
        """Return whether this person may do something: in the scene's portal, and nowhere else."""
        return self.is_active and self.joined_at is not None and capability in self.capabilities
