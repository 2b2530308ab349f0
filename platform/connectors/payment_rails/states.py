"""Which way a payment goes, and how far it has come."""

from django.db.models import TextChoices


class Direction(TextChoices):
    """Which way the money goes, seen from the bank."""

    PAY = "pay"
    COLLECT = "collect"


class InstructionState(TextChoices):
    """`sending` and `unknown` are open; the other two are final."""

    SENDING = "sending"  # to be sent, or sent by a process that has not come back
    UNKNOWN = "unknown"  # with the rail, outcome not known: enquire, never a new message (M-05)
    SUCCEEDED = "succeeded"
    FAILED = "failed"


OPEN = (InstructionState.SENDING, InstructionState.UNKNOWN)
