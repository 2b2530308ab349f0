"""The register of models: versions, and the moves of each through the bank's governance. Both only grow."""

from django.db import models
from django.db.models import Q

from plumbing.fields import key
from risk.scoring.states import ModelStatus


class ModelVersion(models.Model):
    """One version of one model: its run-time document, its card in words, who developed it."""

    id = key()
    code = models.TextField()
    version = models.PositiveIntegerField()
    document = models.JSONField()
    sha256 = models.CharField(max_length=64, unique=True)
    report = models.TextField()
    developed_by = models.TextField()
    developed_at = models.DateTimeField()

    class Meta:
        """Numbers never repeat, and the same document is registered once."""

        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="model_version_once"),
            models.CheckConstraint(condition=~Q(developed_by=""), name="model_version_has_developer"),
            models.CheckConstraint(condition=Q(sha256__regex="^[0-9a-f]{64}$"), name="model_sha256_hex"),
        ]

    def __str__(self) -> str:
        return f"{self.code} v{self.version}"


class ModelMove(models.Model):
    """One step of a version's life: the newest is where it stands."""

    id = key()
    model_version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="moves")
    step = models.PositiveSmallIntegerField()
    status = models.TextField(choices=ModelStatus.choices)
    moved_by = models.TextField()
    note = models.TextField()
    moved_at = models.DateTimeField()

    class Meta:
        """Steps of one version follow each other; each has a person."""

        constraints = [
            models.UniqueConstraint(fields=["model_version", "step"], name="model_move_once"),
            models.CheckConstraint(
                condition=Q(status__in=ModelStatus.values), name="model_move_status_known"
            ),
            models.CheckConstraint(condition=~Q(moved_by=""), name="model_move_has_person"),
        ]
