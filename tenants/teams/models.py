"""People of scenes who sign in, and what they did."""

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


class TeamAct(models.Model):
    """Something a person did in the scene's portal. `position` orders the acts; a trigger refuses any change.

    `bank` is the public id of the bank it was done at, empty for acts on the scene itself. An act at a bank
    is written down before it begins, for no transaction spans two schemas: if it is then refused, a second
    row says with which code.
    """

    position = models.BigAutoField(primary_key=True)
    scene = models.ForeignKey(Scene, on_delete=models.PROTECT, related_name="acts")
    actor = models.EmailField()
    action = models.CharField(max_length=40)
    subject = models.CharField(max_length=200, blank=True)
    bank = models.CharField(max_length=40, blank=True)
    detail = models.JSONField(default=dict)
    address = models.CharField(max_length=45, blank=True)
    refused_with = models.CharField(max_length=60, blank=True)
    recorded_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["position"]
        indexes: ClassVar = [models.Index(fields=["scene", "position"], name="team_act_scene")]
