"""`POST /oauth/token`: client credentials for one bank (RFC 6749, 8707), and the server's metadata."""

from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, JsonResponse

from interfaces import call_log
from interfaces.arrival import address_of, is_within
from interfaces.door import now
from interfaces.gate import AddressNotAllowed
from interfaces.middleware import public_hosts
from interfaces.problems import problem
from interfaces.rate_limits import EVERYWHERE, Rate, RateLimited, count, count_address
from interfaces.scene.bare import BareView
from interfaces.scene.client_assertion import ALGORITHMS, Presented, authenticate, claimed
from interfaces.scene.parsing import declared_length
from kernel.ids import MalformedId, parse_id
from kernel.refusals import Refusal
from tenants.access.operations import (
    TOKEN_LIFE,
    BankNotContracted,
    ClientInvalid,
    LiveNotEnabled,
    SandboxClosed,
    ScopeUnknown,
    issue_token,
)
from tenants.access.queries import CallSeen, client_scene, token_ref
from tenants.access.scopes import SCOPES
from tenants.banks.queries import BankUnknown, get_bank

_MAX_BODY_BYTES: Final = 32 * 1024
_FORM: Final = "application/x-www-form-urlencoded"
_PREFIX: Final = "/banks/"
REFUSED_NOTED_MAX: Final = 60  # of one client in a minute, by one process
_refused: dict[str, tuple[int, int]] = {}


class TokenRefused(Exception):
    """A refusal in the words of RFC 6749, section 5.2."""

    def __init__(self, error: str, description: str, status: int = 400, *, code: str = "") -> None:
        self.error, self.description, self.status, self.code = error, description, status, code or error
        super().__init__(f"{error}: {description}")


class TokenView(BareView):
    """Issues opaque tokens: ten minutes, one bank, kept as a hash."""

    http_method_names = ["post", "options"]
    rate: Rate | None = None
    shown: Presented | None = None

    def post(self, request: HttpRequest) -> JsonResponse:
        """Issue a token or answer in the standard's error words; never cached.

        One call too many of an address, or of a client, is a problem as everywhere else: the standard has no
        word for it.
        """
        try:
            self._count(count_address(address_of(request)))
            response = JsonResponse(self._issue(request))
        except RateLimited as refusal:
            response = problem(refusal, request)
        except TokenRefused as refused:
            self._note_refused(request, refused)
            said = {"error": refused.error, "error_description": refused.description}
            response = JsonResponse({**said, "code": refused.code}, status=refused.status)
        headers = {"Cache-Control": "no-store", "Pragma": "no-cache"}
        for name, value in {**headers, **(self.rate.headers() if self.rate else {})}.items():
            response[name] = value
        if response.status_code == 401:
            response["WWW-Authenticate"] = 'Basic realm="sluice"'
        return response

    def _count(self, rate: Rate | None) -> None:
        """Say of this rate in the answer, and go on unless the call was one too many."""
        self.rate = rate or self.rate
        if rate is not None and rate.exceeded:
            raise rate.refusal()

    def _note_refused(self, request: HttpRequest, refused: TokenRefused) -> None:
        """Let a scene see what its client was refused, if it has such a client."""
        client_id = claimed(self.shown) if self.shown is not None else ""
        if client_id and client_scene(client_id=client_id) is not None and _may_note(client_id, now()):
            call_log.note(_seen(request, client_id, refused.status, code=refused.code[:60]))

    def _issue(self, request: HttpRequest) -> dict[str, Any]:
        form = _form(request)
        shown = self.shown = Presented(request.headers.get("Authorization", ""), form)
        if form.get("grant_type") != "client_credentials":
            raise TokenRefused("unsupported_grant_type", "Only client_credentials is offered.")
        instant, base = now(), base_url(request)
        try:
            with transaction.atomic():  # by itself: an assertion is used up whatever becomes of the call
                client = authenticate(shown=shown, audiences=(base, f"{base}/oauth/token"), now=instant)
        except ClientInvalid as refusal:
            raise TokenRefused("invalid_client", refusal.text(), 401) from None
        if client.addresses and not is_within(address_of(request), client.addresses):
            elsewhere = AddressNotAllowed()
            raise TokenRefused("invalid_client", elsewhere.text(), 401, code=elsewhere.code)
        self._count(count(policy="token", client_id=client.client_id, bank=EVERYWHERE))
        bank_id = _bank_of(form.get("resource", ""))
        scopes = tuple(form.get("scope", "").split())
        try:
            with transaction.atomic():
                bank = get_bank(bank_id=bank_id)
                token = issue_token(client=client.client_id, bank=bank_id, scopes=scopes, now=instant)
        except (BankUnknown, BankNotContracted) as refusal:
            raise TokenRefused("invalid_target", BankNotContracted().text()) from refusal
        except (LiveNotEnabled, SandboxClosed) as refusal:
            raise TokenRefused("invalid_target", refusal.text(), code=refusal.code) from None
        except ScopeUnknown as refusal:
            raise TokenRefused("invalid_scope", refusal.text()) from None
        except Refusal as refusal:
            raise TokenRefused("invalid_request", refusal.text()) from None
        call_log.note(_seen(request, client.client_id, 200, schema=bank.schema_name, token=token_ref(token)))
        return {
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": int(TOKEN_LIFE.total_seconds()),
            "scope": " ".join(sorted(scopes or client.scopes)),
        }


