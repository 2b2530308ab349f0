"""`write_openapi`: write the OpenAPI document and what is made from it, or check that all are current."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from interfaces.scene.catalogue import COMMITTED as ERRORS
from interfaces.scene.catalogue import error_list
from interfaces.scene.document import COMMITTED as DOCUMENT
from interfaces.scene.document import as_yaml, build_document
from interfaces.scene.document_rules import faults
from interfaces.scene.sdks import sdk_files


class Command(BaseCommand):
    """Writes what is generated from the code."""

    help = "Write api_docs/openapi, the error list and the SDKs' generated files; --check only compares."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take `--check`."""
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write or compare all files; refuses a document that breaks the house's rules for it."""
        document = build_document()
        broken = faults(document)
        if broken:
            raise CommandError("the document breaks its rules:\n" + "\n".join(broken))
        made = {DOCUMENT: as_yaml(document), ERRORS: error_list("en"), **sdk_files(document)}
        for path, text in made.items():
            current = path.read_text(encoding="utf-8") if path.exists() else ""
            if options["check"] and current != text:
                raise CommandError(f"{path.name} is not what the code says: run ./sluice generate openapi")
            if current != text:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
                self.stdout.write(f"wrote {path.name}")
