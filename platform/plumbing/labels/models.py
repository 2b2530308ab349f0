"""One row for each object that carries a scene's own texts."""

from typing import ClassVar

from django.db import models

from plumbing.fields import key


class Label(models.Model):
    """The texts one scene pinned to one object (`subject` is its public id)."""

    id = key()
    subject = models.CharField(max_length=60)
    scene_id = models.UUIDField()
    metadata = models.JSONField()
    pinned_at = models.DateTimeField()

    class Meta:
        db_table = "label"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["subject", "scene_id"], name="label_one_per_scene"),
        ]
