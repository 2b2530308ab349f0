"""Where a bank's own pages are, for a scene that has to send its merchants there."""

from urllib.parse import urlsplit

from rest_framework.request import Request

from interfaces.door import SceneContext
from plumbing.schemas import public_schema
from tenants.banks.queries import hosts


def bank_address(request: Request, context: SceneContext, path: str) -> str:
    """Return the address of a page on the bank's first host, at the port the caller came to."""
    with public_schema():
        host = hosts(schema_name=context.bank_schema)[0]
    port = urlsplit(request.build_absolute_uri("/")).port
    return f"{request.scheme}://{host}:{port}{path}" if port else f"{request.scheme}://{host}{path}"
