"""Fixed instants for tests: no test asks the machine what time it is."""

from datetime import UTC, datetime, timedelta
from typing import Final

NOON: Final = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)  # noon in Shanghai on the banks' first business date


def after(**span: float) -> datetime:
    """Return the instant that lies so much after noon, e.g. `after(minutes=5)`."""
    return NOON + timedelta(**span)
