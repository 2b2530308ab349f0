"""The OpenAPI 3.1 document, made of the calls' promises; committed in `api_docs/openapi`."""

import json
from functools import lru_cache
from typing import Any, Final

import yaml
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.settings import patched_settings

from interfaces.event_body import API_VERSION
from interfaces.scene.document_parts import (
    TOKEN_PATHS,
    link_ids,
    mark_signed,
    say_expansions,
    share_responses,
    without_marks,
)
from interfaces.scene.event_document import webhooks
from interfaces.scene.events import EventShape
from plumbing.documents import API_DOCS
from tenants.access.scopes import SCOPES

COMMITTED: Final = API_DOCS / "openapi" / "scene.yaml"
TAGS: Final = {
    "tokens": "A token for one bank.",
    "me": "Who a token speaks for.",
    "reason_codes": "What a decision may give as its reasons.",
    "banks": "Banks a scene works with, and their products.",
    "products": "What the bank has on offer.",
    "quotes": "What a draw would cost.",
    "calculator": "Arithmetic without a loan: nothing is stored and nobody is bound.",
    "businesses": "The enterprises a scene introduces.",
    "consents": "Who allowed which use of which data.",
    "data_batches": "Receipts, invoices, orders and more, in bulk, under a consent.",
    "prequalifications": "What the bank would lend, before anybody applies.",
    "offers": "What the bank is ready to lend.",
    "applications": "Applications, decisions and agreements.",
    "agreements": "What was agreed, and where it is signed.",
    "credit_lines": "What may be drawn.",
    "drawdowns": "Money out.",
    "loans": "What is owed.",
    "repayments": "Money back.",
    "service_requests": "What a business asks of the bank: a complaint, help with repaying, a correction.",
    "embed_sessions": "The bank's own page in the scene's page.",
    "events": "What happened.",
    "test_clocks": "Sandbox banks whose calendar a scene moves.",
    "test_helpers": "Acts of a sandbox's world: people decide, the rail answers.",
    "webhook_endpoints": "Where to be told.",
    "webhook_deliveries": "How the telling went.",
}
DESCRIPTION: Final = (
    "The embedded API of Sluice: credit at the place of business, by the bank the token was issued for. "
    "Ids have prefixes, money is a string in yuan, dates are the bank's business dates, instants are UTC. "
    "Unknown members are refused. Every POST honours `Idempotency-Key`; those that move money require it. "
    "Refusals are `application/problem+json`; see `/docs/errors` for every code. "
    "A declined credit is not an error. "
    "Calls that move money are signed (RFC 9421; `x-sluice-signed` lists what the signature covers): by live "
    "clients always, by sandbox clients once they have keys; see `/docs/signing`."
)


def build_document() -> dict[str, Any]:
    """Return the document of the API as the code stands."""
    with patched_settings(_settings()):
        generator: Any = SchemaGenerator
        made = generator(urlconf="interfaces.scene.urls").get_schema(request=None, public=True)
    document: dict[str, Any] = without_marks(json.loads(json.dumps(made, default=str)))
    document["paths"] = {**TOKEN_PATHS, **document["paths"]}
    mark_signed(document)
    say_expansions(document)
    share_responses(document)
    link_ids(document)
    document["webhooks"] = webhooks(document["components"], EventShape)
    return document


def _settings() -> dict[str, Any]:
    flow = {"tokenUrl": "/oauth/token", "scopes": {scope: _scope_text(scope) for scope in sorted(SCOPES)}}
    scheme = {
        "type": "oauth2",
        "description": "A token for one bank: `client_credentials` with `resource=<base>/banks/bnk_…`.",
        "flows": {"clientCredentials": flow},
    }
    bearer = {"type": "http", "scheme": "bearer", "description": "A token got elsewhere, to try calls here."}
    return {
        "OAS_VERSION": "3.1.0",
        "TITLE": "Sluice embedded API",
        "VERSION": API_VERSION,
        "DESCRIPTION": DESCRIPTION,
        "SCHEMA_PATH_PREFIX": "/v1",
        "TAGS": [{"name": name, "description": text} for name, text in TAGS.items()],
        "SERVERS": [{"url": "/", "description": "This server"}],
        "APPEND_COMPONENTS": {"securitySchemes": {"oauth2": scheme, "token": bearer}},
        "POSTPROCESSING_HOOKS": [],
        "SORT_OPERATIONS": False,
        "COMPONENT_SPLIT_PATCH": False,  # a body says itself what may be left out
        "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
        "DISABLE_ERRORS_AND_WARNINGS": False,
    }


def _scope_text(scope: str) -> str:
    resource, _, act = scope.partition(":")
    return f"{act} {resource}"


class _Plain(yaml.CSafeDumper):
    """Writes everything out: no anchors."""

    def ignore_aliases(self, data: Any) -> bool:
        """Repeat what occurs twice."""
        return True


def as_yaml(document: dict[str, Any]) -> str:
    """Return the document as it is committed."""
    return yaml.dump(document, Dumper=_Plain, sort_keys=False, allow_unicode=True, width=110)


@lru_cache(maxsize=2)
def committed_document(form: str) -> str:
    """Return the committed document as `yaml` or `json`."""
    text = COMMITTED.read_text(encoding="utf-8")
    if form == "yaml":
        return text
    return json.dumps(yaml.load(text, Loader=yaml.CSafeLoader), ensure_ascii=False)
