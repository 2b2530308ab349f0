"""An endpoint that is simulated: it answers by its own metadata, and nothing is sent anywhere.

`sluice_fail` in an endpoint's metadata says how: `500:3` fails each message three times with that status and
takes the fourth. For sandboxes; a door lets nobody else have it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from kernel.refusals import Kind, Refusal

MARK: Final = "sluice_fail"
TAKEN: Final = 200
_FORM: Final = re.compile(r"([345][0-9]{2}):([1-9]|10)")


class SimulationInvalid(Refusal):
    """The metadata asks for a simulation, and does not say which."""

    code = "outbox.simulation_invalid"
    kind = Kind.INVALID
    message = (
        "sluice_fail is a status from 300 to 599 and how often it comes, 1 to 10, as 500:3, not {given}."
    )


@dataclass(frozen=True, slots=True)
class Simulation:
    """How a simulated endpoint answers one message: so many times a status that is no success, then 200."""

    status_code: int
    times: int

    def answer(self, attempt: int) -> int:
        """Return the status of the `attempt`-th time (from 1) that a message is sent."""
        return self.status_code if attempt <= self.times else TAKEN


def simulation(metadata: Mapping[str, str]) -> Simulation | None:
    """Return what an endpoint's metadata asks to be simulated, or None. Raises `SimulationInvalid`."""
    text = metadata.get(MARK)
    if text is None:
        return None
    found = _FORM.fullmatch(text)
    if found is None:
        raise SimulationInvalid(given=text[:40])
    return Simulation(int(found[1]), int(found[2]))
