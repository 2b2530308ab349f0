"""Entities, relations, bad flags, exposures, ceilings, and what each night found."""

from django.db import models
from django.db.models import F, Q

from plumbing.fields import MoneyField, RateField
from risk.graph.kinds import EntityKind, RelationKind

ENTITY_KINDS = [(kind.value, kind.name) for kind in EntityKind]
RELATION_KINDS = [(kind.value, kind.name) for kind in RelationKind]
STRUCTURE = ["guarantees", "owns", "controls", "core_of"]  # few of each, walked far: they have an index apart


class Entity(models.Model):
    """A node: a small number inside the room, a kind and a `ref` outside it."""

    id = models.BigAutoField(primary_key=True)
    kind = models.TextField(choices=ENTITY_KINDS)
    ref = models.TextField()
    known_at = models.DateTimeField()

    class Meta:
        db_table = "graph_entity"
        constraints = [
            models.UniqueConstraint(fields=["kind", "ref"], name="graph_entity_once"),
            models.CheckConstraint(condition=Q(kind__in=EntityKind), name="graph_entity_kind_known"),
            models.CheckConstraint(condition=~Q(ref=""), name="graph_entity_has_ref"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.ref}"


class Relation(models.Model):
    """An edge, valid from a day up to, not including, another; written once, ended once.

    `amount` in fen, where there is one (what a guarantee covers). `ended_at` is when the end became known.
    """

    id = models.BigAutoField(primary_key=True)
    kind = models.TextField(choices=RELATION_KINDS)
    source = models.ForeignKey(Entity, models.PROTECT, related_name="+", db_index=False)
    target = models.ForeignKey(Entity, models.PROTECT, related_name="+", db_index=False)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    weight = RateField()
    amount = MoneyField(null=True)
    learned_from = models.TextField()
    known_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_because = models.TextField(default="")

    class Meta:
        db_table = "graph_relation"
        indexes = [
            models.Index(fields=["source", "id"], name="graph_relation_from"),
            models.Index(fields=["target", "id"], name="graph_relation_to"),
            models.Index(
                fields=["source", "kind", "id"], condition=Q(kind__in=STRUCTURE), name="graph_structure_from"
            ),
            models.Index(
                fields=["target", "kind", "id"], condition=Q(kind__in=STRUCTURE), name="graph_structure_to"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "target", "kind"],
                condition=Q(valid_to=None),
                name="graph_relation_open_once",
            ),
            models.CheckConstraint(condition=Q(kind__in=RelationKind), name="graph_relation_kind_known"),
            models.CheckConstraint(condition=~Q(source=F("target")), name="graph_relation_joins_two"),
            models.CheckConstraint(condition=Q(weight__gt=0, weight__lte=1), name="graph_relation_weight"),
            models.CheckConstraint(
                condition=Q(valid_to=None, ended_at=None)
                | Q(valid_to__gte=F("valid_from"), ended_at__isnull=False),
                name="graph_relation_ends_after",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} {self.kind} {self.target_id}"


class BadFlag(models.Model):
    """That an entity is bad (overdue, a dishonest debtor, a fraud), from one day up to another."""

    id = models.BigAutoField(primary_key=True)
    entity = models.ForeignKey(Entity, models.PROTECT, related_name="+")
    reason = models.TextField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    learned_from = models.TextField()
    known_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_because = models.TextField(default="")

    class Meta:
        db_table = "graph_bad_flag"
        constraints = [
            models.UniqueConstraint(
                fields=["entity", "reason"], condition=Q(valid_to=None), name="graph_bad_flag_open_once"
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None, ended_at=None)
                | Q(valid_to__gte=F("valid_from"), ended_at__isnull=False),
                name="graph_bad_flag_ends_after",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entity_id}: {self.reason}"


class Book(models.Model):
    """That the bank handed its whole book over, as of a day: whoever is not in it owes nothing."""

    id = models.BigAutoField(primary_key=True)
    as_of_date = models.DateField()
    known_at = models.DateTimeField()

    class Meta:
        db_table = "graph_book"

    def __str__(self) -> str:
        return f"{self.as_of_date}"


class Position(models.Model):
    """What an entity owes the bank as of a day, and its own PD; written only when it changed."""

    id = models.BigAutoField(primary_key=True)
    book = models.ForeignKey(Book, models.PROTECT, related_name="+")
    entity = models.ForeignKey(Entity, models.PROTECT, related_name="+", db_index=False)
    as_of_date = models.DateField()
    exposure = MoneyField()
    pd = models.DecimalField(max_digits=7, decimal_places=6, null=True)
    known_at = models.DateTimeField()

    class Meta:
        db_table = "graph_position"
        indexes = [models.Index(fields=["entity", "-id"], name="graph_position_latest")]
        constraints = [
            models.UniqueConstraint(fields=["book", "entity"], name="graph_position_once_a_book"),
            models.CheckConstraint(condition=Q(exposure__gte=0), name="graph_position_not_negative"),
            models.CheckConstraint(
                condition=Q(pd=None) | Q(pd__gte=0, pd__lte=1), name="graph_position_pd_is_a_share"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entity_id}: {self.exposure}"


class Ceiling(models.Model):
    """The most the bank will lend to all who depend on a core enterprise (S2-41); two people set it."""

    id = models.BigAutoField(primary_key=True)
    entity = models.ForeignKey(Entity, models.PROTECT, related_name="+")
    amount = MoneyField()
    effective_date = models.DateField()
    set_by = models.TextField()
    approved_by = models.TextField()
    known_at = models.DateTimeField()

    class Meta:
        db_table = "graph_ceiling"
        constraints = [
            models.CheckConstraint(condition=Q(amount__gte=0), name="graph_ceiling_not_negative"),
            models.CheckConstraint(
                condition=~Q(set_by=F("approved_by")), name="graph_ceiling_maker_is_not_checker"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entity_id}: {self.amount}"


class Night(models.Model):
    """One reckoning of the whole graph as of a day; `done` of `total` rows are written."""

    id = models.BigAutoField(primary_key=True)
    as_of_date = models.DateField(unique=True)
    known_by = models.DateTimeField()
    policy = models.JSONField()
    total = models.PositiveIntegerField(null=True)
    done = models.PositiveIntegerField(default=0)
    written_through = models.BigIntegerField(default=0)  # the last entity written
    figures = models.JSONField(default=dict)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "graph_night"

    def __str__(self) -> str:
        return f"{self.as_of_date}: {self.done}"


class Standing(models.Model):
    """What a night found of an entity: its ring, its cluster, its PD by itself, by contagion, stressed."""

    id = models.BigAutoField(primary_key=True)
    night_id = models.BigIntegerField()  # no keys here: a million rows a night would be checked one by one
    entity_id = models.BigIntegerField()
    ring = models.BigIntegerField(null=True)  # the least id among its members
    ring_size = models.PositiveIntegerField()
    cluster_size = models.PositiveIntegerField()
    own_pd = models.DecimalField(max_digits=7, decimal_places=6)
    contagion_pd = models.DecimalField(max_digits=7, decimal_places=6)
    stressed_pd = models.DecimalField(max_digits=7, decimal_places=6)
    dependants = models.PositiveIntegerField()
    dependent_exposure = MoneyField()

    class Meta:
        db_table = "graph_standing"
        indexes = [
            models.Index(
                fields=["night_id", "ring"], condition=Q(ring__isnull=False), name="graph_standing_ring"
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["entity_id", "night_id"], name="graph_standing_once_a_night")
        ]

    def __str__(self) -> str:
        return f"{self.entity_id}: {self.contagion_pd}"
