"""The simulated rail's published behaviour, and the bank's register of instructions."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from connectors.payment_rails import operations as rails
from connectors.payment_rails.models import PaymentInstruction, RailMessage
from connectors.payment_rails.operations import RailContradiction
from connectors.payment_rails.port import Outcome, RailAnswer
from connectors.payment_rails.queries import (
    InstructionNotFound,
    InstructionView,
    due_enquiries,
    get_instruction,
    instruction_for,
    open_instructions,
    open_items,
    profile,
    rail_in_use,
)
from connectors.payment_rails.states import Direction
from kernel.ids import new_id
from kernel.money import Money
from testkit.servicing import NOON

DAY = date(2026, 11, 2)


def send(ending: str, message_id: str = "m-1", direction: str = "pay", amount: int = 100) -> RailAnswer:
    return rail_in_use().send(
        message_id=message_id,
        direction=direction,
        amount=Money(amount),
        account_number=f"622200000000{ending}",
        holder_name="示例商户",
        business_date=DAY,
    )


def enquire(message_id: str = "m-1") -> RailAnswer:
    return rail_in_use().enquire(message_id=message_id)


@pytest.mark.parametrize(
    ("ending", "direction", "first", "failure_code", "later"),
    [
        ("0000", "pay", "succeeded", "", "succeeded"),
        ("1234", "collect", "succeeded", "", "succeeded"),
        ("0001", "pay", "refused", "account_closed", "refused"),
        ("0002", "pay", "refused", "name_mismatch", "refused"),
        ("0003", "pay", "accepted", "", "succeeded"),
        ("0006", "pay", "unknown", "", "unknown"),
        ("0007", "pay", "unknown", "", "refused"),
        ("0008", "pay", "unknown", "", "not_found"),
        ("0009", "pay", "unknown", "", "succeeded"),
        ("0051", "collect", "refused", "insufficient_funds", "refused"),
        ("0051", "pay", "succeeded", "", "succeeded"),
    ],
)
def test_an_accounts_last_digits_say_what_happens(
    qinglan: str, ending: str, direction: str, first: str, failure_code: str, later: str
) -> None:
    answer = send(ending, direction=direction)
    assert (answer.outcome.value, answer.failure_code) == (first, failure_code)
    found = enquire()
    assert found.outcome.value == later
    if later == "succeeded":
        assert found.settled_date == DAY


def test_what_never_arrived_is_settled_when_the_same_message_is_sent_again(qinglan: str) -> None:
    assert enquire().outcome is Outcome.NOT_FOUND
    send("0008")
    assert enquire().outcome is Outcome.NOT_FOUND
    assert send("0008").outcome is Outcome.SUCCEEDED
    assert RailMessage.objects.get().send_count == 2


def test_the_same_message_again_moves_no_more_money(qinglan: str) -> None:
    assert send("0000") == send("0000") == enquire()
    assert RailMessage.objects.count() == 1
    assert send("0000", amount=200) == RailAnswer(Outcome.REFUSED, "message_id_reused")
    assert RailMessage.objects.get().amount == 100


@pytest.fixture
def instruction(qinglan: str) -> InstructionView:
    return rails.create_instruction(
        direction=Direction.PAY, subject="drw_1", amount=Money(100), bank_account_id=new_id(), now=NOON
    )


def test_an_instruction_is_open_until_its_outcome(instruction: InstructionView) -> None:
    assert open_items(direction=Direction.PAY).total == Money(100)
    assert open_items(direction=Direction.COLLECT).count == 0
    assert open_instructions() == (instruction,)
    assert instruction_for(subject="drw_1", direction="pay") == instruction
    assert instruction_for(subject="drw_1", direction="collect") is None
    done = rails.record_answer(
        instruction_id=instruction.id, answer=RailAnswer(Outcome.SUCCEEDED, settled_date=DAY), now=NOON
    )
    assert (done.is_news, done.instruction.is_open) == (True, False)
    assert open_items(direction=Direction.PAY).count == 0


def test_the_opposite_of_a_final_outcome_changes_nothing(instruction: InstructionView) -> None:
    rails.record_answer(instruction_id=instruction.id, answer=RailAnswer(Outcome.REFUSED, "x"), now=NOON)
    before = get_instruction(instruction_id=instruction.id)
    with pytest.raises(RailContradiction):
        rails.record_answer(
            instruction_id=instruction.id,
            answer=RailAnswer(Outcome.SUCCEEDED, settled_date=DAY),
            now=NOON,
        )
    assert get_instruction(instruction_id=instruction.id) == before


def test_an_unanswered_sending_and_a_due_enquiry_are_found(instruction: InstructionView) -> None:
    assert due_enquiries(now=NOON + timedelta(seconds=60)) == ()
    assert due_enquiries(now=NOON + timedelta(seconds=61)) == (instruction,)
    started = rails.start_attempt(instruction_id=instruction.id, now=NOON + timedelta(seconds=50))
    assert started.attempt_count == 1
    assert due_enquiries(now=NOON + timedelta(seconds=61)) == ()
    rails.record_answer(instruction_id=instruction.id, answer=RailAnswer(Outcome.ACCEPTED), now=NOON)
    assert due_enquiries(now=NOON + timedelta(seconds=59)) == ()
    assert [due.state for due in due_enquiries(now=NOON + timedelta(seconds=60))] == ["unknown"]


def test_waiting_times_are_the_banks_own(instruction: InstructionView, lian: str) -> None:
    rails.set_profile(enquiry_delays_seconds=(2, 3), sending_timeout_seconds=5, funding_wait_seconds=7)
    assert profile().enquiry_delays_seconds == (2, 3)
    rails.set_profile(enquiry_delays_seconds=(4,))
    assert (profile().enquiry_delays_seconds, profile().funding_wait_seconds) == ((4,), 1800)
    with pytest.raises(InstructionNotFound):
        get_instruction(instruction_id=instruction.id)  # it is the other bank's


def test_an_unknown_instruction_is_refused(qinglan: str) -> None:
    with pytest.raises(InstructionNotFound):
        rails.start_attempt(instruction_id=UUID(int=0), now=NOON)
    assert PaymentInstruction.objects.count() == 0


def test_what_settles_on_a_day_to_come_is_booked_on_the_open_one() -> None:
    days = [None, DAY - timedelta(days=1), DAY, DAY + timedelta(days=1)]
    booked = [RailAnswer(Outcome.SUCCEEDED, settled_date=day).settled_by(DAY) for day in days]
    assert booked == [DAY, DAY - timedelta(days=1), DAY, DAY]
