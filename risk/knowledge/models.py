"""One table: versions of entries, which only grow."""

from django.db import models
from django.db.models import Q

from plumbing.fields import key


class KnowledgeEntry(models.Model):
    """One version of an entry, the last one speaks; `heard_at` is when an outside event became known."""

    id = key()
    code = models.CharField(max_length=60)
    version = models.PositiveSmallIntegerField()
    title_en = models.CharField(max_length=200)
    title_zh = models.CharField(max_length=200)
    text_en = models.TextField()
    text_zh = models.TextField()
    tags = models.JSONField(default=list)
    evidence = models.JSONField()
    strategy_sha256 = models.CharField(max_length=64, blank=True, default="")
    rule_code = models.CharField(max_length=80, blank=True, default="")
    condition = models.JSONField(null=True)
    backtest = models.JSONField()
    owner = models.CharField(max_length=120)
    expires_date = models.DateField()
    heard_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        """An entry links a rule or a condition, and somebody owns it."""

        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="knowledge_version_once"),
            models.CheckConstraint(
                condition=Q(condition__isnull=False) | (~Q(strategy_sha256="") & ~Q(rule_code="")),
                name="knowledge_is_executable",
            ),
            models.CheckConstraint(condition=~Q(owner=""), name="knowledge_is_owned"),
        ]

    def __str__(self) -> str:
        return f"{self.code} v{self.version}"
