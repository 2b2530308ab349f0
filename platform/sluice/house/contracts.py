"""An import contract of our own: a room's models belong to the room."""

import grimp
from importlinter import Contract, ContractCheck, fields, output

MODELS = "models"
DOORS = frozenset({"interfaces", "testkit", "sluice", "api_docs"})


class ForeignModelsContract(Contract):
    """Refuse the import of a room's `models` by any other room; doors have to come through queries, too.

    Tests may look at any table, and a door may name the models it has to hand to the framework.
    `families` names packages whose rooms keep one set of tables between them (the ledger, the public schema).
    """

    type_name = "foreign_models"

    families = fields.ListField(subfield=fields.StringField(), required=False, default=[])

    def check(self, graph: grimp.ImportGraph, verbose: bool) -> ContractCheck:
        """Find every import of a foreign room's models."""
        del verbose
        families = frozenset(str(name) for name in self.families)  # type: ignore[attr-defined]
        illegal = []
        for module in sorted(graph.modules):
            if not is_models(module):
                continue
            for importer in sorted(graph.find_modules_that_directly_import(module)):
                if foreign(importer, module, families):
                    details = graph.get_import_details(importer=importer, imported=module)
                    illegal.append((importer, module, [detail["line_number"] for detail in details]))
        return ContractCheck(kept=not illegal, metadata={"illegal": illegal})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Say who reaches for whose models, and where."""
        for importer, module, lines in check.metadata["illegal"]:
            output.print_error(f"- {importer} -> {module} (l.{', '.join(map(str, lines))})")


def is_models(module: str) -> bool:
    """Tell whether a module is a room's models, or part of them."""
    return MODELS in module.split(".")[1:]


def room(module: str) -> str:
    """Return the room a module lies in: what stands before its models, or its first two names."""
    names = module.split(".")
    return ".".join(names[: names.index(MODELS)] if MODELS in names else names[:2])


def foreign(importer: str, module: str, families: frozenset[str] = frozenset()) -> bool:
    """Tell whether `importer` lies in another room than the models it imports."""
    names = importer.split(".")
    if names[0] in DOORS or "tests" in names:
        return False
    if names[0] in families and module.split(".", maxsplit=1)[0] == names[0]:
        return False
    home = room(module)
    return importer != home and not importer.startswith(home + ".")
