"""The client libraries' own examples, run as printed against a real server; and a newcomer, timed.

Each library has a client of its own with another kind of key, so that all it sends is signed as live.
"""

import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from celery.contrib.testing.worker import start_worker
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from django.db import transaction
from joserfc.jwk import ECKey, OKPKey, RSAKey

from interfaces.door import now
from interfaces.ops.sandbox_template import prepare_template
from interfaces.scene.sdks import SDKS
from interfaces.scene.tests.server import running
from interfaces.scene.tests.world import fund_bank, sign
from kernel.ids import public_id
from plumbing.schemas import public_schema
from sluice.celery_app import app
from tenants.access import operations as access
from tenants.access.scopes import SCOPES
from tenants.banks.queries import bank_at, get_bank
from testkit.scenes import SceneAccess, open_scene

EXAMPLE_SECONDS = 120
NEWCOMER_SECONDS = 600
KEYS = {
    "python": (ed25519.Ed25519PrivateKey.generate, OKPKey),
    "typescript": (lambda: ec.generate_private_key(ec.SECP256R1()), ECKey),
    "java": (lambda: rsa.generate_private_key(65537, 2048), RSAKey),
}
HEARD = {
    "application.approved",
    "drawdown.paid_out",
    "repayment.succeeded",
    "loan.paid_off",
    "test_clock.ready",
}


@pytest.fixture(scope="module")
def scene(module_database: str) -> SceneAccess:
    """A scene's developer with a sandbox client, and a template for banks of its own."""
    prepare_template()
    fund_bank("qinglan", "1000000.00")
    return open_scene("xianlian", banks=["qinglan"])


@pytest.fixture(scope="module")
def world(scene: SceneAccess) -> Iterator[dict[str, str]]:
    """Everything running behind one address, and what a program must know of it."""
    with public_schema():
        bank = public_id("bnk", get_bank(schema_name="qinglan").id)
    with pytest.MonkeyPatch.context() as patched, running() as address:
        patched.setenv("SLUICE_ALLOW_LOOPBACK_WEBHOOKS", "1")
        with start_worker(app, perform_ping_check=False, shutdown_timeout=30):
            yield {
                "PATH": os.environ["PATH"],
                "SLUICE": address,
                "CLIENT_ID": scene.client_id,
                "CLIENT_SECRET": scene.secret,
                "BANK": bank,
            }


def signing(scene: SceneAccess, language: str) -> dict[str, str]:
    """Register a client with a key and no use for its secret."""
    make, kind = KEYS[language]
    pem = make().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    key = {**kind.import_key(pem).as_dict(private=False), "kid": language}
    with public_schema(), transaction.atomic():
        client_id, _ = access.register_client(
            scene_id=scene.scene_id, name=language, scopes=tuple(SCOPES), sandbox=True, now=now()
        )
        access.add_key(client_id=client_id, key=key, now=now())
    return {"CLIENT_ID": client_id, "PRIVATE_KEY": pem.decode(), "KEY_ID": language}


def run(command: Sequence[str | Path], environment: Mapping[str, str]) -> dict[str, str]:
    """Run a program to its end, sign where it asks the merchant to; return what it said, by name."""
    said: dict[str, str] = {}
    with subprocess.Popen(
        command, env=dict(environment), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as program:
        limit = threading.Timer(EXAMPLE_SECONDS, program.kill)
        limit.start()
        for line in program.stdout or ():
            name, _, value = line.strip().partition(": ")
            said[name] = value
            if name == "sign":
                as_merchant(value)
        errors = program.stderr.read() if program.stderr else ""
        limit.cancel()
    assert program.returncode == 0, f"{said}\n{errors}"
    return said


def as_merchant(signing_url: str) -> None:
    """Read the costs long enough, and sign on the bank's page."""
    page = urlsplit(signing_url)
    with public_schema():
        bank = bank_at(page.hostname or "")
    assert bank is not None
    agreement = page.path.rpartition("/")[2].partition("-")[0]
    sign(bank.schema_name, {"id": agreement, "signing_url": signing_url})


def told(said: dict[str, str]) -> None:
    assert (said["rows"], said["decision"], said["owed"]) == ("1000", "approved", "4000.00")
    assert (said["date"], said["loan"]) == ("2027-01-05", "paid_off")
    assert set(said["heard"].split()) >= HEARD


def needs(*programs: str) -> pytest.MarkDecorator:
    missing = [name for name in programs if shutil.which(name) is None]
    return pytest.mark.skipif(bool(missing), reason=f"not on this machine: {', '.join(missing)}")


def test_python(scene: SceneAccess, world: dict[str, str]) -> None:
    folder = SDKS / "python"
    found = {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    example = folder / "examples" / "first_loan.py"
    told(run([sys.executable, example], {**world, **signing(scene, "python"), **found}))


@needs("node")
def test_typescript(scene: SceneAccess, world: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules" / "sluice-sdk").symlink_to(SDKS / "typescript")
    example = shutil.copy(SDKS / "typescript" / "examples" / "first_loan.mjs", tmp_path)
    told(run(["node", example], {**world, **signing(scene, "typescript")}))


@needs("java", "javac")
def test_java(scene: SceneAccess, world: dict[str, str], tmp_path: Path) -> None:
    folder = SDKS / "java"
    sources = sorted((folder / "src").rglob("*.java"))
    strict = ["-encoding", "UTF-8", "-Xlint:all", "-Werror", "-proc:none"]
    compiled = ["javac", *strict, "-d", tmp_path, *sources, folder / "examples" / "FirstLoan.java"]
    assert subprocess.run(compiled, check=False).returncode == 0
    told(run(["java", "-cp", tmp_path, "FirstLoan"], {**world, **signing(scene, "java")}))


@needs("node")
def test_a_newcomer_has_a_first_loan_in_minutes(
    world: dict[str, str], record_property: Callable[[str, object], None]
) -> None:
    """From an empty folder with the guide alone; the merchant's ten seconds of reading are not slept."""
    said = run([sys.executable, SDKS / "newcomer.py"], world)
    assert (said["rows"], said["decision"], said["owed"]) == ("1000", "approved", "5000.00")
    seconds = float(said["seconds"])
    record_property("told", f"a first sandbox loan, from an empty folder: {seconds} s")
    assert seconds <= NEWCOMER_SECONDS


def test_the_guide_prints_the_same_program_in_both_languages() -> None:
    folder = SDKS.parent / "guides"
    pages = [(folder / f"typescript.{name}.md").read_text(encoding="utf-8") for name in ("en", "zh-hans")]
    english, chinese = (re.findall(r"^```.*?^```$", page, re.MULTILINE | re.DOTALL) for page in pages)
    assert english == chinese
