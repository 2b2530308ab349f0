"""People of a bank who sign in."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models

from plumbing.fields import key
from staff.roles import Role, capabilities_of


class StaffMember(AbstractBaseUser):
    """A person of this bank. Lives in the bank's schema: another bank's sign-in knows nothing of it."""

    id = key()
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=100)
    roles = ArrayField(models.CharField(max_length=30, choices=Role.choices))
    language = models.CharField(max_length=10, default="zh-hans")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = ["name"]
    objects: ClassVar[BaseUserManager[Any]] = BaseUserManager()

    class Meta:
        db_table = "staff_member"
        ordering: ClassVar = ["email"]

    @property
    def capabilities(self) -> frozenset[str]:
        """Everything this person may do."""
        return capabilities_of(self.roles)

    def can(self, capability: str) -> bool:
        """Return whether this person may do something."""
        return self.is_active and capability in self.capabilities
