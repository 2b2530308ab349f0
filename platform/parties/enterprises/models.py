"""Tables: enterprises, the people who represent them, their accounts and the scenes that introduced them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from plumbing.crypto import EncryptedTextField
from plumbing.fields import key


class EnterpriseKind(models.TextChoices):
    """What the first two characters of the credit code say (GB 32100)."""

    FIRM = "firm", "Firm"
    INDIVIDUAL = "individual", "Individual business"
    COOPERATIVE = "cooperative", "Farmers' cooperative"
    OTHER = "other", "Other"


class Person(models.Model):
    """A natural person; identity number and phone are C2: encrypted, found by blind index (D-09)."""

    id = key()
    name = models.CharField(max_length=100)
    id_number = EncryptedTextField()
    id_number_index = models.CharField(max_length=64, unique=True)
    phone = EncryptedTextField()
    phone_index = models.CharField(max_length=64, db_index=True)
    warnings = ArrayField(models.CharField(max_length=40), default=list)
    created_at = models.DateTimeField()


class Enterprise(models.Model):
    """A legal entity, one a credit code in each bank, whichever scenes introduced it."""

    id = key()
    registration_no = models.CharField(max_length=18, unique=True)
    legal_name = models.CharField(max_length=200)
    kind = models.CharField(max_length=16, choices=EnterpriseKind.choices)
    industry = models.CharField(max_length=5)
    area_code = models.CharField(max_length=6)
    opened_date = models.DateField()
    representative = models.ForeignKey(Person, models.PROTECT, null=True, related_name="enterprises")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=EnterpriseKind.values), name="enterprise_kind_known"
            ),
        ]


class EnterpriseScene(models.Model):
    """That a scene introduced an enterprise, under the scene's own id."""

    id = key()
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="scenes")
    scene_id = models.UUIDField()
    external_id = models.CharField(max_length=100)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["scene_id", "external_id"], name="enterprise_scene_external_id"),
            models.UniqueConstraint(fields=["scene_id", "enterprise"], name="enterprise_scene_once"),
        ]


class BankAccount(models.Model):
    """An account money goes to or comes from; the number is C2: encrypted, found by blind index."""

    id = key()
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="bank_accounts")
    kind = models.CharField(max_length=16)
    account_number = EncryptedTextField()
    account_number_index = models.CharField(max_length=64)
    bank_name = models.CharField(max_length=100)
    holder_name = models.CharField(max_length=200)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["enterprise", "account_number_index"], name="bank_account_once"),
            models.CheckConstraint(
                condition=models.Q(kind__in=["card", "corporate"]), name="bank_account_kind_known"
            ),
        ]
