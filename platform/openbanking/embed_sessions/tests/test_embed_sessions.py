"""Embed sessions: half an hour, one business, one exchange, never more than the client may do."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from kernel.ids import new_id
from openbanking.embed_sessions import operations as sessions
from openbanking.embed_sessions.components import SCOPES, Component
from openbanking.embed_sessions.models import EmbedSession
from openbanking.embed_sessions.operations import (
    ComponentUnknown,
    ScopesInsufficient,
    SecretInvalid,
    SecretUsed,
    TooManyAnswers,
)
from openbanking.embed_sessions.queries import (
    BearerInvalid,
    SessionExpired,
    SessionNotFound,
    SessionView,
    get_session,
    session_of_bearer,
)
from parties.enterprises.operations import register_enterprise
from parties.enterprises.queries import EnterpriseNotFound
from parties.enterprises.views import PersonDraft
from tenants.access.scopes import SCOPES as CLIENT_SCOPES
from testkit.clock import NOON
from testkit.identities import credit_code, mobile_number, resident_number

pytestmark = pytest.mark.usefixtures("qinglan")
ID_NUMBER = resident_number(area_code="330106", born=date(1990, 1, 2))
SCENE = UUID(int=7)


@pytest.fixture
def business(qinglan: str) -> UUID:
    return register_enterprise(
        scene_id=SCENE,
        external_id="shop",
        legal_name="示例拉面馆",
        registration_no=credit_code(1, area_code="331002"),
        industry="H6210",
        area_code="331002",
        opened_date=date(2020, 1, 1),
        representative=PersonDraft("示例店主", ID_NUMBER, mobile_number(1)),
        now=NOON,
    ).id


def opened(business: UUID, **change: object) -> tuple[SessionView, str]:
    terms: dict[str, object] = {
        "scene_id": SCENE,
        "client_id": "cli_x",
        "allowed_scopes": CLIENT_SCOPES,
        "enterprise_id": business,
        "components": ["offer_tile", "application"],
        "locale": "en",
        "return_url": "",
        "now": NOON,
    }
    return sessions.open_session(**(terms | change))  # type: ignore[arg-type]


def test_a_secret_buys_one_bearer(business: UUID) -> None:
    session, secret = opened(business)
    assert (session.expires_at - session.created_at, session.exchanged_at) == (timedelta(minutes=30), None)
    exchanged, bearer = sessions.exchange_secret(session_id=session.id, secret=secret, now=NOON)
    assert session_of_bearer(bearer=bearer, now=NOON) == exchanged
    before = list(EmbedSession.objects.values_list())
    with pytest.raises(SecretUsed):
        sessions.exchange_secret(session_id=session.id, secret=secret, now=NOON)
    assert list(EmbedSession.objects.values_list()) == before
    assert not {secret, bearer} & {str(value) for row in before for value in row}


def test_what_is_wrong_or_late_opens_nothing(business: UUID) -> None:
    session, secret = opened(business)
    before = list(EmbedSession.objects.values_list())
    late = session.expires_at
    with pytest.raises(SecretInvalid):
        sessions.exchange_secret(session_id=session.id, secret=f"{secret}x", now=NOON)
    with pytest.raises(SessionExpired):
        sessions.exchange_secret(session_id=session.id, secret=secret, now=late)
    with pytest.raises(SessionNotFound):
        sessions.exchange_secret(session_id=new_id(), secret=secret, now=NOON)
    with pytest.raises(SessionNotFound):
        get_session(session_id=new_id())
    with pytest.raises(BearerInvalid):
        session_of_bearer(bearer="emb_guess", now=NOON)
    assert list(EmbedSession.objects.values_list()) == before
    _, bearer = sessions.exchange_secret(session_id=session.id, secret=secret, now=NOON)
    with pytest.raises(SessionExpired):
        session_of_bearer(bearer=bearer, now=late)


def test_a_session_does_no_more_than_its_client(business: UUID) -> None:
    """Protocol: scopes are those the components need, and at most the client's."""
    session, _ = opened(business, components=["dashboard", "dashboard"])
    assert (session.components, session.scopes) == (("dashboard",), SCOPES[Component.DASHBOARD])
    count = EmbedSession.objects.count()
    with pytest.raises(ScopesInsufficient, match="drawdowns:write"):
        opened(business, allowed_scopes=CLIENT_SCOPES - {"drawdowns:write"})
    for components in ([], ["everything"]):
        with pytest.raises(ComponentUnknown):
            opened(business, components=components)
    with pytest.raises(EnterpriseNotFound):
        opened(business, scene_id=UUID(int=8))
    assert EmbedSession.objects.count() == count
    assert all(needed <= CLIENT_SCOPES for needed in SCOPES.values())


def test_an_identity_is_guessed_five_times_at_most(business: UUID) -> None:
    session, _ = opened(business)
    for wrong in range(1, 6):
        told = sessions.answer_identity(session_id=session.id, id_number="331002199507220004", now=NOON)
        assert (told.identified_at, told.wrong_answers_count) == (None, wrong)
    with pytest.raises(TooManyAnswers):
        sessions.answer_identity(session_id=session.id, id_number=ID_NUMBER, now=NOON)
    assert get_session(session_id=session.id).identified_at is None
    other, _ = opened(business)
    told = sessions.answer_identity(session_id=other.id, id_number=f" {ID_NUMBER.lower()} ", now=NOON)
    assert told.identified_at == NOON
    assert sessions.answer_identity(session_id=other.id, id_number="wrong", now=NOON) == told


def test_sessions_are_forgotten_after_a_month(business: UUID) -> None:
    session, _ = opened(business)
    assert sessions.forget_sessions(now=session.expires_at + timedelta(days=29)) == 0
    assert sessions.forget_sessions(now=session.expires_at + timedelta(days=30)) == 1
    assert not EmbedSession.objects.exists()
