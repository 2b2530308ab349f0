"""What the clock starts: one tick, which then looks into every bank that is ready."""

from typing import Any, Final

TICK_SECONDS: Final = 2.0

SCHEDULE: Final[dict[str, dict[str, Any]]] = {
    "tick": {"task": "jobs.tick", "schedule": TICK_SECONDS, "options": {"expires": TICK_SECONDS}},
}