def _seen(
    request: HttpRequest, client_id: str, status: int, *, schema: str = "", token: str = "", code: str = ""
) -> CallSeen:
    """Return the call for the log: nothing of what was shown, only who says to have shown it."""
    return CallSeen(
        at=now(),
        client_id=client_id,
        bank_schema=schema,
        request_id=getattr(request, "request_id", ""),
        method="POST",
        path=request.path,
        address=address_of(request)[:45],
        status=status,
        made="",
        token=token,
        code=code,
    )


def _may_note(client_id: str, instant: datetime) -> bool:
    """Return whether one more refusal of a client is written down: who guesses fills nobody's log."""
    minute = int(instant.timestamp()) // 60
    known, count = _refused.get(client_id, (minute, 0))
    count = count + 1 if known == minute else 1
    _refused[client_id] = minute, count
    return count <= REFUSED_NOTED_MAX


def _form(request: HttpRequest) -> dict[str, str]:
    """Return the form; a parameter given twice is refused, as the standard demands."""
    if request.content_type != _FORM:
        raise TokenRefused("invalid_request", f"Send {_FORM}.")
    if declared_length(request.headers) > _MAX_BODY_BYTES:
        raise TokenRefused("invalid_request", "The body is too large.")
    if any(len(values) > 1 for _, values in request.POST.lists()):
        raise TokenRefused("invalid_request", "A parameter is given more than once.")
    return {name: str(value) for name, value in request.POST.items()}


def _bank_of(resource: str) -> UUID:
    """Return the bank a resource names: `<this server>/banks/bnk_…` and nothing else."""
    unclear = TokenRefused("invalid_target", "Name one bank: resource=<base>/banks/bnk_….")
    try:
        parts = urlsplit(resource)
        bank_id = parse_id("bnk", parts.path.removeprefix(_PREFIX))
    except (MalformedId, ValueError):
        raise unclear from None
    own = parts.scheme in ("http", "https") and parts.hostname in public_hosts()
    if not own or not parts.path.startswith(_PREFIX) or parts.query or parts.fragment:
        raise unclear
    return bank_id


def base_url(request: HttpRequest) -> str:
    """Return the address under which the caller reached this server, without a slash at its end."""
    return request.build_absolute_uri("/").rstrip("/")


class AuthorizationServerView(BareView):
    """`GET /.well-known/oauth-authorization-server` (RFC 8414)."""

    def get(self, request: HttpRequest) -> JsonResponse:
        """Describe the token endpoint."""
        base = base_url(request)
        return JsonResponse(
            {
                "issuer": base,
                "token_endpoint": f"{base}/oauth/token",
                "grant_types_supported": ["client_credentials"],
                "response_types_supported": [],
                "token_endpoint_auth_methods_supported": [
                    "private_key_jwt",
                    "client_secret_basic",
                    "client_secret_post",
                ],
                "token_endpoint_auth_signing_alg_values_supported": list(ALGORITHMS),
                "scopes_supported": sorted(SCOPES),
                "service_documentation": f"{base}/docs",
            },
            headers={"Cache-Control": "public, max-age=300"},
        )
