"""A stop by itself: a fall of all that a car draws is its own until it says otherwise.

A car that stops or interrupts itself is seen by the meter before its report comes. Taken
for a fall of the base load it would let others have what the car may take up again. A
report that must be newer, and still shows the draw, refutes it: then it was the house.
"""

from collections.abc import Sequence

from .step_response import USED_FROM

TOLERANCE = 1.0
"""A by which what falls may be another than what was reported: both are rounded."""


class SelfStop:
    """Whether one car has stopped by itself. Currents in A by phase, times in s."""

    def __init__(self) -> None:
        """Start with a car that draws what it reports."""
        self.since: float | None = None
        """When it was seen to stop; None: it has not, or its report says so too."""

    def explains(self, fall: Sequence[float], drawn: Sequence[float]) -> bool:
        """Return whether a fall is of just all that a car may have `drawn`."""
        return max(drawn) >= USED_FROM and all(
            abs(fallen - had) <= TOLERANCE
            for fallen, had in zip(fall, drawn, strict=True)
            if had >= USED_FROM
        )

    def note_draw(self, estimate: Sequence[float], reported: Sequence[float]) -> None:
        """Take what it draws and what it reports: it goes on, or has said so too."""
        if self.since is not None and all(
            drawn >= said - TOLERANCE
            for drawn, said in zip(estimate, reported, strict=True)
            if said >= USED_FROM
        ):
            self.since = None
