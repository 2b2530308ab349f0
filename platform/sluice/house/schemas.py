"""What Django's models have to obey: the folder is the schema, and no foreign key climbs or leaves it."""

from collections.abc import Iterable, Sequence

from django.db.models import ForeignObject, Model

from sluice.house.source import Violation

FLOORS = (
    ("kernel",),
    ("plumbing",),
    ("connectors",),
    ("parties", "staff", "regulation"),
    ("openbanking",),
    ("risk", "ledger", "marketing"),
    ("lending", "tenants"),
    ("interfaces", "api_docs"),
    ("sluice",),
)
FLOOR = {name: number for number, names in enumerate(FLOORS, start=1) for name in names}
PUBLIC_FOLDER = "tenants"


def folder_is_schema(
    shared: Iterable[str], per_bank: Iterable[str], with_tables: Iterable[str]
) -> list[Violation]:
    """Find rooms whose tables lie in another schema than their folder says, or in none."""
    shared, per_bank = set(shared), set(per_bank)
    found = []
    for app in sorted(set(with_tables)):
        public = app.split(".")[0] == PUBLIC_FOLDER
        if public and (app not in shared or app in per_bank):
            found.append(Violation(app, 1, "lies in tenants/, so it belongs to SHARED_APPS and nowhere else"))
        if not public and (app in shared or app not in per_bank):
            found.append(
                Violation(app, 1, "lies outside tenants/, so it belongs to TENANT_APPS and nowhere else")
            )
    return found


def keys_walk_down(models: Sequence[type[Model]]) -> list[Violation]:
    """Find foreign keys that climb a floor, leave a schema, or join two rooms of the same floor."""
    found = []
    for model in models:
        for field in model._meta.get_fields():
            if isinstance(field, ForeignObject) and isinstance(field.related_model, type):
                problem = wrong(package(model), package(field.related_model))
                if problem:
                    found.append(
                        Violation(f"{model.__module__}.{model.__name__}", 1, f"{field.name}: {problem}")
                    )
    return found


def package(model: type[Model]) -> str:
    """Return the top package of a model."""
    return model.__module__.split(".")[0]


def wrong(source: str, target: str) -> str:
    """Return what is wrong with a key from one package's table to another's, or nothing."""
    if source not in FLOOR or target not in FLOOR or source == target:
        return ""
    if PUBLIC_FOLDER in {source, target}:
        return f"a key between a bank's schema and the public one ({source} to {target})"
    if FLOOR[target] >= FLOOR[source]:
        return f"a key that climbs ({source} to {target})"
    return ""
