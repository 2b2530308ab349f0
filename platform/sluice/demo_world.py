"""The world the demo's story begins in: an operator and two banks, made once, or finished."""

import sys
import time
from pathlib import Path

from django.db import transaction

from connectors.payment_rails.operations import set_profile
from interfaces.door import now
from interfaces.ops.bank_setup import StepDone
from interfaces.ops.sandbox_template import prepare_template
from plumbing.schemas import bank_schema, public_schema
from staff.operations import TEAM
from tenants.access.operations import OperatorExists, add_operator
from testkit.banks import LIAN, QINGLAN, create_banks
from testkit.story.cast import OPERATOR, PARTS, PASSWORD, START

ENQUIRY_DELAYS_SECONDS = (5, 30, 300, 3600)  # of a rail that fell silent: a demo does not wait for minutes


def main(arguments: list[str]) -> int:
    """Create the operator and the two banks, and write the sign-ins into the file that is named.

    What an earlier start finished is left as it is.
    """
    begun = time.monotonic()
    try:
        with public_schema(), transaction.atomic():
            add_operator(email=OPERATOR, name="运营", password=PASSWORD, now=now())
    except OperatorExists:
        pass
    for bank in create_banks(first_business_date=START, progress=said):
        with bank_schema(bank.schema_name), transaction.atomic():
            set_profile(enquiry_delays_seconds=ENQUIRY_DELAYS_SECONDS, sending_timeout_seconds=10)
        write(f"  {bank.name_zh} {bank.name_en} is open for business")
    prepare_template()
    write(f"  two banks and the template of sandboxes in {time.monotonic() - begun:.1f} s")
    Path(arguments[0]).write_text(sign_ins(), encoding="utf-8")
    return 0


def sign_ins() -> str:
    """Return who may sign in where; `{port}` stands for the port that is served."""
    lines = [f"everybody's password: {PASSWORD}"]
    for order in (QINGLAN, LIAN):
        lines.append(f"{order.name_en}   http://{order.hosts[0]}:{{port}}/")
        lines += [f"    {order.person(local):<34} {role.label}" for local, _, role in TEAM]
    lines.append("Ops console   http://ops.localhost:{port}/ops/")
    lines.append(f"    {OPERATOR}")
    lines.append("Scene portal   http://localhost:{port}/portal/")
    lines += [f"    {part.owner:<34} code of the scene: {part.scene_code}" for part in PARTS]
    lines.append("Scene API   http://localhost:{port}/docs")
    return "\n".join(lines) + "\n"


def said(step: StepDone) -> None:
    """Say how long one step took; what was done before goes without saying."""
    if not step.skipped:
        write(f"    [{step.position}/{step.count}] {step.name:<10} {step.milliseconds / 1000:.2f} s")


def write(text: str) -> None:
    """Write a line at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
