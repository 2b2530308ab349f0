"""What the clock starts: one tick, which then looks into every bank that is ready."""

from typing import Any, Final

TICK_SECONDS: Final = 2.0

# Jobs that a person or a scene waits for: they do not queue behind sweeps, relays and day-ends.
AWAITED: Final = ("jobs.assess", "jobs.disburse", "jobs.collect")

SCHEDULE: Final[dict[str, dict[str, Any]]] = {
    "tick": {"task": "jobs.tick", "schedule": TICK_SECONDS, "options": {"expires": TICK_SECONDS}},
}
