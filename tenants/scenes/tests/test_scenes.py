"""Scenes and their contracts: the bank pays, and nobody else."""

from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from tenants.banks.queries import BankUnknown, get_bank
from tenants.scenes import operations
from tenants.scenes.models import Contract, Scene
from tenants.scenes.operations import (
    ContractExists,
    FeeInvalid,
    OriginInvalid,
    OriginsTooMany,
    SceneExists,
)
from tenants.scenes.origins import origin_of
from tenants.scenes.queries import (
    ReturnUrlRefused,
    SceneUnknown,
    SceneView,
    active_contract,
    contracts,
    get_scene,
    require_allowed,
    scenes,
)
from testkit.clock import NOON

pytestmark = pytest.mark.usefixtures("banks")
START = date(2026, 11, 2)


@pytest.fixture
def scene(banks: tuple[str, str]) -> SceneView:
    return operations.onboard_scene(
        code="xianlian",
        name_zh="鲜链云",
        name_en="Xianlian Cloud",
        provider_name="鲜链云科技",
        uscc="91330106MA0000T79R",
        now=NOON,
    )


def sign(scene: SceneView, **change: object) -> None:
    terms: dict[str, object] = {
        "scene_id": scene.id,
        "bank_id": get_bank(schema_name="qinglan").id,
        "fee_rate": Decimal("0.006000"),
        "starts_date": START,
        "now": NOON,
    }
    operations.sign_contract(**(terms | change))  # type: ignore[arg-type]


def test_onboarding(scene: SceneView) -> None:
    assert scenes() == (scene,)
    assert get_scene(code="xianlian") == get_scene(scene_id=scene.id) == scene
    with pytest.raises(SceneExists), transaction.atomic():
        operations.onboard_scene(
            code="xianlian", name_zh="x", name_en="x", provider_name="x", uscc="x", now=NOON
        )
    assert Scene.objects.count() == 1


def test_a_contract_holds_from_its_first_day_to_before_its_last(scene: SceneView) -> None:
    sign(scene, ends_date=date(2026, 12, 1))
    bank_id = get_bank(schema_name="qinglan").id
    held = [
        active_contract(bank_id=bank_id, scene_id=scene.id, on_date=day) is not None
        for day in (date(2026, 11, 1), START, date(2026, 11, 30), date(2026, 12, 1))
    ]
    assert held == [False, True, True, False]
    assert active_contract(bank_id=get_bank(schema_name="lian").id, scene_id=scene.id, on_date=START) is None


@pytest.mark.parametrize(
    "change", [{"fee_payer": "borrower"}, {"fee_rate": Decimal("-0.01")}, {"fee_rate": Decimal("0.050001")}]
)
def test_a_fee_that_anybody_but_the_bank_pays_is_refused(scene: SceneView, change: dict[str, object]) -> None:
    with pytest.raises(FeeInvalid):
        sign(scene, **change)
    assert Contract.objects.count() == 0


def test_the_table_knows_no_other_payer_either(scene: SceneView) -> None:
    sign(scene)
    with pytest.raises(IntegrityError), transaction.atomic():
        Contract.objects.update(fee_payer="borrower")


def test_one_contract_at_a_time(scene: SceneView) -> None:
    sign(scene)
    with pytest.raises(ContractExists):
        sign(scene)
    (contract,) = contracts(scene_id=scene.id)
    assert operations.end_contract(contract_id=contract.id).status == "ended"
    sign(scene)
    assert [view.status for view in contracts(scene_id=scene.id, bank_id=contract.bank_id)].count(
        "active"
    ) == 1


def test_who_is_not_there_signs_nothing(scene: SceneView) -> None:
    with pytest.raises(SceneUnknown):
        sign(scene, scene_id=uuid4())
    with pytest.raises(BankUnknown):
        sign(scene, bank_id=uuid4())
    assert Contract.objects.count() == 0
    for ask in (
        lambda: get_scene(code="nobody"),
        lambda: operations.set_scene_status(scene_id=uuid4(), status="closed"),
        lambda: operations.end_contract(contract_id=uuid4()),
    ):
        with pytest.raises((SceneUnknown, operations.ContractUnknown)):
            ask()


def test_a_scenes_status(scene: SceneView) -> None:
    assert operations.set_scene_status(scene_id=scene.id, status="read_only").status == "read_only"
    with pytest.raises(ValueError, match="gone"):
        operations.set_scene_status(scene_id=scene.id, status="gone")
    assert get_scene(code="xianlian").status == "read_only"


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("https://POS.example:443/credit?x=1#y", "https://pos.example"),
        ("https://pos.example:8443", "https://pos.example:8443"),
        ("http://pos.localhost:5000/", "http://pos.localhost:5000"),
        ("http://127.0.0.1:80", "http://127.0.0.1"),
        ("http://pos.example", None),
        ("http://localhost.pos.example", None),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("https://a@pos.example", None),
        ("https://*.pos.example", None),
        ("https://pos.example:99999", None),
        ("https://pos.example\\.evil.example", None),
        ("https://pos.example; script-src *", None),
        ("//pos.example", None),
        ("https://", None),
        ("", None),
    ],
)
def test_the_origin_of_an_address(address: str, origin: str | None) -> None:
    assert origin_of(address) == origin


def test_origins_that_may_embed(scene: SceneView) -> None:
    """Protocol, 1: registered per scene; a return address lies on one of them."""
    both = ["https://pos.example", "http://localhost:5000", "https://pos.example"]
    assert operations.allow_origins(scene_id=scene.id, origins=both).allowed_origins == (
        "http://localhost:5000",
        "https://pos.example",
    )
    require_allowed(scene_id=scene.id, address="https://pos.example/credit?back=1")
    for address in ("https://pos.example.evil.example/", "http://pos.example/", "https://pos.example:444/"):
        with pytest.raises(ReturnUrlRefused):
            require_allowed(scene_id=scene.id, address=address)
    before = get_scene(scene_id=scene.id)
    for wrong in ("https://pos.example/", "*", "'self'", "https://Pos.example", "http://pos.example", ""):
        with pytest.raises(OriginInvalid):
            operations.allow_origins(scene_id=scene.id, origins=["https://a.example", wrong])
    with pytest.raises(OriginsTooMany):
        operations.allow_origins(scene_id=scene.id, origins=[f"https://s{n}.example" for n in range(21)])
    with pytest.raises(SceneUnknown):
        operations.allow_origins(scene_id=uuid4(), origins=[])
    assert get_scene(scene_id=scene.id) == before
